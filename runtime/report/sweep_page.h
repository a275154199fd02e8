/* The page about sweeps: what each setting does to validation accuracy and to the gap, and which points did best. */
#ifndef MS_REPORT_SWEEP_PAGE_H
#define MS_REPORT_SWEEP_PAGE_H

#include "runtime/mnist_simd.h"

/* Reads the folders of sweeps, finished or not, and writes the page to path, its figures beside it as ms_report_write
 * does. MS_ERROR_DATA: a folder is not that of a sweep, or damaged. */
enum ms_status ms_sweep_page_write(const char *const *folders, size_t n_folders, const char *path);

#endif
