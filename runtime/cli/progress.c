/* Progress lines. */
#include "runtime/cli/progress.h"

#include <stdio.h>
#include <string.h>

#include "runtime/cli/print.h"
#include "runtime/platform/c_locale.h"
#include "runtime/platform/clock.h"

enum { BAR_WIDTH = 8 }; /* the live line must fit 80 columns, or a terminal that wraps it keeps its beginning */

void progress_start(struct progress *progress, size_t n_epochs, size_t n_images, size_t epoch, size_t images) {
  memset(progress, 0, sizeof *progress);
  progress->n_epochs = n_epochs;
  progress->n_images = n_images;
  progress->images_before = images < n_images ? images : n_images;
  progress->done_before = (double)(epoch - 1) + (double)progress->images_before / (double)n_images;
  progress->line.is_shown = is_terminal();
  progress->start_s = progress->epoch_start_s = ms_clock_s();
}

void progress_step(struct progress *progress, const struct ms_step *s) {
  if (!live_line_is_due(&progress->line))
    return;
  const double now = progress->line.drawn_s;
  char bar[BAR_WIDTH + 1], loss_text[MS_LOSS_SIZE];
  ms_format_loss(loss_text, s->loss);
  const size_t filled = s->step * BAR_WIDTH / s->n_steps;
  memset(bar, '#', filled);
  memset(bar + filled, '.', BAR_WIDTH - filled);
  bar[BAR_WIDTH] = '\0';

  const double images_per_s = (double)(s->images - progress->images_before) / (now - progress->epoch_start_s);
  const double done = (double)(s->epoch - 1) + (double)s->images / (double)progress->n_images;
  const double left = (double)progress->n_epochs - done;
  const unsigned long eta = (unsigned long)(left * (now - progress->start_s) / (done - progress->done_before) + 0.5);
  printf("\repoch %zu/%zu [%s] loss %s accuracy %.2f %% %.0f images/s ETA %lu:%02lu\033[K", s->epoch,
         progress->n_epochs, bar, loss_text, 100 * s->accuracy, images_per_s, eta / 60, eta % 60);
  fflush(stdout);
}

void progress_epoch(struct progress *progress, const struct ms_epoch *epoch) {
  const int digits = snprintf(NULL, 0, "%zu", progress->n_epochs);
  char loss[MS_LOSS_SIZE];
  ms_format_loss(loss, epoch->train_loss);
  live_line_clear(&progress->line);
  printf("epoch %*zu/%zu  loss %s  accuracy %6.2f %%", digits, epoch->epoch, progress->n_epochs, loss,
         100 * epoch->train_accuracy);
  if (epoch->has_validation) {
    ms_format_loss(loss, epoch->val_loss);
    printf("  val loss %s  val accuracy %6.2f %%%s", loss, 100 * epoch->val_accuracy, epoch->improved ? " *" : "  ");
  }
  printf("  %.0f images/s  %.2f s\n", (double)progress->n_images / epoch->seconds, epoch->seconds);
  fflush(stdout);
  progress->epoch_start_s = ms_clock_s();
  progress->images_before = 0;
}
