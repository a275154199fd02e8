/* The reference kernels against double precision, within stated tolerances. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "kernels/philox.h"
#include "reference/exp_log.h"
#include "reference/reference.h"
#include "tests/harness.h"
#include "tests/matrix.h"

static const struct ms_kernels *const k = &ms_kernels_reference;

/* Distance in units in the last place of the exact value's binade. */
static double ulps(double exact, float found) {
  int exponent;
  frexp(exact, &exponent);
  return fabs((double)found - exact) / ldexp(1, exponent - FLT_MANT_DIG);
}

/* Each of the k additions errs by half an ulp of a sum that is at most sum |a b| (Higham, Accuracy and Stability of
 * Numerical Algorithms, section 3.1). */
static void gemm(void) {
  for (int round = 0; round < 50; ++round) {
    const size_t m = test_random_below(20), n = test_random_below(100), depth = test_random_below(60);
    const struct matrix a = matrix_new(m, depth, ORDINARY), b = matrix_new(n, depth, ORDINARY);
    const struct matrix c = matrix_new(m, n, ORDINARY);
    k->gemm(m, n, depth, a.data, a.ld, 1, b.data, 1, b.ld, c.data, c.ld, NULL); /* B transposed */
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j) {
        double sum = 0, size = 0;
        for (size_t p = 0; p < depth; ++p) {
          const double term = (double)a.data[i * a.ld + p] * (double)b.data[j * b.ld + p];
          sum += term;
          size += fabs(term);
        }
        const double error = fabs((double)c.data[i * c.ld + j] - sum);
        CHECK_MESSAGE(error <= (double)depth * 0x1p-24 * size, "(%zu, %zu): error %g", i, j, error);
      }
    test_release();
  }
}

/* fma keeps the product whole: 1 + 2^-24 squared minus 1 has bits that a rounded product loses. */
static void gemm_fuses(void) {
  const float a[2] = {-1.0f, 1.0f + 0x1p-12f}, b[2] = {1.0f, 1.0f + 0x1p-12f};
  float c;
  k->gemm(1, 1, 2, a, 2, 1, b, 1, 1, &c, 1, NULL);
  CHECK_MESSAGE(c == 0x1p-11f + 0x1p-24f, "%a", (double)c);
}

/* A sum that underflows to -0 comes out as +0. */
static void gemm_gives_plus_zero(void) {
  const float a = -0x1p-100f, b = 0x1p-100f;
  float c = 1;
  k->gemm(1, 1, 1, &a, 1, 1, &b, 1, 1, &c, 1, NULL);
  CHECK(c == 0.0f && !signbit(c));
  k->gemm(1, 1, 0, &a, 1, 1, &b, 1, 1, &c, 1, NULL);
  CHECK(c == 0.0f && !signbit(c));
}

static void scale_add(void) {
  float x = 3, y = NAN;
  k->scale_add(1, 1, 2, &x, 1, 0, &y, 1);
  CHECK(y == 6.0f);
  k->scale_add(1, 1, 0.5f, &x, 1, 2, &y, 1);
  CHECK(y == 13.5f);
}

static void bytes_to_unit(void) {
  for (int i = 0; i < 256; ++i) {
    const uint8_t byte = (uint8_t)i;
    float y;
    k->bytes_to_unit(1, &byte, &y);
    CHECK(y == (float)(i / 255.0)); /* dividing in double and rounding twice gives the same for these 256 */
  }
}

static void bias(void) {
  const float x[6] = {1, 2, 99, 3, 4, 99}, b[2] = {10, 20}; /* (2, 2), leading dimension 3 */
  float y[4], sums[2];
  k->bias_forward(2, 2, b, x, 3, y, 2);
  CHECK(y[0] == 11 && y[1] == 22 && y[2] == 13 && y[3] == 24);
  k->bias_backward(2, 2, x, 3, sums);
  CHECK(sums[0] == 4 && sums[1] == 6);
}

static void relu(void) {
  const float x[5] = {-1, -0.0f, 0.0f, 0x1p-149f, 2}, dy[5] = {1, 2, 3, 4, 5};
  float y[5], dx[5];
  k->relu_forward(1, 5, x, 5, y, 5);
  CHECK(y[0] == 0 && y[1] == 0 && !signbit(y[0]) && !signbit(y[1]) && y[3] == 0x1p-149f && y[4] == 2);
  k->relu_backward(1, 5, y, 5, 2, dy, 5, dx, 5);
  CHECK(dx[0] == 0 && dx[1] == 0 && dx[2] == 0 && dx[3] == 8 && dx[4] == 10);
}

/* Every element against an independent reading of the contract, and the share that is dropped. */
static void dropout(void) {
  enum { M = 40, N = 700 };
  static float x[M * N], y[M * N];
  const struct ms_dropout d = {{12, 34}, 5, 7, 6, 39322, 2.5f};
  for (size_t i = 0; i < (size_t)M * N; ++i)
    x[i] = 1.0f + (float)i;
  k->dropout(M, N, &d, 100, 48, x, N, y, N);
  size_t n_dropped = 0;
  for (uint32_t i = 0; i < M; ++i)
    for (uint32_t j = 0; j < N; ++j) {
      const uint32_t col = 48 + j, group = col >> 7;
      const uint32_t counter[4] = {(100 + i) << 16 | group << 4 | (col & 15), 5, 7, 6};
      uint32_t block[4];
      ms_philox4x32(counter, d.key, block);
      uint16_t draws[8];
      for (int word = 0; word < 4; ++word) {
        draws[2 * word] = (uint16_t)block[word];
        draws[2 * word + 1] = (uint16_t)(block[word] >> 16);
      }
      const float expected = draws[(col & 127) >> 4] < 39322 ? 0.0f : 2.5f * x[i * N + j];
      CHECK_MESSAGE(y[i * N + j] == expected, "(%u, %u)", i, j);
      n_dropped += expected == 0.0f;
    }
  /* Binomial with 28,000 draws: 0.6 +- five standard deviations of 0.0029. */
  const double share = (double)n_dropped / (M * N);
  CHECK_MESSAGE(fabs(share - 0.6) < 0.015, "%g", share);
}

static void exp_accuracy(void) {
  double worst = 0;
  for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += 499) {
    const float x = ms_bits_float((uint32_t)bits);
    const float y = ms_exp_scalar(x);
    const double exact = exp((double)x);
    if (x != x)
      CHECK(y != y);
    else if (exact > (double)FLT_MAX)
      CHECK_MESSAGE(isinf(y) || ulps(exact, y) <= 1, "x %a", (double)x);
    else if (exact < (double)FLT_MIN)
      CHECK_MESSAGE(y == 0.0f && !signbit(y), "x %a", (double)x);
    else if (ulps(exact, y) > worst)
      worst = ulps(exact, y);
  }
  CHECK_MESSAGE(worst < 1.0, "worst error %g ulp", worst);
  CHECK(ms_exp_scalar(0.0f) == 1.0f && ms_exp_scalar(-0.0f) == 1.0f);
}

static void log_accuracy(void) {
  double worst = 0;
  for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += 499) {
    const float x = ms_bits_float((uint32_t)bits);
    const float y = ms_log_scalar(x);
    if (x < 0.0f || x != x)
      CHECK(y != y);
    else if (x == 0.0f || isinf(x))
      CHECK(isinf(y) && (signbit(y) != 0) == (x == 0.0f));
    else if (x != 1.0f && ulps(log((double)x), y) > worst)
      worst = ulps(log((double)x), y);
  }
  CHECK_MESSAGE(worst < 0.85, "worst error %g ulp", worst);
  CHECK(ms_log_scalar(1.0f) == 0.0f);
}

static void softmax_cross_entropy(void) {
  for (int round = 0; round < 200; ++round) {
    const size_t m = 1 + test_random_below(5), n = 1 + test_random_below(20);
    const struct matrix x = matrix_new(m, n, ORDINARY), p = matrix_new(m, n, ORDINARY), d = matrix_new(m, n, ORDINARY);
    const float size = test_random_float(0, 40);
    uint8_t labels[5];
    float loss[5];
    for (size_t i = 0; i < m; ++i) {
      labels[i] = (uint8_t)test_random_below(n);
      for (size_t j = 0; j < n; ++j)
        x.data[i * x.ld + j] *= size;
    }
    k->softmax_cross_entropy_forward(m, n, x.data, x.ld, labels, p.data, p.ld, loss);
    k->softmax_cross_entropy_backward(m, n, p.data, p.ld, labels, 0.25f, d.data, d.ld);
    for (size_t i = 0; i < m; ++i) {
      double sum = 0;
      for (size_t j = 0; j < n; ++j)
        sum += exp((double)x.data[i * x.ld + j]);
      const double exact_loss = log(sum) - (double)x.data[i * x.ld + labels[i]];
      CHECK(fabs((double)loss[i] - exact_loss) <= 1e-5 * (1 + (double)size)); /* differences of logits up to 2 size */
      for (size_t j = 0; j < n; ++j) {
        const double exact = exp((double)x.data[i * x.ld + j]) / sum;
        CHECK(fabs((double)p.data[i * p.ld + j] - exact) <= 1e-5 * exact + (double)FLT_MIN);
        const double exact_d = (exact - (j == labels[i])) * 0.25;
        CHECK(fabs((double)d.data[i * d.ld + j] - exact_d) <= 1e-6);
      }
    }
    test_release();
  }
}

/* Three steps on one weight, in double. */
static void adam(void) {
  const double l1 = 1e-3, l2 = 1e-2, rate = 1e-2;
  for (int round = 0; round < 500; ++round) {
    float w = random_value(ORDINARY), m = 0, v = 0;
    double exact_w = (double)w, exact_m = 0, exact_v = 0;
    for (int t = 1; t <= 3; ++t) {
      const float g = random_value(ORDINARY);
      const double step_size = rate * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t));
      const struct ms_adam adam = {0.9f, 0.1f, 0.999f, 0.001f, 1e-7f, (float)step_size, (float)l1, (float)(2 * l2)};
      const double total = (double)g + 2 * l2 * exact_w + (exact_w > 0 ? l1 : -l1);
      exact_m = 0.9 * exact_m + 0.1 * total;
      exact_v = 0.999 * exact_v + 0.001 * total * total;
      exact_w -= step_size * exact_m / (sqrt(exact_v) + 1e-7);
      k->adam(1, 1, &adam, &g, 1, &w, &m, &v, 1);
    }
    CHECK(fabs((double)m - exact_m) < 1e-6 && fabs((double)v - exact_v) < 1e-6);
    CHECK_MESSAGE(fabs((double)w - exact_w) < 1e-5, "w %g, exact %g", (double)w, exact_w);
  }
}

/* Moments that would be subnormal are +0, larger ones stay; sign(0) is 0. */
static void adam_flushes(void) {
  const struct ms_adam adam = {0.5f, 0.5f, 0.5f, 0.5f, 1e-7f, 0.1f, 1e-3f, 0};
  const float g = 0;
  float w = 0, m = -0x1.8p-126f, v = 0x1.8p-126f;
  k->adam(1, 1, &adam, &g, 1, &w, &m, &v, 1);
  CHECK(m == 0.0f && !signbit(m) && v == 0.0f && w == 0.0f);
  m = -0x1p-125f;
  v = 0x1p-125f;
  k->adam(1, 1, &adam, &g, 1, &w, &m, &v, 1);
  CHECK(m == -0x1p-126f && v == 0x1p-126f);
}

static void maxnorm(void) {
  for (int round = 0; round < 100; ++round) {
    const size_t m = 1 + test_random_below(80), n = 1 + test_random_below(20);
    const struct matrix w = matrix_new(m, n, ORDINARY), before = matrix_copy(&w);
    float workspace[20];
    const double limit = (double)test_random_float(0.5f, 8);
    k->maxnorm(m, n, (float)limit, w.data, w.ld, workspace);
    for (size_t j = 0; j < n; ++j) {
      double square = 0;
      for (size_t i = 0; i < m; ++i)
        square += (double)before.data[i * w.ld + j] * (double)before.data[i * w.ld + j];
      const double factor = sqrt(square) > limit ? limit / sqrt(square) : 1;
      for (size_t i = 0; i < m; ++i)
        CHECK(fabs((double)w.data[i * w.ld + j] - factor * (double)before.data[i * w.ld + j]) < 1e-5);
    }
    test_release();
  }
}

static const struct test_case cases[] = {
    {"gemm", gemm},
    {"gemm_fuses", gemm_fuses},
    {"gemm_gives_plus_zero", gemm_gives_plus_zero},
    {"scale_add", scale_add},
    {"bytes_to_unit", bytes_to_unit},
    {"bias", bias},
    {"relu", relu},
    {"dropout", dropout},
    {"exp_accuracy", exp_accuracy},
    {"log_accuracy", log_accuracy},
    {"softmax_cross_entropy", softmax_cross_entropy},
    {"adam", adam},
    {"adam_flushes", adam_flushes},
    {"maxnorm", maxnorm},
};

TEST_MAIN(cases)
