/* Figures: one or more SVG panels under a number, with a title and a caption. A page holds the panels side by side; a
 * file of its own holds them in one drawing. Colours come by the classes of figures.css. */
#ifndef MS_REPORT_FIGURE_H
#define MS_REPORT_FIGURE_H

#include "runtime/platform/text.h"

enum { MS_MAX_PANELS = 4, MS_MAX_KEYS = 8 };

struct ms_panel {
  double width, height; /* of the drawing, in its own units: text is 12 of them high */
  const char *kind;     /* "plot": values are shown where it is pointed at; or "" */
  struct ms_text label; /* what is seen, for those who do not see it; escaped */
  struct ms_text svg;   /* the drawing; everything in it lies in 0 .. width, 0 .. height */
  struct ms_text csv;   /* its values: rows of ms_panel_value */
};

struct ms_figure {
  char id[40];            /* "figure-3": of the element, and the name of the file */
  char number[40];        /* "Figure 3" */
  struct ms_text title;   /* escaped */
  struct ms_text caption; /* HTML */
  struct ms_text details; /* HTML that may be opened below: values, more images; may be empty */
  size_t n_panels;
  struct ms_panel panels[MS_MAX_PANELS];
  size_t n_keys; /* of the legend; in a page they switch all that has the class of a key, "s0", "s1", ..., on and off */
  const char *keys[MS_MAX_KEYS]; /* escaped */
};

void ms_figure_free(struct ms_figure *figure);

/* Adds a value that is drawn to the figure's CSV file. The texts are escaped. low, high: its range; NAN: none. */
void ms_panel_value(struct ms_panel *panel, const char *chart, const char *series, const char *at, double value,
                    double low, double high);

/* The element <figure> of a page, with links to its files, which are in that folder beside the page. */
void ms_figure_add_html(struct ms_text *text, const struct ms_figure *figure, const char *folder);

#define MS_SVG_HEAD "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"drawing\""

/* A whole SVG file, with its styles in it, that begins with MS_SVG_HEAD. */
void ms_figure_add_svg(struct ms_text *text, const struct ms_figure *figure);

#define MS_CSV_HEAD "chart,series,at,value,lowest,highest\n"

/* A whole CSV file, that begins with MS_CSV_HEAD; nothing if the figure has no values. */
void ms_figure_add_csv(struct ms_text *text, const struct ms_figure *figure);

/* MS_ERROR_MEMORY if a part is missing. */
enum ms_status ms_figure_status(const struct ms_figure *figure);

#endif
