/* A short run on the first images of MNIST, whose digest is published: with every ISA of WebAssembly. */
#include <string.h>

#include "tests/harness.h"
#include "tests/short_runs.h"

static void published_digest(void) {
  char golden[65], hex[65];
  const char *isa;
  test_load();
  test_golden("report_600_images", golden);
  for (size_t i = 0; (isa = ms_isa_supported(i)) != NULL; ++i) {
    struct ms_config *config = test_short_config(256, 1);
    test_subject(isa);
    CHECK(ms_init(isa, 1) == MS_OK);
    test_digest_of_run(config, 600, 100, hex);
    CHECK_MESSAGE(strcmp(hex, golden) == 0, "%s, published is %s", hex, golden);
    ms_config_free(config);
    ms_shutdown();
  }
}

static const struct test_case cases[] = {{"published_digest", published_digest}};

TEST_MAIN(cases)
