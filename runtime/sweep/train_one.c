/* One run of a sweep: training, and what the kept model is worth on training and validation images. */
#include "runtime/sweep/train_one.h"

#include <stdio.h>
#include <string.h>

#include "kernels/kernels.h"
#include "runtime/nn/split.h"
#include "runtime/platform/cpu.h"
#include "runtime/platform/error.h"
#include "runtime/platform/memory.h"
#include "runtime/sweep/result_line.h"

void ms_sweep_data_id(const struct ms_dataset *data, char id[17]) {
  char hex[65];
  ms_dataset_sha256(data, hex);
  memcpy(id, hex, 16);
  id[16] = '\0';
}

static enum ms_status judge(const struct ms_network *network, const struct ms_dataset *data, double *accuracy,
                            double *loss) {
  struct ms_evaluation evaluation;
  MS_TRY(ms_evaluate(network, data, &evaluation));
  *accuracy = evaluation.accuracy;
  *loss = evaluation.loss;
  ms_evaluation_free(&evaluation);
  return MS_OK;
}

static enum ms_status fail(struct ms_sweep_result *r) {
  r->failed = true;
  snprintf(r->message, sizeof r->message, "%s", ms_error_message());
  return MS_OK;
}

static enum ms_status train(const struct ms_split *split, const struct ms_checkpoint *checkpoint,
                            const struct ms_observer *observer, struct ms_sweep_result *r) {
  struct ms_network *network;
  struct ms_train_result result;
  enum ms_status status =
      checkpoint ? ms_train_resume(checkpoint, &split->train, &split->validation, observer, &network, &result)
                 : ms_train(r->config, &split->train, &split->validation, observer, &network, &result);
  r->seconds = result.elapsed_s;
  if (status == MS_OK) {
    r->epochs_run = result.epochs_run;
    r->best_epoch = result.best_epoch;
    r->model_epoch = result.model_epoch;
    r->stopped_early = result.stopped_early;
    ms_network_sha256(network, r->weights_sha256);
    status = judge(network, &split->train, &r->train_accuracy, &r->train_loss);
    if (status == MS_OK)
      status = judge(network, &split->validation, &r->val_accuracy, &r->val_loss);
  }
  ms_network_free(network);
  return status == MS_ERROR_NUMERIC ? fail(r) : status;
}

enum ms_status ms_sweep_train(struct ms_config *config, const struct ms_dataset *data, const char data_id[17],
                              const struct ms_checkpoint *checkpoint, const struct ms_observer *observer,
                              struct ms_sweep_result **result) {
  enum ms_status status = ms_allocate(1, sizeof **result, "run of a sweep", result);
  if (status != MS_OK) {
    ms_config_free(config);
    return status;
  }
  struct ms_sweep_result *r = *result;
  r->config = config;
  ms_sweep_id(config, r->id);
  r->contract = MS_CONTRACT_VERSION;
  memcpy(r->data, data_id, sizeof r->data);
  r->threads = ms_threads();
  snprintf(r->isa, sizeof r->isa, "%s", ms_isa());
  ms_cpu_name(r->cpu, sizeof r->cpu);
  struct ms_split split;
  status = ms_split_make(data, config, &split);
  if (status == MS_OK && config->val == 0)
    status = ms_fail(MS_ERROR_ARGUMENT, "val is 0, but a sweep judges by validation images");
  if (status == MS_OK)
    status = train(&split, checkpoint, observer, r);
  ms_split_free(&split);
  if (status != MS_OK) {
    ms_sweep_result_free(r);
    *result = NULL;
  }
  return status;
}
