/* metrics.csv, and the drawing of what it lets through. */
#include "runtime/report/report.h"
#include "tests/fuzz/fuzz.h"

static void draw(struct ms_report_run *r) {
  struct ms_figure figure = {0};
  const struct ms_epoch *last = &r->run.epochs[r->run.n_epochs - 1];
  r->run.result.model_epoch = 1;
  r->run.result.best_epoch = r->run.has_validation ? 1 : 0;
  r->run.train.accuracy = last->train_accuracy;
  r->run.train.loss = last->has_validation ? last->val_loss : last->train_loss;
  ms_figure_curves(r, &figure);
  ms_figure_free(&figure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
  for (int has_validation = 0; has_validation < 2; ++has_validation) {
    struct ms_report_run r = {.stage = 0};
    r.run.result.epochs_run = 2;
    r.run.has_validation = has_validation;
    if (ms_run_parse_metrics("input", (const char *)data, n_bytes, &r.run) == MS_OK &&
        ms_config_preset("regularised", &r.run.config) == MS_OK)
      draw(&r);
    ms_run_free(&r.run);
  }
  return 0;
}
