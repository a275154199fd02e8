/* Operands with zeros at random places, and both products of them. */
#include <stdlib.h>

#include "bench/common.h"
#include "bench/kernel_skip.h"
#include "kernels/philox.h"

struct skip_work skip_work_new(const struct ms_kernels *kernels, size_t m, size_t k, size_t n, double density) {
  struct skip_work w = {.m = m, .k = k, .n = n};
  w.a = bench_floats(m * k);
  w.b = bench_floats(k * n);
  w.c = bench_floats(m * n);
  w.mask = bench_allocate(m * MS_MASK_WORDS(k) * sizeof *w.mask);
  w.workspace = bench_allocate(kernels->gemm_workspace_floats * sizeof *w.workspace);
  for (size_t i = 0; i < m * k; ++i) {
    const uint32_t counter[4] = {(uint32_t)i}, key[2] = {42};
    uint32_t draw[4];
    ms_philox4x32(counter, key, draw);
    if ((double)draw[0] >= density * 0x1p32)
      w.a[i] = 0;
  }
  return w;
}

void skip_work_free(struct skip_work *w) {
  free(w->a);
  free(w->b);
  free(w->c);
  free(w->mask);
  free(w->workspace);
}

void skip_work_multiply(const struct ms_kernels *kernels, const struct skip_work *w, int skip) {
  if (skip) {
    kernels->nonzero_mask(w->m, w->k, w->a, w->k, w->mask, MS_MASK_WORDS(w->k));
    kernels->gemm_skip(w->m, w->n, w->k, w->a, w->k, w->mask, MS_MASK_WORDS(w->k), w->b, w->n, 1, w->c, w->n,
                       w->workspace);
  } else {
    kernels->gemm(w->m, w->n, w->k, w->a, w->k, 1, w->b, w->n, 1, w->c, w->n, w->workspace);
  }
}
