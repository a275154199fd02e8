/* ms_sgemm, and the division of a product over threads: by rows and columns of C, never over k, so that the number of
 * threads cannot show in the bits. */
#include "runtime/platform/sgemm.h"

#include <assert.h>

#include "runtime/platform/dispatch.h"
#include "runtime/platform/error.h"

/* Cuts are made at multiples of these: every kernel spreads a block's rows evenly over its tiles, 16 columns are a
 * cache line. */
enum { UNIT_M = 8, UNIT_N = 16 };

/* Products of fewer multiply-adds gain little from a second thread: two make 64^3, which takes 2 to 5 microseconds, 1.6
 * times as fast if they are awake. */
enum { MIN_SHARED = 250000 };

/* ms_sgemm with alpha or beta goes through parts of C of this size, of which each thread holds one. */
enum { PART_M = 240, PART_N = 512 };

size_t ms_gemm_scratch_floats(void) {
  return ms_kernels()->gemm_workspace_floats + PART_M * PART_N;
}

static size_t ceil_div(size_t x, size_t y) {
  return (x + y - 1) / y;
}

/* Of all grids of threads, that with the smallest largest block, then the least work done twice: each column of threads
 * reads all of its rows of A through its caches, each row of threads packs all of its columns of B, which costs less as
 * it happens beside the multiplications. The factor of 4 is measured. */
struct ms_block ms_gemm_share(size_t m, size_t n, size_t index) {
  const size_t threads = ms_pool_size();
  assert(threads > 0);
  size_t best_rows = 1, best_area = SIZE_MAX, best_edge = SIZE_MAX;
  for (size_t rows = 1; rows <= threads; ++rows) {
    if (threads % rows != 0)
      continue;
    const size_t height = ceil_div(ceil_div(m, UNIT_M), rows) * UNIT_M;
    const size_t width = ceil_div(ceil_div(n, UNIT_N), threads / rows) * UNIT_N;
    if (height * width < best_area || (height * width == best_area && 4 * height + width < best_edge)) {
      best_rows = rows;
      best_area = height * width;
      best_edge = 4 * height + width;
    }
  }
  const size_t best_cols = threads / best_rows;
  const struct ms_block block = {ms_split(m, UNIT_M, best_rows, index / best_cols),
                                 ms_split(n, UNIT_N, best_cols, index % best_cols)};
  return block;
}

void ms_gemm_block(struct ms_block block, size_t k, struct ms_operand a, struct ms_operand b, float *c, size_t ldc,
                   size_t index) {
  const size_t i = block.rows.first, j = block.cols.first;
  if (ms_block_is_empty(block))
    return;
  ms_kernels()->gemm(block.rows.last - i, block.cols.last - j, k, a.data + i * a.row_stride, a.row_stride, a.col_stride,
                     b.data + j * b.col_stride, b.row_stride, b.col_stride, c + i * ldc + j, ldc,
                     ms_pool_scratch(index));
}

struct sgemm {
  size_t m, n, k;
  float alpha, beta;
  struct ms_operand a, b;
  float *c;
  size_t ldc;
  bool alone; /* one task does it all */
};

static void scale_block(const struct sgemm *s, struct ms_block block) {
  for (size_t i = block.rows.first; i < block.rows.last; ++i)
    for (size_t j = block.cols.first; j < block.cols.last; ++j)
      s->c[i * s->ldc + j] = s->beta == 0.0f ? 0.0f : s->beta * s->c[i * s->ldc + j];
}

/* Part by part: the product into scratch memory, then scaled and added to C. */
static void multiply_scale_add(const struct sgemm *s, struct ms_block block, size_t index) {
  float *part = ms_pool_scratch(index) + ms_kernels()->gemm_workspace_floats; /* (PART_M, PART_N) */
  for (size_t j = block.cols.first; j < block.cols.last; j += PART_N)
    for (size_t i = block.rows.first; i < block.rows.last; i += PART_M) {
      const size_t rows = block.rows.last - i < PART_M ? block.rows.last - i : PART_M;
      const size_t cols = block.cols.last - j < PART_N ? block.cols.last - j : PART_N;
      ms_kernels()->gemm(rows, cols, s->k, s->a.data + i * s->a.row_stride, s->a.row_stride, s->a.col_stride,
                         s->b.data + j * s->b.col_stride, s->b.row_stride, s->b.col_stride, part, PART_N,
                         ms_pool_scratch(index));
      ms_kernels()->scale_add(rows, cols, s->alpha, part, PART_N, s->beta, s->c + i * s->ldc + j, s->ldc);
    }
}

static void sgemm_task(void *context, size_t index) {
  const struct sgemm *s = context;
  const struct ms_block all = {{0, s->m}, {0, s->n}};
  const struct ms_block block = s->alone ? all : ms_gemm_share(s->m, s->n, index);
  if (s->alpha == 0.0f || s->k == 0)
    scale_block(s, block);
  else if (s->alpha == 1.0f && s->beta == 0.0f)
    ms_gemm_block(block, s->k, s->a, s->b, s->c, s->ldc, index);
  else
    multiply_scale_add(s, block, index);
}

static enum ms_status check_operand(const char *name, enum ms_transpose trans, size_t rows, size_t cols, size_t ld) {
  if (trans != MS_NO_TRANS && trans != MS_TRANS)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_sgemm: transposition of %s is %d, must be MS_NO_TRANS or MS_TRANS", name,
                   (int)trans);
  const size_t width = trans == MS_NO_TRANS ? cols : rows;
  if (ld < width || ld == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_sgemm: ld%s is %zu, must be at least %zu, the length of a row", name, ld,
                   width > 0 ? width : 1);
  return MS_OK;
}

/* Where an element lies is counted in elements, how far in bytes. */
static enum ms_status check_size(const char *name, size_t rows, size_t cols, size_t ld) {
  const size_t max_floats = PTRDIFF_MAX / sizeof(float);
  if (cols > max_floats || rows - 1 > (max_floats - cols) / ld)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_sgemm: ld%s is %zu, with %zu rows of %zu elements: more than memory can hold",
                   name, ld, rows, cols);
  return MS_OK;
}

enum ms_status ms_sgemm(enum ms_transpose trans_a, enum ms_transpose trans_b, size_t m, size_t n, size_t k, float alpha,
                        const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc) {
  if (ms_pool_size() == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_sgemm: call ms_init first");
  MS_TRY(check_operand("a", trans_a, m, k, lda));
  MS_TRY(check_operand("b", trans_b, k, n, ldb));
  MS_TRY(check_operand("c", MS_NO_TRANS, m, n, ldc));
  if (m == 0 || n == 0)
    return MS_OK;
  MS_REQUIRE(c);
  MS_TRY(check_size("c", m, n, ldc));
  if (alpha != 0.0f && k > 0) {
    MS_REQUIRE(a);
    MS_REQUIRE(b);
    MS_TRY(check_size("a", trans_a == MS_NO_TRANS ? m : k, trans_a == MS_NO_TRANS ? k : m, lda));
    MS_TRY(check_size("b", trans_b == MS_NO_TRANS ? k : n, trans_b == MS_NO_TRANS ? n : k, ldb));
  }
  struct sgemm s = {.m = m, .n = n, .k = k, .alpha = alpha, .beta = beta, .c = c, .ldc = ldc};
  s.a = trans_a == MS_NO_TRANS ? ms_as_stored(a, lda) : ms_transposed(a, lda);
  s.b = trans_b == MS_NO_TRANS ? ms_as_stored(b, ldb) : ms_transposed(b, ldb);
  s.alone = (double)m * (double)n * (double)k < MIN_SHARED;
  if (s.alone)
    ms_pool_run_alone(sgemm_task, &s);
  else
    ms_pool_run(sgemm_task, &s);
  return MS_OK;
}
