/* verified.json in the folder of a run: 'verify' trained it again, when, and by what. It holds the SHA-256 of the run's
 * files, so that later changes show, and a code that only this user's secret key gives (HMAC-SHA256, FIPS 198-1): what
 * the author of a run writes there is not taken for one's own. The key is made at its first use:
 * mnist_simd/verify.key in XDG_STATE_HOME, else in .local/state of HOME. */
#ifndef MS_RUN_VERIFIED_H
#define MS_RUN_VERIFIED_H

#include "runtime/run/about.h"

enum ms_verified_state {
  MS_NOT_VERIFIED,    /* there is no such file, or it is damaged */
  MS_VERIFIED_OTHERS, /* somebody else's, or the key is lost: not to be trusted */
  MS_VERIFIED_BEFORE, /* one's own, but the run's files have changed since */
  MS_VERIFIED         /* one's own, of these files */
};

struct ms_verified {
  enum ms_verified_state state;
  bool passed;
  bool is_whole;      /* epochs, model and accuracies: no spot check */
  char sha256[3][65]; /* of run.json, metrics.csv and model.safetensors, by ms_verified_digest */
  size_t first, last; /* the epochs that were trained again */
  char date[MS_DATE_SIZE], program[MS_ABOUT_TEXT_BYTES], isa[MS_ABOUT_TEXT_BYTES];
  char difference[MS_ABOUT_TEXT_BYTES]; /* "" where it passed */
};

/* Digests of the files as they are now: to be taken when they are read, and not when hours of training have passed. */
enum ms_status ms_verified_digest(const char *folder, struct ms_verified *verified);

/* Writes it. verified: passed, is_whole, sha256, first, last and difference. MS_ERROR_SYSTEM: it cannot be written, or
 * there is no place for a key. */
enum ms_status ms_verified_write(const char *folder, const struct ms_verified *verified);

/* MS_ERROR_MEMORY alone. */
enum ms_status ms_verified_read(const char *folder, struct ms_verified *verified);

#endif
