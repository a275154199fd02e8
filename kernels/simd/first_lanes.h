/* For instruction sets without masked loads and stores: the first elements of a vector by way of memory. Included where
 * vec.h has defined v_load and v_store. */
#ifndef MS_KERNELS_SIMD_FIRST_LANES_H
#define MS_KERNELS_SIMD_FIRST_LANES_H

static inline vec v_load_first(const float *x, size_t n) {
  if (n == LANES)
    return v_load(x);
  float lanes[LANES] = {0};
  memcpy(lanes, x, n * sizeof(float));
  return v_load(lanes);
}

static inline void v_store_first(float *y, size_t n, vec v) {
  if (n == LANES) {
    v_store(y, v);
    return;
  }
  float lanes[LANES];
  v_store(lanes, v);
  memcpy(y, lanes, n * sizeof(float));
}

#endif
