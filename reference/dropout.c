/* Inverted dropout, scalar. */
#include <assert.h>

#include "kernels/philox.h"
#include "reference/reference.h"

void ms_dropout_f32_reference(size_t m, size_t n, const struct ms_dropout *dropout, size_t row0, size_t col0,
                              const float *x, size_t ldx, float *y, size_t ldy) {
  assert(ldx >= n && ldy >= n);
  assert(col0 % MS_DROPOUT_COLUMNS == 0);
  assert(dropout->threshold < 65536);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j) {
      const size_t col = col0 + j;
      const uint32_t element = (uint32_t)(65536 * (row0 + i) + 16 * (col / 128) + col % 16);
      const uint32_t counter[4] = {element, dropout->step, dropout->epoch, dropout->stream_layer};
      uint32_t block[4];
      ms_philox4x32(counter, dropout->key, block);
      const size_t half = col / 16 % 8;
      const uint32_t word = block[half / 2];
      const uint32_t draw = half % 2 == 0 ? word & 0xffff : word >> 16;
      y[i * ldy + j] = draw >= dropout->threshold ? dropout->scale * x[i * ldx + j] : 0.0f;
    }
}
