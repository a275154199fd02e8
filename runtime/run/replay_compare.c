/* What a run's folder claims against what training gives. */
#include "runtime/run/replay_compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/nn/network.h"
#include "runtime/nn/settings.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/error.h"
#include "runtime/platform/files.h"
#include "runtime/run/folder.h"

/* "is CLAIMED, training gives FOUND", behind the thing's name. Only the first difference is kept. */
__attribute__((format(printf, 4, 5))) static void differ(struct ms_replay *r, const char *claimed, const char *found,
                                                         const char *format, ...) {
  if (r->difference[0])
    return;
  char thing[MS_PATH_SIZE];
  va_list args;
  va_start(args, format);
  ms_vsnprintf(thing, sizeof thing, format, args);
  va_end(args);
  snprintf(r->difference, sizeof r->difference, "%.500s is %.200s, training gives %.200s", thing, claimed, found);
}

static void compare_text(struct ms_replay *r, const char *claimed, const char *found, const char *thing) {
  if (strcmp(claimed, found) != 0)
    differ(r, claimed[0] ? claimed : "missing", found[0] ? found : "none", "%s", thing);
}

void ms_replay_compare_size(struct ms_replay *r, size_t claimed, size_t found, const char *thing) {
  char a[32], b[32];
  snprintf(a, sizeof a, "%zu", claimed);
  snprintf(b, sizeof b, "%zu", found);
  if (claimed != found)
    differ(r, a, b, "%s", thing);
}

/* Doubles are compared as their file has them: with so many digits. */
static bool same_digits(double claimed, double found, int digits, char a[32], char b[32]) {
  ms_snprintf(a, 32, "%.*g", digits, claimed);
  ms_snprintf(b, 32, "%.*g", digits, found);
  return strcmp(a, b) == 0;
}

void ms_replay_compare_epoch(struct ms_replay *r, const struct ms_epoch *claimed, const struct ms_epoch *found) {
  enum { DIGITS = 10 };
  const struct {
    const char *name;
    double claimed, found;
  } figures[] = {{"train_loss", claimed->train_loss, found->train_loss},
                 {"train_accuracy", claimed->train_accuracy, found->train_accuracy},
                 {"val_loss", claimed->val_loss, found->val_loss},
                 {"val_accuracy", claimed->val_accuracy, found->val_accuracy}};
  char a[32], b[32];
  if (strcmp(claimed->weights_sha256, found->weights_sha256) != 0) {
    snprintf(a, sizeof a, "%.16s...", claimed->weights_sha256);
    snprintf(b, sizeof b, "%.16s...", found->weights_sha256);
    differ(r, a, b, "epoch %zu: weights_sha256", found->epoch);
  }
  for (size_t i = 0; i < (found->has_validation ? 4 : 2); ++i)
    if (!same_digits(figures[i].claimed, figures[i].found, DIGITS, a, b))
      differ(r, a, b, "epoch %zu: %s", found->epoch, figures[i].name);
}

static void compare_evaluation(struct ms_replay *r, const char *name, const struct ms_evaluation *claimed,
                               const struct ms_evaluation *found) {
  enum { DIGITS = 15 };
  char thing[64], a[32], b[32];
  const struct {
    const char *name;
    double claimed, found;
  } figures[] = {{"accuracy", claimed->accuracy, found->accuracy},
                 {"loss", claimed->loss, found->loss},
                 {"macro_f1", claimed->macro_f1, found->macro_f1}};
  snprintf(thing, sizeof thing, "%s: images", name);
  ms_replay_compare_size(r, claimed->n, found->n, thing);
  snprintf(thing, sizeof thing, "%s: errors", name);
  ms_replay_compare_size(r, claimed->errors, found->errors, thing);
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; ++i)
    if (!same_digits(figures[i].claimed, figures[i].found, DIGITS, a, b))
      differ(r, a, b, "%s: %s", name, figures[i].name);
  snprintf(thing, sizeof thing, "%s: classes", name);
  ms_replay_compare_size(r, claimed->n_classes, found->n_classes, thing);
  for (size_t c = 0; !r->difference[0] && c < found->n_classes; ++c)
    if (!same_digits(claimed->f1[c], found->f1[c], DIGITS, a, b))
      differ(r, a, b, "%s: f1 of class %zu", name, c);
}

/* ---- The images ---- */

void ms_replay_compare_images(struct ms_replay *r, const struct ms_run *run) {
  char digest[65];
  ms_dataset_sha256(&r->data->train, digest);
  if (strcmp(digest, run->data_sha256) != 0)
    snprintf(r->difference, sizeof r->difference,
             "data_sha256 is %.16s..., that of the training images here %.16s...: name the data of the run, and what "
             "validated it",
             run->data_sha256, digest);
  if ((run->test_sha256[0] || run->has_test) && r->data->test.n == 0 && !r->difference[0])
    snprintf(r->difference, sizeof r->difference,
             "test_sha256: there are no test images here: name the data of the run");
  if (run->test_sha256[0] && r->data->test.n > 0) {
    ms_dataset_sha256(&r->data->test, digest);
    compare_text(r, run->test_sha256, digest, "test_sha256");
  }
  r->is_not_here = r->difference[0] != '\0';
}

/* ---- The end ---- */

enum ms_status ms_replay_compare_end(struct ms_replay *r, const struct ms_run *run, const struct ms_network *network,
                                     const struct ms_train_result *result) {
  char digest[65];
  struct ms_split split;
  ms_replay_compare_size(r, run->result.epochs_run, result->epochs_run, "epochs_run");
  ms_replay_compare_size(r, run->result.best_epoch, result->best_epoch, "best_epoch");
  ms_replay_compare_size(r, run->result.model_epoch, result->model_epoch, "model_epoch");
  ms_replay_compare_size(r, run->result.stopped_early, result->stopped_early, "stopped_early");
  for (size_t i = 0; ms_preset_name(i) && strcmp(ms_preset_name(i), run->preset) != 0;)
    if (!ms_preset_name(++i))
      differ(r, run->preset, "none of that name", "preset");
  if (!network || r->difference[0])
    return MS_OK;
  ms_network_sha256(network, digest);
  compare_text(r, run->weights_sha256, digest, "weights_sha256 of the model");
  if (run->network->test_sha256[0] && run->test_sha256[0])
    compare_text(r, run->network->test_sha256, run->test_sha256, MS_MODEL_FILE ": test_sha256");
  if (run->interrupted && run->has_test)
    differ(r, "there", "none before its end", "test");
  if (!run->interrupted && !run->has_test && run->test_sha256[0] && run->config->val == 0)
    differ(r, "missing", "one at its end",
           "test"); /* with validation images, `reproduce` leaves the test images alone */
  MS_TRY(ms_split_make(&r->data->train, run->config, &split));
  ms_dataset_sha256(&split.train, digest); /* what it has where the validation images are of another data set */
  if (run->network->data_sha256[0] && strcmp(run->network->data_sha256, digest) != 0)
    compare_text(r, run->network->data_sha256, run->data_sha256, MS_MODEL_FILE ": data_sha256");
  const struct {
    const char *name;
    bool has;
    const struct ms_evaluation *claimed;
    const struct ms_dataset *images;
  } parts[] = {{"train", true, &run->train, &split.train},
               {"val", run->has_validation, &run->validation, &split.validation},
               {"test", run->has_test, &run->test, &r->data->test}};
  enum ms_status status = MS_OK;
  for (size_t i = 0; status == MS_OK && !r->difference[0] && i < sizeof parts / sizeof parts[0]; ++i) {
    struct ms_evaluation found;
    status = parts[i].has ? ms_evaluate(network, parts[i].images, &found) : MS_OK;
    if (status == MS_OK && parts[i].has) {
      compare_evaluation(r, parts[i].name, parts[i].claimed, &found);
      ms_evaluation_free(&found);
    }
  }
  ms_split_free(&split);
  for (size_t c = 0; c < run->train.n_classes && c < MS_MAX_CLASSES; ++c) {
    const char *found = r->data->class_names[c];
    if (run->class_names[c] && found)
      compare_text(r, run->class_names[c], found, "class_names");
  }
  return status;
}
