/* The network as a drawing (Figure 2 of the report). */
#include <stdio.h>

#include "runtime/platform/c_locale.h"
#include "runtime/report/markup.h"
#include "runtime/report/report.h"

enum {
  MAX_COLUMNS = 6, /* layers drawn, the input among them: of more, those in the middle are left out */
  MAX_NODES = 10,  /* of a layer: of more, the first and the last four */
  HEIGHT = 242,
  WIDTH = 400,
  TOP = 40,
  NODE_DISTANCE = 14
};

struct column {
  size_t layer; /* 0: the input */
  size_t units, n_nodes;
  double x;
  bool gap; /* layers are left out before it */
};

static double node_y(const struct column *c, size_t node) {
  const bool broken = c->n_nodes < c->units;
  const double places = (double)c->n_nodes + (broken ? 1 : 0);
  const double place = (double)node + (broken && node >= c->n_nodes / 2 ? 1 : 0);
  return TOP + 74 + (place - (places - 1) / 2) * NODE_DISTANCE;
}

static size_t choose_columns(const struct ms_network *network, struct column columns[MAX_COLUMNS]) {
  const size_t n_layers = ms_network_layers(network) + 1;
  const size_t n = n_layers < MAX_COLUMNS ? n_layers : MAX_COLUMNS;
  for (size_t i = 0; i < n; ++i) {
    struct column *c = &columns[i];
    c->layer = i < n / 2 ? i : n_layers - n + i;
    c->units = c->layer == 0 ? ms_network_layer(network, 0).n_in : ms_network_layer(network, c->layer - 1).n_out;
    c->n_nodes = c->units > MAX_NODES ? 8 : c->units;
    c->x = n > 1 ? 46 + (double)i * (WIDTH - 92) / (double)(n - 1) : WIDTH / 2.0;
    c->gap = i > 0 && c->layer != columns[i - 1].layer + 1;
  }
  return n;
}

static void draw_links(struct ms_text *svg, const struct column *from, const struct column *to, size_t parameters) {
  char count[MS_SHORT_TEXT];
  if (to->gap) {
    ms_text_printf(svg, "<text class=\"name\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">…</text>\n",
                   (from->x + to->x) / 2, TOP + 78);
    return;
  }
  ms_text_add(svg, "<path class=\"links\" d=\"");
  for (size_t i = 0; i < from->n_nodes; ++i)
    for (size_t j = 0; j < to->n_nodes; ++j)
      ms_text_printf(svg, "M%.1f %.1fL%.1f %.1f", from->x, node_y(from, i), to->x, node_y(to, j));
  ms_text_printf(svg, "\"/>\n<text class=\"tick\" x=\"%.1f\" y=\"22\" text-anchor=\"middle\">%s</text>\n",
                 (from->x + to->x) / 2, ms_markup_count(count, parameters));
}

static void draw_nodes(struct ms_text *svg, const struct column *c) {
  for (size_t i = 0; i < c->n_nodes; ++i)
    ms_text_printf(svg, "<circle class=\"node\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>", c->x, node_y(c, i));
  if (c->n_nodes < c->units)
    for (int i = -1; i <= 1; ++i)
      ms_text_printf(svg, "<circle class=\"more\" cx=\"%.1f\" cy=\"%d\" r=\"1\"/>", c->x, TOP + 74 + 4 * i);
  ms_text_add(svg, "\n");
}

static void line(struct ms_text *svg, double x, int row, const char *style, const char *words) {
  ms_text_printf(svg, "<text class=\"%s\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", style, x,
                 TOP + 166 + 15 * row, words);
}

static void draw_words(const struct ms_report *report, const struct ms_config *config, struct ms_text *svg,
                       const struct column *c, bool many_columns) {
  const struct ms_dataset *images = &report->data->train;
  const size_t layer = c->layer - 1; /* from here on: dense layers from 0 */
  char words[MS_SHORT_TEXT], count[MS_SHORT_TEXT];
  line(svg, c->x, 0, "strong", ms_markup_count(count, c->units));
  if (c->layer == 0)
    snprintf(words, sizeof words, many_columns ? "%zu × %zu" : "%zu × %zu pixels", images->rows, images->cols);
  else
    snprintf(words, sizeof words, "%s%s", many_columns ? "" : "dense, ", layer < config->n_hidden ? "ReLU" : "softmax");
  line(svg, c->x, 1, "tick", words);
  const double dropout = c->layer == 0              ? config->input_dropout
                         : layer < config->n_hidden ? config->hidden[layer].dropout
                                                    : 0;
  ms_snprintf(words, sizeof words, many_columns ? "drop %g" : "dropout %g", dropout);
  if (dropout > 0)
    line(svg, c->x, 2, "tick", words);
}

enum ms_status ms_figure_architecture(const struct ms_report *report, const struct ms_report_run *r,
                                      struct ms_figure *f) {
  const struct ms_network *network = r->run.network;
  struct ms_panel *panel = &f->panels[0];
  struct column columns[MAX_COLUMNS] = {{0}};
  char count[MS_SHORT_TEXT];
  const size_t n = choose_columns(network, columns);
  f->n_panels = 1;
  panel->width = WIDTH;
  panel->height = HEIGHT;
  ms_text_printf(&f->title, "The network, %s", r->name.data);
  ms_text_add(&panel->label, "Layers of the network: ");
  ms_markup_layers(&panel->label, network);
  for (size_t i = 1; i < n; ++i) {
    const struct ms_layer_view layer = ms_network_layer(network, columns[i].layer - 1);
    draw_links(&panel->svg, &columns[i - 1], &columns[i], layer.n_in * layer.n_out + layer.n_out);
  }
  for (size_t i = 0; i < n; ++i) {
    draw_nodes(&panel->svg, &columns[i]);
    draw_words(report, r->run.config, &panel->svg, &columns[i], n > 4);
  }
  ms_text_printf(&f->caption, "Above: weights and biases between two layers, %s in all. Not every unit is drawn.",
                 ms_markup_count(count, ms_network_parameters(network)));
  return ms_figure_status(f);
}
