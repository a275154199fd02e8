/* Which part of a sweep is this process's: as given, or by what launchers say. */
#include <stdlib.h>
#include <string.h>

#include "runtime/sweep/shard.h"
#include "tests/harness.h"

static const struct {
  const char *given;
  const char *variables; /* "NAME=VALUE NAME=VALUE" */
  size_t k, n;           /* 0: refused */
  const char *words;     /* in the source, or the beginning of the message */
} launches[] = {
    {NULL, "", 1, 1, ""},
    {"3/7", "", 3, 7, ""},
    {"1/1", "PMI_RANK=2 PMI_SIZE=3", 1, 1, ""},
    {"0/7", "", 0, 0, "shard: '0/7'"},
    {"8/7", "", 0, 0, "shard: '8/7'"},
    {"8", "", 0, 0, "shard: '8'"},
    {"1/", "", 0, 0, "shard: '1/'"},
    {"/1", "", 0, 0, "shard: '/1'"},
    {"1/1000001", "", 0, 0, "shard: "},
    {NULL, "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=4", 1, 4, "OMPI_COMM_WORLD_RANK"},
    {NULL, "OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 PMIX_RANK=3", 4, 4, "OMPI_COMM_WORLD_RANK"},
    {NULL, "OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=4", 0, 0, "OMPI_COMM_WORLD_RANK: is 4"},
    {NULL, "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=0", 0, 0, "OMPI_COMM_WORLD_RANK: is 0"},
    {NULL, "OMPI_COMM_WORLD_RANK=0", 0, 0, "OMPI_COMM_WORLD_SIZE: is not set"},
    {NULL, "OMPI_COMM_WORLD_SIZE=2", 0, 0, "OMPI_COMM_WORLD_RANK: is not set"},
    {NULL, "OMPI_COMM_WORLD_RANK=x OMPI_COMM_WORLD_SIZE=2", 0, 0, "OMPI_COMM_WORLD_RANK: 'x'"},
    {NULL, "OMPI_COMM_WORLD_RANK=-1 OMPI_COMM_WORLD_SIZE=2", 0, 0, "OMPI_COMM_WORLD_RANK: '-1'"},
    {NULL, "PMI_RANK=1 PMI_SIZE=99999999999", 0, 0, "PMI_SIZE: '99999999999'"},
    {NULL, "PMI_RANK=1 PMI_SIZE=2000000", 0, 0, "PMI_RANK: makes 2000000"},
    {NULL, "PMI_RANK=1 PMI_SIZE=4 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4", 2, 4, "OMPI_COMM_WORLD_RANK"},
    {NULL, "PMI_RANK=2 PMI_SIZE=4 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4", 0, 0, "OMPI_COMM_WORLD_RANK: says"},
    {NULL, "PMIX_RANK=1", 0, 0, "PMIX_RANK: is set"},
    /* A batch script has a SLURM_PROCID, too, but is no step. */
    {NULL, "SLURM_PROCID=0 SLURM_NTASKS=4", 1, 1, ""},
    {NULL, "SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=4 PMIX_RANK=1", 2, 4, "SLURM_PROCID"},
    {NULL, "SLURM_STEP_ID=0 SLURM_PROCID=1", 0, 0, "SLURM_STEP_NUM_TASKS: is not set"},
    /* mpirun within a step of its own. */
    {NULL, "SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=8", 6, 8,
     "OMPI_COMM_WORLD_RANK"},
    {NULL, "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=3", 3, 3,
     "SLURM_ARRAY_TASK_ID"},
    {NULL, "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=5 SLURM_ARRAY_TASK_COUNT=1", 1, 1,
     "SLURM_ARRAY_TASK_ID"},
    {NULL, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=3", 0, 0,
     "SLURM_ARRAY_TASK_ID: 3"},
    {NULL, "SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=7", 0, 0,
     "SLURM_ARRAY_TASK_ID: 8"},
    {NULL, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=0", 0, 0,
     "SLURM_ARRAY_TASK_ID: 1"},
    {NULL, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=7", 0, 0,
     "SLURM_ARRAY_TASK_MIN: is not"},
    {NULL,
     "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_COUNT=3 PMI_RANK=3 "
     "PMI_SIZE=5",
     9, 15, "SLURM_ARRAY_TASK_ID and PMI_RANK"},
};

static void shards(void) {
  static const char *const names[] = {"OMPI_COMM_WORLD_RANK",
                                      "OMPI_COMM_WORLD_SIZE",
                                      "PMI_RANK",
                                      "PMI_SIZE",
                                      "PMIX_RANK",
                                      "SLURM_PROCID",
                                      "SLURM_NTASKS",
                                      "SLURM_STEP_ID",
                                      "SLURM_STEP_NUM_TASKS",
                                      "SLURM_ARRAY_TASK_ID",
                                      "SLURM_ARRAY_TASK_MIN",
                                      "SLURM_ARRAY_TASK_MAX",
                                      "SLURM_ARRAY_TASK_COUNT"};
  for (size_t i = 0; i < sizeof launches / sizeof launches[0]; ++i) {
    for (size_t j = 0; j < sizeof names / sizeof names[0]; ++j)
      test_environment(names[j], NULL);
    char variables[512];
    strcpy(variables, launches[i].variables);
    for (char *word = strtok(variables, " "); word; word = strtok(NULL, " ")) {
      char *equals = strchr(word, '=');
      CHECK(equals);
      *equals = '\0';
      test_environment(word, equals + 1);
    }
    struct ms_sweep_shard shard;
    char source[MS_SWEEP_SOURCE_SIZE] = "";
    test_context("shard %s, %s", launches[i].given ? launches[i].given : "(none)", launches[i].variables);
    const enum ms_status status =
        launches[i].given ? ms_sweep_shard_parse(launches[i].given, &shard) : ms_sweep_shard_find(&shard, source);
    if (launches[i].n == 0) {
      CHECK_MESSAGE(status == MS_ERROR_ARGUMENT, "taken for %zu of %zu", shard.k, shard.n);
      CHECK_MESSAGE(strncmp(ms_error_message(), launches[i].words, strlen(launches[i].words)) == 0, "%s",
                    ms_error_message());
    } else {
      CHECK_MESSAGE(status == MS_OK, "%s", ms_error_message());
      CHECK_MESSAGE(shard.k == launches[i].k && shard.n == launches[i].n, "%zu of %zu", shard.k, shard.n);
      CHECK_MESSAGE(strcmp(source, launches[i].words) == 0, "%s", source);
    }
  }
}

static const struct test_case cases[] = {
    {"shards", shards},
};

TEST_MAIN(cases)
