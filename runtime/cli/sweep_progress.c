/* Progress of a sweep. */
#include "runtime/cli/sweep_progress.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/clock.h"
#include "runtime/platform/console.h"
#include "runtime/platform/error.h"

bool sweep_is_in_shard(size_t run, struct ms_sweep_shard shard) {
  return run % shard.n == shard.k - 1;
}

void sweep_run_name(const struct ms_sweep *sweep, size_t run, char *name, size_t size) {
  const struct ms_sweep_job *job = &sweep->plan.jobs[run];
  ms_sweep_describe(&sweep->spec, job->point, name, size);
  const size_t length = strlen(name);
  snprintf(name + length, size - length, ", seed %llu", (unsigned long long)sweep->spec.seeds[job->seed]);
}

/* Multiplications of a run that is not stopped early, for an image of the training file. */
static double work_of(const struct ms_config *config, size_t n_inputs) {
  double products = 0;
  size_t n_in = n_inputs;
  for (size_t l = 0; l < config->n_hidden; ++l) {
    products += (double)n_in * (double)config->hidden[l].units;
    n_in = config->hidden[l].units;
  }
  return (double)config->epochs * (products + 10 * (double)n_in);
}

enum ms_status sweep_progress_start(struct sweep_progress *p, const struct ms_sweep *sweep, struct ms_sweep_shard shard,
                                    size_t n_inputs) {
  memset(p, 0, sizeof *p);
  p->sweep = sweep;
  p->shard = shard;
  p->best = -1;
  /* Shards share a terminal: their live lines would overwrite each other. */
  p->line.is_shown = shard.n == 1 && ms_console_erases();
  for (size_t run = shard.k - 1; run < sweep->plan.n_runs; run += shard.n) {
    const struct ms_sweep_result *result = sweep->result_of[run];
    ++p->n_runs;
    if (result) {
      ++p->n_done;
      p->n_failed += result->failed;
      if (!result->failed && result->val_accuracy > p->best)
        p->best = result->val_accuracy;
      continue;
    }
    struct ms_config *config;
    const struct ms_sweep_job *job = &sweep->plan.jobs[run];
    MS_TRY(ms_sweep_config(&sweep->spec, job->point, job->seed, &config));
    p->work += work_of(config, n_inputs);
    ms_config_free(config);
  }
  p->start_s = ms_clock_s();
  return MS_OK;
}

void sweep_progress_run(struct sweep_progress *p, size_t run, const struct ms_config *config, size_t n_inputs) {
  sweep_run_name(p->sweep, run, p->name, sizeof p->name);
  p->n_epochs = config->epochs;
  p->in_run = work_of(config, n_inputs);
}

void sweep_progress_resume(struct sweep_progress *p, const struct ms_checkpoint *checkpoint) {
  size_t epoch, step;
  ms_checkpoint_position(checkpoint, &epoch, &step);
  const double before = p->in_run * (double)(epoch - 1) / (double)p->n_epochs; /* took none of this process' time */
  p->work -= before;
  p->work_done -= before;
  live_line_clear(&p->line);
  printf("%s: goes on in epoch %zu, after step %zu\n", p->name, epoch, step);
  fflush(stdout);
}

/* share: of the run under way that is done. */
static void add_counts(struct line *line, const char *before, const struct sweep_progress *p, double share,
                       int eta_rank) {
  const double done = p->work_done + share * p->in_run;
  line_add(line, 0, "%s%zu/%zu done", before, p->n_done, p->n_runs);
  if (p->n_failed > 0)
    line_add(line, 2, " (%zu failed)", p->n_failed);
  if (p->best >= 0)
    line_add(line, 3, ", best %.2f %%", 100 * p->best);
  if (p->n_done < p->n_runs)
    line_add_eta(line, eta_rank, ", ", ms_clock_s() - p->start_s, done, p->work - done);
}

void sweep_progress_step(struct sweep_progress *p, const struct ms_step *s) {
  if (!live_line_is_due(&p->line))
    return;
  struct line line = {.n = 0};
  add_counts(&line, "", p, ((double)(s->epoch - 1) + (double)s->step / (double)s->n_steps) / (double)p->n_epochs, 0);
  line_add(&line, 4, " | epoch %zu/%zu %.1f %%", s->epoch, p->n_epochs, 100 * s->accuracy);
  line_add(&line, 0, " | %s", p->name); /* cut off where it is long */
  live_line_draw(&line);
}

void sweep_progress_end(struct sweep_progress *p, const struct ms_sweep_result *r) {
  struct line line = {.n = 0};
  live_line_clear(&p->line);
  if (!r) { /* takes no time now, and is not done */
    p->work -= p->in_run;
    p->in_run = 0;
    return;
  }
  p->work_done += p->in_run;
  p->in_run = 0;
  ++p->n_done;
  p->n_failed += r->failed;
  if (!r->failed && r->val_accuracy > p->best)
    p->best = r->val_accuracy;
  if (p->shard.n > 1)
    line_add(&line, 7, "shard %zu/%zu: ", p->shard.k, p->shard.n);
  line_add(&line, 0, "%s: ", p->name);
  if (r->failed) {
    line_add(&line, 0, "failed: %s", r->message);
  } else {
    line_add(&line, 0, "val %.2f %%", 100 * r->val_accuracy);
    line_add(&line, 4, ", train %.2f %%", 100 * r->train_accuracy);
    line_add(&line, 5, ", epoch %zu of %zu%s, %.1f s", r->model_epoch, r->epochs_run,
             r->stopped_early ? " (stopped)" : "", r->seconds);
  }
  add_counts(&line, " | ", p, 0, 1);
  line_print(&line, ms_console_columns(SIZE_MAX), false);
  putchar('\n');
  fflush(stdout);
}
