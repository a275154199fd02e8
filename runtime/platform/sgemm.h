/* Division of a matrix product over the pool's threads. */
#ifndef MS_PLATFORM_SGEMM_H
#define MS_PLATFORM_SGEMM_H

#include "runtime/platform/threads.h"

/* An operand: element (i, j) at data[i * row_stride + j * col_stride]; one stride is 1. */
struct ms_operand {
  const float *data;
  size_t row_stride, col_stride;
};

static inline struct ms_operand ms_as_stored(const float *data, size_t ld) {
  const struct ms_operand operand = {data, ld, 1};
  return operand;
}

static inline struct ms_operand ms_transposed(const float *data, size_t ld) {
  const struct ms_operand operand = {data, 1, ld};
  return operand;
}

/* Rows and columns of a matrix. */
struct ms_block {
  struct ms_range rows, cols;
};

static inline bool ms_block_is_empty(struct ms_block block) {
  return block.rows.first == block.rows.last || block.cols.first == block.cols.last;
}

/* Task index's block of C (m, n): the blocks of all tasks make up C. Some are empty where C is small. */
struct ms_block ms_gemm_share(size_t m, size_t n, size_t index);

/* That block of C = A B (kernels.h), with A (m, k), B (k, n), C (m, n), on the scratch memory of task index. The
 * pointers are those of the whole matrices. */
void ms_gemm_block(struct ms_block block, size_t k, struct ms_operand a, struct ms_operand b, float *c, size_t ldc,
                   size_t index);

/* Scratch memory that a task needs for the functions above and for ms_sgemm with the published kernels. */
size_t ms_gemm_scratch_floats(void);

#endif
