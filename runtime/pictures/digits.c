/* Digits: strokes that belong together, and their shape in MNIST's frame. */
#include "runtime/pictures/digits.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/pictures/ink.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"

enum { BOX_SIDE = 20, MAX_STROKES = 256 };

struct box {
  size_t top, left, bottom, right; /* bottom and right are beyond it */
  size_t area;                     /* pixels of ink */
  size_t n_sides;                  /* places at which it enters through the left or the right border of the picture */
};

/* ---- Strokes ---- */

struct place {
  uint32_t row, col;
};

/* The stroke that a pixel of ink belongs to, of pixels that touch; it is taken out of the mask: 2 in it. stack: room
 * for every pixel. */
static struct box follow(struct ms_ink *ink, struct place start, struct place *stack) {
  struct box b = {SIZE_MAX, SIZE_MAX, 0, 0, 0, 0};
  size_t n = 1;
  stack[0] = start;
  ink->mask[start.row * ink->cols + start.col] = 2;
  while (n > 0) {
    const size_t row = stack[--n].row, col = stack[n].col;
    b.top = row < b.top ? row : b.top;
    b.left = col < b.left ? col : b.left;
    b.bottom = row >= b.bottom ? row + 1 : b.bottom;
    b.right = col >= b.right ? col + 1 : b.right;
    ++b.area;
    b.n_sides += (col == 0 || col + 1 == ink->cols) && (row == 0 || !ink->mask[(row - 1) * ink->cols + col]);
    for (size_t y = row > 0 ? row - 1 : 0; y <= row + 1 && y < ink->rows; ++y)
      for (size_t x = col > 0 ? col - 1 : 0; x <= col + 1 && x < ink->cols; ++x)
        if (ink->mask[y * ink->cols + x] == 1) {
          ink->mask[y * ink->cols + x] = 2;
          stack[n++] = (struct place){(uint32_t)y, (uint32_t)x};
        }
  }
  return b;
}

static size_t height(const struct box *b) {
  return b->bottom - b->top;
}

static size_t width(const struct box *b) {
  return b->right - b->left;
}

static size_t longer_side(const struct box *b) {
  return height(b) > width(b) ? height(b) : width(b);
}

static bool is_at_border(const struct box *b, const struct ms_ink *ink) {
  return b->top == 0 || b->left == 0 || b->bottom == ink->rows || b->right == ink->cols;
}

/* Ruled lines: thin and long, from the border of the picture; or several of them with what crosses them. */
static bool is_ruled(const struct box *b, const struct ms_ink *ink) {
  enum { MOST_ENTRIES = 5 }; /* of a digit that fills its picture */
  const size_t longer = longer_side(b), thickness = b->area / longer + 1;
  return is_at_border(b, ink) && (b->n_sides > MOST_ENTRIES ||
                                  (longer > 12 * thickness && (height(b) < 4 * thickness || width(b) < 4 * thickness)));
}

/* Through the whole picture: the edge of the paper or of the table, or a digit in a picture that was cut to it. */
static bool is_spanning(const struct box *b, const struct ms_ink *ink) {
  return is_at_border(b, ink) && (width(b) * 10 > ink->cols * 9 || height(b) * 10 > ink->rows * 9);
}

/* Puts a stroke among the n that there are, the largest first; the smallest may fall out. */
static void insert(struct box strokes[MAX_STROKES], size_t *n, const struct box *b) {
  size_t at = *n;
  for (; at > 0 && strokes[at - 1].area < b->area; --at)
    if (at < MAX_STROKES)
      strokes[at] = strokes[at - 1];
  if (at < MAX_STROKES)
    strokes[at] = *b;
  *n += *n < MAX_STROKES;
}

/* The strokes, without lines and without what is small beside the largest, or beside the picture. */
static enum ms_status find_strokes(struct ms_ink *ink, struct box strokes[MAX_STROKES], size_t *n) {
  enum { LEAST_SHARE = 50, LEAST_SIDE = 4 };
  const size_t longer = ink->rows > ink->cols ? ink->rows : ink->cols;
  struct box spanning = {0};
  struct place *stack;
  *n = 0;
  MS_TRY(ms_reserve(ink->rows * ink->cols, sizeof *stack, "picture", &stack));
  for (uint32_t row = 0; row < ink->rows; ++row)
    for (uint32_t col = 0; col < ink->cols; ++col) {
      if (ink->mask[row * ink->cols + col] != 1)
        continue;
      const struct box b = follow(ink, (struct place){row, col}, stack);
      if (is_ruled(&b, ink))
        continue;
      if (!is_spanning(&b, ink))
        insert(strokes, n, &b);
      else if (b.area > spanning.area)
        spanning = b;
    }
  free(stack);
  const size_t least = longer / LEAST_SHARE > LEAST_SIDE ? longer / LEAST_SHARE : LEAST_SIDE;
  if (*n > 0 && longer_side(&strokes[0]) < least)
    *n = 0;
  /* Beside nothing, or beside specks, what spans the picture is the digit, unless it is most of it. */
  if (spanning.area > 0 && spanning.area * 2 < ink->rows * ink->cols &&
      (*n == 0 || longer_side(&strokes[0]) * 5 < longer_side(&spanning))) {
    strokes[0] = spanning;
    *n = 1;
  }
  while (*n > 0 && strokes[*n - 1].area * 25 < strokes[0].area)
    --*n;
  return MS_OK;
}

static void join(struct box *to, const struct box *b) {
  to->top = b->top < to->top ? b->top : to->top;
  to->left = b->left < to->left ? b->left : to->left;
  to->bottom = b->bottom > to->bottom ? b->bottom : to->bottom;
  to->right = b->right > to->right ? b->right : to->right;
  to->area += b->area;
}

/* How far they are apart; 0 where they overlap. */
static size_t gap(size_t begin, size_t end, size_t other_begin, size_t other_end) {
  return other_begin > end ? other_begin - end : begin > other_end ? begin - other_end : 0;
}

/* A stroke beside its digit belongs to it where little is between them. Of several digits, strokes above each other are
 * of one where next to nothing is: the next line may be near. */
static bool belong_together(const struct box *digit, const struct box *stroke, bool many) {
  const size_t across = gap(digit->left, digit->right, stroke->left, stroke->right);
  const size_t down = gap(digit->top, digit->bottom, stroke->top, stroke->bottom);
  if (!many)
    return across * 3 <= longer_side(digit) && down * 3 <= longer_side(digit);
  const size_t left = digit->left > stroke->left ? digit->left : stroke->left;
  const size_t right = digit->right < stroke->right ? digit->right : stroke->right;
  const size_t narrower = width(digit) < width(stroke) ? width(digit) : width(stroke);
  return right > left && (right - left) * 2 > narrower && down * 10 <= longer_side(digit);
}

/* strokes (n), largest first, become digits (*n). *n_others: strokes that are left over of one digit, and may be
 * others: not much smaller than it. */
static void group(struct box *strokes, size_t *n, bool many, size_t *n_others) {
  size_t n_digits = 0;
  *n_others = 0;
  for (size_t i = 0; i < *n; ++i) {
    size_t d = 0;
    while (d < n_digits && !belong_together(&strokes[d], &strokes[i], many))
      ++d;
    if (d < n_digits)
      join(&strokes[d], &strokes[i]);
    else if (many || n_digits == 0)
      strokes[n_digits++] = strokes[i];
    else
      *n_others += 2 * longer_side(&strokes[i]) > longer_side(&strokes[0]);
  }
  *n = n_digits;
}

static int from_top(const void *a, const void *b) {
  const struct box *first = a, *second = b;
  return first->top < second->top ? -1 : first->top > second->top;
}

static int from_left(const void *a, const void *b) {
  const struct box *first = a, *second = b;
  return first->left < second->left ? -1 : first->left > second->left;
}

/* Line by line, from the left: a line ends where a digit lies below the middle of all before it. */
static void order(struct box *digits, size_t n) {
  qsort(digits, n, sizeof *digits, from_top);
  for (size_t first = 0, last; first < n; first = last) {
    size_t bottom = digits[first].bottom;
    for (last = first + 1; last < n && (digits[last].top + digits[last].bottom) / 2 < bottom; ++last)
      bottom = digits[last].bottom < bottom ? digits[last].bottom : bottom;
    qsort(digits + first, last - first, sizeof *digits, from_left);
  }
}

/* ---- Shape ---- */

/* The mean of a picture's values over an area with fractions of pixels at its edges; outside lies 0. */
static float mean_of(const float *value, size_t rows, size_t cols, float top, float left, float bottom, float right) {
  float sum = 0;
  for (size_t y = top > 0 ? (size_t)top : 0; y < rows && (float)y < bottom; ++y) {
    const float from = (float)y > top ? (float)y : top, to = (float)(y + 1) < bottom ? (float)(y + 1) : bottom;
    float line = 0;
    for (size_t x = left > 0 ? (size_t)left : 0; x < cols && (float)x < right; ++x) {
      const float begin = (float)x > left ? (float)x : left, end = (float)(x + 1) < right ? (float)(x + 1) : right;
      line += value[y * cols + x] * (end - begin);
    }
    sum += line * (to - from);
  }
  return sum / ((bottom - top) * (right - left));
}

/* A pen that is thin beside its digit would fade away: its lines become as wide as those of MNIST. value: (rows, cols),
 * scratch: as large. */
static void thicken(float *value, size_t rows, size_t cols, size_t radius, float *scratch) {
  for (int pass = 0; pass < 2; ++pass) { /* along the rows, then along the columns */
    const size_t n = pass == 0 ? rows : cols, length = pass == 0 ? cols : rows, step = pass == 0 ? 1 : cols;
    for (size_t i = 0; i < n; ++i) {
      float *line = value + i * (pass == 0 ? cols : 1);
      for (size_t k = 0; k < length; ++k) {
        float most = 0;
        for (size_t j = k > radius ? k - radius : 0; j <= k + radius && j < length; ++j)
          most = line[j * step] > most ? line[j * step] : most;
        scratch[k] = most;
      }
      for (size_t k = 0; k < length; ++k)
        line[k * step] = scratch[k];
    }
  }
}

/* The pen's width: twice the ink by its outline. */
static float pen_width(const struct ms_ink *ink, const struct box *b) {
  size_t n = 0, n_outline = 0;
  for (size_t row = b->top; row < b->bottom; ++row)
    for (size_t col = b->left; col < b->right; ++col) {
      const uint8_t *at = &ink->mask[row * ink->cols + col];
      if (!*at)
        continue;
      ++n;
      n_outline += row == 0 || col == 0 || row + 1 == ink->rows || col + 1 == ink->cols || !at[-1] || !at[1] ||
                   !*(at - ink->cols) || !at[ink->cols];
    }
  return n_outline > 0 ? 2 * (float)n / (float)n_outline : 1;
}

/* The box with the pale edge of the ink. */
static struct box with_edge(const struct ms_ink *ink, const struct box *b) {
  const size_t longer = height(b) > width(b) ? height(b) : width(b), most = 1 + longer / 20;
  const float pale = 16;
  struct box edged = *b;
  bool grows = true;
  for (size_t k = 0; k < most && grows; ++k) {
    const struct box before = edged;
    for (size_t col = before.left; col < before.right; ++col) {
      if (before.top > 0 && ink->value[(before.top - 1) * ink->cols + col] > pale)
        edged.top = before.top - 1;
      if (before.bottom < ink->rows && ink->value[before.bottom * ink->cols + col] > pale)
        edged.bottom = before.bottom + 1;
    }
    for (size_t row = before.top; row < before.bottom; ++row) {
      if (before.left > 0 && ink->value[row * ink->cols + before.left - 1] > pale)
        edged.left = before.left - 1;
      if (before.right < ink->cols && ink->value[row * ink->cols + before.right] > pale)
        edged.right = before.right + 1;
    }
    grows = edged.top != before.top || edged.bottom != before.bottom || edged.left != before.left ||
            edged.right != before.right;
  }
  return edged;
}

static size_t place(double mass, double moment, size_t length) {
  const double begin = (MS_DIGIT_SIDE + 1) / 2.0 - moment / mass; /* MNIST counts pixels by their corners */
  const size_t most = MS_DIGIT_SIDE - length;
  return begin <= 0 ? 0 : begin + 0.5 >= (double)most ? most : (size_t)(begin + 0.5);
}

/* Fits values (rows, cols) of a digit into the frame. */
static void frame(const float *value, size_t rows, size_t cols, uint8_t *pixels) {
  const float scale = (float)(rows > cols ? rows : cols) / BOX_SIDE;
  size_t n_rows = (size_t)((float)rows / scale + 0.5f), n_cols = (size_t)((float)cols / scale + 0.5f);
  n_rows = n_rows > 0 ? n_rows : 1;
  n_cols = n_cols > 0 ? n_cols : 1;
  const float dy = (float)rows / (float)n_rows, dx = (float)cols / (float)n_cols;
  float small[BOX_SIDE * BOX_SIDE], most = 1;
  double mass = 0, down = 0, across = 0;
  for (size_t y = 0; y < n_rows; ++y)
    for (size_t x = 0; x < n_cols; ++x) {
      const float v =
          mean_of(value, rows, cols, (float)y * dy, (float)x * dx, (float)(y + 1) * dy, (float)(x + 1) * dx);
      small[y * BOX_SIDE + x] = v;
      most = v > most ? v : most;
      mass += (double)v;
      down += (double)v * ((double)y + 0.5);
      across += (double)v * ((double)x + 0.5);
    }
  const size_t top = place(mass, down, n_rows), left = place(mass, across, n_cols);
  memset(pixels, 0, MS_DIGIT_SIDE * MS_DIGIT_SIDE);
  for (size_t y = 0; y < n_rows; ++y)
    for (size_t x = 0; x < n_cols; ++x)
      pixels[(top + y) * MS_DIGIT_SIDE + left + x] = (uint8_t)(small[y * BOX_SIDE + x] * 255 / most + 0.5f);
}

/* Copies the ink's values in the box, with so many empty rows and columns around them: those of strokes and of their
 * pale edge, but not of what is paler and further off, as ruled lines are. */
static void copy_strokes(const struct ms_ink *ink, const struct box *b, size_t around, size_t edge, float *value,
                         float *scratch) {
  const size_t rows = height(b) + 2 * around, cols = width(b) + 2 * around;
  memset(value, 0, rows * cols * sizeof *value);
  for (size_t row = b->top; row < b->bottom; ++row)
    for (size_t col = b->left; col < b->right; ++col)
      value[(row - b->top + around) * cols + col - b->left + around] = ink->mask[row * ink->cols + col] ? 1 : 0;
  thicken(value, rows, cols, edge, scratch);
  for (size_t row = b->top; row < b->bottom; ++row)
    for (size_t col = b->left; col < b->right; ++col)
      value[(row - b->top + around) * cols + col - b->left + around] *= ink->value[row * ink->cols + col];
}

/* scratch: (2, rows, cols) of the ink. */
static void fit(const struct ms_ink *ink, const struct box *digit, float *scratch, uint8_t *pixels) {
  enum { LEAST_PEN = 18, WANTED_PEN = 22 }; /* tenths of pixels in the frame */
  struct box b = with_edge(ink, digit);
  const size_t longer = height(&b) > width(&b) ? height(&b) : width(&b);
  const float pen = pen_width(ink, &b), to_frame = (float)BOX_SIDE / (float)longer;
  size_t radius = 0;
  if (pen * to_frame * 10 < LEAST_PEN)
    radius = (size_t)((WANTED_PEN / (10 * to_frame) - pen) / 2 + 0.5f);
  const size_t rows = height(&b) + 2 * radius, cols = width(&b) + 2 * radius;
  float *value = scratch, *line = scratch + rows * cols;
  copy_strokes(ink, &b, radius, 1 + (size_t)(pen / 2), value, line);
  if (radius > 0)
    thicken(value, rows, cols, radius, line);
  frame(value, rows, cols, pixels);
}

enum ms_status ms_digits_find(const char *name, const struct ms_picture *picture, bool many, struct ms_digits *digits) {
  struct ms_ink ink;
  struct box strokes[MAX_STROKES];
  size_t n;
  float *scratch = NULL;
  memset(digits, 0, sizeof *digits);
  MS_TRY(ms_ink_find(name, picture, &ink));
  enum ms_status status = find_strokes(&ink, strokes, &n);
  if (status == MS_OK && n == 0)
    status = ms_fail(
        MS_ERROR_DATA,
        "%s: no digit is found in it: nothing but lines or specks; leave a margin around it, and light it evenly",
        name);
  if (status == MS_OK) {
    group(strokes, &n, many, &digits->n_others);
    order(strokes, n);
    if (n > MS_MAX_DIGITS)
      status =
          ms_fail(MS_ERROR_DATA, "%s: more than %d digits are found in it: cut it into parts", name, MS_MAX_DIGITS);
  }
  if (status == MS_OK)
    status = ms_allocate(n, sizeof *digits->pixels, "digits", &digits->pixels);
  if (status == MS_OK) /* thickened, a box grows by less than its own size on each side */
    status = ms_reserve((3 * ink.rows + 8) * (3 * ink.cols + 8) + 3 * (ink.rows + ink.cols), sizeof *scratch, "digits",
                        &scratch);
  const size_t longer = picture->rows > picture->cols ? picture->rows : picture->cols;
  const size_t step = (longer + MS_INK_SIDE - 1) / MS_INK_SIDE;
  for (size_t i = 0; status == MS_OK && i < n; ++i) {
    fit(&ink, &strokes[i], scratch, digits->pixels[i]);
    digits->box[i].top = strokes[i].top * step;
    digits->box[i].left = strokes[i].left * step;
    digits->box[i].rows = height(&strokes[i]) * step;
    digits->box[i].cols = width(&strokes[i]) * step;
    digits->n = i + 1;
  }
  free(scratch);
  ms_ink_free(&ink);
  if (status != MS_OK) {
    free(digits->pixels);
    digits->pixels = NULL;
  }
  return status;
}

enum ms_status ms_picture_fit(const struct ms_picture *p, size_t rows, size_t cols, uint8_t *pixels) {
  float *value;
  const float dy = (float)p->rows / (float)rows, dx = (float)p->cols / (float)cols;
  MS_TRY(ms_reserve(p->rows * p->cols, sizeof *value, "picture", &value));
  for (size_t i = 0; i < p->rows * p->cols; ++i)
    value[i] = p->pixels[i];
  for (size_t y = 0; y < rows; ++y)
    for (size_t x = 0; x < cols; ++x)
      pixels[y * cols + x] = (uint8_t)(mean_of(value, p->rows, p->cols, (float)y * dy, (float)x * dx,
                                               (float)(y + 1) * dy, (float)(x + 1) * dx) +
                                       0.5f);
  free(value);
  return MS_OK;
}
