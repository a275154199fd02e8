/* mnist_simd: dense networks in C, trained by hand-written SIMD kernels, with the same bits for the same seed on every
 * CPU and at every thread count.
 *
 *   ms_init(NULL, 0);                                           the best kernels of this CPU, all cores
 *   struct ms_dataset train = {.n = N - 1, .rows = SIDE, .cols = SIDE, .n_classes = CLASSES, ...};
 *   ms_config_preset("unregularised", &config);
 *   ms_config_set(config, "hidden", "32");
 *   ms_train(config, &train, NULL, NULL, &network, &result);
 *   ms_predict_bytes(network, 1, image, MS_PROBABILITIES, probabilities);
 *
 * as in examples/train_on_arrays.c, in full. The kernels that ms_kernels() gives are those of <mnist_simd_kernels.h>.
 *
 * Fallible functions return MS_OK or a status; ms_error_message() then names the thing, what was found and the remedy.
 * To those, NULL in place of what they need is MS_ERROR_ARGUMENT ("ms_sgemm: a: must not be NULL"). Functions that
 * return no status need what they take; all that free accept NULL.
 * Matrices are row-major, sizes are in elements. Functions that compute use the one pool of threads that ms_init made:
 * they may be called from several threads, and then take turns. */
#ifndef MS_MNIST_SIMD_H
#define MS_MNIST_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MS_VERSION_MAJOR 0
#define MS_VERSION_MINOR 1
#define MS_VERSION_PATCH 0
#define MS_VERSION "0.1.0"
#define MS_VERSION_NUMBER (10000 * MS_VERSION_MAJOR + 100 * MS_VERSION_MINOR + MS_VERSION_PATCH)

#if defined(_WIN32)
#define MS_API
#else
#define MS_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum ms_status {
  MS_OK = 0,
  MS_ERROR_ARGUMENT,    /* an argument or option is out of its range */
  MS_ERROR_UNSUPPORTED, /* this CPU, or this version, cannot do what was asked for */
  MS_ERROR_MEMORY,      /* memory could not be had */
  MS_ERROR_SYSTEM,      /* the operating system refused: files, threads */
  MS_ERROR_DATA,        /* a data or model file is not what it should be */
  MS_ERROR_NUMERIC,     /* a loss or a logit became infinite or NaN */
  MS_ERROR_BUILD,       /* this build computes other bits than the numerics contract */
  MS_STOPPED            /* not an error: the observer asked to stop, and what was finished is returned */
};

/* Of the library that is at work, whose header may be another: "0.1.0", 100, and the version of the numerics contract:
 * the same contract gives the same bits. */
MS_API const char *ms_version_string(void);
MS_API unsigned ms_version_number(void);
MS_API unsigned ms_numerics_contract(void);

/* One line about the last failure on this thread, without a newline; "" before the first. Valid until the next. */
MS_API const char *ms_error_message(void);

/* ---- Start -------------------------------------------------------------------------------------------------- */

/* Chooses the kernels, starts the threads and checks this build. To be called before anything that computes.
 * isa: "scalar", "avx2", "avx512", "neon", "sve128", "sve256", "sve512", "rvv128", "rvv256", "rvv512", "vsx",
 * "simd128" and "relaxed" (WebAssembly), or NULL for the best that this CPU has.
 * n_threads: 0 for all cores available to the process, of which training uses as many as it is fastest with.
 * Any thread may call it, and several may: the first call starts the library, later ones join it, and it ends when
 * ms_shutdown was called as often as ms_init succeeded. The shared library stays in the process after a dlclose; a
 * plug-in that holds the static one ends it before it is unloaded. The child of a fork has the library as its parent
 * had it, and new threads when it needs them. The pool's threads round to nearest and keep subnormals; the calling
 * thread does so while a function of this library computes, and has its own settings back afterwards.
 * MS_ERROR_ARGUMENT: unknown isa, n_threads over MS_MAX_THREADS, or others than the library is at work with.
 * MS_ERROR_UNSUPPORTED: this CPU or this build lacks this isa. MS_ERROR_BUILD: the compiler's flags changed what this
 * build computes. */
#define MS_MAX_THREADS 1024
MS_API enum ms_status ms_init(const char *isa, size_t n_threads);
MS_API void ms_shutdown(void);

/* The names of isa that ms_init takes on this CPU, the best last; NULL from the last on. Before ms_init too. */
MS_API const char *ms_isa_supported(size_t index);

/* After ms_init: the name of the chosen ISA, the number of threads; NULL and 0 before, and after the last
 * ms_shutdown. */
MS_API const char *ms_isa(void);
MS_API size_t ms_threads(void);

/* The kernels in use, each computing what <mnist_simd_kernels.h> says of it: for Adam, softmax or a product alone.
 * Valid until the last ms_shutdown; NULL from then on, and before ms_init. */
struct ms_kernels;
MS_API const struct ms_kernels *ms_kernels(void);

/* ---- Matrix product ----------------------------------------------------------------------------------------- */

enum ms_transpose { MS_NO_TRANS = 111, MS_TRANS = 112 }; /* the values of CBLAS */

/* C = alpha op(A) op(B) + beta C, row-major, with the arguments of CBLAS' sgemm: op(A) is (m, k), op(B) (k, n), C
 * (m, n); op(X) is X or, with MS_TRANS, its transpose. With beta == 0, C is not read; with alpha == 0 or k == 0,
 * neither A nor B is. C overlaps neither A nor B.
 * Every element is alpha * s + beta * c with the last addition fused, and s one fma chain over ascending k: the bits
 * depend on nothing but the operands. A and B must be finite.
 * MS_ERROR_ARGUMENT: lda, ldb or ldc shorter than a row, more elements than memory can hold, NULL for a matrix that is
 * read or written, unknown transpose, or ms_init was not called. */
MS_API enum ms_status ms_sgemm(enum ms_transpose trans_a, enum ms_transpose trans_b, size_t m, size_t n, size_t k,
                               float alpha, const float *a, size_t lda, const float *b, size_t ldb, float beta,
                               float *c, size_t ldc);

/* ---- Data --------------------------------------------------------------------------------------------------- */

#define MS_MAX_CLASSES 256   /* labels are bytes */
#define MS_MAX_CLASS_NAME 64 /* bytes */

/* Labelled images; a view when the pixels belong to another data set. */
struct ms_dataset {
  size_t n;          /* images, at least one wherever a data set is an argument */
  size_t rows, cols; /* pixels of an image, at least one */
  size_t n_classes;
  const uint8_t *images; /* (n, rows * cols): pixel p enters the network as p / 255 */
  const uint8_t *labels; /* (n), each < n_classes */
  const float
      *floats; /* (n, rows * cols), finite: enter the network as they are. Instead of images, which is NULL then */
};

/* What a folder of data holds. */
struct ms_data {
  struct ms_dataset train, test;           /* all 0: not read, or not there */
  const char *class_names[MS_MAX_CLASSES]; /* UTF-8 without control characters, of 1 to MS_MAX_CLASS_NAME bytes;
                                              NULL: not known */
  char description[256];                   /* how the files were understood, in a line: "IDX, gzip" */
  void *owned[5];                          /* images and labels of train and test, text of the class names */
};

enum ms_data_part { MS_DATA_BOTH, MS_DATA_TRAINING, MS_DATA_TEST, MS_DATA_TEST_IF_THERE /* besides training */ };
/* EMNIST's images lie on their sides: rows and columns are exchanged for what is known to be so, always, or never. */
enum ms_transposition { MS_TRANSPOSE_KNOWN, MS_TRANSPOSE, MS_TRANSPOSE_NEVER };

/* All 0: both parts, of the only data set in the folder. */
struct ms_data_options {
  enum ms_data_part part;
  const char *split; /* "letters": which of several data sets in the folder */
  enum ms_transposition transpose;
};

/* Reads a data set as it is published, from a folder. Image size and the number of classes (largest training label + 1)
 * come from the files. options: NULL as all 0. MS_ERROR_DATA: a file is missing or is not what its name says. On
 * failure, nothing is held. */
MS_API enum ms_status ms_data_read(const char *folder, const struct ms_data_options *options, struct ms_data *data);
/* The same of both parts. */
MS_API enum ms_status ms_data_load(const char *folder, struct ms_data *data);
/* The same without the test files, which are not opened. For what is chosen on validation images. */
MS_API enum ms_status ms_data_load_training(const char *folder, struct ms_data *data);
MS_API void ms_data_free(struct ms_data *data);

/* The images first .. first+n-1 of data, sharing its memory; fewer, and none, where data ends before. */
MS_API struct ms_dataset ms_dataset_slice(const struct ms_dataset *data, size_t first, size_t n);

/* SHA-256 over all pixels (floats as little-endian binary32), then all labels; 64 hex digits and a 0. Those of MNIST's
 * training and test images are MS_MNIST_SHA256 and MS_MNIST_TEST_SHA256. */
MS_API void ms_dataset_sha256(const struct ms_dataset *data, char hex[65]);
#define MS_MNIST_SHA256 "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b"
#define MS_MNIST_TEST_SHA256 "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b"

/* ---- Configuration ------------------------------------------------------------------------------------------ */

struct ms_layer_config {
  size_t units;
  double dropout; /* share of outputs dropped, 0 <= p < 1; applied in steps of 1/65536 */
  double l1, l2;  /* penalties l1 * sum |w| + l2 * sum w^2 */
  double maxnorm; /* limit of each unit's incoming weights; 0: none */
};

enum ms_monitor { MS_VAL_ACCURACY, MS_VAL_LOSS };

/* Which of the training images validate: the last in the order of the file, or those that the seed draws. */
enum ms_val_shuffle { MS_VAL_LAST, MS_VAL_SHUFFLED };

/* The learning rate of step s (from 0) of S, S being the steps of config->epochs epochs. Constant: lr.
 * Cosine: lr * (1 + cos(pi s / S)) / 2 (Loshchilov & Hutter, ICLR 2017, formula 5 with eta_min 0). */
enum ms_schedule { MS_SCHEDULE_CONSTANT, MS_SCHEDULE_COSINE };

struct ms_config {
  uint64_t seed; /* at most 2^53 - 1, which every reader of JSON keeps */
  size_t epochs, batch;
  double lr; /* learning rate */
  enum ms_schedule schedule;
  double input_dropout; /* share of pixels dropped, as with a hidden layer's outputs */
  size_t val;           /* validation images, kept out of training */
  enum ms_val_shuffle val_shuffle;
  size_t patience;  /* epochs without improvement before training stops; 0: no early stopping */
  double min_delta; /* what counts as improvement */
  enum ms_monitor monitor;
  size_t n_hidden;
  struct ms_layer_config *hidden; /* (n_hidden); the output layer has no regulariser */
};

/* What ms_config_check accepts. */
#define MS_MAX_EPOCHS 100000
#define MS_MAX_BATCH 65536
#define MS_MIN_LEARNING_RATE 1e-12
#define MS_MAX_LEARNING_RATE 10.0
#define MS_MAX_HIDDEN 64
#define MS_MAX_UNITS 65536
#define MS_MAX_DROPOUT 0.99
#define MS_MAX_PENALTY 10.0
#define MS_MIN_MAX_NORM 1e-6
#define MS_MAX_MAX_NORM 1e6

/* The report's three stages: "unregularised", "regularised", "final"; and "best", the same network with settings that
 * sweeps found. Seed 42. Free with ms_config_free.
 * MS_ERROR_ARGUMENT: another name. */
MS_API enum ms_status ms_config_preset(const char *name, struct ms_config **config);
/* Another one with the same values. */
MS_API enum ms_status ms_config_copy(const struct ms_config *config, struct ms_config **copy);

/* Settings by the names that options and files use: those of the members, with '-' for '_', and "hidden" for the units.
 * "min-delta" "0.001", or "dropout" "0.6,0.5" for two layers; ms_setting_name gives them, NULL from the last on. A list
 * has a value for each hidden layer, or one for all, so "hidden" is to be set before the lists: several settings are
 * set in the order of ms_setting_name.
 * MS_ERROR_ARGUMENT, the message beginning with the setting's name: unknown name, or a value that is not legal. */
MS_API const char *ms_setting_name(size_t index);
/* Whether the setting of that index is such a list. */
MS_API bool ms_setting_is_list(size_t index);
MS_API enum ms_status ms_config_set(struct ms_config *config, const char *name, const char *value);
/* Sets what a list says about one hidden layer, from 1; the others keep theirs. */
MS_API enum ms_status ms_config_set_layer(struct ms_config *config, const char *name, size_t layer, const char *value);
/* The value as ms_config_set takes it, in the fewest digits that give the same number. */
#define MS_SETTING_SIZE 2048
MS_API void ms_config_get(const struct ms_config *config, const char *name, char value[MS_SETTING_SIZE]);
/* The name of the first setting in which they differ; NULL if none does. */
MS_API const char *ms_config_difference(const struct ms_config *a, const struct ms_config *b);

/* MS_ERROR_ARGUMENT, naming the field and its range, if training cannot run with this configuration. */
MS_API enum ms_status ms_config_check(const struct ms_config *config);
MS_API void ms_config_free(struct ms_config *config);

/* ---- Training ----------------------------------------------------------------------------------------------- */

/* The images that training is given, as training and validation images. */
struct ms_split {
  struct ms_dataset train, validation;
  void *owned[2]; /* copies of images and labels; NULL where the parts are views of what was split */
};

/* config->val images validate: the last, or with config->val_shuffle as many that the seed draws. Both parts keep the
 * order of the file. images must outlive the split. MS_ERROR_ARGUMENT: no image is left for training.
 * MS_ERROR_MEMORY. Free with ms_split_free. */
MS_API enum ms_status ms_split_make(const struct ms_dataset *images, const struct ms_config *config,
                                    struct ms_split *split);
MS_API void ms_split_free(struct ms_split *split);

struct ms_network; /* weights and biases of dense layers, ReLU between them */

struct ms_epoch {
  size_t epoch;                      /* from 1 */
  double train_loss, train_accuracy; /* means over the epoch's batches, as trained: with dropout, weights moving */
  bool has_validation;
  double val_loss, val_accuracy;
  double seconds;                   /* training and validation */
  const struct ms_network *network; /* at the end of this epoch; valid during the call */
  bool improved;                    /* of the monitored value, by more than min_delta; always with none to monitor */
  char weights_sha256[65];          /* of the network at the end of this epoch, as ms_network_sha256 gives it */
};

/* A step of training that is done. Loss and accuracy are means over the epoch's images so far. */
struct ms_step {
  size_t epoch, step, n_steps; /* from 1; steps of an epoch */
  size_t images;               /* of this epoch so far */
  double loss, accuracy;
};

/* The moments at which a training run can be kept. MS_AFTER_STEP: the epoch goes on. MS_AT_STOP: the observer has asked
 * to stop. */
enum ms_moment { MS_AFTER_STEP, MS_AFTER_EPOCH, MS_AT_STOP };
struct ms_train_state; /* what ms_checkpoint_save writes; valid during the call it is passed to */

/* Told of progress; every member may be NULL. Called on the thread that called ms_train. Accuracies are shares of 1,
 * losses mean cross-entropies in nats, penalties not included. */
struct ms_observer {
  void *context;
  /* After each step. */
  void (*step)(void *context, const struct ms_step *step);
  /* After each epoch. A failure ends training with that status. */
  enum ms_status (*epoch)(void *context, const struct ms_epoch *epoch);
  /* Asked after each step. */
  bool (*stop)(void *context);
  /* Offered after each step and each epoch, epoch() first. A failure ends training with that status. */
  enum ms_status (*keep)(void *context, enum ms_moment moment, const struct ms_train_state *state);
};

/* Where the time of training goes; ms_phase_name gives a phase in a few words. */
enum ms_phase {
  MS_PHASE_LOAD,           /* gathering and compressing a batch */
  MS_PHASE_FORWARD,        /* hidden layers */
  MS_PHASE_OUTPUT,         /* output layer and loss, and back to the last hidden layer */
  MS_PHASE_INPUT_GRADIENT, /* derivatives of the other hidden layers */
  MS_PHASE_UPDATE,         /* gradients of the weights, Adam, MaxNorm */
  MS_PHASE_REST,           /* shuffling, validation, copy and digest of the weights */
  MS_N_PHASES
};
MS_API const char *ms_phase_name(enum ms_phase phase);

struct ms_train_result {
  size_t epochs_run;  /* finished */
  size_t best_epoch;  /* the last that improved the monitored value by more than min_delta; 0 without validation */
  size_t model_epoch; /* the epoch whose weights the network holds */
  bool stopped_early; /* by patience */
  double epoch_seconds_median, elapsed_s;
  double phase_seconds[MS_N_PHASES]; /* of all finished epochs */
};

/* Trains on train (already without the validation images) and monitors validation, which may be NULL. The network is
 * that of the best epoch with early stopping, else that of the last finished epoch.
 * MS_STOPPED: the observer stopped it; *network is the model so far, or NULL if no epoch was finished.
 * MS_ERROR_NUMERIC: the loss is not finite; *network as with MS_STOPPED. Any other failure: *network is NULL. */
MS_API enum ms_status ms_train(const struct ms_config *config, const struct ms_dataset *train,
                               const struct ms_dataset *validation, const struct ms_observer *observer,
                               struct ms_network **network, struct ms_train_result *result);

/* ms_train from the weights of another network (fine-tuning), with new moments. It is not written, and may be freed.
 * MS_ERROR_ARGUMENT besides: its layers are not those of configuration and images. */
MS_API enum ms_status ms_train_from(const struct ms_network *initial, const struct ms_config *config,
                                    const struct ms_dataset *train, const struct ms_dataset *validation,
                                    const struct ms_observer *observer, struct ms_network **network,
                                    struct ms_train_result *result);

/* ---- Checkpoints -------------------------------------------------------------------------------------------- */

/* A training run in a file: goes on to the same bits as if it had never been stopped, on any ISA and number of
 * threads. */
struct ms_checkpoint;

/* What is kept along, as texts; NULL for none. preset, data_sha256 and about: UTF-8 without control characters, of at
 * most 256 bytes each, about 8192. metrics and times: at most 2^28 bytes each. */
struct ms_checkpoint_notes {
  const char *preset;
  const char *data_sha256; /* of the training images, to know them again: ms_train_resume compares it */
  const char *metrics, *times;
  const char *about; /* anything; the program: what run.json says of the run's start */
};

/* Written atomically, with a SHA-256 over all of it. MS_ERROR_NUMERIC: a weight is not finite. MS_ERROR_ARGUMENT: a
 * note is not as said above. Nothing is written then. */
MS_API enum ms_status ms_checkpoint_save(const struct ms_train_state *state, const struct ms_checkpoint_notes *notes,
                                         const char *path);
/* MS_ERROR_DATA: the file is damaged or not a checkpoint. MS_ERROR_UNSUPPORTED: it is of another numerics contract.
 * Free with ms_checkpoint_free. */
MS_API enum ms_status ms_checkpoint_load(const char *path, struct ms_checkpoint **checkpoint);
MS_API void ms_checkpoint_free(struct ms_checkpoint *checkpoint);

/* What it holds; valid as long as it. Its position: `step` steps of that epoch are done. */
MS_API const struct ms_config *ms_checkpoint_config(const struct ms_checkpoint *checkpoint);
MS_API struct ms_checkpoint_notes ms_checkpoint_notes(const struct ms_checkpoint *checkpoint);
MS_API void ms_checkpoint_position(const struct ms_checkpoint *checkpoint, size_t *epoch, size_t *step);

/* ms_train from there on, with the configuration of the checkpoint and the images that it had before. The observer
 * hears of what is done from now on; *result is of the whole run. MS_ERROR_ARGUMENT besides, naming what differs: the
 * images have another size or number of classes, are too few for the steps that were done, or, after the first epoch,
 * come with validation images where there were none, or without.
 * Whether they are the same images is known from the note data_sha256 alone, if it is what ms_dataset_sha256 gives, or
 * at least its first 16 digits, of the training images or of these and the validation images behind them as one data
 * set. Without such a note it is the caller's to see to it: other images give another network, without an error. */
MS_API enum ms_status ms_train_resume(const struct ms_checkpoint *checkpoint, const struct ms_dataset *train,
                                      const struct ms_dataset *validation, const struct ms_observer *observer,
                                      struct ms_network **network, struct ms_train_result *result);

/* ---- Networks ----------------------------------------------------------------------------------------------- */

MS_API void ms_network_free(struct ms_network *network);
MS_API size_t ms_network_layers(const struct ms_network *network);     /* dense layers, output included */
MS_API size_t ms_network_parameters(const struct ms_network *network); /* weights and biases */

/* Layer l from 0: weight (n_in, n_out) row-major, bias (n_out). */
struct ms_layer_view {
  size_t n_in, n_out;
  const float *weight, *bias;
};
MS_API struct ms_layer_view ms_network_layer(const struct ms_network *network,
                                             size_t layer); /* beyond the last: all 0 */

/* A network of the values of n_layers layers, which are copied; each takes what the one before gives.
 * MS_ERROR_ARGUMENT: sizes that are 0, too large or do not fit together, a value that is not finite. */
MS_API enum ms_status ms_network_from_layers(size_t n_layers, const struct ms_layer_view *layers,
                                             struct ms_network **network);

/* SHA-256 over all parameters as little-endian float32, layer by layer, weights then bias; 64 hex digits and a 0. */
MS_API void ms_network_sha256(const struct ms_network *network, char hex[65]);

/* A safetensors file with the tensors dense1.weight (n_in, n_out), dense1.bias, dense2.weight, ... Written
 * atomically. A network that came from such a file keeps what it says of the images of its run. */
MS_API enum ms_status ms_network_save(const struct ms_network *network, const char *path);
/* MS_ERROR_DATA: not such a file. */
MS_API enum ms_status ms_network_load(const char *path, struct ms_network **network);

/* The bytes of such a file, in memory: to be freed by ms_free. */
MS_API enum ms_status ms_network_to_bytes(const struct ms_network *network, uint8_t **bytes, size_t *n_bytes);
MS_API enum ms_status ms_network_from_bytes(const void *bytes, size_t n_bytes, struct ms_network **network);
MS_API void ms_free(void *memory);

/* ---- Prediction --------------------------------------------------------------------------------------------- */

/* What a network says about n inputs of its width, as bytes p that stand for p / 255 or as finite floats: to out (n,
 * classes), logits, or softmax probabilities, which sum to 1. Dropout off. Several threads may call it at once.
 * MS_ERROR_ARGUMENT: before ms_init, or an input is not finite. MS_ERROR_NUMERIC: a logit is not finite, because a sum
 * overflowed; out is not to be used then. MS_ERROR_MEMORY. */
enum ms_output { MS_LOGITS, MS_PROBABILITIES };
MS_API enum ms_status ms_predict_bytes(const struct ms_network *network, size_t n, const uint8_t *inputs,
                                       enum ms_output output, float *out);
MS_API enum ms_status ms_predict_floats(const struct ms_network *network, size_t n, const float *inputs,
                                        enum ms_output output, float *out);

/* ---- Evaluation --------------------------------------------------------------------------------------------- */

/* Of a class with TP images that are rightly predicted, FP that are others', FN that are taken for others: precision
 * TP / (TP + FP), recall TP / (TP + FN), F1 2 TP / (2 TP + FP + FN), each NAN where its denominator is 0: a class that
 * is never predicted has no precision, one without images no recall, one with neither no F1. macro_f1 is the mean of
 * the F1 that are numbers, as scikit-learn's f1_score(average="macro") gives it. */
struct ms_evaluation {
  size_t n, errors, n_classes;
  double loss, accuracy;
  double macro_f1;
  double *precision, *recall, *f1; /* (n_classes) */
  size_t *support;                 /* (n_classes): images of the class */
  size_t *confusion;               /* (n_classes, n_classes): true class, predicted class */
  uint8_t *predicted;              /* (n) */
  float *confidence;               /* (n): probability of the predicted class */
};

/* Dropout off. The prediction is the class of the largest logit, the first of equals. Free with ms_evaluation_free.
 * MS_ERROR_DATA: image size or labels do not fit the network. MS_ERROR_NUMERIC: the loss is not finite.
 * MS_ERROR_ARGUMENT: before ms_init. */
MS_API enum ms_status ms_evaluate(const struct ms_network *network, const struct ms_dataset *data,
                                  struct ms_evaluation *evaluation);
MS_API void ms_evaluation_free(struct ms_evaluation *evaluation);

#ifdef __cplusplus
}
#endif

#endif
