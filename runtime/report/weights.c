/* Weights of the first layer as pictures: what a unit looks for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/report/markup.h"
#include "runtime/report/png.h"
#include "runtime/report/report.h"

enum { COLUMNS = 8, MAX_UNITS = 64, WIDTH = 300, TITLE = 40, N_COLOURS = 255, ZERO = 127, MAX_PIXELS = 1 << 21 };
enum { LINE = 17, LINE_BYTES = 38 }; /* of a name */

/* Orange for negative, white for 0, blue for positive weights: lightness falls on both sides alike. */
static void make_palette(uint8_t palette[3 * N_COLOURS]) {
  static const double ends[2][3] = {{179, 71, 0}, {11, 98, 168}};
  for (int i = 0; i < N_COLOURS; ++i) {
    const double *end = ends[i > ZERO], share = fabs((double)(i - ZERO)) / ZERO;
    for (int c = 0; c < 3; ++c)
      palette[3 * i + c] = (uint8_t)(255 + (end[c] - 255) * share + 0.5);
  }
}

/* Three times the root mean square of the first n_units' weights: what is beyond is as deep as can be. */
static double find_scale(struct ms_layer_view layer, size_t n_units) {
  double sum = 0;
  for (size_t i = 0; i < layer.n_in; ++i)
    for (size_t u = 0; u < n_units; ++u) {
      const double w = (double)layer.weight[i * layer.n_out + u];
      sum += w * w;
    }
  return 3 * sqrt(sum / ((double)layer.n_in * (double)n_units));
}

static uint8_t colour(double weight, double scale) {
  const double share = scale > 0 ? fmin(fmax(weight / scale, -1), 1) : 0;
  return (uint8_t)(ZERO + ZERO * share + 0.5);
}

/* Bytes of the name that go on its first line: all, or up to a blank, at which no reference such as &amp; is cut. */
static size_t first_line(const char *name) {
  size_t n = strlen(name);
  for (size_t blank = n; n > LINE_BYTES && blank > 0; --blank)
    n = name[blank] == ' ' ? blank : n;
  return n;
}

/* The name in two lines at most. */
static void add_name(struct ms_text *svg, const char *name) {
  for (int i = 0; i < 2 && *name; ++i) {
    const size_t n = first_line(name);
    ms_text_printf(svg, "<text class=\"title\" x=\"0\" y=\"%d\">%.*s%s</text>", 14 + LINE * i, (int)n, name,
                   i == 1 && name[n] ? " …" : "");
    name += n + (name[n] == ' ');
  }
}

/* below: what the name of any panel of the figure needs below its first line. */
static enum ms_status draw(const struct ms_dataset *data, const struct ms_report_run *r, int below,
                           struct ms_panel *panel) {
  const struct ms_layer_view layer = ms_network_layer(r->run.network, 0);
  const size_t rows = data->rows, cols = data->cols;
  size_t n_units = layer.n_out < MAX_UNITS ? layer.n_out : MAX_UNITS;
  while (n_units > COLUMNS && n_units * (rows + 1) * (cols + 1) > MAX_PIXELS)
    n_units -= COLUMNS;
  const size_t lines = (n_units + COLUMNS - 1) / COLUMNS, columns = n_units < COLUMNS ? n_units : COLUMNS;
  const size_t width = columns * (cols + 1) - 1, height = lines * (rows + 1) - 1;
  const double scale = find_scale(layer, n_units), drawn = WIDTH * (double)columns / COLUMNS;
  uint8_t palette[3 * N_COLOURS], *pixels;
  MS_TRY(ms_allocate(height, width, "weights", &pixels));
  for (size_t i = 0; i < height * width; ++i)
    pixels[i] = ZERO;
  for (size_t u = 0; u < n_units; ++u)
    for (size_t i = 0; i < layer.n_in; ++i) {
      const size_t y = u / COLUMNS * (rows + 1) + i / cols, x = u % COLUMNS * (cols + 1) + i % cols;
      pixels[y * width + x] = colour((double)layer.weight[i * layer.n_out + u], scale);
    }
  make_palette(palette);
  panel->width = WIDTH;
  panel->height = TITLE + below + drawn * (double)height / (double)width;
  ms_text_printf(&panel->label, "Weights of %zu units of the first layer", n_units);
  add_name(&panel->svg, r->name.data);
  ms_text_printf(&panel->svg, "<text class=\"tick\" x=\"0\" y=\"%d\">colours from −%.3f to %.3f</text>\n", 31 + below,
                 scale, scale);
  ms_text_printf(&panel->svg, "<image class=\"colours\" x=\"0\" y=\"%d\" width=\"%.1f\" height=\"%.1f\" href=\"",
                 TITLE + below, drawn, panel->height - TITLE - below);
  enum ms_status status = ms_png_add_palette(&panel->svg, pixels, width, height, palette, N_COLOURS);
  ms_text_add(&panel->svg, "\"/>\n");
  free(pixels);
  return status;
}

enum ms_status ms_figure_weights(const struct ms_report *report, struct ms_figure *f) {
  enum ms_status status = MS_OK;
  int below = 0;
  f->n_panels = report->n_runs < MS_MAX_PANELS ? report->n_runs : MS_MAX_PANELS;
  for (size_t r = 0; r < f->n_panels; ++r) {
    const char *name = report->runs[r].name.data;
    below = name[first_line(name)] ? LINE : below;
  }
  for (size_t r = 0; status == MS_OK && r < f->n_panels; ++r)
    status = draw(&report->data->train, &report->runs[r], below, &f->panels[r]);
  ms_text_add(&f->title, "First-layer weights as pictures");
  ms_text_printf(&f->caption,
                 "A square per unit, of the first %d at most; a pixel per weight. Blue: more of this pixel raises the "
                 "unit, orange: it lowers it. The deepest colour stands for three times the root mean square.",
                 MAX_UNITS);
  if (report->n_runs > MS_MAX_PANELS)
    ms_text_printf(&f->caption, " Of the first %d runs.", MS_MAX_PANELS);
  return status == MS_OK ? ms_figure_status(f) : status;
}
