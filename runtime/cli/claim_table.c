/* The claim table as text. */
#include "runtime/cli/claim_table.h"

#include <string.h>

enum { LINE_WIDTH = 100, NOTE_INDENT = 5 };

/* "-" where there is nothing. */
static const char *or_dash(const char *text) {
  return text[0] ? text : "-";
}

/* Words at most LINE_WIDTH wide, all lines but the first indented. */
static void add_wrapped(struct ms_text *text, const char *words) {
  size_t column = NOTE_INDENT;
  for (const char *word = words; *word;) {
    const size_t length = strcspn(word, " ");
    if (column > NOTE_INDENT && column + 1 + length > LINE_WIDTH) {
      ms_text_printf(text, "\n%*s", NOTE_INDENT, "");
      column = NOTE_INDENT;
    } else if (column > NOTE_INDENT) {
      ms_text_add(text, " ");
      ++column;
    }
    ms_text_add_bytes(text, word, length);
    column += length;
    word += length + (word[length] == ' ');
  }
  ms_text_add(text, "\n");
}

void claim_table(struct ms_text *text, const struct ms_claim claims[MS_N_CLAIMS]) {
  size_t n_notes = 0;
  ms_text_printf(text, "stage  %-39s  %12s  %12s  %13s\n", "claim", "the report", "this run", "difference");
  for (size_t row = 0; row < MS_N_CLAIMS; ++row) {
    const struct ms_claim *c = &claims[row];
    ms_text_printf(text, "%5zu  %-39s  %12s  %12s  %13s  %s", c->stage + 1, c->text, or_dash(c->report_text),
                   or_dash(c->run_text), or_dash(c->difference_text), c->verdict_text);
    if (c->note[0])
      ms_text_printf(text, " [%zu]", ++n_notes);
    ms_text_add(text, "\n");
  }
  n_notes = 0;
  for (size_t row = 0; row < MS_N_CLAIMS; ++row)
    if (claims[row].note[0]) {
      ms_text_printf(text, "%s [%zu] ", n_notes == 0 ? "\n" : "", n_notes + 1);
      add_wrapped(text, claims[row].note);
      ++n_notes;
    }
}

void claim_spread_table(struct ms_text *text, const struct ms_claim *claims, uint64_t first_seed, size_t n_seeds) {
  struct ms_spread spreads[MS_N_CLAIMS];
  ms_claims_spread(claims, n_seeds, spreads);
  ms_text_printf(text, "Seeds %llu to %llu:\n\nstage  %-39s  %11s  %11s  %7s  %-16s  %8s\n",
                 (unsigned long long)first_seed, (unsigned long long)(first_seed + n_seeds - 1), "claim", "the report",
                 "mean", "sd", "range", "binomial");
  for (size_t row = 0; row < MS_N_CLAIMS; ++row) {
    const struct ms_spread *s = &spreads[row];
    ms_text_printf(text, "%5zu  %-39s  %11s  %11s  %7s  %-16s  %8s\n", claims[row].stage + 1, claims[row].text,
                   or_dash(claims[row].report_text), or_dash(s->mean_text), or_dash(s->deviation_text),
                   or_dash(s->range_text), or_dash(s->error_text));
  }
  ms_text_add(text,
              "sd: standard deviation over the seeds; binomial: standard error of the report's figure, from the number "
              "of images alone\n");
}
