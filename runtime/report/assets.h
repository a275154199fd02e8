/* The style sheets and the script of pages: the files of these names beside this one, put into the program by CMake. */
#ifndef MS_REPORT_ASSETS_H
#define MS_REPORT_ASSETS_H

#include <stddef.h>

extern const char ms_asset_figures_css[], ms_asset_report_css[], ms_asset_report_js[];
extern const size_t ms_asset_figures_css_bytes, ms_asset_report_css_bytes, ms_asset_report_js_bytes;

#endif
