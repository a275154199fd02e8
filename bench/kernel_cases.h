/* One case per slot of the table of kernels but the matrix products: how to call it, at which size the report's
 * network does, and what memory traffic its formula needs. */
#ifndef MS_BENCH_KERNEL_CASES_H
#define MS_BENCH_KERNEL_CASES_H

#include "kernels/kernels.h"

enum { KERNEL_MATRICES = 4 };

/* Operands of one thread: matrices (rows, cols), of which a kernel uses as many as it needs. */
struct kernel_work {
  size_t rows, cols;
  float *x[KERNEL_MATRICES]; /* each (rows, cols) floats, also used as bytes */
  float *row;                /* (max(rows, cols)): a bias, losses, a workspace */
  uint8_t *labels;           /* (rows) */
};

struct kernel_case {
  const char *slot;
  size_t rows, cols;            /* of the report's network, with batches of 512 */
  size_t n_matrices;            /* that it uses: a quarter of x for bytes_to_unit */
  double read, copied, updated; /* bytes per element that its formula only reads, reads or writes while it fills another
                                 * matrix, reads and writes in place */
  void (*call)(const struct ms_kernels *kernels, struct kernel_work *work);
};

size_t kernel_case_count(void);
const struct kernel_case *kernel_case_get(size_t index);

/* Operands for a case with so many rows. */
struct kernel_work kernel_work_new(const struct kernel_case *kernel, size_t rows);
void kernel_work_free(struct kernel_work *work);

#endif
