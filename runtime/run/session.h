/* A training session: trains a run into its folder, from the beginning or from where an earlier session was stopped.
 *
 *   struct ms_session session;
 *   ms_session_open(&plan, &session);                locks the folder, finds a checkpoint
 *   ms_session_train(&session, observer);            MS_OK, or MS_STOPPED and a checkpoint is kept
 *   if (session.run.network)
 *     ms_session_save(&session);                     model and summary, which ms_run_read reads
 *   ms_session_close(&session);
 *
 * Files that the folder holds already stay as they are until an epoch has ended and a checkpoint has it: then this
 * session's take their place. (The newest checkpoint is kept until then.) */
#ifndef MS_RUN_SESSION_H
#define MS_RUN_SESSION_H

#include "runtime/nn/split.h"
#include "runtime/nn/training.h"
#include "runtime/run/checkpoint_saver.h"
#include "runtime/run/metrics.h"
#include "runtime/run/run_read.h"

/* What to do with a run that the folder holds already. */
enum ms_session_start {
  MS_SESSION_NEW,                /* nothing: it is an error */
  MS_SESSION_OVERWRITE,          /* overwrite it */
  MS_SESSION_RESUME,             /* resume it: an error if there is no checkpoint that can be used */
  MS_SESSION_RESUME_OR_OVERWRITE /* resume it if there is a checkpoint that can be used, else overwrite it */
};

/* What it points to must outlive the session. */
struct ms_session_plan {
  const char *folder;
  const char *preset;             /* that the configuration was made of */
  const struct ms_config *config; /* also of the resumed run: another one is an error */
  const struct ms_data *data;     /* config->val of the training images validate; test images may be missing */
  enum ms_session_start start;
  bool validation_is_added; /* the validation images are of another data set, put behind data's */
  bool without_test;        /* do not evaluate the test images; else once, when the run is finished */
  size_t checkpoint_epochs; /* a checkpoint after every n-th epoch */
  double checkpoint_s;      /* and as soon as so many seconds have passed; both 0: as saver.h says */
  size_t keep_epochs; /* keep another after each n-th epoch and the last, also when the run is finished; 0: none */
  const char *about;  /* for run.json, as ms_about_write writes it; of a resumed run the checkpoint's; may be NULL */
  struct ms_checkpoint *from; /* of a new run: begin from here instead of from random weights (origin.h); the session
                                 frees it */
};

struct ms_session {
  struct ms_session_plan plan;
  struct ms_split split;
  struct ms_checkpoint_saver saver; /* its checkpoint: of the resumed run; NULL: from the beginning */
  struct ms_metrics_log metrics;
  bool is_waiting; /* files of before are still there */
  bool is_resumed; /* and are of this run */
  bool is_durable; /* the folder's file system can sync: what is written survives a power cut */
  bool is_locked;  /* it has locks: no other process can write here at the same time */
  const struct ms_observer *observer;
  struct ms_observer own;
  struct ms_training *training; /* begun and not ended */
  char damaged[MS_PATH_SIZE];   /* about a checkpoint that cannot be used, "" if there is none; after a failure too */
  bool is_saved;                /* model and summary are written */
  struct ms_run run; /* network and result once trained, evaluations once saved; without program, isa, cpu, epochs */
};

/* After ms_init. On failure, nothing is held. MS_ERROR_ARGUMENT: more validation images than there are.
 * MS_ERROR_SYSTEM: the folder is in use, holds a run that plan->start does not allow for, or cannot be written.
 * MS_ERROR_DATA: the checkpoint is damaged, or of another configuration or other images. */
enum ms_status ms_session_open(const struct ms_session_plan *plan, struct ms_session *session);

/* As ms_train. The observer may be NULL; its keep is not called. MS_ERROR_SYSTEM besides: the folder was removed or
 * replaced. */
enum ms_status ms_session_train(struct ms_session *session, const struct ms_observer *observer);
/* The same in three: begin, advance while that is MS_OK and training is not done (training.h), and end in any case. */
enum ms_status ms_session_begin(struct ms_session *session, const struct ms_observer *observer);
enum ms_status ms_session_advance(struct ms_session *session);
void ms_session_end(struct ms_session *session, enum ms_status status);

/* Evaluates the network, which there must be, writes model and summary, and removes the checkpoints of a run that is
 * finished. */
enum ms_status ms_session_save(struct ms_session *session);

/* Whether model, metrics and summary in the folder are those of an earlier run still. */
bool ms_session_left_earlier_run(const struct ms_session *session);
/* Whether the folder holds a checkpoint of this run. */
bool ms_session_left_checkpoint(const struct ms_session *session);

void ms_session_close(struct ms_session *session);

#endif
