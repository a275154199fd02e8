/* Matrix product that leaves out the zeros of A, NEON.
 *
 * A block of B, 64 rows by at most 64 columns, is packed into L1. For each row of A the non-zeros of the same 64 columns
 * are found bit by bit in the mask; each is broadcast and multiplied with its row of the block, into the accumulators of
 * one row of C. So a term costs one load and one fma a vector, and a zero costs nothing. Decoding a mask beats a list of
 * positions: no load stands between one term and the address of the next. Blocks over k are taken in ascending order and
 * resume from the value stored in C, as in gemm.c. */
#include <assert.h>

#include "neon.h"
#include "transpose.h"
#include "vec.h"

enum { DEPTH = MS_MASK_BITS, MAX_VECTORS = MS_GEMM_SKIP_NEON_COLUMNS / LANES };

/* Packs depth x cols of B, cols filled up with +0 to whole vectors. */
static void pack_b(size_t depth, size_t cols, const float *b, size_t row_stride, size_t col_stride, float *packed) {
  const size_t ld = (cols + LANES - 1) / LANES * LANES;
  if (col_stride == 1) {
    for (size_t p = 0; p < depth; ++p)
      for (size_t j = 0; j < cols; j += LANES)
        vst1q_f32(packed + p * ld + j, load_first(b + p * row_stride + j, min_size(cols - j, LANES)));
    return;
  }
  for (size_t j = 0; j < cols; j += LANES)
    for (size_t p = 0; p < depth; p += LANES)
      transpose_tile(min_size(cols - j, LANES), min_size(depth - p, LANES), b + j * col_stride + p, col_stride,
                     packed + p * ld + j, ld, LANES);
}

/* What a panel of C needs: columns 0 .. cols-1, over one block of k. */
struct panel {
  size_t m, cols, depth;
  const float *a; /* (m, depth) */
  size_t lda;
  const uint64_t *mask; /* one word a row */
  size_t ld_mask;
  const float *packed_b; /* (depth, cols filled up) */
  float *c;
  size_t ldc;
  int resume, finish; /* start from C instead of +0; add the final +0 */
};

static inline __attribute__((always_inline)) void multiply_panel(size_t vectors, const struct panel *panel) {
  const size_t tail = panel->cols - (vectors - 1) * LANES; /* columns of the last vector */
  const float32x4_t zero = vdupq_n_f32(0.0f);
  for (size_t i = 0; i < panel->m; ++i) {
    const float *a = panel->a + i * panel->lda;
    float *c = panel->c + i * panel->ldc;
    float32x4_t acc[MAX_VECTORS]; /* in registers, as long as every loop over it is unrolled */
#pragma GCC unroll 16
    for (size_t v = 0; v < vectors; ++v)
      acc[v] = panel->resume ? load_first(c + v * LANES, v + 1 < vectors ? LANES : tail) : zero;
    for (uint64_t left = panel->depth > 0 ? panel->mask[i * panel->ld_mask] : 0; left; left &= left - 1) {
      const size_t p = (size_t)__builtin_ctzll(left);
      const float32x4_t a_ip = vdupq_n_f32(a[p]);
      const float *b = panel->packed_b + p * vectors * LANES;
#pragma GCC unroll 16
      for (size_t v = 0; v < vectors; ++v)
        acc[v] = fma_lanes(a_ip, vld1q_f32(b + v * LANES), acc[v]);
    }
#pragma GCC unroll 16
    for (size_t v = 0; v < vectors; ++v)
      store_first(c + v * LANES, v + 1 < vectors ? LANES : tail, panel->finish ? vaddq_f32(acc[v], zero) : acc[v]);
  }
}

/* The widest panel that `cols` columns fill, the last vector perhaps in part. */
static size_t panel_vectors(size_t cols) {
  static const size_t widths[] = {MAX_VECTORS, 8, 4, 2};
  for (size_t i = 0; i < sizeof widths / sizeof widths[0]; ++i)
    if ((widths[i] - 1) * LANES < cols)
      return widths[i];
  return 1;
}

static void multiply(size_t vectors, const struct panel *panel) {
  switch (vectors) {
  case 16:
    multiply_panel(16, panel);
    break;
  case 8:
    multiply_panel(8, panel);
    break;
  case 4:
    multiply_panel(4, panel);
    break;
  case 2:
    multiply_panel(2, panel);
    break;
  default:
    multiply_panel(1, panel);
  }
}

void ms_gemm_skip_f32_neon(size_t m, size_t n, size_t k, const float *a, size_t lda, const uint64_t *a_mask,
                           size_t ld_mask, const float *b, size_t b_row_stride, size_t b_col_stride, float *c,
                           size_t ldc, float *workspace) {
  assert(lda >= k && ldc >= n && ld_mask >= MS_MASK_WORDS(k));
  assert(b_row_stride == 1 || b_col_stride == 1);
  assert((uintptr_t)workspace % 64 == 0);
  for (size_t j = 0; j < n;) {
    const size_t vectors = panel_vectors(n - j), cols = min_size(n - j, vectors * LANES);
    struct panel panel = {.m = m, .cols = cols, .lda = lda, .ld_mask = ld_mask, .packed_b = workspace, .ldc = ldc};
    panel.c = c + j;
    size_t p = 0;
    do { /* once for k = 0 too: C is then +0 */
      const size_t depth = min_size(k - p, DEPTH);
      pack_b(depth, cols, b + p * b_row_stride + j * b_col_stride, b_row_stride, b_col_stride, workspace);
      panel.depth = depth;
      panel.a = a + p;
      panel.mask = a_mask + p / DEPTH;
      panel.resume = p > 0;
      panel.finish = p + depth == k;
      multiply(vectors, &panel);
      p += depth;
    } while (p < k);
    j += cols;
  }
}
