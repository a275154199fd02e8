/* What each kernel computes, to the bit, and the table through which every kernel is called.
 *
 * This header is the numerics contract, version MS_CONTRACT_VERSION. Each kernel's result is defined by a scalar
 * formula with a fixed order of operations; every implementation (reference/ and each ISA folder beside this file)
 * gives the same bits for finite input. The rules that hold for all of them:
 *
 *   - IEEE 754 binary32, round to nearest even, subnormals neither flushed on input nor on output.
 *   - fma(a, b, c) is one operation with one rounding; a * b + c written apart is two operations with two roundings.
 *   - A fold keeps the order that is stated. No sum is split over lanes, blocks or threads.
 *   - Division and square root are the correctly rounded IEEE operations, never reciprocal estimates.
 *   - For NaN and infinity only this is promised: a kernel does not crash and does not touch memory outside its
 *     operands. The training loop stops on the first loss that is not finite.
 *
 * Matrices are row-major: element (i, j) of x stands at x[i * ldx + j], ldx >= n. Pointers need no alignment beyond
 * that of float. Any size may be 0. Unless a kernel says otherwise, output and input may be the same matrix
 * (same pointer, same leading dimension) and must not overlap in any other way.
 */
#ifndef MS_KERNELS_KERNELS_H
#define MS_KERNELS_KERNELS_H

#include <float.h>
#include <stddef.h>
#include <stdint.h>

/* The contract cannot hold under these; CMakeLists.txt refuses further flags, which leave no trace here. */
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "fast-math flags change results: take them out of CFLAGS"
#endif
#if FLT_EVAL_METHOD != 0
#error "float must be computed as float (FLT_EVAL_METHOD 0): x86: -msse2 -mfpmath=sse, s390x: -fexcess-precision=fast"
#endif

/* Raised by every change that alters a bit of any result. */
#define MS_CONTRACT_VERSION 2

/* Counter words 1 to 3 and the key of the Philox4x32-10 blocks that one dropout call draws from (philox.h). */
struct ms_dropout {
  uint32_t key[2];
  uint32_t step;         /* counter word 1: step of the epoch, from 0 */
  uint32_t epoch;        /* counter word 2: from 1 */
  uint32_t stream_layer; /* counter word 3 */
  uint32_t threshold;    /* of 65536: an element is dropped when its 16-bit draw is below it; < 65536 */
  float scale;           /* 65536 / (65536 - threshold), the factor of kept elements */
};

/* One Adam step: hyper-parameters and what depends on the step number (Kingma & Ba 2015, section 2, last paragraph). */
struct ms_adam {
  float beta1, one_minus_beta1;
  float beta2, one_minus_beta2;
  float epsilon;
  float step_size; /* learning rate * sqrt(1 - beta2^t) / (1 - beta1^t) */
  float l1;        /* derivative of l1 * |w| where w > 0 */
  float two_l2;    /* 2 * l2: derivative of l2 * w^2, divided by w */
};

/* The non-zeros of a matrix, in tiles of MS_TILE x MS_TILE, the last of a row or column cut off at the matrix' edge.
 * Tile (r, c), number t = c * row_tiles + r, has a mask for each of its rows, masks[t * MS_TILE + i], with bit j set
 * where its element (i, j) is not 0, and these elements row after row from values[t * MS_TILE_VALUES]. A product takes
 * tile after tile down the rows, so that its positions come out of a register and its values in the order in which they
 * stand. */
#define MS_TILE 64
#define MS_TILE_VALUES (MS_TILE * MS_TILE + MS_TILE) /* with room for whole vectors behind the last value */
struct ms_nonzeros {
  size_t row_tiles;
  uint64_t *masks;
  float *values;
};

static inline size_t ms_tiles(size_t n) {
  return (n + MS_TILE - 1) / MS_TILE;
}

/* The same without its first `row` rows, a multiple of MS_TILE. */
static inline struct ms_nonzeros ms_nonzeros_rows(const struct ms_nonzeros *x, size_t row) {
  const size_t tile = row / MS_TILE;
  const struct ms_nonzeros rest = {x->row_tiles, x->masks + tile * MS_TILE, x->values + tile * MS_TILE_VALUES};
  return rest;
}

/* A dense matrix that may be stored in pieces of MS_TILE rows or columns: element (i, j) stands at
 * data[(i / MS_TILE) * row_tile_stride + (i % MS_TILE) * row_stride +
 *      (j / MS_TILE) * col_tile_stride + (j % MS_TILE) * col_stride]. One of row_stride and col_stride is 1. */
struct ms_tiled {
  const float *data;
  size_t row_tile_stride, row_stride, col_tile_stride, col_stride;
};

/* x (m, n) stored row after row. */
static inline struct ms_tiled ms_tiled_rows(const float *x, size_t ldx) {
  const struct ms_tiled tiled = {x, MS_TILE * ldx, ldx, MS_TILE, 1};
  return tiled;
}

/* x (m, n) stored in panels of MS_TILE columns, panel after panel (m, MS_TILE): a panel's rows lie side by side, and a
 * product takes them as they are. */
static inline struct ms_tiled ms_tiled_panels(const float *x, size_t m) {
  const struct ms_tiled tiled = {x, MS_TILE * MS_TILE, MS_TILE, m * MS_TILE, 1};
  return tiled;
}

static inline struct ms_tiled ms_tiled_transposed(struct ms_tiled x) {
  const struct ms_tiled transposed = {x.data, x.col_tile_stride, x.col_stride, x.row_tile_stride, x.row_stride};
  return transposed;
}

struct ms_kernels {
  /* C = A B. A is (m, k), B is (k, n), C is (m, n).
   * A(i, p) stands at a[i * a_row_stride + p * a_col_stride], B(p, j) likewise: a transposed operand is the same
   * memory with its strides swapped. One of an operand's two strides must be 1. C overlaps neither A nor B.
   *   acc = +0;  for p = 0 .. k-1: acc = fma(A(i, p), B(p, j), acc);  C(i, j) = acc + 0.0f
   * A term with a factor of exactly zero may be left out where the other factor is finite: the last addition turns
   * the only value that could differ, -0, into +0.
   * workspace: at least gemm_workspace_floats floats, 64-byte aligned, used by this call alone. */
  void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_col_stride, const float *b,
               size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc, float *workspace);

  /* The same product, with A given by its non-zeros: the terms of its zeros are left out. B must be finite; then C has
   * the bits that gemm gives it. C(i, j) stands at c[i * ldc + (j / MS_TILE) * c_tile_stride + j % MS_TILE]: row after
   * row with a c_tile_stride of MS_TILE. n may be cut at multiples of MS_TILE, m too (ms_nonzeros_rows).
   * Faster than gemm while the share of A's non-zeros is below gemm_skip_density, on matrices of hundreds of rows. */
  void (*gemm_skip)(size_t m, size_t n, size_t k, const struct ms_nonzeros *a, const struct ms_tiled *b, float *c,
                    size_t ldc, size_t c_tile_stride, float *workspace);

  /* One tile of a struct ms_nonzeros from x (m, n), m and n at most MS_TILE: masks[i], bit j = x(i, j) != 0; 0 in the
   * other bits and in masks[m .. MS_TILE-1]; values = the elements that are not 0, row after row. Returns how many.
   * values has room for MS_TILE_VALUES; what stands behind the last value is not specified. */
  size_t (*compress)(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values);

  /* The same from the transpose of x (m, n): masks[j], bit i = x(i, j) != 0. */
  size_t (*compress_transposed)(size_t m, size_t n, const float *x, size_t ldx, uint64_t *masks, float *values);

  /* y(i, j) = beta == 0 ? alpha * x(i, j) : fma(alpha, x(i, j), beta * y(i, j)). With beta == 0, y is not read.
   * The last step of ms_sgemm. x and y must not overlap. */
  void (*scale_add)(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y, size_t ldy);

  /* y[i] = (float)x[i] / 255.0f, for n elements. No overlap. */
  void (*bytes_to_unit)(size_t n, const uint8_t *x, float *y);

  /* y(i, j) = x(i, j) + bias[j] */
  void (*bias_forward)(size_t m, size_t n, const float *bias, const float *x, size_t ldx, float *y, size_t ldy);

  /* acc = +0;  for i = 0 .. m-1: acc = acc + dy(i, j);  dbias[j] = acc */
  void (*bias_backward)(size_t m, size_t n, const float *dy, size_t lddy, float *dbias);

  /* y(i, j) = x(i, j) > 0 ? x(i, j) : +0 */
  void (*relu_forward)(size_t m, size_t n, const float *x, size_t ldx, float *y, size_t ldy);

  /* dx(i, j) = y(i, j) > 0 ? scale * dy(i, j) : +0
   * y is the layer's output. With inverted dropout behind the ReLU, y is the output of the dropout and scale its
   * factor: an element is positive there exactly if the ReLU let it through and the dropout kept it. Otherwise scale
   * is 1. dx may be dy. */
  void (*relu_backward)(size_t m, size_t n, const float *y, size_t ldy, float scale, const float *dy, size_t lddy,
                        float *dx, size_t lddx);

  /* Inverted dropout of the block with upper left corner (row0, col0) of a larger matrix; col0 must be a multiple of
   * MS_DROPOUT_COLUMNS. For r = row0 + i < 65536, c = col0 + j < MS_MAX_DROPOUT_COLUMNS:
   *   counter = { 65536 * r + 16 * (c / 128) + c % 16, step, epoch, stream_layer },  h = (c / 16) % 8
   *   draw    = 16-bit half h of the Philox block, half 0 being the low half of word 0, half 1 its high half, ...
   *   y(i, j) = draw >= threshold ? scale * x(i, j) : +0
   * Its derivative is the same map: the same call on dy gives dx. */
  void (*dropout)(size_t m, size_t n, const struct ms_dropout *dropout, size_t row0, size_t col0, const float *x,
                  size_t ldx, float *y, size_t ldy);

  /* Row softmax and cross-entropy of logits (m, n), n >= 1, with labels[i] < n:
   *   max = x(i, 0);  for j = 1 .. n-1: max = x(i, j) > max ? x(i, j) : max
   *   sum = +0;       for j = 0 .. n-1: e_j = exp(x(i, j) - max);  sum = sum + e_j
   *   probs(i, j) = e_j / sum
   *   loss[i]     = log(sum) - (x(i, labels[i]) - max)
   * with exp and log as below. */
  void (*softmax_cross_entropy_forward)(size_t m, size_t n, const float *logits, size_t ldl, const uint8_t *labels,
                                        float *probs, size_t ldp, float *loss);

  /* dlogits(i, j) = (probs(i, j) - (j == labels[i] ? 1.0f : 0.0f)) * scale */
  void (*softmax_cross_entropy_backward)(size_t m, size_t n, const float *probs, size_t ldp, const uint8_t *labels,
                                         float scale, float *dlogits, size_t ldd);

  /* y[i] = exp(x[i]) and y[i] = log(x[i]) by the formulas of exp_log.h, for n elements. */
  void (*exp)(size_t n, const float *x, float *y);
  void (*log)(size_t n, const float *x, float *y);

  /* One Adam step with L1 and L2 penalties, in place, on the block (rows, cols) of the weights w and the moments m and
   * v, all three with leading dimension ld, from the gradient g of the data loss, with leading dimension ldg:
   *   g = fma(two_l2, w, g);  g = g + (w > 0 ? l1 : w < 0 ? -l1 : +0)
   *   m = fma(beta1, m, one_minus_beta1 * g);        m = |m| < FLT_MIN ? +0 : m
   *   v = fma(beta2, v, one_minus_beta2 * (g * g));  v =  v  < FLT_MIN ? +0 : v
   *   w = w - (step_size * m) / (sqrt(v) + epsilon)
   * g is not written. No overlap. */
  void (*adam)(size_t rows, size_t cols, const struct ms_adam *adam, const float *g, size_t ldg, float *w, float *m,
               float *v, size_t ld);

  /* Scales down, in place, each column of w (m, n) whose Euclidean norm exceeds max_norm:
   *   acc = +0;  for i = 0 .. m-1: acc = fma(w(i, j), w(i, j), acc);  norm = sqrt(acc)
   *   factor = norm > max_norm ? max_norm / norm : 1.0f;  w(i, j) = w(i, j) * factor
   * workspace: n floats. */
  void (*maxnorm)(size_t m, size_t n, float max_norm, float *w, size_t ldw, float *workspace);

  size_t gemm_workspace_floats; /* belongs to the slots gemm and gemm_skip */
  size_t gemm_skip_columns;     /* belongs to gemm_skip: columns of C that it computes at once; a multiple of MS_TILE */
  double gemm_skip_density;     /* belongs to gemm_skip: the share of non-zeros from which gemm is faster, measured */
  size_t gemm_skip_min_columns; /* belongs to gemm_skip: gemm is faster where C has fewer columns */
};

/* Columns at which a block may be cut for dropout, and a good granularity for every other kernel. */
#define MS_DROPOUT_COLUMNS 16
#define MS_MAX_DROPOUT_COLUMNS 524288 /* of a whole matrix */

/* What a CPU (and its operating system) must offer for a table. Read by runtime/platform/cpu.c. */
enum ms_cpu_feature {
  MS_CPU_AVX2_FMA = 1u << 0, /* AVX2 and FMA3, and the operating system saves ymm registers */
  MS_CPU_AVX512 = 1u << 1,   /* AVX-512 F, BW, DQ and VL besides, and zmm and mask registers are saved */
  MS_CPU_NEON = 1u << 2,     /* AArch64, which always has it */
  MS_CPU_SVE128 = 1u << 3,   /* SVE, and the operating system has set the length of its vectors to 128 bits */
  MS_CPU_SVE256 = 1u << 4,   /* the same of 256 bits: never two of the three */
  MS_CPU_SVE512 = 1u << 5,
  MS_CPU_RVV128 = 1u << 6, /* RISC-V V 1.0 with registers of exactly 128 bits */
  MS_CPU_RVV256 = 1u << 7,
  MS_CPU_RVV512 = 1u << 8,
  MS_CPU_VSX = 1u << 9,         /* VSX of POWER8 or later, and the operating system saves its registers */
  MS_CPU_SIMD128 = 1u << 10,    /* WebAssembly's vectors, without which no module of this library loads */
  MS_CPU_RELAXED_FMA = 1u << 11 /* its relaxed SIMD, whose relaxed_madd has one rounding here */
};

/* A NULL slot inherits the reference. */
extern const struct ms_kernels ms_kernels_reference;
extern const struct ms_kernels ms_kernels_avx2;
extern const struct ms_kernels ms_kernels_avx512;
extern const struct ms_kernels ms_kernels_neon;
extern const struct ms_kernels ms_kernels_sve128;
extern const struct ms_kernels ms_kernels_sve256;
extern const struct ms_kernels ms_kernels_sve512;
extern const struct ms_kernels ms_kernels_rvv128;
extern const struct ms_kernels ms_kernels_rvv256;
extern const struct ms_kernels ms_kernels_rvv512;
extern const struct ms_kernels ms_kernels_vsx;
extern const struct ms_kernels ms_kernels_simd128;
extern const struct ms_kernels ms_kernels_relaxed;

#endif
