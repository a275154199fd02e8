/* The whole network's gradient, with dropout, L1 and L2, against finite differences of the loss in double precision;
 * and the update made of it, with MaxNorm. */
#include <math.h>
#include <string.h>

#include "kernels/philox.h"
#include "runtime/nn/random.h"
#include "runtime/nn/step.h"
#include "tests/harness.h"

/* More than one panel of columns. */
enum { N_IN = 21, N_CLASSES = 5, BATCH = 6, MAX_UNITS = 72 };

static struct ms_layer_config hidden[] = {
    {.units = 70, .dropout = 0.6, .l1 = 1e-3, .l2 = 1e-2, .maxnorm = 1.0},
    {.units = 66, .dropout = 0.5, .l1 = 2e-3, .l2 = 3e-2, .maxnorm = 0.9},
};

static uint8_t images[BATCH * N_IN], labels[BATCH];
static const struct ms_dataset data = {BATCH, 1, N_IN, N_CLASSES, images, labels, NULL};

static struct ms_config *make_config(void) {
  static struct ms_config config;
  config = (struct ms_config){.seed = 11, .epochs = 1, .batch = BATCH, .lr = 0.01, .n_hidden = 2, .hidden = hidden};
  return &config;
}

static bool kept(const struct ms_dropout *d, uint32_t row, uint32_t col) {
  const uint32_t counter[4] = {65536 * row + 16 * (col / 128) + col % 16, d->step, d->epoch, d->stream_layer};
  uint32_t block[4];
  ms_philox4x32(counter, d->key, block);
  const uint32_t half = col / 16 % 8;
  return (block[half / 2] >> 16 * (half % 2) & 0xffff) >= d->threshold;
}

/* Mean cross-entropy plus penalties, in double. */
static double total_loss(const struct ms_trainer *t) {
  double loss = 0;
  for (uint32_t row = 0; row < BATCH; ++row) {
    double x[MAX_UNITS], y[MAX_UNITS] = {0};
    for (size_t i = 0; i < N_IN; ++i)
      x[i] = (double)((float)images[row * N_IN + i] / 255.0f);
    for (size_t l = 0; l < 3; ++l) {
      const struct ms_dense *layer = &t->network->layers[l];
      for (uint32_t j = 0; j < layer->n_out; ++j) {
        y[j] = (double)layer->bias[j];
        for (size_t i = 0; i < layer->n_in; ++i)
          y[j] += x[i] * (double)layer->weight[i * layer->n_out + j];
        if (l < 2)
          y[j] = y[j] > 0 && kept(&t->dropout[l], row, j) ? y[j] * (double)t->dropout[l].scale : 0;
      }
      memcpy(x, y, sizeof x);
    }
    double sum = 0;
    for (size_t j = 0; j < N_CLASSES; ++j)
      sum += exp(x[j]);
    loss += (log(sum) - x[labels[row]]) / BATCH;
  }
  for (size_t l = 0; l < 2; ++l) {
    const struct ms_dense *layer = &t->network->layers[l];
    for (size_t i = 0; i < layer->n_in * layer->n_out; ++i) {
      const double w = (double)layer->weight[i];
      loss += hidden[l].l1 * fabs(w) + hidden[l].l2 * w * w;
    }
  }
  return loss;
}

/* The step is one that float represents, taken from the weights themselves: w rounds to the same float either way. */
static double finite_difference(const struct ms_trainer *t, float *w) {
  const float original = *w;
  *w = original + 0x1p-11f;
  const double upper = total_loss(t), w_upper = (double)*w;
  *w = original - 0x1p-11f;
  const double lower = total_loss(t), w_lower = (double)*w;
  *w = original;
  return (upper - lower) / (w_upper - w_lower);
}

/* Also refuses a difference across a kink of a ReLU or of |w|, where it is no derivative: halves do not agree there,
 * and are taken to, up to twice what is allowed below. */
static bool smooth(const struct ms_trainer *t, float *w) {
  const float original = *w;
  const double centre = total_loss(t);
  *w = original + 0x1p-11f;
  const double right = (total_loss(t) - centre) / ((double)*w - (double)original);
  *w = original - 0x1p-11f;
  const double left = (centre - total_loss(t)) / ((double)original - (double)*w);
  *w = original;
  return fabs(right - left) < 4e-5;
}

static void make_trainer(struct ms_trainer *t) {
  CHECK(ms_init("scalar", 2) == MS_OK);
  CHECK(ms_trainer_create(make_config(), BATCH, N_IN, N_CLASSES, t) == MS_OK);
  for (size_t i = 0; i < BATCH * N_IN; ++i)
    images[i] = (uint8_t)(test_random_below(3) == 0 ? 0 : test_random_below(256));
  for (size_t i = 0; i < BATCH; ++i)
    labels[i] = (uint8_t)test_random_below(N_CLASSES);
  for (size_t l = 0; l < 3; ++l)
    for (size_t j = 0; j < t->layers[l].n_out; ++j)
      t->layers[l].bias[j] = test_random_float(-0.2f, 0.2f);
  ms_trainer_read(t);
}

static void check_tensor(const struct ms_trainer *t, float *w, const float *gradient, size_t n, const char *name,
                         size_t *n_checked) {
  for (size_t i = 0; i < n; ++i) {
    if (!smooth(t, &w[i]))
      continue;
    const double expected = finite_difference(t, &w[i]);
    CHECK_MESSAGE(fabs((double)gradient[i] - expected) < 2e-5 + 1e-4 * fabs(expected),
                  "%s %zu: gradient %g, difference %g", name, i, (double)gradient[i], expected);
    ++*n_checked;
  }
}

/* The first Adam step from zero moments leaves m = (1 - beta1) * gradient, penalties included. */
static void finite_differences(void) {
  struct ms_trainer t;
  make_trainer(&t);
  ms_train_step(&t, &data, NULL, BATCH); /* t.network keeps the weights of before until it is read again */
  size_t n_checked = 0, n_parameters = 0;
  for (size_t l = 0; l < 3; ++l) {
    const struct ms_dense *layer = &t.network->layers[l];
    const size_t n = layer->n_in * layer->n_out;
    float m[MAX_UNITS * MAX_UNITS];
    ms_rows_from_panels(layer->n_in, layer->n_out, t.layers[l].moment1, m);
    for (size_t i = 0; i < n; ++i)
      m[i] /= 0.1f;
    check_tensor(&t, layer->weight, m, n, "weight", &n_checked);
    for (size_t j = 0; j < layer->n_out; ++j)
      m[j] = t.layers[l].bias_moment1[j] / 0.1f;
    check_tensor(&t, layer->bias, m, layer->n_out, "bias", &n_checked);
    n_parameters += n + layer->n_out;
  }
  CHECK_MESSAGE(n_checked > n_parameters * 9 / 10, "only %zu of %zu could be checked", n_checked, n_parameters);
  ms_trainer_free(&t);
  ms_shutdown();
}

/* w - lr_t m / (sqrt(v) + epsilon), then each column scaled down to its limit, in double. */
static void update_with_maxnorm(void) {
  struct ms_trainer t;
  make_trainer(&t);
  struct ms_network *before;
  CHECK(ms_network_like(t.network, &before) == MS_OK);
  size_t n_scaled = 0, n_free = 0;
  double beta1_power = 1, beta2_power = 1;
  for (int step = 0; step < 3; ++step) {
    ms_network_copy(before, t.network);
    ms_train_step(&t, &data, NULL, BATCH);
    ms_trainer_read(&t);
    beta1_power *= 0.9;
    beta2_power *= 0.999;
    const double rate = 0.01 * sqrt(1 - beta2_power) / (1 - beta1_power);
    for (size_t l = 0; l < 3; ++l) {
      const struct ms_dense *layer = &t.network->layers[l];
      float moment1[MAX_UNITS * MAX_UNITS], moment2[MAX_UNITS * MAX_UNITS];
      ms_rows_from_panels(layer->n_in, layer->n_out, t.layers[l].moment1, moment1);
      ms_rows_from_panels(layer->n_in, layer->n_out, t.layers[l].moment2, moment2);
      for (size_t j = 0; j < layer->n_out; ++j) {
        double column[MAX_UNITS], square = 0;
        for (size_t i = 0; i < layer->n_in; ++i) {
          const size_t at = i * layer->n_out + j;
          const double m = (double)moment1[at], v = (double)moment2[at];
          column[i] = (double)before->layers[l].weight[at] - rate * m / (sqrt(v) + 1e-7);
          square += column[i] * column[i];
        }
        const double bias_m = (double)t.layers[l].bias_moment1[j], bias_v = (double)t.layers[l].bias_moment2[j];
        const double bias = (double)before->layers[l].bias[j] - rate * bias_m / (sqrt(bias_v) + 1e-7);
        CHECK(fabs((double)layer->bias[j] - bias) < 1e-6);
        const bool scaled = l < 2 && sqrt(square) > hidden[l].maxnorm;
        n_scaled += scaled;
        n_free += !scaled && l < 2;
        for (size_t i = 0; i < layer->n_in; ++i) {
          const double expected = column[i] * (scaled ? hidden[l].maxnorm / sqrt(square) : 1);
          CHECK(fabs((double)layer->weight[i * layer->n_out + j] - expected) < 1e-6);
        }
      }
    }
  }
  CHECK_MESSAGE(n_scaled > 0 && n_free > 0, "%zu columns scaled, %zu not: the test needs both", n_scaled, n_free);
  ms_network_free(before);
  ms_trainer_free(&t);
  ms_shutdown();
}

static const struct test_case cases[] = {
    {"finite_differences", finite_differences},
    {"update_with_maxnorm", update_with_maxnorm},
};

TEST_MAIN(cases)
