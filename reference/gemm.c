/* Matrix products and their scaled accumulation, scalar. */
#include <assert.h>

#include "reference/fma.h"
#include "reference/reference.h"

/* Columns held in local accumulators at once. Without them a transposed B would be read with a cache miss a term. */
enum { COLUMNS = 64 };

void ms_gemm_f32_reference(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_col_stride,
                           const float *b, size_t b_row_stride, size_t b_col_stride, float *c, size_t ldc,
                           float *workspace) {
  assert(ldc >= n);
  (void)workspace;
  for (size_t j0 = 0; j0 < n; j0 += COLUMNS) {
    const size_t width = n - j0 < COLUMNS ? n - j0 : COLUMNS;
    for (size_t i = 0; i < m; ++i) {
      float acc[COLUMNS] = {0};
      for (size_t p = 0; p < k; ++p) {
        const float a_ip = a[i * a_row_stride + p * a_col_stride];
        const float *b_p = b + p * b_row_stride + j0 * b_col_stride;
        for (size_t j = 0; j < width; ++j)
          acc[j] = ms_fma(a_ip, b_p[j * b_col_stride], acc[j]);
      }
      for (size_t j = 0; j < width; ++j)
        c[i * ldc + j0 + j] = acc[j] + 0.0f;
    }
  }
}

void ms_scale_add_f32_reference(size_t m, size_t n, float alpha, const float *x, size_t ldx, float beta, float *y,
                                size_t ldy) {
  assert(ldx >= n && ldy >= n);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j) {
      const float x_ij = x[i * ldx + j];
      float *y_ij = &y[i * ldy + j];
      *y_ij = beta == 0.0f ? alpha * x_ij : ms_fma(alpha, x_ij, beta * *y_ij);
    }
}
