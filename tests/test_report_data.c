/* Pages of runs on data that is not MNIST's four files: without test images, with names, of floats. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/report/report.h"
#include "runtime/run/session.h"
#include "tests/harness.h"
#include "tests/short_runs.h"

enum { N_TRAIN = 300, N_TEST = 50 };

static struct ms_data few(void) {
  test_load();
  return (struct ms_data){.train = ms_dataset_slice(&test_data.train, 0, N_TRAIN),
                          .test = ms_dataset_slice(&test_data.test, 0, N_TEST)};
}

static const char *train(const struct ms_data *data, bool without_test) {
  struct ms_config *config = test_tiny_config(2);
  config->val = 100;
  struct ms_session session;
  const struct ms_session_plan plan = {
      .folder = test_folder(), .preset = "regularised", .config = config, .data = data, .without_test = without_test};
  CHECK_MESSAGE(ms_session_open(&plan, &session) == MS_OK, "%s", ms_error_message());
  CHECK(ms_session_train(&session, NULL) == MS_OK && ms_session_save(&session) == MS_OK);
  ms_session_close(&session);
  ms_config_free(config);
  return plan.folder;
}

static enum ms_status report(const char *folder, const struct ms_data *data, char **page) {
  char path[300];
  struct ms_report report;
  uint8_t *bytes;
  size_t n_bytes;
  MS_TRY(ms_report_create(&folder, 1, data, "images", &report));
  snprintf(path, sizeof path, "%s/page.html", test_folder());
  const enum ms_status status = ms_report_write(&report, path);
  ms_report_free(&report);
  CHECK_MESSAGE(status == MS_OK && ms_file_read(path, 1 << 24, &bytes, &n_bytes) == MS_OK, "%s", ms_error_message());
  *page = calloc(n_bytes + 1, 1);
  CHECK(*page);
  memcpy(*page, bytes, n_bytes);
  free(bytes);
  return MS_OK;
}

static void check_holds(const char *page, const char *words) {
  CHECK_MESSAGE(strstr(page, words), "%s is missing", words);
}

static void without_test_images(void) {
  struct ms_data data = few();
  char *page;
  CHECK(ms_init(NULL, 2) == MS_OK);
  const char *tested = train(&data, false);
  data.test = (struct ms_dataset){0};
  CHECK(report(tested, &data, &page) == MS_ERROR_DATA);
  CHECK_MESSAGE(strstr(ms_error_message(), "was tested on images that images does not hold: name its data"), "%s",
                ms_error_message());
  CHECK_MESSAGE(report(train(&data, false), &data, &page) == MS_OK, "%s", ms_error_message());
  check_holds(page, "300 to train with, none to test.");
  check_holds(page, "<td data-name=\"wrong\">–</td>"); /* of the table of runs */
  check_holds(page, "validation accuracy");
  CHECK(!strstr(page, ">test images</th>") && strstr(page, ">training images</th>"));
  CHECK(strstr(page, "id=\"figure-8\"")); /* weights, in the shape of training images */
  free(page);
  ms_shutdown();
}

/* The names of the run come before those of the data; the description is that of the data. */
static void names(void) {
  struct ms_data data = few();
  char *page;
  CHECK(ms_init(NULL, 2) == MS_OK);
  const char *unnamed = train(&data, false);
  data.class_names[7] = "seven";
  const char *named = train(&data, false);
  data.class_names[7] = "Sieben";
  strcpy(data.description, "IDX & more");
  CHECK(report(unnamed, &data, &page) == MS_OK);
  check_holds(page, "<tr><th scope=\"row\">7 Sieben</th>");
  check_holds(page, "<tr><th scope=\"row\">8</th>");
  check_holds(page, "Data read from images (IDX &amp; more); figures");
  free(page);
  CHECK(report(named, &data, &page) == MS_OK);
  check_holds(page, "<tr><th scope=\"row\">7 seven</th>");
  free(page);
  ms_shutdown();
}

static float *floats_of(struct ms_dataset *images) {
  const size_t n = images->n * images->rows * images->cols;
  float *floats = malloc(n * sizeof *floats);
  CHECK(floats);
  for (size_t i = 0; i < n; ++i)
    floats[i] = (float)images->images[i] / 255;
  images->images = NULL;
  images->floats = floats;
  return floats;
}

/* Images of floats train to the same bits as the bytes that they are made of, and are drawn as these are. */
static void floats(void) {
  struct ms_data data = few();
  char *of_bytes, *of_floats;
  CHECK(ms_init(NULL, 2) == MS_OK);
  CHECK(report(train(&data, false), &data, &of_bytes) == MS_OK);
  float *train_floats = floats_of(&data.train), *test_floats = floats_of(&data.test);
  CHECK_MESSAGE(report(train(&data, false), &data, &of_floats) == MS_OK, "%s", ms_error_message());
  const char *a = strstr(of_bytes, "<section id=\"evaluation\">"),
             *b = strstr(of_floats, "<section id=\"evaluation\">");
  CHECK(a && b);
  const size_t n = (size_t)(strstr(a, "</section>") - a);
  CHECK(n > 10000 && strncmp(a, b, n) == 0);
  free(train_floats);
  free(test_floats);
  free(of_bytes);
  free(of_floats);
  ms_shutdown();
}

static const struct test_case cases[] = {
    {"without_test_images", without_test_images},
    {"names", names},
    {"floats", floats},
};

TEST_MAIN(cases)
