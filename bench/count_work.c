/* Small fixed pieces of work for callgrind, which counts the instructions within counted_work (ci/speed.sh): each
 * kernel, the products, training and evaluation, on one thread.
 * Usage: count_work ISA NAME     (count_work alone: the names;  count_work --compiler: what it was built by) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"
#include "bench/kernel_cases.h"
#include "bench/kernel_skip.h"
#include "runtime/platform/dispatch.h"

#if defined(__clang__)
#define COMPILER "clang-" __clang_version__
#else
#define COMPILER "gcc-" __VERSION__
#endif

enum { IMAGES = 160, SIDE = 28, CLASSES = 10, ROWS = 48 };

static const char *const others[] = {"gemm", "gemm_skip", "train", "evaluate"};
enum { GEMM, GEMM_SKIP, TRAIN, EVALUATE, N_OTHERS };

/* What callgrind looks for. */
void counted_work(void (*work)(void *context), void *context);
__attribute__((noinline)) void counted_work(void (*work)(void *context), void *context) {
  work(context);
}

struct kernel_call {
  const struct kernel_case *kernel;
  struct kernel_work work;
};

static void call_kernel(void *context) {
  struct kernel_call *call = context;
  call->kernel->call(ms_kernels(), &call->work);
}

static void call_gemm(void *context) {
  skip_work_multiply(ms_kernels(), context, 0);
}

static void call_gemm_skip(void *context) {
  skip_work_multiply(ms_kernels(), context, 1);
}

struct model {
  struct ms_config *config;
  struct ms_dataset images;
  struct ms_network *network;
};

static void call_train(void *context) {
  struct model *m = context;
  struct ms_train_result result;
  if (ms_train(m->config, &m->images, NULL, NULL, &m->network, &result) != MS_OK)
    bench_fail(ms_error_message());
}

static void call_evaluate(void *context) {
  const struct model *m = context;
  struct ms_evaluation evaluation;
  if (ms_evaluate(m->network, &m->images, &evaluation) != MS_OK)
    bench_fail(ms_error_message());
  ms_evaluation_free(&evaluation);
}

/* Like MNIST: a fifth of the pixels is not 0. */
static struct ms_dataset make_images(void) {
  uint8_t *images = bench_allocate(IMAGES * SIDE * SIDE), *labels = bench_allocate(IMAGES);
  for (size_t i = 0; i < (size_t)IMAGES * SIDE * SIDE; ++i)
    images[i] = i / 7 * 11 % 5 == 0 ? (uint8_t)(i * 37 % 255 + 1) : 0;
  for (size_t i = 0; i < IMAGES; ++i)
    labels[i] = (uint8_t)(i % CLASSES);
  return (struct ms_dataset){IMAGES, SIDE, SIDE, CLASSES, images, labels, NULL};
}

/* The report's configuration in small: both penalties, MaxNorm and dropout, the last batch short. */
static void count_model(bool train) {
  struct model m = {.images = make_images()};
  if (ms_config_preset("final", &m.config) != MS_OK)
    bench_fail(ms_error_message());
  m.config->epochs = 1;
  m.config->batch = 64;
  m.config->hidden[0].units = 256;
  m.config->hidden[1].units = 128;
  if (train) {
    counted_work(call_train, &m);
  } else {
    call_train(&m);
    counted_work(call_evaluate, &m);
  }
  ms_network_free(m.network);
  ms_config_free(m.config);
  free((void *)m.images.images);
  free((void *)m.images.labels);
}

static void count_product(bool skip) {
  struct skip_work work = skip_work_new(ms_kernels(), 128, 200, 300, skip ? 0.2 : 1);
  counted_work(skip ? call_gemm_skip : call_gemm, &work);
  skip_work_free(&work);
}

/* False if there is no such work. */
static bool count(const char *name) {
  for (size_t i = 0; i < kernel_case_count(); ++i) {
    if (strcmp(name, kernel_case_get(i)->slot) == 0) {
      struct kernel_call call = {kernel_case_get(i), kernel_work_new(kernel_case_get(i), ROWS)};
      counted_work(call_kernel, &call);
      kernel_work_free(&call.work);
      return true;
    }
  }
  if (strcmp(name, others[GEMM]) == 0 || strcmp(name, others[GEMM_SKIP]) == 0)
    count_product(strcmp(name, others[GEMM_SKIP]) == 0);
  else if (strcmp(name, others[TRAIN]) == 0 || strcmp(name, others[EVALUATE]) == 0)
    count_model(strcmp(name, others[TRAIN]) == 0);
  else
    return false;
  return true;
}

int main(int argc, char **argv) {
  if (argc == 1) {
    for (size_t i = 0; i < kernel_case_count(); ++i)
      puts(kernel_case_get(i)->slot);
    for (size_t i = 0; i < N_OTHERS; ++i)
      puts(others[i]);
    return EXIT_SUCCESS;
  }
  if (argc == 2 && strcmp(argv[1], "--compiler") == 0) {
    puts(COMPILER);
    return EXIT_SUCCESS;
  }
  if (argc != 3)
    bench_fail("usage: count_work ISA NAME");
  if (ms_init(argv[1], 1) != MS_OK)
    bench_fail(ms_error_message());
  if (!count(argv[2]))
    bench_fail("there is no such work; without arguments, count_work lists what there is");
  ms_shutdown();
  return EXIT_SUCCESS;
}
