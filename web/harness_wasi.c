/* The test harness in WebAssembly: without signals, jumps and guard pages. A case that fails ends the program; what is
 * written beyond a buffer shows in the pattern around it, what is read there does not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/harness_system.h"

enum { MAX_BUFFERS = 64, GUARD_BYTES = 4096, GUARD_BYTE = 0xA5 };

static struct buffer {
  uint8_t *memory, *data;
  size_t n_bytes;
} buffers[MAX_BUFFERS];
static size_t n_buffers;

enum test_outcome test_run(void (*run)(void)) {
  run();
  return TEST_PASSED;
}

void test_leave(enum test_outcome outcome) {
  test_print_outcome(outcome);
  exit(outcome == TEST_FAILED ? EXIT_FAILURE : TEST_SKIPPED);
}

void test_catch_crashes(void) {}

void *test_buffer(size_t n_bytes, size_t skew) {
  CHECK(n_buffers < MAX_BUFFERS);
  struct buffer *b = &buffers[n_buffers++];
  b->n_bytes = n_bytes;
  b->memory = malloc(n_bytes + 2 * GUARD_BYTES);
  CHECK(b->memory);
  memset(b->memory, GUARD_BYTE, n_bytes + 2 * GUARD_BYTES);
  b->data = b->memory + GUARD_BYTES - (uintptr_t)(b->memory + n_bytes + skew) % 64; /* ends skew bytes before a line */
  return b->data;
}

static bool filled(const uint8_t *begin, const uint8_t *end) {
  while (begin < end && *begin == GUARD_BYTE)
    ++begin;
  return begin == end;
}

bool test_guards_intact(const void *data) {
  for (const struct buffer *b = buffers; b < buffers + n_buffers; ++b)
    if (b->data == data)
      return filled(b->memory, b->data) && filled(b->data + b->n_bytes, b->memory + b->n_bytes + 2 * GUARD_BYTES);
  return false;
}

void test_release(void) {
  while (n_buffers > 0)
    free(buffers[--n_buffers].memory);
}

void test_remove_folders(void) {}
