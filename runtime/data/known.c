/* Published data sets and the names of classes. */
#define _POSIX_C_SOURCE 200809L /* strcasecmp */
#include "runtime/data/known.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/sha256.h"
#include "runtime/platform/text.h"

#define DIGITS "0,1,2,3,4,5,6,7,8,9,"
#define LETTERS "A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z"

/* EMNIST: Cohen, Afshar, Tapson & van Schaik, arXiv 1702.05373: 47 classes, where upper and lower case that look alike
 * are one, or 62. Kuzushiji: Clanuwat et al., arXiv 1812.01718. Fashion-MNIST: Xiao, Rasul & Vollgraf,
 * arXiv 1708.07747, whose files have MNIST's names. */
const struct ms_known_data ms_known_data[] = {
    {"EMNIST balanced", "emnist-balanced", NULL, true, DIGITS LETTERS ",a,b,d,e,f,g,h,n,q,r,t", {NULL}},
    {"EMNIST by class",
     "emnist-byclass",
     NULL,
     true,
     DIGITS LETTERS ",a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z",
     {NULL}},
    {"EMNIST by merge", "emnist-bymerge", NULL, true, DIGITS LETTERS ",a,b,d,e,f,g,h,n,q,r,t", {NULL}},
    {"EMNIST letters", "emnist-letters", NULL, true, "," LETTERS, {NULL}},
    {"EMNIST digits", "emnist-digits", NULL, true, NULL, {NULL}},
    {"EMNIST MNIST", "emnist-mnist", NULL, true, NULL, {NULL}},
    {"QMNIST", "qmnist", "QMNIST", false, NULL, {NULL}},
    {"Kuzushiji-MNIST", "kmnist", "KMNIST", false, "o,ki,su,tsu,na,ha,ma,ya,re,wo", {NULL}},
    {"Fashion-MNIST",
     "fashion-mnist",
     "FashionMNIST",
     false,
     "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot",
     {"657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
      "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9"}},
    {0},
};

const struct ms_known_data *ms_known_by_name(const char *prefix, const char *folder) {
  for (const struct ms_known_data *k = ms_known_data; k->name; ++k)
    if (strcmp(k->prefix, prefix) == 0 || (k->folder && strcasecmp(k->folder, folder) == 0))
      return k;
  return NULL;
}

const struct ms_known_data *ms_known_by_labels(size_t n, const uint8_t *labels) {
  struct ms_sha256 sha;
  char hex[65];
  ms_sha256_init(&sha);
  ms_sha256_update(&sha, labels, n);
  ms_sha256_finish(&sha, hex);
  for (const struct ms_known_data *k = ms_known_data; k->name; ++k)
    for (size_t part = 0; part < 2; ++part)
      if (k->labels_sha256[part] && strcmp(k->labels_sha256[part], hex) == 0)
        return k;
  return NULL;
}

/* ---- Names of classes ---- */

/* Ends each line of text, a name, with a 0; *n of them, at most MS_MAX_CLASSES. Blank lines at the end are none. */
static enum ms_status split_lines(const char *path, char *text, const char **names, size_t *n) {
  for (*n = 0; *text;) {
    const size_t length = strcspn(text, "\r\n");
    char *next = text + length + (text[length] == '\r') + (text[length + (text[length] == '\r')] == '\n');
    text[length] = '\0';
    if (*next == '\0' && length == 0)
      break;
    if (*n == MS_MAX_CLASSES)
      return ms_fail(MS_ERROR_DATA, "%s: more than %d names: one a line, for as many classes as the labels have", path,
                     MS_MAX_CLASSES);
    if (length > MS_MAX_CLASS_NAME || !ms_is_utf8(text) || ms_has_controls(text))
      return ms_fail(MS_ERROR_DATA, "%s: line %zu is no name: at most %d bytes of UTF-8 without control characters",
                     path, *n + 1, MS_MAX_CLASS_NAME);
    names[(*n)++] = length > 0 ? text : NULL;
    text = next;
  }
  return MS_OK;
}

static size_t least_label(const struct ms_dataset *part) {
  size_t least = MS_MAX_CLASSES;
  for (size_t i = 0; i < part->n; ++i)
    least = part->labels[i] < least ? part->labels[i] : least;
  return least;
}

static enum ms_status read_file(const char *path, struct ms_data *data, size_t n_classes, size_t first) {
  enum { MAX_BYTES = 65536 };
  uint8_t *bytes;
  size_t n_bytes, n_names = 0;
  MS_TRY(ms_file_read(path, MAX_BYTES, &bytes, &n_bytes));
  const char *begin = (const char *)bytes;
  ms_text_skip_mark(&begin, &n_bytes);
  char *text;
  enum ms_status status = ms_allocate(n_bytes + 1, 1, "names of classes", &text);
  if (status == MS_OK) {
    memcpy(text, begin, n_bytes);
    data->owned[4] = text;
    status = split_lines(path, text, data->class_names, &n_names);
  }
  free(bytes);
  MS_TRY(status);
  if (n_names < n_classes && n_names + first == n_classes) {
    memmove(data->class_names + first, data->class_names, n_names * sizeof *data->class_names);
    memset(data->class_names, 0, first * sizeof *data->class_names);
  } else if (n_names < n_classes) {
    return ms_fail(MS_ERROR_DATA, "%s: has %zu names, the labels go up to %zu: give a line for each class from 0", path,
                   n_names, n_classes - 1);
  }
  return MS_OK;
}

static enum ms_status take_known(const struct ms_known_data *known, struct ms_data *data) {
  char *text;
  const size_t n_bytes = strlen(known->classes) + 1;
  MS_TRY(ms_allocate(n_bytes, 1, "names of classes", &text));
  memcpy(text, known->classes, n_bytes);
  data->owned[4] = text;
  for (size_t c = 0; c < MS_MAX_CLASSES; ++c) {
    const size_t length = strcspn(text, ",");
    const bool is_last = text[length] == '\0';
    text[length] = '\0';
    data->class_names[c] = length > 0 ? text : NULL;
    if (is_last)
      break;
    text += length + 1;
  }
  return MS_OK;
}

enum ms_status ms_name_classes(const char *folder, const struct ms_known_data *known, struct ms_data *data) {
  const struct ms_dataset *train = &data->train, *test = &data->test;
  const size_t n_classes = train->n_classes > test->n_classes ? train->n_classes : test->n_classes;
  char path[MS_PATH_SIZE];
  MS_TRY(ms_path_join(path, folder, MS_CLASSES_FILE));
  if (ms_exists(path)) {
    const size_t of_train = least_label(train), of_test = least_label(test);
    return read_file(path, data, n_classes, of_train < of_test ? of_train : of_test);
  }
  if (!known && train->n > 0)
    known = ms_known_by_labels(train->n, train->labels);
  if (!known && test->n > 0)
    known = ms_known_by_labels(test->n, test->labels);
  return known && known->classes ? take_known(known, data) : MS_OK;
}
