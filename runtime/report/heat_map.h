/* The figure of a sweep of every combination of two settings. */
#ifndef MS_REPORT_HEAT_MAP_H
#define MS_REPORT_HEAT_MAP_H

#include "runtime/report/figure.h"
#include "runtime/sweep/sweep.h"

/* Fills it but for id and number. The sweep is a grid of two axes. */
enum ms_status ms_figure_heat_map(const struct ms_sweep *sweep, struct ms_figure *figure);

#endif
