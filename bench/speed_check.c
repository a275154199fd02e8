/* The ratios of speed that must not get lost (ci/speed.sh): what is compared is measured in turns of a few
 * milliseconds, and each contender counts with its best turn, so that a busy machine strikes both alike. A ratio that
 * misses its bound is measured on, up to TRIES times. Exit code 1 if one still does.
 * Usage: speed_check DATA_FOLDER */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/common.h"
#include "bench/kernel_skip.h"
#include "bench/peak.h"
#include "bench/peers/peers.h"
#include "bench/speed_bounds.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/dispatch.h"

enum { M = 512, K = 784, N = 1024, TURNS = 25, TRIES = 6, PAUSE_S = 3, EPOCH_IMAGES = 20 * 512, EPOCHS = 3 };

static const double density = 0.2;
static bool failed;

/* Best rates so far, in GFLOP/s as if nothing were left out. */
struct duel {
  const char *isa;
  double own, other;
};

static void keep_best(double *best, double rate) {
  *best = rate > *best ? rate : *best;
}

/* Lets both take their turns until own / other reaches the bound, or the tries are used up. */
static void check_ratio(const char *name, const char *isa, double bound,
                        void (*turns)(struct duel *duel, void *context), void *context) {
  struct duel duel = {.isa = isa};
  int tries = 0;
  do {
    if (tries > 0)
      nanosleep(&(struct timespec){.tv_sec = PAUSE_S}, NULL);
    turns(&duel, context);
  } while (++tries < TRIES && !(duel.own >= bound * duel.other));
  const bool fine = duel.own >= bound * duel.other;
  failed = failed || !fine;
  printf("%-34s %-8s %7.1f %7.1f GFLOP/s %7.2f  at least %.2f  %s", name, isa, duel.own, duel.other,
         duel.own / duel.other, bound, fine ? "fine" : "TOO SLOW");
  printf(tries > 1 ? " (%d tries)\n" : "\n", tries);
  fflush(stdout);
}

static double product_rate(const struct skip_work *work, int skip) {
  const double start = ms_clock_s();
  skip_work_multiply(ms_kernels(), work, skip);
  return 2e-9 * M * K * N / (ms_clock_s() - start);
}

static void gemm_and_peak(struct duel *duel, void *context) {
  (void)context;
  struct skip_work work = skip_work_new(ms_kernels(), M, K, N, 1);
  for (int turn = 0; turn < TURNS; ++turn) {
    keep_best(&duel->own, product_rate(&work, 0));
    keep_best(&duel->other, bench_peak_once(duel->isa));
  }
  skip_work_free(&work);
}

static void skip_and_dense(struct duel *duel, void *context) {
  (void)context;
  struct skip_work work = skip_work_new(ms_kernels(), M, K, N, density);
  for (int turn = 0; turn < TURNS; ++turn) {
    keep_best(&duel->own, product_rate(&work, 1));
    keep_best(&duel->other, product_rate(&work, 0));
  }
  skip_work_free(&work);
}

static void gemm_and_peer(struct duel *duel, void *context) {
  const struct peer *peer = context;
  const struct peer_product product = {.m = M, .n = N, .k = K, .lda = K, .ldb = N};
  struct skip_work work = skip_work_new(ms_kernels(), M, K, N, 1);
  peer->prepare(&product, 1);
  for (int turn = 0; turn < TURNS; ++turn) {
    keep_best(&duel->own, product_rate(&work, 0));
    const double start = ms_clock_s();
    peer->multiply(&product, work.a, work.b, work.c);
    keep_best(&duel->other, 2e-9 * M * K * N / (ms_clock_s() - start));
  }
  skip_work_free(&work);
}

static enum ms_status on_epoch(void *context, const struct ms_epoch *epoch) {
  struct duel *duel = context;
  /* Forward and weight gradient of 784 x 1024, these and the input gradient of 1024 x 512 and 512 x 10. */
  const double gflop = 2e-9 * (2.0 * 784 * 1024 + 3.0 * 1024 * 512 + 3.0 * 512 * 10) * EPOCH_IMAGES;
  keep_best(&duel->own, gflop / epoch->seconds);
  keep_best(&duel->other, bench_peak_gflops(duel->isa));
  return MS_OK;
}

static void epoch_and_peak(struct duel *duel, void *context) {
  const struct ms_dataset images = ms_dataset_slice(context, 0, EPOCH_IMAGES);
  const struct ms_observer observer = {.context = duel, .epoch = on_epoch};
  struct ms_config *config;
  struct ms_network *network;
  struct ms_train_result result;
  if (ms_config_preset("final", &config) != MS_OK)
    bench_fail(ms_error_message());
  config->epochs = EPOCHS;
  if (ms_train(config, &images, NULL, &observer, &network, &result) != MS_OK)
    bench_fail(ms_error_message());
  ms_network_free(network);
  ms_config_free(config);
}

static const struct peer *find_openblas(void) {
  for (size_t i = 0; i < peer_count(); ++i)
    if (strcmp(peer_get(i)->name, "openblas") == 0 && peer_get(i)->open())
      return peer_get(i);
  return NULL;
}

/* Whether this CPU multiplies twice as many floats a cycle by AVX-512 as by AVX2. */
static bool has_two_units(const char *isa) {
  return strcmp(isa, "avx512") == 0 && bench_peak_gflops(isa) > 1.6 * bench_peak_gflops("avx2");
}

static void check_products(const char *isa) {
  static const struct {
    const char *isa;
    double bound;
  } bounds[] = {{"avx2", BOUND_GEMM_PEAK_AVX2}, {"avx512", BOUND_GEMM_PEAK_AVX512}, {"neon", BOUND_GEMM_PEAK_NEON}};
  bench_select(isa, 1);
  for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; ++i)
    if (strcmp(bounds[i].isa, isa) == 0)
      check_ratio("dense product / peak", isa, bounds[i].bound, gemm_and_peak, NULL);
  check_ratio("product without zeros / dense", isa, has_two_units(isa) ? BOUND_SKIP_DENSE_TWO_UNITS : BOUND_SKIP_DENSE,
              skip_and_dense, NULL);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "Usage: speed_check DATA_FOLDER\n");
    return 2;
  }
  struct ms_data data;
  if (ms_data_load(argv[1], &data) != MS_OK)
    bench_fail(ms_error_message());
  for (size_t i = 1; i < ms_isa_count(); ++i) {
    if (bench_isa(i))
      check_products(bench_isa(i));
    else
      printf("%-34s %-8s skipped: not on this CPU\n", "products", ms_isa_entry(i)->name);
  }
  const char *fastest = bench_fastest_isa();
  const struct peer *openblas = find_openblas();
  bench_select(fastest, 1);
  if (openblas)
    check_ratio("dense product / OpenBLAS", fastest, BOUND_GEMM_OPENBLAS, gemm_and_peer, (void *)openblas);
  else
    printf("%-34s %-8s skipped: OpenBLAS is not there\n", "dense product / OpenBLAS", fastest);
  if (bench_select(fastest, 0) > 0)
    check_ratio("dense limit / epoch, all threads", fastest, 1 / BOUND_EPOCH_LIMIT, epoch_and_peak, &data.train);
  ms_data_free(&data);
  ms_shutdown();
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
