/* The frame of pages and the files written. */
#include "runtime/report/page.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/report/assets.h"

/* <path without .html>_figures */
static enum ms_status name_figures_folder(const char *path, char folder[MS_PATH_SIZE]) {
  size_t length = strlen(path);
  if (length > 5 && strcmp(path + length - 5, ".html") == 0)
    length -= 5;
  if (snprintf(folder, MS_PATH_SIZE, "%.*s_figures", (int)length, path) >= MS_PATH_SIZE)
    return ms_fail(MS_ERROR_ARGUMENT, "%.40s...: the name is too long", path);
  return MS_OK;
}

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" "
    "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n<title>mnist_simd: ";

enum ms_status ms_page_check(const char *path) {
  return ms_check_place(path, head, "move it away, or choose another");
}

enum ms_status ms_page_begin(struct ms_page *page, const char *path, const char *title) {
  struct ms_text *html = &page->html;
  memset(page, 0, sizeof *page);
  page->path = path;
  enum ms_status status = ms_page_check(path);
  if (status == MS_OK)
    status = name_figures_folder(path, page->figures_folder);
  if (status == MS_OK)
    status = ms_make_folder(page->figures_folder);
  ms_text_add(html, head);
  ms_text_add(html, title);
  ms_text_add(html, "</title>\n<style>\n");
  ms_text_add_bytes(html, ms_asset_figures_css, ms_asset_figures_css_bytes);
  ms_text_add_bytes(html, ms_asset_report_css, ms_asset_report_css_bytes);
  ms_text_add(html, "</style></head>\n<body>\n");
  return status;
}

static void number_figure(struct ms_page *page, size_t number, struct ms_figure *f) {
  assert(number <= MS_PAGE_FIGURES);
  if (number > 0) {
    page->figures |= 1u << number;
    snprintf(f->id, sizeof f->id, "figure-%zu", number);
    snprintf(f->number, sizeof f->number, "Figure %zu", number);
  } else {
    ++page->n_further;
    snprintf(f->id, sizeof f->id, "figure-a%zu", page->n_further);
    snprintf(f->number, sizeof f->number, "Figure A%zu", page->n_further);
  }
}

enum ms_status ms_page_figure(struct ms_page *page, size_t number, struct ms_figure *f, enum ms_status status) {
  struct ms_text file = {0};
  char name[80], path[MS_PATH_SIZE];
  number_figure(page, number, f);
  if (status == MS_OK)
    status = ms_figure_status(f);
  if (status == MS_OK) {
    ms_figure_add_html(&page->html, f);
    ms_figure_add_svg(&file, f);
    snprintf(name, sizeof name, "%s.svg", f->id);
    status = ms_path_join(path, page->figures_folder, name);
  }
  if (status == MS_OK)
    status = ms_text_status(&file, path);
  if (status == MS_OK)
    status = ms_check_place(path, MS_SVG_HEAD, "move it away, or choose another page");
  if (status == MS_OK)
    status = ms_file_write(path, file.data, file.length);
  ms_text_free(&file);
  ms_figure_free(f);
  return status;
}

void ms_page_machine(struct ms_page *page) {
  ms_text_add(&page->html,
              "<!-- machine: all that may differ between two machines -->\n<section id=\"machine\"><h2>Machine and "
              "times</h2>\n");
}

/* Returns whether there is such a file, or was. */
static bool remove_figure(const struct ms_page *page, const char *letter, size_t number) {
  char name[80], path[MS_PATH_SIZE];
  snprintf(name, sizeof name, "figure-%s%zu.svg", letter, number);
  if (ms_path_join(path, page->figures_folder, name) != MS_OK || !ms_exists(path))
    return false;
  if (ms_check_place(path, MS_SVG_HEAD, "") == MS_OK)
    remove(path);
  return true;
}

static void remove_earlier_figures(const struct ms_page *page) {
  for (size_t number = 1; number <= MS_PAGE_FIGURES; ++number)
    if (!(page->figures & 1u << number))
      remove_figure(page, "", number);
  for (size_t number = page->n_further + 1; remove_figure(page, "a", number); ++number)
    ;
}

enum ms_status ms_page_finish(struct ms_page *page, enum ms_status status) {
  ms_text_add(&page->html, "</section>\n<!-- machine: end -->\n</main>\n<script>\n");
  ms_text_add_bytes(&page->html, ms_asset_report_js, ms_asset_report_js_bytes);
  ms_text_add(&page->html, "</script>\n</body></html>\n");
  if (status == MS_OK)
    status = ms_text_status(&page->html, page->path);
  if (status == MS_OK)
    status = ms_file_write(page->path, page->html.data, page->html.length);
  if (status == MS_OK)
    remove_earlier_figures(page);
  ms_text_free(&page->html);
  return status;
}
