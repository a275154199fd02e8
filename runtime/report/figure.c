/* Figures in a page and in files of their own. */
#include "runtime/report/figure.h"

#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/report/assets.h"

void ms_figure_free(struct ms_figure *f) {
  ms_text_free(&f->title);
  ms_text_free(&f->caption);
  ms_text_free(&f->details);
  for (size_t p = 0; p < MS_MAX_PANELS; ++p) {
    ms_text_free(&f->panels[p].label);
    ms_text_free(&f->panels[p].svg);
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
  }
  return MS_OK;
}

void ms_figure_add_html(struct ms_text *text, const struct ms_figure *f) {
  ms_text_printf(text, "<figure class=\"numbered\" id=\"%s\">\n<figcaption><strong>%s.</strong> ", f->id, f->number);
  add(text, &f->title);
  ms_text_printf(text, "</figcaption>\n<div class=\"panels n%zu\">\n", f->n_panels);
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
  enum { GAP = 24 };
  double width = 0, height = 0;
  for (size_t p = 0; p < f->n_panels; ++p) {
    width += f->panels[p].width + (p > 0 ? GAP : 0);
    height = f->panels[p].height > height ? f->panels[p].height : height;
  }
  ms_text_printf(text,
                 MS_SVG_HEAD " viewBox=\"0 0 %g %g\" width=\"%g\" "
                             "height=\"%g\">\n<title>%s: ",
                 width, height, width, height, f->number);
  add(text, &f->title);
  ms_text_add(text, "</title>\n<style>");
  ms_text_add_bytes(text, ms_asset_figures_css, ms_asset_figures_css_bytes);
  ms_text_printf(text, "</style>\n<rect class=\"paper\" width=\"%g\" height=\"%g\"/>\n", width, height);
  double x = 0;
  for (size_t p = 0; p < f->n_panels; ++p) {
    ms_text_printf(text, "<g transform=\"translate(%g 0)\">\n", x);
    add(text, &f->panels[p].svg);
    ms_text_add(text, "</g>\n");
    x += f->panels[p].width + GAP;
  }
  ms_text_add(text, "</svg>\n");
}
