/* Bytes to floats in [0, 1], NEON. */
#include "neon.h"
#include "vec.h"

void ms_bytes_to_unit_f32_neon(size_t n, const uint8_t *x, float *y) {
  const float32x4_t full = vdupq_n_f32(255.0f);
  for (size_t i = 0; i < n; i += LANES) {
    const size_t width = min_size(n - i, LANES);
    uint64_t four = 0; /* four bytes, read without passing the end of x */
    memcpy(&four, x + i, width);
    const uint16x4_t shorts = vget_low_u16(vmovl_u8(vcreate_u8(four)));
    store_first(y + i, width, vdivq_f32(vcvtq_f32_u32(vmovl_u16(shorts)), full));
  }
}
