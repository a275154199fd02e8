/* Each kernel once, on operands with subnormals and zeros of both signs, against a hash of the bits that the contract
 * gives, which changes with MS_CONTRACT_VERSION alone. It checks the build, as flags act file by file; sizes and
 * strides are for tests/test_kernels. */
#include <string.h>

#include "reference/exp_log.h"
#include "reference/reference.h"
#include "runtime/platform/check_build.h"

enum { M = 5, N = 71, K = 19, SIZE = M * N };

struct operands {
  float a[M * K], b[K * N];
  float x[SIZE], y[SIZE], z[SIZE], result[SIZE];
  uint64_t masks[MS_TILE];
  float values[MS_TILE_VALUES];
  float *workspace;
};

/* FNV-1a, by words. */
static uint64_t hash_word(uint64_t hash, uint32_t word) {
  return (hash ^ word) * UINT64_C(0x100000001b3);
}

static uint64_t hash_floats(uint64_t hash, size_t n, const float *x) {
  for (size_t i = 0; i < n; ++i)
    hash = hash_word(hash, ms_float_bits(x[i]));
  return hash;
}

static uint64_t hash_results(size_t n, const float *x) {
  return hash_floats(UINT64_C(0xcbf29ce484222325), n, x);
}

/* Between -4 and 4; of each seven, one a zero and one subnormal or a little more than that. */
static void fill(uint32_t seed, size_t n, float *x) {
  for (size_t i = 0; i < n; ++i) {
    seed = seed * 1664525u + 1013904223u;
    const uint32_t sign = seed & 0x80000000, low = seed >> 7 & 0xffffff;
    const uint32_t kinds[7] = {
        0, low, 0x3f000000 + low, 0x3f800000 + low / 2, 0x3e800000 + low, 0x3f000000 + low, 0x40000000 + low / 2};
    x[i] = ms_bits_float(sign | kinds[i % 7]);
  }
}

static uint64_t gemm(const struct ms_kernels *k, struct operands *o) {
  k->gemm(M, N, K, o->a, K, 1, o->b, N, 1, o->result, N, o->workspace);
  return hash_results(SIZE, o->result);
}

/* The product of gemm, so the same hash. Its operand comes from the reference: each slot is judged by itself. */
static uint64_t gemm_skip(const struct ms_kernels *k, struct operands *o) {
  ms_compress_f32_reference(M, K, o->a, K, o->masks, o->values);
  const struct ms_nonzeros a = {1, o->masks, o->values};
  const struct ms_tiled b = ms_tiled_rows(o->b, N);
  k->gemm_skip(M, N, K, &a, &b, o->result, N, MS_TILE, o->workspace);
  return hash_results(SIZE, o->result);
}

static uint64_t hash_nonzeros(size_t n_values, const struct operands *o) {
  uint64_t hash = hash_results(n_values, o->values);
  for (size_t i = 0; i < MS_TILE; ++i)
    hash = hash_word(hash_word(hash, (uint32_t)o->masks[i]), (uint32_t)(o->masks[i] >> 32));
  return hash;
}

static uint64_t compress(const struct ms_kernels *k, struct operands *o) {
  return hash_nonzeros(k->compress(M, MS_TILE, o->x, N, o->masks, o->values), o);
}

static uint64_t compress_transposed(const struct ms_kernels *k, struct operands *o) {
  return hash_nonzeros(k->compress_transposed(M, MS_TILE, o->x, N, o->masks, o->values), o);
}

static uint64_t scale_add(const struct ms_kernels *k, struct operands *o) {
  k->scale_add(M, N, 0.3f, o->x, N, 0, o->result, N);
  k->scale_add(M, N, 0.7f, o->y, N, 0.9f, o->result, N);
  return hash_results(SIZE, o->result);
}

static uint64_t bytes_to_unit(const struct ms_kernels *k, struct operands *o) {
  uint8_t bytes[256];
  for (int i = 0; i < 256; ++i)
    bytes[i] = (uint8_t)i;
  k->bytes_to_unit(sizeof bytes, bytes, o->result);
  return hash_results(sizeof bytes, o->result);
}

static uint64_t bias_forward(const struct ms_kernels *k, struct operands *o) {
  k->bias_forward(M, N, o->y, o->x, N, o->result, N);
  return hash_results(SIZE, o->result);
}

static uint64_t bias_backward(const struct ms_kernels *k, struct operands *o) {
  k->bias_backward(M, N, o->x, N, o->result);
  return hash_results(N, o->result);
}

static uint64_t relu_forward(const struct ms_kernels *k, struct operands *o) {
  k->relu_forward(M, N, o->x, N, o->result, N);
  return hash_results(SIZE, o->result);
}

static uint64_t relu_backward(const struct ms_kernels *k, struct operands *o) {
  k->relu_backward(M, N, o->x, N, 0.3f, o->y, N, o->result, N);
  return hash_results(SIZE, o->result);
}

static uint64_t dropout(const struct ms_kernels *k, struct operands *o) {
  const struct ms_dropout dropout = {{42, 7}, 3, 2, 1, 26214, 65536.0f / (65536 - 26214)};
  k->dropout(M, N, &dropout, 9, 48, o->x, N, o->result, N);
  return hash_results(SIZE, o->result);
}

static uint64_t softmax_cross_entropy_forward(const struct ms_kernels *k, struct operands *o) {
  static const uint8_t labels[M] = {0, 70, 16, 33, 1};
  float loss[M];
  for (size_t i = 0; i < SIZE; ++i)
    o->x[i] *= 20; /* some exponentials underflow */
  k->softmax_cross_entropy_forward(M, N, o->x, N, labels, o->result, N, loss);
  return hash_floats(hash_results(SIZE, o->result), M, loss);
}

static uint64_t softmax_cross_entropy_backward(const struct ms_kernels *k, struct operands *o) {
  static const uint8_t labels[M] = {70, 0, 8, 45, 3};
  k->softmax_cross_entropy_backward(M, N, o->x, N, labels, 0.3f, o->result, N);
  return hash_results(SIZE, o->result);
}

static uint64_t exponential(const struct ms_kernels *k, struct operands *o) {
  for (size_t i = 0; i < SIZE; ++i)
    o->x[i] *= 25; /* some results underflow, some overflow */
  k->exp(SIZE, o->x, o->result);
  return hash_results(SIZE, o->result);
}

static void make_positive(float *x) {
  for (size_t i = 0; i < SIZE; ++i)
    x[i] = ms_bits_float(ms_float_bits(x[i]) & 0x7fffffff);
}

static uint64_t logarithm(const struct ms_kernels *k, struct operands *o) {
  make_positive(o->x);
  k->log(SIZE, o->x, o->result);
  return hash_results(SIZE, o->result);
}

/* Penalties so small that what is subnormal in w, g and m stays about so, and shows in w. */
static uint64_t adam(const struct ms_kernels *k, struct operands *o) {
  const struct ms_adam adam = {0.9f, 0.1f, 0.999f, 0.001f, 1e-7f, 0.003f, 2e-38f, 0.01f};
  float *w = o->x, *m = o->y, *v = o->z;
  make_positive(v);
  fill(4, SIZE, o->result);
  k->adam(M, N, &adam, o->result, N, w, m, v, N);
  return hash_floats(hash_floats(hash_results(SIZE, w), SIZE, m), SIZE, v);
}

static uint64_t maxnorm(const struct ms_kernels *k, struct operands *o) {
  k->maxnorm(M, N, 2, o->x, N, o->result);
  return hash_results(SIZE, o->x);
}

static const struct {
  const char *name;
  uint64_t (*run)(const struct ms_kernels *kernels, struct operands *operands);
  uint64_t expected;
} checks[] = {
    {"gemm", gemm, 0x1f357d5d72c426f9},
    {"gemm_skip", gemm_skip, 0x1f357d5d72c426f9},
    {"compress", compress, 0xaae1c11d94bd4999},
    {"compress_transposed", compress_transposed, 0x83301d07f880d229},
    {"scale_add", scale_add, 0x32438503f17a7c3c},
    {"bytes_to_unit", bytes_to_unit, 0xadc224206626a204},
    {"bias_forward", bias_forward, 0x41ba1fa09067c7f3},
    {"bias_backward", bias_backward, 0x866c70eb8f6f6f62},
    {"relu_forward", relu_forward, 0x59bcb3eb1ab68d64},
    {"relu_backward", relu_backward, 0x796dfbc914423545},
    {"dropout", dropout, 0x47672842ece5c77f},
    {"softmax_cross_entropy_forward", softmax_cross_entropy_forward, 0xd41dfde5ea4bbfa6},
    {"softmax_cross_entropy_backward", softmax_cross_entropy_backward, 0x807e92347c2f16ca},
    {"exp", exponential, 0xb24dbd83e0e1954f},
    {"log", logarithm, 0x094affb238342e4f},
    {"adam", adam, 0xfa34ab3deabcbafb},
    {"maxnorm", maxnorm, 0x4502bc338b16c37a},
};

enum { N_CHECKS = sizeof checks / sizeof checks[0] };

_Static_assert(offsetof(struct ms_kernels, gemm_workspace_floats) == N_CHECKS * sizeof(void (*)(void)),
               "a slot of struct ms_kernels is missing in checks[]");

const char *ms_kernel_check(const struct ms_kernels *kernels, float *workspace) {
  struct operands filled = {.workspace = workspace}, o;
  fill(0, M * K, filled.a);
  memset(filled.a + 1, 0, (K - 1) * sizeof(float)); /* a first row whose products stand alone */
  filled.a[0] = 0.7f;
  fill(1, K * N, filled.b);
  fill(1, SIZE, filled.x);
  fill(2, SIZE, filled.y);
  fill(3, SIZE, filled.z);
  for (size_t i = 0; i < N_CHECKS; ++i) {
    o = filled;
    if (checks[i].run(kernels, &o) != checks[i].expected)
      return checks[i].name;
  }
  return NULL;
}
