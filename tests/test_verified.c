/* verified.json: of one's own and of somebody else, of these files and of files that were changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/files.h"
#include "runtime/run/folder.h"
#include "runtime/run/verified.h"
#include "tests/harness.h"

static char folder[256], path[MS_PATH_SIZE];

static void write_text(const char *name, const char *text) {
  CHECK(ms_path_join(path, folder, name) == MS_OK);
  test_write_file(path, text, strlen(text));
}

/* A folder with the three files, and a key in a folder of its own. */
static void make(void) {
  CHECK(ms_init(NULL, 1) == MS_OK);
  test_state_folder(test_folder());
  snprintf(folder, sizeof folder, "%s", test_folder());
  write_text(MS_SUMMARY_FILE, "{}");
  write_text(MS_METRICS_FILE, "epoch\n");
  write_text(MS_MODEL_FILE, "model");
  struct ms_verified v = {.passed = true, .is_whole = true, .first = 1, .last = 50};
  CHECK(ms_verified_digest(folder, &v) == MS_OK);
  CHECK_MESSAGE(ms_verified_write(folder, &v) == MS_OK, "%s", ms_error_message());
}

static struct ms_verified read_it(void) {
  struct ms_verified v;
  CHECK(ms_verified_read(folder, &v) == MS_OK);
  return v;
}

static void own(void) {
  make();
  struct ms_verified v = read_it();
  CHECK(v.state == MS_VERIFIED && v.passed && v.is_whole && v.first == 1 && v.last == 50 && !v.difference[0]);
  CHECK(strcmp(v.program, "mnist_simd " MS_VERSION) == 0 && strcmp(v.isa, ms_isa()) == 0 && strlen(v.date) == 20);
  v = (struct ms_verified){.first = 3, .last = 4, .difference = "epoch 3: lost"};
  CHECK(ms_verified_digest(folder, &v) == MS_OK && ms_verified_write(folder, &v) == MS_OK);
  v = read_it();
  CHECK(v.state == MS_VERIFIED && !v.passed && !v.is_whole && v.first == 3 &&
        strcmp(v.difference, "epoch 3: lost") == 0);
}

static void other_files(void) {
  static const char *const names[] = {MS_SUMMARY_FILE, MS_METRICS_FILE, MS_MODEL_FILE};
  for (size_t i = 0; i < 3; ++i) {
    make();
    test_context("%s", names[i]);
    write_text(names[i], "other");
    CHECK(read_it().state == MS_VERIFIED_BEFORE);
    CHECK(remove(path) == 0);
    CHECK(read_it().state == MS_VERIFIED_BEFORE);
  }
}

/* Every byte counts but blanks between the members. */
static void forged(void) {
  make();
  uint8_t *bytes;
  size_t n_bytes;
  CHECK(ms_path_join(path, folder, MS_VERIFIED_FILE) == MS_OK);
  CHECK(ms_file_read(path, 1 << 16, &bytes, &n_bytes) == MS_OK);
  for (size_t i = 0; i < n_bytes; ++i) {
    if (bytes[i] == ' ' || bytes[i] == '\n')
      continue;
    test_context("byte %zu of %zu", i, n_bytes);
    bytes[i] ^= 1;
    test_write_file(path, bytes, n_bytes);
    const enum ms_verified_state state = read_it().state;
    CHECK(state == MS_VERIFIED_OTHERS || state == MS_NOT_VERIFIED);
    bytes[i] ^= 1;
  }
  test_write_file(path, bytes, n_bytes);
  CHECK(read_it().state == MS_VERIFIED);
  free(bytes);
}

static void other_key(void) {
  make();
  test_state_folder(test_folder());
  CHECK(read_it().state == MS_VERIFIED_OTHERS); /* no key */
  char other[256];
  snprintf(other, sizeof other, "%s", folder);
  make(); /* makes one */
  snprintf(folder, sizeof folder, "%s", other);
  CHECK(read_it().state == MS_VERIFIED_OTHERS);
}

static void none(void) {
  static const char *const texts[] = {"", "x", "[]", "{", "{\"passed\": true, \"passed\": true}"};
  make();
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
    write_text(MS_VERIFIED_FILE, texts[i]);
    CHECK(read_it().state == MS_NOT_VERIFIED);
  }
  write_text(MS_VERIFIED_FILE, "{}");
  CHECK(read_it().state == MS_VERIFIED_OTHERS);
  CHECK(remove(path) == 0);
  CHECK(read_it().state == MS_NOT_VERIFIED);
}

static void no_home(void) {
  make();
  test_state_folder(NULL);
  const struct ms_verified v = {.passed = true};
  CHECK(ms_verified_write(folder, &v) == MS_ERROR_SYSTEM && strstr(ms_error_message(), "is not set, no key"));
}

static const struct test_case cases[] = {
    {"own", own},   {"other_files", other_files}, {"forged", forged}, {"other_key", other_key},
    {"none", none}, {"no_home", no_home},
};

TEST_MAIN(cases)
