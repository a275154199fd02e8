/* Figures in a page and in files of their own. */
#include "runtime/report/figure.h"

#include <math.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/report/assets.h"
#include "runtime/report/markup.h"

void ms_figure_free(struct ms_figure *f) {
  ms_text_free(&f->title);
  ms_text_free(&f->caption);
  ms_text_free(&f->details);
  for (size_t p = 0; p < MS_MAX_PANELS; ++p) {
    ms_text_free(&f->panels[p].label);
    ms_text_free(&f->panels[p].svg);
    ms_text_free(&f->panels[p].csv);
  }
  memset(f, 0, sizeof *f);
}

static void add(struct ms_text *text, const struct ms_text *part) {
  if (part->data)
    ms_text_add_bytes(text, part->data, part->length);
}

enum ms_status ms_figure_status(const struct ms_figure *f) {
  MS_TRY(ms_text_status(&f->title, f->id));
  MS_TRY(ms_text_status(&f->caption, f->id));
  MS_TRY(ms_text_status(&f->details, f->id));
  for (size_t p = 0; p < f->n_panels; ++p) {
    MS_TRY(ms_text_status(&f->panels[p].label, f->id));
    MS_TRY(ms_text_status(&f->panels[p].svg, f->id));
    MS_TRY(ms_text_status(&f->panels[p].csv, f->id));
  }
  return MS_OK;
}

/* Boxes to tick, which the style sheet obeys, without a script. */
static void add_legend(struct ms_text *text, const struct ms_figure *f) {
  ms_text_add(text, "<fieldset class=\"legend\"><legend>Shown</legend>\n");
  for (size_t k = 0; k < f->n_keys; ++k)
    ms_text_printf(text,
                   "<label><input type=\"checkbox\" checked data-key=\"s%zu\"><svg class=\"drawing\" width=\"28\" "
                   "height=\"8\" aria-hidden=\"true\"><path class=\"line s%zu\" d=\"M1 4H27\"/></svg> %s</label>\n",
                   k, k, f->keys[k]);
  ms_text_add(text, "</fieldset>\n");
}

static bool has_values(const struct ms_figure *f) {
  for (size_t p = 0; p < f->n_panels; ++p)
    if (f->panels[p].csv.length > 0)
      return true;
  return false;
}

static void add_link(struct ms_text *text, const struct ms_figure *f, const char *folder, const char *ending,
                     const char *kind) {
  ms_text_add(text, " <a class=\"file\" href=\"");
  ms_markup_url(text, folder);
  ms_text_printf(text, "/%s%s\" aria-label=\"%s as %s file\">%s</a>", f->id, ending, f->number, kind,
                 strchr(kind, ' ') + 1);
}

void ms_figure_add_html(struct ms_text *text, const struct ms_figure *f, const char *folder) {
  ms_text_printf(text, "<figure class=\"numbered\" id=\"%s\">\n<figcaption><strong>%s.</strong> ", f->id, f->number);
  add(text, &f->title);
  add_link(text, f, folder, ".svg", "an SVG");
  if (has_values(f))
    add_link(text, f, folder, ".csv", "a CSV");
  ms_text_add(text, "</figcaption>\n");
  if (f->n_keys > 0)
    add_legend(text, f);
  ms_text_printf(text, "<div class=\"panels n%zu\">\n", f->n_panels);
  for (size_t p = 0; p < f->n_panels; ++p) {
    const struct ms_panel *panel = &f->panels[p];
    const bool plot = panel->kind && panel->kind[0];
    ms_text_printf(
        text,
        "<div class=\"panel\" style=\"max-width:%gpx\"><svg class=\"drawing%s%s\" viewBox=\"0 0 %g %g\" role=\"img\"%s",
        1.3 * panel->width, plot ? " " : "", plot ? panel->kind : "", panel->width, panel->height,
        plot ? " tabindex=\"0\"" : "");
    ms_text_add(text, " aria-label=\"");
    add(text, &panel->label);
    ms_text_add(text, "\">\n");
    add(text, &panel->svg);
    ms_text_add(text, "</svg></div>\n");
  }
  ms_text_add(text, "</div>\n");
  if (f->caption.data) {
    ms_text_add(text, "<p class=\"note\">");
    add(text, &f->caption);
    ms_text_add(text, "</p>\n");
  }
  add(text, &f->details);
  ms_text_add(text, "</figure>\n");
}

void ms_figure_add_svg(struct ms_text *text, const struct ms_figure *f) {
  enum { GAP = 24, KEY_HEIGHT = 20 };
  double panel_width = 0, panel_height = 0;
  for (size_t p = 0; p < f->n_panels; ++p) {
    panel_width = fmax(panel_width, f->panels[p].width);
    panel_height = fmax(panel_height, f->panels[p].height);
  }
  const size_t columns = f->n_panels == 4 ? 2 : f->n_panels > 0 ? f->n_panels : 1;
  const double rows = f->n_panels == 4 ? 2 : 1;
  const double width = (double)columns * (panel_width + GAP) - GAP, height = rows * (panel_height + GAP) - GAP;
  ms_text_printf(text,
                 MS_SVG_HEAD " viewBox=\"0 0 %g %g\" width=\"%g\" "
                             "height=\"%g\">\n<title>%s: ",
                 width, height + KEY_HEIGHT * (double)f->n_keys, width, height + KEY_HEIGHT * (double)f->n_keys,
                 f->number);
  add(text, &f->title);
  ms_text_add(text, "</title>\n<style>");
  ms_text_add_bytes(text, ms_asset_figures_css, ms_asset_figures_css_bytes);
  ms_text_printf(text, "</style>\n<rect class=\"paper\" width=\"%g\" height=\"%g\"/>\n", width,
                 height + KEY_HEIGHT * (double)f->n_keys);
  for (size_t p = 0; p < f->n_panels; ++p) {
    ms_text_printf(text, "<g transform=\"translate(%g %g)\">\n", (double)(p % columns) * (panel_width + GAP),
                   (double)(p / columns) * (panel_height + GAP));
    add(text, &f->panels[p].svg);
    ms_text_add(text, "</g>\n");
  }
  for (size_t k = 0; k < f->n_keys; ++k) {
    const double y = height + KEY_HEIGHT * (double)k + 8;
    ms_text_printf(text, "<path class=\"line s%zu\" d=\"M4 %gH36\"/><text x=\"44\" y=\"%g\">%s</text>\n", k, y, y + 4,
                   f->keys[k]);
  }
  ms_text_add(text, "</svg>\n");
}

/* ---- Values ---- */

/* In quotes, and no longer escaped. */
static void add_field(struct ms_text *csv, const char *escaped) {
  static const char *const references[][2] = {
      {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\"\""}, {"&#39;", "'"}};
  ms_text_add(csv, "\"");
  while (*escaped) {
    const char *bytes = escaped;
    size_t n = 1, skipped = 1;
    for (size_t r = 0; r < sizeof references / sizeof references[0]; ++r)
      if (strncmp(escaped, references[r][0], strlen(references[r][0])) == 0) {
        bytes = references[r][1];
        n = strlen(bytes);
        skipped = strlen(references[r][0]);
      }
    ms_text_add_bytes(csv, bytes, n);
    escaped += skipped;
  }
  ms_text_add(csv, "\"");
}

void ms_panel_value(struct ms_panel *panel, const char *chart, const char *series, const char *at, double value,
                    double low, double high) {
  const char *const texts[] = {chart, series, at};
  const double numbers[] = {value, low, high};
  for (size_t i = 0; i < 3; ++i) {
    add_field(&panel->csv, texts[i]);
    ms_text_add(&panel->csv, ",");
  }
  for (size_t i = 0; i < 3; ++i) {
    if (isfinite(numbers[i]))
      ms_text_printf(&panel->csv, "%.10g", numbers[i]);
    ms_text_add(&panel->csv, i < 2 ? "," : "\n");
  }
}

void ms_figure_add_csv(struct ms_text *text, const struct ms_figure *f) {
  if (has_values(f))
    ms_text_add(text, MS_CSV_HEAD);
  for (size_t p = 0; p < f->n_panels; ++p)
    add(text, &f->panels[p].csv);
}
