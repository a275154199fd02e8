/* The frame of pages and the files written. */
#include "runtime/report/page.h"

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

void ms_page_main(struct ms_page *page) {
  ms_text_add(&page->html, "</header>\n");
  page->links_at = page->html.length;
  ms_text_add(&page->html, "<main>\n");
}

static void end_section(struct ms_page *page) {
  ms_text_add(&page->html, page->in_section ? "</section>\n" : "");
  page->in_section = false;
}

void ms_page_section(struct ms_page *page, const char *id, const char *title) {
  end_section(page);
  page->in_section = true;
  ms_text_printf(&page->html, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
  ms_text_printf(&page->links, "<a href=\"#%s\">%s</a>\n", id, title);
}

/* Returns whether there is such a file, or was. begin: what this program begins it with. */
static bool remove_file(const struct ms_page *page, const char *name, const char *begin) {
  char path[MS_PATH_SIZE];
  if (ms_path_join(path, page->figures_folder, name) != MS_OK || !ms_exists(path))
    return false;
  if (ms_check_place(path, begin, "") == MS_OK)
    ms_file_remove(path);
  return true;
}

static enum ms_status write_file(const struct ms_page *page, const char *name, const char *begin,
                                 const struct ms_text *text) {
  char path[MS_PATH_SIZE];
  MS_TRY(ms_text_status(text, name));
  if (text->length == 0) {
    remove_file(page, name, begin);
    return MS_OK;
  }
  MS_TRY(ms_path_join(path, page->figures_folder, name));
  MS_TRY(ms_check_place(path, begin, "move it away, or choose another page"));
  return ms_file_write(path, text->data, text->length);
}

enum ms_status ms_page_figure(struct ms_page *page, struct ms_figure *f, enum ms_status status) {
  struct ms_text svg = {0}, csv = {0};
  char name[80];
  ++page->n_figures;
  snprintf(f->id, sizeof f->id, "figure-%zu", page->n_figures);
  snprintf(f->number, sizeof f->number, "Figure %zu", page->n_figures);
  if (status == MS_OK)
    status = ms_figure_status(f);
  if (status == MS_OK) {
    ms_figure_add_html(&page->html, f, ms_last_part(page->figures_folder));
    ms_figure_add_svg(&svg, f);
    ms_figure_add_csv(&csv, f);
    snprintf(name, sizeof name, "%s.svg", f->id);
    status = write_file(page, name, MS_SVG_HEAD, &svg);
  }
  if (status == MS_OK) {
    snprintf(name, sizeof name, "%s.csv", f->id);
    status = write_file(page, name, MS_CSV_HEAD, &csv);
  }
  ms_text_free(&svg);
  ms_text_free(&csv);
  ms_figure_free(f);
  return status;
}

void ms_page_machine(struct ms_page *page) {
  end_section(page);
  ms_text_add(&page->html, MS_PAGE_MACHINE);
  ms_page_section(page, "machine", "Machine and times");
}

static bool remove_figure(const struct ms_page *page, size_t number) {
  char name[80];
  snprintf(name, sizeof name, "figure-%zu.csv", number);
  remove_file(page, name, MS_CSV_HEAD);
  snprintf(name, sizeof name, "figure-%zu.svg", number);
  return remove_file(page, name, MS_SVG_HEAD);
}

enum ms_status ms_page_finish(struct ms_page *page, enum ms_status status) {
  struct ms_text whole = {0};
  end_section(page);
  ms_text_add(&page->html, MS_PAGE_MACHINE_END "</main>\n<script>\n");
  ms_text_add_bytes(&page->html, ms_asset_report_js, ms_asset_report_js_bytes);
  ms_text_add(&page->html, "</script>\n</body></html>\n");
  if (status == MS_OK)
    status = ms_text_status(&page->html, page->path);
  if (status == MS_OK)
    status = ms_text_status(&page->links, page->path);
  if (status == MS_OK) {
    ms_text_add_bytes(&whole, page->html.data, page->links_at);
    ms_text_printf(&whole, "<nav aria-label=\"Sections\">\n%s</nav>\n", page->links.data);
    ms_text_add(&whole, page->html.data + page->links_at);
    status = ms_text_status(&whole, page->path);
  }
  if (status == MS_OK)
    status = ms_file_write(page->path, whole.data, whole.length);
  for (size_t number = page->n_figures + 1; status == MS_OK && remove_figure(page, number); ++number)
    ;
  ms_text_free(&whole);
  ms_text_free(&page->links);
  ms_text_free(&page->html);
  return status;
}
