/* The sweep file: from text to base, axes and seeds. What the combinations amount to is plan.c's. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/did_you_mean.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/text.h"
#include "runtime/sweep/setting_name.h"

#define MAX_BYTES ((size_t)8 << 20)
#define BLANKS " \t\r"

enum { MAX_PROBLEMS = 20 };

/* A 'set' line, applied when all are known: settings go in their own order, not in the file's. */
struct assignment {
  struct ms_sweep_part part;
  const char *value;
  size_t line;
};

struct parser {
  struct ms_sweep_spec *spec;
  size_t line;
  char *rest;                   /* of the line */
  size_t mode_line, seeds_line; /* 0: not there yet */
  struct assignment *sets;
  size_t n_sets;
  struct ms_text problems; /* a line each, of the first MAX_PROBLEMS */
  size_t n_problems;
};

__attribute__((format(printf, 2, 3))) static enum ms_status fail_at(const struct parser *p, const char *format, ...) {
  char text[768];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return ms_fail(MS_ERROR_ARGUMENT, "%s:%zu: %s", p->spec->path, p->line, text);
}

/* A status of another module: what is wrong with the file gets the place in it. */
static enum ms_status fail_with(const struct parser *p, enum ms_status status) {
  return status == MS_ERROR_ARGUMENT ? fail_at(p, "%s", ms_error_message()) : status;
}

/* Passes a status on, but for a problem of the file: reading goes on, and all problems are told together. */
static enum ms_status note(struct parser *p, enum ms_status status) {
  if (status != MS_ERROR_ARGUMENT)
    return status;
  if (p->n_problems++ < MAX_PROBLEMS)
    ms_text_printf(&p->problems, "%s\n", ms_error_message());
  return MS_OK;
}

/* The next word of the line, cut off by a 0; NULL at its end. */
static char *next_word(struct parser *p) {
  char *word = p->rest + strspn(p->rest, BLANKS);
  if (*word == '\0')
    return NULL;
  p->rest = word + strcspn(word, BLANKS);
  if (*p->rest)
    *p->rest++ = '\0';
  return word;
}

static size_t count_words(const struct parser *p) {
  size_t n = 0;
  for (const char *c = p->rest + strspn(p->rest, BLANKS); *c; c += strspn(c, BLANKS), ++n)
    c += strcspn(c, BLANKS);
  return n;
}

/* Room for one more in an array that n says is full at 0, 1, 2, 4, 8, ... */
static enum ms_status grow(void *array, size_t n, size_t size) {
  void *old, *grown;
  if (n > 0 && (n & (n - 1)) != 0)
    return MS_OK;
  memcpy(&old, array, sizeof old);
  grown = realloc(old, (n > 0 ? 2 * n : 1) * size);
  if (!grown)
    return ms_fail(MS_ERROR_MEMORY, "sweep file: no memory for %zu lines of it", n + 1);
  memcpy(array, &grown, sizeof grown);
  return MS_OK;
}

/* ---- Its lines ---- */

static enum ms_status parse_preset(struct parser *p) {
  const char *name = next_word(p);
  if (p->spec->preset)
    return fail_at(p, "a second preset line: all runs begin with one preset");
  if (!name || next_word(p))
    return fail_at(p, "preset: one name is expected: preset unregularised");
  p->spec->preset = name;
  return fail_with(p, ms_config_preset(name, &p->spec->base));
}

static enum ms_status parse_set(struct parser *p) {
  const char *name = next_word(p), *value = name ? next_word(p) : NULL;
  struct assignment set = {.value = value, .line = p->line};
  if (!value || next_word(p))
    return fail_at(p, "set: a setting and its value are expected: set epochs 20 (values to try go into a vary line)");
  if (ms_sweep_part_parse(name, &set.part) != MS_OK)
    return fail_at(p, "%s", ms_error_message());
  for (size_t i = 0; i < p->n_sets; ++i)
    if (p->sets[i].part.setting == set.part.setting && p->sets[i].part.layer == set.part.layer)
      return fail_at(p, "%s is set in line %zu already", name, p->sets[i].line);
  const enum ms_status status = grow(&p->sets, p->n_sets, sizeof *p->sets);
  if (status == MS_OK)
    p->sets[p->n_sets++] = set;
  return status;
}

static enum ms_status parse_seeds(struct parser *p) {
  struct ms_sweep_spec *spec = p->spec;
  if (p->seeds_line > 0)
    return fail_at(p, "a second seeds line, after that in line %zu", p->seeds_line);
  p->seeds_line = p->line;
  const size_t n = count_words(p);
  if (n == 0 || n > MS_SWEEP_MAX_SEEDS)
    return fail_at(p, "seeds: 1 to %d whole numbers are expected: seeds 1 2 3", MS_SWEEP_MAX_SEEDS);
  enum ms_status status = ms_allocate(n, sizeof *spec->seeds, "seeds", &spec->seeds);
  struct ms_config config = {0}; /* takes a seed without a preset */
  for (size_t i = 0; status == MS_OK && i < n; ++i) {
    if (ms_config_set(&config, "seed", next_word(p)) != MS_OK)
      return fail_at(p, "%s", ms_error_message());
    spec->seeds[i] = config.seed;
    for (size_t j = 0; j < i; ++j)
      if (spec->seeds[j] == config.seed)
        return fail_at(p, "seed %llu is there twice", (unsigned long long)config.seed);
  }
  spec->n_seeds = n;
  return status;
}

static enum ms_status parse_mode(struct parser *p) {
  const char *name = next_word(p);
  if (p->mode_line > 0)
    return fail_at(p, "a second mode line, after that in line %zu", p->mode_line);
  p->mode_line = p->line;
  const bool grid = name && strcmp(name, "grid") == 0;
  if (!name || next_word(p) || (!grid && strcmp(name, "one-at-a-time") != 0))
    return fail_at(p, "mode: grid or one-at-a-time is expected");
  p->spec->mode = grid ? MS_SWEEP_GRID : MS_SWEEP_ONE_AT_A_TIME;
  return MS_OK;
}

static enum ms_status parse_axis_name(struct parser *p, struct ms_sweep_axis *axis) {
  char piece[MS_SWEEP_PIECE_SIZE];
  axis->n_parts = ms_sweep_pieces(axis->name);
  if (axis->n_parts > MS_SWEEP_MAX_PARTS)
    return fail_at(p, "vary: %zu settings change together, at most %d may", axis->n_parts, MS_SWEEP_MAX_PARTS);
  for (size_t i = 0; i < axis->n_parts; ++i) {
    if (!ms_sweep_piece(axis->name, i, piece))
      return fail_at(p, "vary %.80s: settings that change together are joined by '/': vary epochs/patience 10/5 50/10",
                     axis->name);
    if (ms_sweep_part_parse(piece, &axis->parts[i]) != MS_OK)
      return fail_at(p, "%s", ms_error_message());
    for (size_t j = 0; j < i; ++j)
      if (axis->parts[j].setting == axis->parts[i].setting && axis->parts[j].layer == axis->parts[i].layer)
        return fail_at(p, "vary %.80s: names %s twice", axis->name, piece);
  }
  return MS_OK;
}

static enum ms_status parse_axis(struct parser *p, struct ms_sweep_axis *axis) {
  char piece[MS_SWEEP_PIECE_SIZE];
  axis->line = p->line;
  axis->name = next_word(p);
  const size_t n = axis->name ? count_words(p) : 0;
  if (n == 0)
    return fail_at(p, "vary: a setting and the values to try are expected: vary l2 1e-6 1e-5 1e-4");
  MS_TRY(parse_axis_name(p, axis));
  MS_TRY(ms_allocate(n, sizeof *axis->values, "values of the sweep file", &axis->values));
  for (; axis->n_values < n; ++axis->n_values) {
    const char *value = axis->values[axis->n_values] = next_word(p);
    for (size_t i = 0; i < axis->n_parts; ++i)
      if (ms_sweep_pieces(value) != axis->n_parts || !ms_sweep_piece(value, i, piece))
        return fail_at(p, "vary %.80s: '%.80s' must have %zu %s", axis->name, value, axis->n_parts,
                       axis->n_parts > 1 ? "values joined by '/'" : "value");
  }
  return MS_OK;
}

static enum ms_status parse_vary(struct parser *p) {
  struct ms_sweep_spec *spec = p->spec;
  if (spec->n_axes == MS_SWEEP_MAX_AXES)
    return fail_at(p, "more than %d vary lines", MS_SWEEP_MAX_AXES);
  return parse_axis(p, &spec->axes[spec->n_axes++]);
}

static enum ms_status parse_line(struct parser *p) {
  static const struct {
    const char *word;
    enum ms_status (*parse)(struct parser *);
  } kinds[] = {
      {"preset", parse_preset}, {"set", parse_set}, {"seeds", parse_seeds}, {"mode", parse_mode}, {"vary", parse_vary},
  };
  p->rest[strcspn(p->rest, "#")] = '\0';
  for (const char *c = p->rest; *c; ++c)
    if ((unsigned char)*c < ' ' && !strchr(BLANKS, *c))
      return fail_at(p, "holds a control character (%d): a sweep file is plain text", *c);
  const char *word = next_word(p);
  if (!word)
    return MS_OK;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; ++i)
    if (strcmp(word, kinds[i].word) == 0)
      return kinds[i].parse(p);
  char hint[MS_HINT_SIZE];
  return fail_at(p, "'%.40s'%s: a line begins with preset, set, seeds, mode, vary or #", word,
                 ms_did_you_mean(hint, word, &kinds->word, sizeof kinds / sizeof kinds[0], sizeof kinds[0]));
}

/* ---- The whole ---- */

static enum ms_status parse_lines(struct parser *p) {
  struct ms_sweep_spec *spec = p->spec;
  const char *text = spec->words;
  size_t n_bytes = spec->n_bytes;
  ms_text_skip_mark(&text, &n_bytes);
  char *const end = spec->words + spec->n_bytes, *line = end - n_bytes;
  while (line < end) {
    char *newline = memchr(line, '\n', (size_t)(end - line));
    char *line_end = newline ? newline : end;
    ++p->line;
    const bool is_text = !memchr(line, '\0', (size_t)(line_end - line));
    *line_end = '\0'; /* words has a byte more than the file */
    p->rest = line;
    MS_TRY(note(p, is_text ? parse_line(p) : fail_at(p, "holds a 0 byte: a sweep file is plain text")));
    line = line_end + 1;
  }
  return MS_OK;
}

static bool overlap(const struct ms_sweep_axis *a, const struct ms_sweep_axis *b) {
  for (size_t i = 0; i < a->n_parts; ++i)
    for (size_t j = 0; j < b->n_parts; ++j)
      if (a->parts[i].setting == b->parts[j].setting &&
          (a->parts[i].layer == b->parts[j].layer || a->parts[i].layer == 0 || b->parts[j].layer == 0))
        return true;
  return false;
}

/* In a grid, a setting has its value from one line. One at a time, several lines may try different values of it. */
static enum ms_status check_axes(struct parser *p) {
  const struct ms_sweep_spec *spec = p->spec;
  for (size_t b = 0; spec->mode == MS_SWEEP_GRID && b < spec->n_axes; ++b)
    for (size_t a = 0; a < b; ++a)
      if (overlap(&spec->axes[a], &spec->axes[b])) {
        p->line = spec->axes[b].line;
        MS_TRY(note(p, fail_at(p, "vary %.80s: line %zu varies it too: a grid takes one line for a setting",
                               spec->axes[b].name, spec->axes[a].line)));
      }
  return MS_OK;
}

/* What the 'set' lines say, in the order of the settings; a list goes before one of its layers. */
static enum ms_status apply_sets(struct parser *p) {
  for (size_t setting = 0; ms_setting_name(setting); ++setting)
    for (int single_layers = 0; single_layers < 2; ++single_layers)
      for (size_t i = 0; i < p->n_sets; ++i) {
        const struct assignment *set = &p->sets[i];
        p->line = set->line;
        if (set->part.setting == setting && (set->part.layer > 0) == single_layers)
          MS_TRY(note(p, fail_with(p, ms_sweep_part_set(p->spec->base, set->part, set->value))));
      }
  return MS_OK;
}

/* Each value on its own: they are legal together where each is, unless the number of layers changes. What is left is
 * the plan's to see. */
static enum ms_status check_values(struct parser *p, struct ms_config *config) {
  const struct ms_sweep_spec *spec = p->spec;
  char piece[MS_SWEEP_PIECE_SIZE];
  for (size_t a = 0; a < spec->n_axes; ++a)
    for (size_t i = 0; i < spec->axes[a].n_parts; ++i)
      if (strcmp(ms_setting_name(spec->axes[a].parts[i].setting), "hidden") == 0)
        return MS_OK;
  for (size_t a = 0; a < spec->n_axes; ++a)
    for (size_t v = 0; v < spec->axes[a].n_values; ++v)
      for (size_t i = 0; i < spec->axes[a].n_parts; ++i) {
        const struct ms_sweep_axis *axis = &spec->axes[a];
        p->line = axis->line;
        ms_sweep_piece(axis->values[v], i, piece); /* parse_axis has seen that they are there */
        if (ms_sweep_part_set(config, axis->parts[i], piece) != MS_OK)
          MS_TRY(note(p, fail_at(p, "vary %.80s: %s", axis->name, ms_error_message())));
      }
  return MS_OK;
}

/* What can be known only at the end. */
static enum ms_status finish(struct parser *p) {
  struct ms_sweep_spec *spec = p->spec;
  struct ms_config *config;
  if (!spec->preset)
    MS_TRY(
        note(p, ms_fail(MS_ERROR_ARGUMENT,
                        "%s: has no preset line: add 'preset unregularised', which all runs begin with", spec->path)));
  if (spec->n_axes > 0 && p->mode_line == 0)
    MS_TRY(note(
        p, ms_fail(MS_ERROR_ARGUMENT, "%s: has no mode line: add 'mode one-at-a-time' or 'mode grid'", spec->path)));
  if (spec->base)
    MS_TRY(apply_sets(p));
  if (p->n_problems > 0 || !spec->base) /* axes may be incomplete */
    return MS_OK;
  if (spec->n_seeds == 0) {
    MS_TRY(ms_allocate(1, sizeof *spec->seeds, "seeds", &spec->seeds));
    spec->seeds[0] = spec->base->seed;
    spec->n_seeds = 1;
  }
  spec->base->seed = spec->seeds[0];
  MS_TRY(check_axes(p));
  MS_TRY(ms_config_copy(spec->base, &config));
  const enum ms_status status = check_values(p, config);
  ms_config_free(config);
  return status;
}

static enum ms_status read(const char *path, struct parser *p) {
  struct ms_sweep_spec *spec = p->spec;
  MS_TRY(ms_file_read(path, MAX_BYTES, &spec->text, &spec->n_bytes));
  MS_TRY(ms_allocate(strlen(path) + 1, 1, "sweep file", &spec->path));
  strcpy(spec->path, path);
  MS_TRY(ms_allocate(spec->n_bytes + 1, 1, "sweep file", &spec->words));
  MS_TRY(ms_allocate(MS_SWEEP_MAX_AXES, sizeof *spec->axes, "sweep file", &spec->axes));
  memcpy(spec->words, spec->text, spec->n_bytes);
  MS_TRY(parse_lines(p));
  return finish(p);
}

enum ms_status ms_sweep_spec_read(const char *path, struct ms_sweep_spec *spec, struct ms_text *problems) {
  struct parser parser = {.spec = spec};
  memset(spec, 0, sizeof *spec);
  enum ms_status status = read(path, &parser);
  if (status == MS_OK && parser.n_problems > 0) {
    if (parser.n_problems > MAX_PROBLEMS)
      ms_text_printf(&parser.problems, "%s: and %zu more\n", path, parser.n_problems - MAX_PROBLEMS);
    status = ms_text_status(&parser.problems, "problems of the sweep file");
    if (status == MS_OK)
      status = ms_fail(MS_ERROR_ARGUMENT, "%.*s", (int)strcspn(parser.problems.data, "\n"), parser.problems.data);
  }
  if (problems && status == MS_ERROR_ARGUMENT)
    *problems = parser.problems;
  else
    ms_text_free(&parser.problems);
  free(parser.sets);
  if (status != MS_OK)
    ms_sweep_spec_free(spec);
  return status;
}

void ms_sweep_spec_free(struct ms_sweep_spec *spec) {
  for (size_t a = 0; a < spec->n_axes; ++a)
    free(spec->axes[a].values);
  free(spec->axes);
  free(spec->seeds);
  ms_config_free(spec->base);
  free(spec->words);
  free(spec->text);
  free(spec->path);
  memset(spec, 0, sizeof *spec);
}
