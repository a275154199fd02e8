/* SHA-256 against published digests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/platform/cpu.h"
#include "runtime/platform/sha256.h"
#include "runtime/platform/sha256_blocks.h"
#include "tests/harness.h"

static void digest_in_pieces(const char *text, size_t n_bytes, size_t piece, char hex[65]) {
  struct ms_sha256 sha;
  ms_sha256_init(&sha);
  for (size_t at = 0; at < n_bytes; at += piece)
    ms_sha256_update(&sha, text + at, n_bytes - at < piece ? n_bytes - at : piece);
  ms_sha256_finish(&sha, hex);
}

/* FIPS 180-4 examples (NIST, "Examples with Intermediate Values"), and the empty message. */
static void published_digests(void) {
  static const struct {
    const char *text, *digest;
  } known[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i) {
    char hex[65];
    digest_in_pieces(known[i].text, strlen(known[i].text), 64, hex);
    CHECK_MESSAGE(strcmp(hex, known[i].digest) == 0, "'%s' gives %s", known[i].text, hex);
  }
}

static void million_a(void) {
  const size_t n = 1000000;
  char *text = malloc(n), hex[65];
  CHECK(text);
  memset(text, 'a', n);
  digest_in_pieces(text, n, 4096, hex);
  free(text);
  CHECK_MESSAGE(strcmp(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0, "%s", hex);
}

/* Every length across two block boundaries: the digest does not depend on how the message is cut. */
static void pieces(void) {
  char text[200], whole[65], cut[65];
  for (size_t i = 0; i < sizeof text; ++i)
    text[i] = (char)test_random();
  for (size_t n = 0; n <= sizeof text; ++n)
    for (size_t piece = 1; piece < 70; piece += 3) {
      digest_in_pieces(text, n, sizeof text, whole);
      digest_in_pieces(text, n, piece, cut);
      CHECK_MESSAGE(strcmp(whole, cut) == 0, "%zu bytes in pieces of %zu", n, piece);
    }
}

/* Whichever the digests above went through: the other gives the same. */
static void block_functions_agree(void) {
#if defined(__x86_64__)
  if (!ms_cpu_has_sha())
    test_skip("this CPU has no SHA instructions");
  uint8_t data[5 * 64];
  uint32_t state[2][8];
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < sizeof data; ++i)
      data[i] = (uint8_t)test_random();
    for (size_t i = 0; i < 8; ++i)
      state[0][i] = state[1][i] = test_random();
    const size_t n_blocks = test_random_below(6);
    ms_sha256_blocks_portable(state[0], data, n_blocks);
    ms_sha256_blocks_x86(state[1], data, n_blocks);
    CHECK(memcmp(state[0], state[1], sizeof state[0]) == 0);
  }
#else
  test_skip("there is one block function on this machine");
#endif
}

static const struct test_case cases[] = {
    {"published_digests", published_digests},
    {"million_a", million_a},
    {"pieces", pieces},
    {"block_functions_agree", block_functions_agree},
};

TEST_MAIN(cases)
