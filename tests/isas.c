/* The ISAs that a test compares with the reference. */
#include "tests/isas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/reference.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/dispatch.h"
#include "tests/harness.h"

static bool runs(const char *name, size_t length) {
  for (size_t i = 0; i < ms_isa_count(); ++i) {
    const struct ms_isa_entry *isa = ms_isa_entry(i);
    if (strlen(isa->name) == length && memcmp(isa->name, name, length) == 0)
      return (ms_cpu_features() & isa->required) == isa->required;
  }
  return false;
}

static void check_required(void) {
  const char *names = getenv("MNIST_SIMD_REQUIRE");
  for (const char *name = names ? names : ""; *(name += strspn(name, " "));) {
    const size_t length = strcspn(name, " ");
    CHECK_MESSAGE(runs(name, length), "%.*s is required and would be skipped", (int)length, name);
    name += length;
  }
}

size_t test_isas(struct test_isa isas[MAX_TEST_ISAS]) {
  size_t n = 0;
  printf("        scalar against:");
  for (size_t i = 0; i < ms_isa_count(); ++i) {
    const struct ms_isa_entry *isa = ms_isa_entry(i);
    if (isa->table == &ms_kernels_reference)
      continue;
    if (!runs(isa->name, strlen(isa->name))) {
      printf(" %s SKIPPED (not on this CPU)", isa->name);
      continue;
    }
    CHECK(n < MAX_TEST_ISAS && ms_dispatch_table(isa->name, &isas[n].table, &isas[n].name) == MS_OK);
    printf(" %s", isas[n++].name);
  }
  putchar('\n');
  check_required();
  return n;
}
