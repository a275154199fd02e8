/* Which part of a sweep this process is to do. */
#ifndef MS_SWEEP_SHARD_H
#define MS_SWEEP_SHARD_H

#include "runtime/sweep/sweep.h"

/* From "K/N". MS_ERROR_ARGUMENT if it is not, with 1 <= K <= N <= MS_SWEEP_MAX_RUNS. */
enum ms_status ms_sweep_shard_parse(const char *text, struct ms_sweep_shard *shard);

/* From the variables that launchers set for each process:
 *   OMPI_COMM_WORLD_RANK, _SIZE (Open MPI), PMI_RANK, PMI_SIZE (MPICH, Intel MPI and others), or, within an srun step,
 *   SLURM_PROCID, SLURM_STEP_NUM_TASKS; times, for the tasks of a Slurm array, SLURM_ARRAY_TASK_ID, _MIN, _MAX, _COUNT;
 * else 1 of 1. source, a buffer, gets where it is from in a few words, "" for the last.
 * MS_ERROR_ARGUMENT: a variable is missing beside the others, no number, or contradicts another: the message begins
 * with its name, and ends without the remedy, which is to give the shard. */
#define MS_SWEEP_SOURCE_SIZE 160
enum ms_status ms_sweep_shard_find(struct ms_sweep_shard *shard, char source[MS_SWEEP_SOURCE_SIZE]);

#endif
