/* Shows progress, keeps a checkpoint after each epoch, stops in the middle of a run and resumes it from the file: the
 * weights are those of a run that was never stopped, bit for bit.
 * Usage: checkpoints DATA_FOLDER CHECKPOINT_FILE */
#include <mnist_simd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct progress {
  const char *path; /* of the checkpoint; NULL: none is kept */
  size_t last_step; /* to stop after, counted over the epochs */
  size_t steps;
};

static void count_step(void *context, const struct ms_step *step) {
  struct progress *progress = context;
  progress->steps += 1;
  if (step->step == step->n_steps)
    printf("epoch %zu: loss %.4f\n", step->epoch, step->loss);
}

static bool stop(void *context) {
  const struct progress *progress = context;
  return progress->steps == progress->last_step;
}

static enum ms_status keep(void *context, enum ms_moment moment, const struct ms_train_state *state) {
  const struct progress *progress = context;
  if (!progress->path || moment == MS_AFTER_STEP)
    return MS_OK;
  return ms_checkpoint_save(state, NULL, progress->path);
}

static struct ms_observer observe(struct progress *progress) {
  return (struct ms_observer){.context = progress, .step = count_step, .stop = stop, .keep = keep};
}

static void require(enum ms_status status) {
  if (status != MS_OK && status != MS_STOPPED) {
    fprintf(stderr, "%s\n", ms_error_message());
    exit(1);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "Usage: checkpoints DATA_FOLDER CHECKPOINT_FILE\n");
    return 2;
  }
  struct ms_data data;
  struct ms_config *config;
  struct ms_train_result result;
  struct ms_network *network;
  struct ms_checkpoint *checkpoint;
  char whole[65], resumed[65];
  require(ms_init(NULL, 0));
  require(ms_data_load_training(argv[1], &data));
  const struct ms_dataset train = ms_dataset_slice(&data.train, 0, 5120);
  require(ms_config_preset("final", &config));
  require(ms_config_set(config, "hidden", "64,32"));
  require(ms_config_set(config, "epochs", "4")); /* of 10 steps */

  struct progress uninterrupted = {.path = NULL};
  struct ms_observer observer = observe(&uninterrupted);
  require(ms_train(config, &train, NULL, &observer, &network, &result));
  ms_network_sha256(network, whole);
  ms_network_free(network);

  struct progress before = {.path = argv[2], .last_step = 25};
  observer = observe(&before);
  require(ms_train(config, &train, NULL, &observer, &network, &result));
  ms_network_free(network);

  size_t epoch, step;
  require(ms_checkpoint_load(argv[2], &checkpoint));
  ms_checkpoint_position(checkpoint, &epoch, &step);
  printf("stopped in epoch %zu after step %zu, resuming\n", epoch, step);
  struct progress after = {.path = argv[2]};
  observer = observe(&after);
  require(ms_train_resume(checkpoint, &train, NULL, &observer, &network, &result));
  ms_network_sha256(network, resumed);
  printf("SHA-256 of the weights: %s\n%s\n", resumed,
         strcmp(whole, resumed) == 0 ? "as without the stop" : "not as without the stop");
  ms_checkpoint_free(checkpoint);
  ms_network_free(network);
  ms_config_free(config);
  ms_data_free(&data);
  ms_shutdown();
  return strcmp(whole, resumed) != 0;
}
