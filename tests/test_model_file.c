/* Model files: what is written, and that no damaged file is taken for a model. Also the writing of files itself. */
#define _POSIX_C_SOURCE 200809L /* readdir */
#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nn/network.h"
#include "runtime/platform/endian.h"
#include "runtime/platform/files.h"
#include "runtime/platform/memory.h"
#include "tests/harness.h"

static const size_t units[4] = {11, 7, 5, 3};
enum { N_LAYERS = 3, N_PARAMETERS = 12 * 7 + 8 * 5 + 6 * 3 };

static struct ms_network *new_network(void) {
  struct ms_network *network;
  CHECK(ms_network_create(N_LAYERS, units, &network) == MS_OK);
  ms_network_initialise(network, 5);
  for (size_t l = 0; l < N_LAYERS; ++l)
    for (size_t j = 0; j < units[l + 1]; ++j)
      network->layers[l].bias[j] = test_random_float(-1, 1);
  memset(network->data_sha256, 'd', 64);
  memset(network->test_sha256, 'e', 64);
  return network;
}

/* The bytes of a saved network; path gets the name of its file. */
static uint8_t *saved(const struct ms_network *network, char path[256], size_t *n_bytes) {
  uint8_t *file;
  snprintf(path, 256, "%s/model.safetensors", test_folder());
  CHECK_MESSAGE(ms_network_save(network, path) == MS_OK, "%s", ms_error_message());
  CHECK(ms_file_read(path, SIZE_MAX / 2, &file, n_bytes) == MS_OK);
  return file;
}

static bool same(const struct ms_network *a, const struct ms_network *b) {
  return a->n_layers == b->n_layers && a->memory_floats == b->memory_floats &&
         memcmp(a->memory, b->memory, a->memory_floats * sizeof(float)) == 0;
}

static bool same_data(const struct ms_network *a, const struct ms_network *b) {
  return strcmp(a->data_sha256, b->data_sha256) == 0 && strcmp(a->test_sha256, b->test_sha256) == 0;
}

static void round_trip(void) {
  char path[256];
  size_t n_bytes;
  struct ms_network *network = new_network(), *loaded;
  free(saved(network, path, &n_bytes));
  CHECK_MESSAGE(ms_network_load(path, &loaded) == MS_OK, "%s", ms_error_message());
  CHECK(same(network, loaded) && ms_network_parameters(loaded) == N_PARAMETERS && same_data(network, loaded));
  ms_network_free(loaded);
  ms_network_free(network);
}

/* Networks that know nothing of their data, or of test images alone, as files of before. The digest of the weights has
 * nothing to do with it. */
static void data_digests(void) {
  char path[256], with[65], without[65];
  size_t n_bytes;
  struct ms_network *network = new_network(), *loaded;
  ms_network_sha256(network, with);
  for (int missing = 0; missing < 2; ++missing) {
    (missing == 0 ? network->test_sha256 : network->data_sha256)[0] = '\0';
    uint8_t *file = saved(network, path, &n_bytes);
    CHECK_MESSAGE(ms_network_load(path, &loaded) == MS_OK, "%s", ms_error_message());
    CHECK(same(network, loaded) && same_data(network, loaded) && !loaded->is_rewritten);
    file[8 + (size_t)test_get_64(file)] = '\0'; /* where the tensors begin */
    CHECK(!strstr((char *)file + 8, "test_sha256") && !strstr((char *)file + 8, "data_sha256") == (missing == 1));
    ms_network_free(loaded);
    free(file);
  }
  ms_network_sha256(network, without);
  CHECK(strcmp(with, without) == 0);
  ms_network_free(network);
}

/* As a reader that knows nothing but the format finds it. */
static void layout(void) {
  char path[256], header[4096];
  size_t n_bytes, at = 0;
  struct ms_network *network = new_network();
  uint8_t *file = saved(network, path, &n_bytes);
  const size_t header_bytes = (size_t)test_get_64(file);
  CHECK((8 + header_bytes) % 64 == 0 && n_bytes == 8 + header_bytes + N_PARAMETERS * sizeof(float));
  CHECK(header_bytes < sizeof header && file[8] == '{');
  memcpy(header, file + 8, header_bytes);
  header[header_bytes] = '\0';
  for (size_t l = 0; l < N_LAYERS; ++l) {
    char expected[160];
    const size_t weight_end = at + 4 * units[l] * units[l + 1], bias_end = weight_end + 4 * units[l + 1];
    snprintf(expected, sizeof expected,
             "\"dense%zu.weight\":{\"dtype\":\"F32\",\"shape\":[%zu,%zu],\"data_offsets\":[%zu,%zu]}", l + 1, units[l],
             units[l + 1], at, weight_end);
    CHECK_MESSAGE(strstr(header, expected), "%s not in %s", expected, header);
    snprintf(expected, sizeof expected,
             "\"dense%zu.bias\":{\"dtype\":\"F32\",\"shape\":[%zu],\"data_offsets\":[%zu,%zu]}", l + 1, units[l + 1],
             weight_end, bias_end);
    CHECK_MESSAGE(strstr(header, expected), "%s not in %s", expected, header);
    const uint8_t *data = file + 8 + header_bytes;
    test_check_floats(data + at, network->layers[l].weight, units[l] * units[l + 1]);
    test_check_floats(data + weight_end, network->layers[l].bias, units[l + 1]);
    at = bias_end;
  }
  free(file);
  ms_network_free(network);
}

/* A changed file is refused, or is the same model still (a space behind the header, a name in its metadata). */
static void check_damaged(const struct ms_network *network, const char *path, const uint8_t *file, size_t n_bytes) {
  struct ms_network *loaded;
  test_write_file(path, file, n_bytes);
  const enum ms_status status = ms_network_load(path, &loaded);
  if (status == MS_OK) {
    CHECK(same(network, loaded));
    CHECK(strspn(loaded->data_sha256, "d") == strlen(loaded->data_sha256)); /* none, or that one */
    CHECK(strspn(loaded->test_sha256, "e") == strlen(loaded->test_sha256));
    ms_network_free(loaded);
  } else {
    CHECK(status == MS_ERROR_DATA && !loaded);
    CHECK_MESSAGE(strncmp(ms_error_message(), path, strlen(path)) == 0, "%s", ms_error_message());
  }
}

static void every_byte_flipped(void) {
  char path[256];
  size_t n_bytes, n_refused = 0;
  struct ms_network *network = new_network(), *loaded;
  uint8_t *file = saved(network, path, &n_bytes);
  const size_t header_bytes = (size_t)test_get_64(file);
  for (size_t at = 0; at < n_bytes; ++at)
    for (int change = 0; change < 3; ++change) {
      static const uint8_t bits[3] = {0x01, 0x80, 0x0f};
      test_context("byte %zu of %zu, bits %02x", at, n_bytes, bits[change]);
      file[at] ^= bits[change];
      check_damaged(network, path, file, n_bytes);
      if (at >= 8 + header_bytes) { /* the digest finds every changed weight */
        CHECK(ms_network_load(path, &loaded) == MS_ERROR_DATA);
        ++n_refused;
      }
      file[at] ^= bits[change];
    }
  CHECK(n_refused == 3 * N_PARAMETERS * sizeof(float));
  free(file);
  ms_network_free(network);
}

/* Another program that knows the format writes tensors and metadata again: other order, blanks, no digest. */
static void rewritten(void) {
  char path[256];
  size_t n_bytes;
  struct ms_network *network = new_network(), *loaded;
  uint8_t *file = saved(network, path, &n_bytes);
  const size_t data_at = 8 + (size_t)test_get_64(file);
  json_t *header = json_loadb((char *)file + 8, data_at - 8, 0, NULL);
  CHECK(header);
  for (int change = 0; change < 3; ++change) {
    json_t *metadata = json_object_get(header, "__metadata__");
    if (change > 0)
      json_object_del(metadata, change == 1 ? "file_sha256" : "weights_sha256");
    char *dumped = json_dumps(header, (change == 0 ? JSON_COMPACT : JSON_INDENT(1)) | JSON_SORT_KEYS);
    CHECK(dumped);
    const size_t n_dumped = strlen(dumped), n_data = n_bytes - data_at;
    const size_t length = change == 0 ? data_at - 8 : n_dumped; /* the first as long as ours */
    uint8_t *again = malloc(8 + length + n_data);
    CHECK(again && n_dumped <= length);
    test_put_64(again, length);
    memset(again + 8, ' ', length);
    memcpy(again + 8, dumped, n_dumped);
    memcpy(again + 8 + length, file + data_at, n_data);
    test_write_file(path, again, 8 + length + n_data);
    if (change < 2) {
      CHECK_MESSAGE(ms_network_load(path, &loaded) == MS_OK, "%s", ms_error_message());
      CHECK(same(network, loaded) && loaded->is_rewritten && same_data(network, loaded));
      ms_network_free(loaded);
      again[8 + length + n_data / 2] ^= 1; /* damaged besides */
      test_write_file(path, again, 8 + length + n_data);
    }
    CHECK(ms_network_load(path, &loaded) == MS_ERROR_DATA && !loaded);
    CHECK_MESSAGE(strstr(ms_error_message(), change < 2 ? "not that of its weights" : "is missing"), "%s",
                  ms_error_message());
    free(again);
    free(dumped);
  }
  json_decref(header);
  free(file);
  ms_network_free(network);
}

static void every_truncation(void) {
  char path[256];
  size_t n_bytes;
  struct ms_network *network = new_network(), *loaded;
  uint8_t *file = saved(network, path, &n_bytes);
  for (size_t n = 0; n < n_bytes; ++n) {
    test_context("%zu of %zu bytes", n, n_bytes);
    test_write_file(path, file, n);
    CHECK(ms_network_load(path, &loaded) == MS_ERROR_DATA && !loaded);
  }
  free(file);
  ms_network_free(network);
}

/* A file made of a header's text and n_floats floats. */
static void check_header(const char *header, size_t n_floats, float value, const char *fault) {
  uint8_t file[2048];
  char path[256];
  struct ms_network *network;
  const size_t header_bytes = strlen(header);
  test_context("%s", header);
  test_put_64(file, header_bytes);
  memcpy(file + 8, header, header_bytes);
  for (size_t i = 0; i < n_floats; ++i)
    test_put_float(file + 8 + header_bytes + 4 * i, value);
  snprintf(path, sizeof path, "%s/model", test_folder());
  test_write_file(path, file, 8 + header_bytes + 4 * n_floats);
  const enum ms_status status = ms_network_load(path, &network);
  if (!fault) {
    CHECK_MESSAGE(status == MS_OK, "%s", ms_error_message());
    ms_network_free(network);
  } else {
    CHECK(status == MS_ERROR_DATA && !network);
    CHECK_MESSAGE(strstr(ms_error_message(), fault), "%s", ms_error_message());
  }
}

#define TENSOR(name, type, shape, offsets)                                                                             \
  "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define WEIGHT TENSOR("dense1.weight", "F32", "[2,3]", "[0,24]")
#define BIAS TENSOR("dense1.bias", "F32", "[3]", "[24,36]")

static void headers_one(void) {
  check_header("{" WEIGHT "," BIAS "}", 9, 1, NULL);
  check_header("{" BIAS "," WEIGHT "}   ", 9, 1, NULL);
  check_header("{" WEIGHT "," BIAS "}", 9, NAN, "not a number");
  check_header("{" WEIGHT "," BIAS "}", 9, INFINITY, "infinite");
  check_header("{" WEIGHT "," BIAS "}", 8, 1, "cut off: tensor dense1.bias ends at byte 36");
  check_header("{" WEIGHT "," BIAS "}", 10, 1, "leave gaps");
  check_header("{" WEIGHT "," WEIGHT "}", 9, 1, "not JSON");
  check_header("{" WEIGHT "," BIAS, 9, 1, "not JSON");
  check_header("[1]", 9, 1, "not an object");
  check_header("{}", 0, 1, "0 tensors");
  check_header("{" WEIGHT "}", 6, 1, "1 tensors");
}

static void headers_two(void) {
  check_header("{" WEIGHT "," TENSOR("other", "F32", "[3]", "[24,36]") "}", 9, 1, "no tensor dense1.bias");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F16", "[3]", "[24,36]") "}", 9, 1, "must be F32");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F32", "[2]", "[24,32]") "}", 8, 1, "do not fit together");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F32", "[3]", "[20,32]") "}", 9, 1, "overlap");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F32", "[3]", "[36,24]") "}", 9, 1, "position");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F32", "[3]", "[-12,0]") "}", 9, 1, "position");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F32", "[3]", "[24]") "}", 9, 1, "position");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F32", "[3]", "[24,28]") "}", 9, 1, "position");
  check_header("{" WEIGHT "," TENSOR("dense1.bias", "F32", "[3,1]", "[24,36]") "}", 9, 1, "dimensions");
  check_header("{" TENSOR("dense1.weight", "F32", "[4611686018427387904,4]", "[0,0]") "," BIAS "}", 9, 1,
               "dimension 1");
  check_header("{" TENSOR("dense1.weight", "F32", "[4294967298,3]", "[0,24]") "," BIAS "}", 9, 1, "dimension 1");
  check_header("{" TENSOR("dense1.weight", "F32", "[0,3]", "[0,0]") "," BIAS "}", 9, 1, "dimension 1");
  check_header("{" TENSOR("dense1.weight", "F32", "[2.0,3]", "[0,24]") "," BIAS "}", 9, 1, "dimension 1");
}

static void header_length(void) {
  uint8_t file[64] = {0};
  char path[256];
  struct ms_network *network;
  snprintf(path, sizeof path, "%s/model", test_folder());
  static const uint64_t lengths[] = {57, 1u << 30, UINT64_MAX, UINT64_MAX - 7};
  for (size_t i = 0; i < 4; ++i) {
    test_put_64(file, lengths[i]);
    test_write_file(path, file, sizeof file);
    CHECK(ms_network_load(path, &network) == MS_ERROR_DATA);
    CHECK_MESSAGE(strstr(ms_error_message(), "does not fit"), "%s", ms_error_message());
  }
}

/* A header that is there, and longer than any of a model. */
static void long_header(void) {
  enum { LENGTH = 2 << 20 };
  char path[256];
  uint8_t *file = calloc(8 + LENGTH + 8, 1);
  struct ms_network *network;
  CHECK(file);
  test_put_64(file, LENGTH);
  snprintf(path, sizeof path, "%s/model", test_folder());
  test_write_file(path, file, 8 + LENGTH + 8);
  CHECK(ms_network_load(path, &network) == MS_ERROR_DATA && !network);
  CHECK_MESSAGE(strstr(ms_error_message(), "has 2097152 bytes, this reader accepts at most 1048576"), "%s",
                ms_error_message());
  free(file);
}

static size_t entries(const char *folder) {
  size_t n = 0;
  DIR *open = opendir(folder);
  CHECK(open);
  while (readdir(open))
    ++n;
  closedir(open);
  return n - 2; /* . and .. */
}

static void writing(void) {
  const char *folder = test_folder();
  char path[256];
  uint8_t *data;
  size_t n_bytes;
  snprintf(path, sizeof path, "%s/file", folder);
  const unsigned mask = test_umask(027);
  CHECK(ms_file_write(path, "old", 3) == MS_OK && ms_file_write(path, "newer", 5) == MS_OK);
  test_umask(mask);
  CHECK(test_has_mode(path, 0640));
  CHECK(entries(folder) == 1);
  CHECK(ms_file_read(path, 5, &data, &n_bytes) == MS_OK && n_bytes == 5 && memcmp(data, "newer", 5) == 0);
  free(data);
  CHECK(ms_file_read(path, 4, &data, &n_bytes) == MS_ERROR_DATA && !data);

  /* A folder stands where the file should go: nothing stays beside it. */
  snprintf(path, sizeof path, "%s/taken", folder);
  CHECK(ms_make_folder(path) == MS_OK);
  CHECK(ms_file_write(path, "x", 1) == MS_ERROR_SYSTEM);
  CHECK_MESSAGE(strstr(ms_error_message(), path), "%s", ms_error_message());
  CHECK(entries(folder) == 2);
  snprintf(path, sizeof path, "%s/no/folder", folder);
  CHECK(ms_file_write(path, "x", 1) == MS_ERROR_SYSTEM);
}

static void folders(void) {
  char path[256];
  const char *folder = test_folder();
  snprintf(path, sizeof path, "%s/a/b//c/", folder);
  CHECK_MESSAGE(ms_make_folder(path) == MS_OK && ms_is_folder(path), "%s", ms_error_message());
  CHECK(ms_make_folder(path) == MS_OK);
  snprintf(path, sizeof path, "%s/file", folder);
  test_write_file(path, "x", 1);
  strcat(path, "/below/it");
  CHECK(ms_make_folder(path) == MS_ERROR_SYSTEM);
  CHECK_MESSAGE(strstr(ms_error_message(), "/file is a file"), "%s", ms_error_message());
  CHECK(ms_make_folder("") == MS_ERROR_ARGUMENT);
  char longer[MS_PATH_SIZE], joined[MS_PATH_SIZE];
  memset(longer, 'x', sizeof longer);
  longer[sizeof longer - 1] = '\0';
  CHECK(ms_path_join(joined, longer, "y") == MS_ERROR_ARGUMENT);
  CHECK(ms_path_join(joined, "a/", "b") == MS_OK && strcmp(joined, "a/b") == 0);
}

static void allocation(void) {
  void *p;
  CHECK(ms_allocate(SIZE_MAX / 2, 4, "too much", &p) == MS_ERROR_MEMORY && !p);
  CHECK_MESSAGE(strstr(ms_error_message(), "too much"), "%s", ms_error_message());
  CHECK(ms_allocate(SIZE_MAX, 1, "too much", &p) == MS_ERROR_MEMORY && !p);
  CHECK(ms_allocate(0, 8, "nothing", &p) == MS_OK && p);
  free(p);
}

/* The byte order of the other kind of machine: what the files of this one are turned with there. */
static void byte_order(void) {
  uint64_t number = UINT64_C(0x0102030405060708);
  uint32_t numbers[2] = {0x01020304, 0x05060708};
  ms_reverse_bytes(&number, 1, sizeof number);
  ms_reverse_bytes(numbers, 2, sizeof numbers[0]);
  CHECK(number == UINT64_C(0x0807060504030201) && numbers[0] == 0x04030201 && numbers[1] == 0x08070605);
  uint8_t file[8];
  ms_little_endian(&number, 1, sizeof number);
  memcpy(file, &number, sizeof file);
  CHECK(test_get_64(file) == UINT64_C(0x0807060504030201));
}

/* More inputs than the buffers of a training step can be addressed for. */
static void wide_network(void) {
  const size_t too_wide[2] = {SIZE_MAX >> 13, 1};
  struct ms_network *network;
  CHECK(ms_network_create(1, too_wide, &network) == MS_ERROR_MEMORY && !network);
  CHECK_MESSAGE(strstr(ms_error_message(), "too many"), "%s", ms_error_message());
}

static const struct test_case cases[] = {
    {"round_trip", round_trip},   {"data_digests", data_digests}, {"layout", layout},
    {"byte_order", byte_order},   {"wide_network", wide_network}, {"every_byte_flipped", every_byte_flipped},
    {"rewritten", rewritten},     {"long_header", long_header},   {"every_truncation", every_truncation},
    {"headers_one", headers_one}, {"headers_two", headers_two},   {"header_length", header_length},
    {"writing", writing},         {"folders", folders},           {"allocation", allocation},
};

TEST_MAIN(cases)
