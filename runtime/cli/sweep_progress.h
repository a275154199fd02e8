/* Progress of a sweep: a live line on a terminal, one plain line per finished run everywhere. */
#ifndef MS_CLI_SWEEP_PROGRESS_H
#define MS_CLI_SWEEP_PROGRESS_H

#include "runtime/cli/terminal.h"
#include "runtime/sweep/sweep.h"

struct sweep_progress {
  const struct ms_sweep *sweep;
  struct ms_sweep_shard shard;
  size_t n_runs, n_done; /* of the shard */
  size_t n_failed;
  struct live_line line;
  double best;                    /* validation accuracy; -1 before there is one */
  double start_s;                 /* clock reading */
  double work, work_done, in_run; /* that this process does, in multiplications; in_run: of the run under way */
  char name[128];                 /* of the run under way */
  size_t n_epochs;
};

/* n_inputs: pixels. What is done already counts, but tells nothing about the time that the rest takes. */
enum ms_status sweep_progress_start(struct sweep_progress *progress, const struct ms_sweep *sweep,
                                    struct ms_sweep_shard shard, size_t n_inputs);
void sweep_progress_run(struct sweep_progress *progress, size_t run, const struct ms_config *config, size_t n_inputs);
/* The run goes on from a checkpoint: says so, and counts what is left of it only. */
void sweep_progress_resume(struct sweep_progress *progress, const struct ms_checkpoint *checkpoint);
void sweep_progress_step(struct sweep_progress *progress, const struct ms_step *step);
/* result NULL: it could not be run. */
void sweep_progress_end(struct sweep_progress *progress, const struct ms_sweep_result *result);

/* "l2 1e-4, seed 1" */
void sweep_run_name(const struct ms_sweep *sweep, size_t run, char *name, size_t size);

/* Whether a run of the plan belongs to the shard. */
bool sweep_is_in_shard(size_t run, struct ms_sweep_shard shard);

#endif
