/* Ink: its polarity, the ground below it, and where it begins. */
#include "runtime/pictures/ink.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

enum { N_LEVELS = 256, GRID = 16, LEAST_CONTRAST = 24 };

/* ---- The picture ---- */

/* Means of squares of pixels, as many as bring the longer side to MS_INK_SIDE. */
static enum ms_status shrink(const struct ms_picture *p, struct ms_ink *ink) {
  const size_t longer = p->rows > p->cols ? p->rows : p->cols, step = (longer + MS_INK_SIDE - 1) / MS_INK_SIDE;
  ink->rows = (p->rows + step - 1) / step;
  ink->cols = (p->cols + step - 1) / step;
  MS_TRY(ms_allocate(ink->rows * ink->cols, sizeof *ink->value, "picture", &ink->value));
  MS_TRY(ms_allocate(ink->rows * ink->cols, 1, "picture", &ink->mask));
  for (size_t row = 0; row < ink->rows; ++row)
    for (size_t col = 0; col < ink->cols; ++col) {
      unsigned sum = 0, n = 0;
      for (size_t y = row * step; y < (row + 1) * step && y < p->rows; ++y)
        for (size_t x = col * step; x < (col + 1) * step && x < p->cols; ++x, ++n)
          sum += p->pixels[y * p->cols + x];
      ink->value[row * ink->cols + col] = (float)sum / (float)n;
    }
  return MS_OK;
}

/* The value below which a share of them lies, which a histogram counts. */
static float level_of(const size_t counts[N_LEVELS], double share) {
  size_t n = 0, below = 0;
  int level = 0;
  for (int i = 0; i < N_LEVELS; ++i)
    n += counts[i];
  while (level < N_LEVELS - 1 && (double)(below += counts[level]) <= share * (double)n)
    ++level;
  return (float)level;
}

static void count(const struct ms_ink *ink, size_t top, size_t left, size_t bottom, size_t right,
                  size_t counts[N_LEVELS]) {
  for (size_t row = top; row < bottom; ++row)
    for (size_t col = left; col < right; ++col)
      ++counts[(int)ink->value[row * ink->cols + col]];
}

/* ---- The ground ---- */

typedef float grid[GRID + 1][GRID + 1];

/* The least of each crossing and its neighbours, or their mean. */
static void spread(grid from, bool least, grid to) {
  for (size_t i = 0; i <= GRID; ++i)
    for (size_t j = 0; j <= GRID; ++j) {
      float sum = 0, n = 0, most = N_LEVELS;
      for (size_t k = i > 0 ? i - 1 : 0; k <= i + 1 && k <= GRID; ++k)
        for (size_t l = j > 0 ? j - 1 : 0; l <= j + 1 && l <= GRID; ++l, ++n) {
          sum += from[k][l];
          most = from[k][l] < most ? from[k][l] : most;
        }
      to[i][j] = least ? most : sum / n;
    }
}

/* Light and shadow change slowly: the ground at the crossings of a grid is what few pixels around them lie below, also
 * where a stroke is wider than that, and between them it is interpolated. */
static void take_ground(struct ms_ink *ink) {
  const size_t rows = ink->rows, cols = ink->cols;
  grid found, least, ground;
  for (size_t i = 0; i <= GRID; ++i)
    for (size_t j = 0; j <= GRID; ++j) {
      size_t counts[N_LEVELS] = {0};
      const size_t y = i * rows / GRID, x = j * cols / GRID, dy = rows / GRID / 2 + 1, dx = cols / GRID / 2 + 1;
      count(ink, y > dy ? y - dy : 0, x > dx ? x - dx : 0, y + dy < rows ? y + dy : rows, x + dx < cols ? x + dx : cols,
            counts);
      found[i][j] = level_of(counts, 0.2);
    }
  spread(found, true, least);
  spread(least, false, ground);
  for (size_t row = 0; row < rows; ++row)
    for (size_t col = 0; col < cols; ++col) {
      const float y = (float)row * GRID / (float)rows, x = (float)col * GRID / (float)cols;
      const size_t i = (size_t)y, j = (size_t)x;
      const float v = y - (float)i, u = x - (float)j;
      const float above = ground[i][j] + u * (ground[i][j + 1] - ground[i][j]);
      const float below = ground[i + 1][j] + u * (ground[i + 1][j + 1] - ground[i + 1][j]);
      float *value = &ink->value[row * cols + col];
      *value -= above + v * (below - above);
      *value = *value > 0 ? *value : 0;
    }
}

/* ---- The ink ---- */

/* The level that parts values into two groups of the largest distance. Source: Otsu, IEEE Trans. SMC 9(1), 1979. */
static float part(const size_t counts[N_LEVELS]) {
  double n = 0, sum = 0, n_below = 0, sum_below = 0, best = -1;
  int level = 0;
  for (int i = 0; i < N_LEVELS; ++i) {
    n += (double)counts[i];
    sum += (double)i * (double)counts[i];
  }
  for (int i = 0; i < N_LEVELS - 1; ++i) {
    n_below += (double)counts[i];
    sum_below += (double)i * (double)counts[i];
    if (n_below == 0 || n_below == n)
      continue;
    const double distance = sum_below / n_below - (sum - sum_below) / (n - n_below);
    const double between = n_below * (n - n_below) * distance * distance;
    if (between > best) {
      best = between;
      level = i + 1;
    }
  }
  return (float)level;
}

/* Paper is most of the picture: below its middle there is noise alone, a sixth of it beyond a standard deviation. */
static float noise_of(const size_t counts[N_LEVELS]) {
  const float middle = level_of(counts, 0.5);
  return middle + 4 * (middle - level_of(counts, 0.16));
}

/* Marks the ink, and stretches its values: what the paper has of noise becomes 0, most of the ink 255. Ruled lines are
 * paler than what is written over them. */
static enum ms_status mark(const char *name, struct ms_ink *ink) {
  enum { LEAST_PIXELS = 8 };
  const size_t n = ink->rows * ink->cols;
  size_t counts[N_LEVELS] = {0}, n_above = 0;
  count(ink, 0, 0, ink->rows, ink->cols, counts);
  const float noise = noise_of(counts);
  for (int i = 0; i < N_LEVELS; ++i) {
    counts[i] = (float)i > noise ? counts[i] : 0;
    n_above += counts[i];
  }
  const float edge = part(counts); /* between lines and strokes, or between the edge of a stroke and its middle */
  for (int i = 0; i < N_LEVELS; ++i)
    counts[i] = (float)i >= edge ? counts[i] : 0;
  const float strong = level_of(counts, 0.75);
  float level = strong / 2 > noise ? strong / 2 : noise;
  level = level < edge && edge < 0.7f * strong ? edge : level;
  if (n_above < LEAST_PIXELS || strong - noise < LEAST_CONTRAST)
    return ms_fail(MS_ERROR_DATA, "%s: nothing is written on it: more contrast is needed", name);
  const float floor = noise < 0.4f * level ? noise : 0.4f * level;
  for (size_t i = 0; i < n; ++i) {
    ink->mask[i] = ink->value[i] > level;
    const float value = (ink->value[i] - floor) * 255 / (strong - floor);
    ink->value[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  return MS_OK;
}

/* The sum of all values, and of those beyond noise. */
static void weigh(const struct ms_ink *ink, double *all, double *beyond) {
  size_t counts[N_LEVELS] = {0};
  count(ink, 0, 0, ink->rows, ink->cols, counts);
  const float noise = noise_of(counts);
  *all = *beyond = 0;
  for (int i = 0; i < N_LEVELS; ++i) {
    *all += (double)i * (double)counts[i];
    *beyond += (float)i > noise + LEAST_CONTRAST ? (double)i * (double)counts[i] : 0;
  }
}

/* Light strokes or dark ones: strokes are less than the ground around them. Where they are so thin that noise weighs
 * more than either, they are what goes beyond it. */
static enum ms_status take_strokes(struct ms_ink *ink) {
  enum { NONE = 30 };
  const size_t n = ink->rows * ink->cols;
  struct ms_ink dark = *ink;
  MS_TRY(ms_reserve(n, sizeof *dark.value, "picture", &dark.value));
  for (size_t i = 0; i < n; ++i)
    dark.value[i] = 255 - ink->value[i];
  take_ground(&dark);
  take_ground(ink);
  double all_dark, all_light, dark_strokes, light_strokes;
  weigh(&dark, &all_dark, &dark_strokes);
  weigh(ink, &all_light, &light_strokes);
  ink->is_dark = all_dark < all_light;
  if (NONE * (ink->is_dark ? dark_strokes : light_strokes) < (ink->is_dark ? light_strokes : dark_strokes))
    ink->is_dark = !ink->is_dark;
  float *unused = ink->is_dark ? ink->value : dark.value;
  ink->value = ink->is_dark ? dark.value : ink->value;
  free(unused);
  return MS_OK;
}

enum ms_status ms_ink_find(const char *name, const struct ms_picture *picture, struct ms_ink *ink) {
  memset(ink, 0, sizeof *ink);
  enum ms_status status = shrink(picture, ink);
  if (status == MS_OK)
    status = take_strokes(ink);
  if (status == MS_OK)
    status = mark(name, ink);
  if (status != MS_OK)
    ms_ink_free(ink);
  return status;
}

void ms_ink_free(struct ms_ink *ink) {
  free(ink->value);
  free(ink->mask);
  memset(ink, 0, sizeof *ink);
}
