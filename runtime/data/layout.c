/* Names of files: MNIST's, with a dash or a dot, in gzip or not, behind a prefix (EMNIST, QMNIST); NumPy's archives;
 * CSV files; the folders that torchvision makes. */
#define _POSIX_C_SOURCE 200809L
#include "runtime/data/layout.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/system.h"

enum { MAX_NAME = 128, MAX_FILES = 256 };

#define MISSING "missing: get MNIST with ci/get_data.sh, or name another folder"

/* A file of a data set, as its name tells. */
struct file {
  char name[MAX_NAME], prefix[MAX_NAME];
  enum ms_format format;
  bool is_test, has_images, has_labels, is_gzip;
};

static bool ends_with(const char *text, const char *end) {
  const size_t length = strlen(text), n = strlen(end);
  return length >= n && strcmp(text + length - n, end) == 0;
}

/* "train", "t10k" or "test" as a word of the name; *word_bytes is then its length. */
static char *find_part(char *name, size_t *word_bytes) {
  static const char *const words[] = {"train", "t10k", "test"};
  static const char separators[] = "-_.";
  for (size_t w = 0; w < sizeof words / sizeof words[0]; ++w) {
    *word_bytes = strlen(words[w]);
    for (char *at = name; (at = strstr(at, words[w])) != NULL; ++at)
      if ((at == name || strchr(separators, at[-1])) && at[*word_bytes] && strchr(separators, at[*word_bytes]))
        return at;
  }
  return NULL;
}

/* "-images-idx3-ubyte", ".labels.idx2-int": nothing may follow, as what downloads and checksums add. */
static bool is_idx_name(const char *rest) {
  const char *idx = strstr(rest, "idx");
  return idx && (strncmp(rest + 1, "images", 6) == 0 || strncmp(rest + 1, "labels", 6) == 0) &&
         isdigit((unsigned char)idx[3]) && idx[4] == '-' && idx[5] != '\0' &&
         strspn(idx + 5, "abcdefghijklmnopqrstuvwxyz") == strlen(idx + 5);
}

/* What follows the word for the part, or all of a name that has none. */
static bool find_format(const char *rest, bool has_part, enum ms_format *format) {
  const bool is_pair = strcmp(rest, "-imgs.npz") == 0 || strcmp(rest, "-labels.npz") == 0;
  if (!has_part) {
    *format = MS_FORMAT_NPZ;
    return ends_with(rest, ".npz");
  }
  *format = strcmp(rest, ".csv") == 0 ? MS_FORMAT_CSV : is_pair ? MS_FORMAT_NPZ_PAIR : MS_FORMAT_IDX;
  return *format != MS_FORMAT_IDX || is_idx_name(rest);
}

static bool classify(const char *name, struct file *f) {
  char lower[MAX_NAME];
  size_t length = strlen(name), word_bytes;
  if (length >= MAX_NAME || name[0] == '.') /* hidden: other systems leave such files beside each */
    return false;
  memset(f, 0, sizeof *f);
  memcpy(f->name, name, length + 1);
  for (size_t i = 0; i <= length; ++i)
    lower[i] = (char)tolower((unsigned char)name[i]);
  f->is_gzip = ends_with(lower, ".gz");
  if (f->is_gzip)
    lower[length - 3] = '\0';
  char *part = find_part(lower, &word_bytes);
  const char *rest = part ? part + word_bytes : lower;
  f->is_test = part && lower[0] != '\0' && strncmp(part, "train", 5) != 0;
  if (!find_format(rest, part != NULL, &f->format))
    return false;
  if (!part)
    lower[strlen(lower) - 4] = '\0'; /* ".npz" */
  const bool names_labels = strstr(rest, "labels") != NULL;
  const bool holds_both = f->format == MS_FORMAT_NPZ || f->format == MS_FORMAT_CSV;
  f->has_images = holds_both || !names_labels;
  f->has_labels = holds_both || names_labels;
  if (part)
    *part = '\0';
  for (length = strlen(lower); part && length > 0 && strchr("-_.", lower[length - 1]);)
    lower[--length] = '\0';
  memcpy(f->prefix, lower, sizeof f->prefix);
  return true;
}

/* ---- A folder ---- */

static int by_name(const void *a, const void *b) {
  const struct file *first = a, *second = b; /* plain before gzip, so that it is the one taken */
  return first->is_gzip != second->is_gzip ? first->is_gzip - second->is_gzip : strcmp(first->name, second->name);
}

/* The data files in a folder, at most MAX_FILES; none where it cannot be listed. */
static enum ms_status list(const char *folder, struct file *files, size_t *n) {
  *n = 0;
  struct ms_os_listing *dir = ms_os_list(folder);
  if (!dir && errno != ENOENT && errno != ENOTDIR)
    return ms_fail_by(MS_ERROR_SYSTEM, MS_OTHER_DATA,
                      "%s: cannot be listed: %s: choose a folder that you may read, or name another", folder,
                      strerror(errno));
  for (const char *entry; dir && *n < MAX_FILES && (entry = ms_os_next(dir)) != NULL;)
    *n += classify(entry, &files[*n]);
  ms_os_end(dir);
  qsort(files, *n, sizeof *files, by_name);
  return MS_OK;
}

/* The folder itself, and those into which archives unpack and torchvision downloads. */
static enum ms_status list_any(const char *folder, const char *split, struct ms_layout *l, struct file *files,
                               size_t *n) {
  static const char *const inner[] = {"",           "raw",        "gzip",      "MNIST/raw", "FashionMNIST/raw",
                                      "KMNIST/raw", "QMNIST/raw", "EMNIST/raw"};
  enum { N_PLAIN = 3, N_INNER = sizeof inner / sizeof inner[0] };
  size_t chosen = N_INNER, n_there = 0;
  char there[128] = "", path[MS_PATH_SIZE];
  for (size_t i = 0; i < N_INNER; ++i) {
    MS_TRY(ms_path_join(path, folder, inner[i]));
    MS_TRY(list(path, files, n));
    if (*n == 0)
      continue;
    const size_t length = strcspn(inner[i], "/");
    const bool is_chosen = split && strlen(split) == length && strncasecmp(split, inner[i], length) == 0;
    if (n_there == 0 || is_chosen)
      chosen = i;
    if (i < N_PLAIN || is_chosen) {
      n_there = 1;
      break;
    }
    snprintf(there + strlen(there), sizeof there - strlen(there), "%s%.*s", n_there > 0 ? ", " : "", (int)length,
             inner[i]);
    ++n_there;
  }
  if (n_there > 1)
    return ms_fail_by(MS_ERROR_DATA, MS_SPLIT, "%s: holds several data sets, %s: choose one", folder, there);
  if (n_there == 0)
    return MS_OK;
  MS_TRY(ms_path_join(l->folder, folder, inner[chosen]));
  return list(l->folder, files, n);
}

/* Whether a prefix is what split names: "emnist-letters", or its end behind a dash. */
static bool is_named(const char *prefix, const char *split) {
  const size_t length = strlen(prefix), n = strlen(split);
  return length >= n && strcasecmp(prefix + length - n, split) == 0 &&
         (length == n || strchr("-_.", prefix[length - n - 1]));
}

/* The prefix to take of those that files of the format have: the one that split names, none, or the only one. */
static enum ms_status choose(const char *folder, const char *split, enum ms_format format, const struct file *files,
                             size_t n, const char **prefix, bool *has_others) {
  char all[512] = "";
  size_t n_prefixes = 0;
  bool is_found = false;
  *prefix = "";
  for (size_t i = 0; i < n; ++i) {
    bool is_new = files[i].format == format;
    for (size_t k = 0; is_new && k < i; ++k)
      is_new = files[k].format != format || strcmp(files[k].prefix, files[i].prefix) != 0;
    if (!is_new)
      continue;
    ++n_prefixes;
    snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", n_prefixes > 1 ? ", " : "", files[i].prefix);
    if (split ? !is_named(files[i].prefix, split) : files[i].prefix[0] != '\0' && n_prefixes > 1)
      continue;
    *prefix = files[i].prefix;
    is_found = true;
  }
  *has_others = n_prefixes > 1;
  if (split && !is_found)
    return ms_fail_by(MS_ERROR_DATA, MS_SPLIT, "%s: holds no data set '%.60s', but %s: choose one", folder, split,
                      all[0] ? all : "one without a name");
  if (n_prefixes > 1 && !split && (*prefix)[0] != '\0')
    return ms_fail_by(MS_ERROR_DATA, MS_SPLIT, "%s: holds several data sets, %s: choose one", folder, all);
  return MS_OK;
}

/* The last folder of the path, which torchvision names like the data set; "" in "raw" without one above. */
static void folder_name(const char *folder, char name[MAX_NAME]) {
  size_t end = strlen(folder);
  for (int step = 0; step < 2; ++step) {
    while (end > 0 && ms_os_is_slash(folder[end - 1]))
      --end;
    size_t begin = end;
    while (begin > 0 && !ms_os_is_slash(folder[begin - 1]))
      --begin;
    snprintf(name, MAX_NAME, "%.*s", (int)(end - begin), folder + begin);
    if (strcmp(name, "raw") != 0)
      return;
    end = begin;
  }
}

/* The name that a path ends in, without ".gz". */
static const char *stem(const char *path, char text[MAX_NAME]) {
  snprintf(text, MAX_NAME, "%s", ms_last_part(path));
  if (ends_with(text, ".gz"))
    text[strlen(text) - 3] = '\0';
  return text;
}

/* The path of a part's images or labels. The same file may be there once more, compressed. */
static enum ms_status take_as(const struct file *f, const char *folder, char *path) {
  char here[MAX_NAME], there[MAX_NAME];
  if (path[0] == '\0')
    return ms_path_join(path, folder, f->name);
  if (strcmp(stem(f->name, here), stem(path, there)) == 0)
    return MS_OK;
  return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                    "%s: %s and %s are for the same part: move one of them away, or name another folder", folder, there,
                    here);
}

static enum ms_status take(const struct file *f, struct ms_layout *l) {
  if (f->has_images)
    MS_TRY(take_as(f, l->folder, l->images[f->is_test]));
  return f->has_labels ? take_as(f, l->folder, l->labels[f->is_test]) : MS_OK;
}

/* A part that is asked for and not there. */
static enum ms_status check_part(const struct ms_layout *l, const char *prefix, bool is_test, bool may_lack) {
  const char *images = l->images[is_test], *labels = l->labels[is_test], *part = is_test ? "t10k" : "train";
  const char *dash = prefix[0] ? "-" : "";
  if ((images[0] && labels[0]) || (may_lack && !images[0] && !labels[0]))
    return MS_OK;
  if (l->format != MS_FORMAT_IDX)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA, "%s: the %s %s are " MISSING, l->folder,
                      is_test ? "test" : "training", images[0] ? "labels" : "images");
  return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA, "%s/%s%s%s-%s-ubyte: " MISSING, l->folder, prefix, dash, part,
                    images[0] ? "labels-idx1" : "images-idx3");
}

static enum ms_status find_in(const char *folder, const struct ms_data_options *options, struct ms_layout *l,
                              struct file *files) {
  size_t n = 0;
  const char *prefix = "";
  char name[MAX_NAME];
  MS_TRY(list_any(folder, options->split, l, files, &n));
  if (n == 0)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: holds no data set: no IDX, NPZ or CSV files of known names, no PNG files in train/CLASS: "
                      "get MNIST with ci/get_data.sh, or name another folder",
                      folder);
  l->format = MS_FORMAT_CSV;
  for (size_t i = 0; i < n; ++i)
    l->format = files[i].format < l->format ? files[i].format : l->format;
  folder_name(l->folder, name);
  const bool is_folder = options->split && strcasecmp(options->split, name) == 0;
  MS_TRY(choose(l->folder, is_folder ? NULL : options->split, l->format, files, n, &prefix, &l->has_others));
  for (size_t i = 0; i < n; ++i)
    if (files[i].format == l->format && strcmp(files[i].prefix, prefix) == 0)
      MS_TRY(take(&files[i], l));
  l->known = ms_known_by_name(prefix, name);
  if (l->format == MS_FORMAT_NPZ) { /* what is in the archive is seen when it is read */
    memcpy(l->images[1], l->images[0], MS_PATH_SIZE);
    memcpy(l->labels[1], l->labels[0], MS_PATH_SIZE);
  }
  if (options->part != MS_DATA_TEST)
    MS_TRY(check_part(l, prefix, false, false));
  return options->part == MS_DATA_TRAINING ? MS_OK
                                           : check_part(l, prefix, true, options->part == MS_DATA_TEST_IF_THERE);
}

/* A file that holds images and labels: both parts in an archive, one in a CSV file. */
static enum ms_status take_file(const char *path, enum ms_data_part part, struct ms_layout *l) {
  const bool is_csv = ends_with(path, ".csv") || ends_with(path, ".csv.gz");
  l->format = is_csv ? MS_FORMAT_CSV : MS_FORMAT_NPZ;
  if (!is_csv && !ends_with(path, ".npz"))
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: is a file, and neither .npz nor .csv: name the folder of the data set, or such a file",
                      path);
  if (is_csv && part == MS_DATA_BOTH)
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA, "%s: is one part of a data set alone: name a folder that has both",
                      path);
  for (int is_test = 0; is_test < 2; ++is_test)
    if (!is_csv || is_test == (part == MS_DATA_TEST)) {
      MS_TRY(ms_path_join(l->images[is_test], path, ""));
      memcpy(l->labels[is_test], l->images[is_test], MS_PATH_SIZE);
    }
  MS_TRY(ms_path_join(l->folder, path, ""));
  const size_t length = (size_t)(ms_last_part(l->folder) - l->folder);
  strcpy(l->folder + length, length > 0 ? "" : ".");
  return MS_OK;
}

const struct ms_known_data *ms_known_by_file(const char *path) {
  struct file f;
  return classify(ms_last_part(path), &f) ? ms_known_by_name(f.prefix, "") : NULL;
}

enum ms_status ms_layout_find(const char *path, const struct ms_data_options *options, struct ms_layout *l) {
  struct file *files;
  memset(l, 0, sizeof *l);
  if (ms_exists(path) && !ms_is_folder(path))
    return take_file(path, options->part, l);
  if (!ms_is_folder(path))
    return ms_fail_by(MS_ERROR_DATA, MS_OTHER_DATA,
                      "%s: there is no such folder: get MNIST with ci/get_data.sh, or name another folder", path);
  MS_TRY(ms_allocate(MAX_FILES, sizeof *files, "names of data files", &files));
  const enum ms_status status = find_in(path, options, l, files);
  free(files);
  return status;
}
