/* The nearest of some names, by Damerau's and Levenshtein's distance: letters changed, left out, added, exchanged. */
#define _POSIX_C_SOURCE 200809L /* strnlen */
#include "runtime/platform/did_you_mean.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LENGTH = 24 };

static char lower(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t least(size_t a, size_t b, size_t c) {
  const size_t ab = a < b ? a : b;
  return ab < c ? ab : c;
}

/* Of words of at most MAX_LENGTH letters. */
static size_t distance(const char *a, const char *b) {
  size_t d[MAX_LENGTH + 1][MAX_LENGTH + 1]; /* of the first i letters of a from the first j of b */
  const size_t n_a = strlen(a), n_b = strlen(b);
  for (size_t i = 0; i <= n_a; ++i)
    for (size_t j = 0; j <= n_b; ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      const char x = lower(a[i - 1]), y = lower(b[j - 1]);
      d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (x != y));
      if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]))
        d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1, d[i][j]);
    }
  return d[n_a][n_b];
}

const char *ms_did_you_mean(char hint[MS_HINT_SIZE], const char *word, const char *const *names, size_t n,
                            size_t stride) {
  const size_t length = strnlen(word, MAX_LENGTH + 1);
  size_t nearest = length < 2 ? 0 : length < 5 ? 1 : 2; /* of short words, another is always near */
  hint[0] = '\0';
  for (size_t i = 0; i < n && length <= MAX_LENGTH; ++i) {
    const char *name;
    memcpy(&name, (const char *)names + i * stride, sizeof name);
    if (!name)
      break;
    const size_t from = strlen(name) <= MAX_LENGTH ? distance(word, name) : SIZE_MAX;
    if (from < nearest + (hint[0] == '\0')) {
      nearest = from;
      snprintf(hint, MS_HINT_SIZE, " (did you mean '%s'?)", name);
    }
  }
  return hint;
}
