/* Predictions, and the evaluation made of them. */
#include "runtime/nn/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/dataset.h"
#include "runtime/platform/error.h"
#include "runtime/platform/fpenv.h"
#include "runtime/platform/memory.h"

enum { BATCH = 512 };

void ms_pass_evaluate(struct ms_pass *pass, const struct ms_dataset *data, uint8_t *predicted, float *confidence,
                      double *loss, double *accuracy) {
  const size_t n_classes = ms_pass_classes(pass);
  double loss_sum = 0;
  size_t n_correct = 0;
  for (size_t first = 0; first < data->n; first += pass->capacity) {
    const size_t n = data->n - first < pass->capacity ? data->n - first : pass->capacity;
    ms_pass_load(pass, data, NULL, first, n, NULL);
    ms_forward(pass, n);
    for (size_t i = 0; i < n; ++i) {
      const size_t class = ms_argmax(pass->logits + i * n_classes, n_classes);
      n_correct += class == pass->labels[i];
      loss_sum += (double)pass->loss[i];
      if (predicted)
        predicted[first + i] = (uint8_t) class;
      if (confidence)
        confidence[first + i] = pass->probs[i * n_classes + class];
    }
  }
  *loss = loss_sum / (double)data->n;
  *accuracy = (double)n_correct / (double)data->n;
}

static double ratio(size_t part, size_t whole) {
  return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

void ms_evaluation_fill(const uint8_t *labels, struct ms_evaluation *e) {
  const size_t n = e->n_classes;
  for (size_t i = 0; i < e->n; ++i) {
    ++e->support[labels[i]];
    ++e->confusion[labels[i] * n + e->predicted[i]];
    e->errors += labels[i] != e->predicted[i];
  }
  double f1_sum = 0;
  size_t n_seen = 0; /* classes that have an F1 */
  for (size_t c = 0; c < n; ++c) {
    size_t n_predicted = 0;
    for (size_t other = 0; other < n; ++other)
      n_predicted += e->confusion[other * n + c];
    const size_t hits = e->confusion[c * n + c];
    e->precision[c] = ratio(hits, n_predicted);
    e->recall[c] = ratio(hits, e->support[c]);
    e->f1[c] = ratio(2 * hits, n_predicted + e->support[c]); /* = 2 P R / (P + R) where both are numbers */
    if (n_predicted + e->support[c] > 0) {
      f1_sum += e->f1[c];
      ++n_seen;
    }
  }
  e->macro_f1 = f1_sum / (double)n_seen;
}

static enum ms_status allocate_evaluation(size_t n, size_t n_classes, struct ms_evaluation *e) {
  memset(e, 0, sizeof *e);
  e->n = n;
  e->n_classes = n_classes;
  MS_TRY(ms_allocate(n, sizeof *e->predicted, "evaluation", &e->predicted));
  MS_TRY(ms_allocate(n, sizeof *e->confidence, "evaluation", &e->confidence));
  MS_TRY(ms_allocate(n_classes, sizeof *e->precision, "evaluation", &e->precision));
  MS_TRY(ms_allocate(n_classes, sizeof *e->recall, "evaluation", &e->recall));
  MS_TRY(ms_allocate(n_classes, sizeof *e->f1, "evaluation", &e->f1));
  MS_TRY(ms_allocate(n_classes, sizeof *e->support, "evaluation", &e->support));
  return ms_allocate(n_classes * n_classes, sizeof *e->confusion, "evaluation", &e->confusion);
}

static enum ms_status check_fit(const struct ms_network *network, const struct ms_dataset *data) {
  const size_t n_in = network->layers[0].n_in;
  const size_t n_classes = network->layers[network->n_layers - 1].n_out;
  if (data->rows * data->cols != n_in)
    return ms_fail(MS_ERROR_DATA,
                   "the model takes %zu inputs, the images have %zu x %zu = %zu pixels: use the data that "
                   "it was trained on",
                   n_in, data->rows, data->cols, data->rows * data->cols);
  if (n_classes > MS_MAX_CLASSES)
    return ms_fail(MS_ERROR_DATA, "the model has %zu outputs, labels of one byte name at most %d classes", n_classes,
                   MS_MAX_CLASSES);
  for (size_t i = 0; i < data->n; ++i)
    if (data->labels[i] >= n_classes)
      return ms_fail(MS_ERROR_DATA,
                     "label %zu is %d, beyond the model's %zu classes: use the data that it was trained on", i,
                     data->labels[i], n_classes);
  return MS_OK;
}

enum ms_status ms_evaluate(const struct ms_network *network, const struct ms_dataset *data,
                           struct ms_evaluation *evaluation) {
  MS_REQUIRE(evaluation);
  memset(evaluation, 0, sizeof *evaluation);
  MS_REQUIRE(network);
  MS_REQUIRE(data);
  if (ms_threads() == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_evaluate: call ms_init first");
  MS_TRY(ms_dataset_check(data, "evaluated"));
  MS_TRY(check_fit(network, data));
  struct ms_pass pass = {0};
  enum ms_status status = allocate_evaluation(data->n, network->layers[network->n_layers - 1].n_out, evaluation);
  if (status == MS_OK)
    status = ms_pass_create(network, data->n < BATCH ? data->n : BATCH, false, &pass);
  if (status == MS_OK) {
    const uint64_t saved = ms_fpenv_enter();
    ms_pass_evaluate(&pass, data, evaluation->predicted, evaluation->confidence, &evaluation->loss,
                     &evaluation->accuracy);
    ms_evaluation_fill(data->labels, evaluation);
    ms_fpenv_restore(saved);
    if (!isfinite(evaluation->loss))
      status = ms_fail(
          MS_ERROR_NUMERIC,
          "the model's loss on %zu images is not finite: its weights are too large: train with a smaller lr", data->n);
  }
  if (status != MS_OK)
    ms_evaluation_free(evaluation);
  ms_pass_free(&pass);
  return status;
}

/* ---- Prediction ---- */

/* The index of the first that is infinite or NaN; n if none is. */
static size_t first_not_finite(const float *values, size_t n) {
  size_t i = 0;
  while (i < n && isfinite(values[i]))
    ++i;
  return i;
}

static enum ms_status predict(struct ms_pass *pass, const struct ms_dataset *inputs, enum ms_output output,
                              float *out) {
  const size_t n_classes = ms_pass_classes(pass);
  for (size_t first = 0; first < inputs->n; first += pass->capacity) {
    const size_t n = inputs->n - first < pass->capacity ? inputs->n - first : pass->capacity;
    ms_pass_load(pass, inputs, NULL, first, n, NULL);
    ms_forward(pass, n);
    const size_t bad = first_not_finite(pass->logits, n * n_classes);
    if (bad < n * n_classes)
      return ms_fail(
          MS_ERROR_NUMERIC,
          "ms_predict: a logit of input %zu is not finite: its values, or the network's weights, are too large",
          first + bad / n_classes);
    memcpy(out + first * n_classes, output == MS_LOGITS ? pass->logits : pass->probs, n * n_classes * sizeof *out);
  }
  return MS_OK;
}

static enum ms_status check_inputs(const struct ms_dataset *inputs) {
  if (inputs->cols > SIZE_MAX / sizeof(float) / inputs->n)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_predict: n is %zu, of %zu values each: more than memory can hold", inputs->n,
                   inputs->cols);
  if (!inputs->floats)
    return MS_OK;
  const size_t n_values = inputs->n * inputs->cols, bad = first_not_finite(inputs->floats, n_values);
  if (bad == n_values)
    return MS_OK;
  return ms_fail(MS_ERROR_ARGUMENT, "ms_predict_floats: inputs[%zu] is %g, must be finite (input %zu, value %zu)", bad,
                 (double)inputs->floats[bad], bad / inputs->cols, bad % inputs->cols);
}

static enum ms_status predict_any(const struct ms_network *network, const struct ms_dataset *inputs,
                                  enum ms_output output, float *out) {
  struct ms_pass pass;
  if (ms_threads() == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_predict: call ms_init first");
  if (output != MS_LOGITS && output != MS_PROBABILITIES)
    return ms_fail(MS_ERROR_ARGUMENT, "ms_predict: output is %d, must be MS_LOGITS or MS_PROBABILITIES", (int)output);
  if (inputs->n == 0)
    return MS_OK;
  MS_TRY(check_inputs(inputs));
  MS_TRY(ms_pass_create(network, inputs->n < BATCH ? inputs->n : BATCH, false, &pass));
  const uint64_t saved = ms_fpenv_enter();
  const enum ms_status status = predict(&pass, inputs, output, out);
  ms_fpenv_restore(saved);
  ms_pass_free(&pass);
  return status;
}

enum ms_status ms_predict_bytes(const struct ms_network *network, size_t n, const uint8_t *inputs,
                                enum ms_output output, float *out) {
  MS_REQUIRE(network);
  MS_REQUIRE(inputs);
  MS_REQUIRE(out);
  const struct ms_dataset data = {.n = n, .rows = 1, .cols = network->layers[0].n_in, .images = inputs};
  return predict_any(network, &data, output, out);
}

enum ms_status ms_predict_floats(const struct ms_network *network, size_t n, const float *inputs, enum ms_output output,
                                 float *out) {
  MS_REQUIRE(network);
  MS_REQUIRE(inputs);
  MS_REQUIRE(out);
  const struct ms_dataset data = {.n = n, .rows = 1, .cols = network->layers[0].n_in, .floats = inputs};
  return predict_any(network, &data, output, out);
}

void ms_evaluation_free(struct ms_evaluation *e) {
  if (!e)
    return;
  free(e->predicted);
  free(e->confidence);
  free(e->precision);
  free(e->recall);
  free(e->f1);
  free(e->support);
  free(e->confusion);
  memset(e, 0, sizeof *e);
}
