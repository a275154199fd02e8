/* Two threads take turns in raising a number. */
#include "bench/round_trip.h"

#include <stdalign.h>
#include <stdatomic.h>

#include "runtime/platform/clock.h"
#include "runtime/platform/memory.h"
#include "runtime/platform/threads.h"

enum { BATCHES = 50, ROUND_TRIPS = 200 }; /* of a batch */

struct ball {
  alignas(2 * MS_ALIGNMENT) atomic_size_t turns;
  alignas(2 * MS_ALIGNMENT) double best_s; /* of a batch */
};

static void play(void *context, size_t index) {
  struct ball *ball = context;
  if (index > 1)
    return;
  double start = ms_clock_s();
  for (size_t i = 0; i < BATCHES * ROUND_TRIPS; ++i) {
    while (atomic_load_explicit(&ball->turns, memory_order_acquire) != 2 * i + index)
      ;
    atomic_store_explicit(&ball->turns, 2 * i + index + 1, memory_order_release);
    if (index == 0 && (i + 1) % ROUND_TRIPS == 0) {
      const double now = ms_clock_s();
      ball->best_s = now - start < ball->best_s ? now - start : ball->best_s;
      start = now;
    }
  }
}

double bench_round_trip_ns(void) {
  if (ms_pool_size() < 2)
    return 0;
  struct ball ball = {.best_s = 1};
  ms_pool_run(play, &ball);
  return ball.best_s / ROUND_TRIPS * 1e9;
}
