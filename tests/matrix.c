/* Matrices in guarded buffers. */
#include "tests/matrix.h"

#include <string.h>

#include "tests/harness.h"

float random_value(enum values values) {
  static const float extremes[] = {0.0f,         -0.0f,     0x1p-149f,  -0x1p-149f, 0x1.8p-130f,
                                   -0x1.cp-127f, 0x1p-126f, -0x1p-126f, 1e-15f,     -1e-15f,
                                   1e15f,        -1e15f,    1.0f,       -1.0f,      0x1.fffffep-1f};
  if (values == EXTREME && test_random_below(3) == 0)
    return extremes[test_random_below(sizeof extremes / sizeof extremes[0])];
  return test_random_float(-1, 1);
}

static struct matrix allocate(size_t rows, size_t cols, size_t ld) {
  struct matrix m = {.rows = rows, .cols = cols, .ld = ld};
  const size_t n_floats = rows == 0 || cols == 0 ? 0 : (rows - 1) * ld + cols;
  m.n_bytes = n_floats * sizeof(float);
  m.data = test_buffer(m.n_bytes, sizeof(float) * test_random_below(18));
  return m;
}

struct matrix matrix_new(size_t rows, size_t cols, enum values values) {
  struct matrix m = allocate(rows, cols, cols + test_random_below(10));
  for (size_t i = 0; i < m.n_bytes / sizeof(float); ++i)
    m.data[i] = random_value(values);
  return m;
}

struct matrix matrix_copy(const struct matrix *from) {
  struct matrix m = allocate(from->rows, from->cols, from->ld);
  memcpy(m.data, from->data, m.n_bytes);
  return m;
}

void matrix_check_same(const struct matrix *expected, const struct matrix *found, const char *name) {
  for (size_t i = 0; i < expected->n_bytes / sizeof(float); ++i) {
    uint32_t bits[2];
    memcpy(&bits[0], &expected->data[i], sizeof bits[0]);
    memcpy(&bits[1], &found->data[i], sizeof bits[1]);
    CHECK_MESSAGE(bits[0] == bits[1], "%s row %zu column %zu: reference %a, found %a", name, i / expected->ld,
                  i % expected->ld, (double)expected->data[i], (double)found->data[i]);
  }
  CHECK_MESSAGE(test_guards_intact(expected->data), "reference wrote outside %s", name);
  CHECK_MESSAGE(test_guards_intact(found->data), "wrote outside %s", name);
}
