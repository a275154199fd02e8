/* What run.json records about a run besides its results: who, when, by what command and build, and from which run it
 * began. A checkpoint carries it from session to session. */
#ifndef MS_RUN_ABOUT_H
#define MS_RUN_ABOUT_H

#include "runtime/mnist_simd.h"
#include "runtime/platform/text.h"

#if defined(__clang__)
#define MS_COMPILER "clang " __clang_version__
#else
#define MS_COMPILER "gcc " __VERSION__
#endif

#define MS_ABOUT_TEXT_BYTES 256
#define MS_ABOUT_BYTES 8192 /* of the whole as JSON */
#define MS_DATE_SIZE sizeof "2026-01-31T23:59:59Z"

/* The run whose weights a run began with. */
struct ms_run_origin {
  char *folder;            /* as it was named */
  size_t epoch;            /* of its weights */
  char weights_sha256[65]; /* at the end of that epoch */
  bool has_moments;        /* Adam's moments were kept; else they began at 0 again */
};

/* Texts are NULL where they are not known; MS_ABOUT_TEXT_BYTES each, but for the command. */
struct ms_run_about {
  char *name, *author, *command, *commit, *compiler, *date; /* of the start, UTC */
  size_t keep_epochs;                                       /* a checkpoint was kept after each n-th epoch; 0: none */
  struct ms_run_origin *origin;                             /* NULL: none, its weights began as random numbers */
};

/* Now, in UTC: "2026-01-31T23:59:59Z". */
void ms_date(char date[MS_DATE_SIZE]);

/* A JSON object without line ends, to text. A command that is too long is cut off. The date, the compiler and the commit
 * of this program are added. */
enum ms_status ms_about_write(const struct ms_run_about *about, struct ms_text *text);

/* Reads members of a JSON object, which may be anything. MS_ERROR_DATA, naming path and member. Free with
 * ms_about_free, after a failure too; *about all 0 before. */
struct json_t;
enum ms_status ms_about_read(const char *path, const struct json_t *object, struct ms_run_about *about);
void ms_about_free(struct ms_run_about *about);

#endif
