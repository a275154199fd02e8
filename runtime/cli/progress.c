/* Progress lines. */
#include "runtime/cli/progress.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/platform/c_locale.h"
#include "runtime/platform/clock.h"
#include "runtime/platform/console.h"

enum { BAR_WIDTH = 8 };

void progress_start(struct progress *progress, size_t n_epochs, size_t n_images, size_t epoch, size_t images) {
  memset(progress, 0, sizeof *progress);
  progress->n_epochs = n_epochs;
  progress->n_images = n_images;
  progress->images_before = images < n_images ? images : n_images;
  progress->done_before = (double)(epoch - 1) + (double)progress->images_before / (double)n_images;
  progress->line.is_shown = ms_console_erases();
  progress->start_s = progress->epoch_start_s = ms_clock_s();
}

void progress_step(struct progress *progress, const struct ms_step *s) {
  if (!live_line_is_due(&progress->line))
    return;
  const double now = progress->line.drawn_s;
  struct line line = {.n = 0};
  char loss[MS_LOSS_SIZE];
  const int filled = (int)(s->step * BAR_WIDTH / s->n_steps);
  const double images_per_s = (double)(s->images - progress->images_before) / (now - progress->epoch_start_s);
  const double done = (double)(s->epoch - 1) + (double)s->images / (double)progress->n_images;
  line_add(&line, 2, "%s", progress->name);
  line_add(&line, 0, "epoch %zu/%zu", s->epoch, progress->n_epochs);
  line_add(&line, 3, " [%.*s%.*s]", filled, "########", BAR_WIDTH - filled, "........");
  line_add(&line, 5, " loss %s", ms_format_loss(loss, s->loss));
  line_add(&line, 4, " accuracy %.2f %%", 100 * s->accuracy);
  line_add(&line, 6, " %.0f images/s", images_per_s);
  line_add_eta(&line, 1, " ", now - progress->start_s, done - progress->done_before, (double)progress->n_epochs - done);
  live_line_draw(&line);
}

void progress_epoch(struct progress *progress, const struct ms_epoch *epoch) {
  const int digits = snprintf(NULL, 0, "%zu", progress->n_epochs);
  struct line line = {.n = 0};
  char loss[MS_LOSS_SIZE];
  line_add(&line, 0, "epoch %*zu/%zu", digits, epoch->epoch, progress->n_epochs);
  line_add(&line, 2, "  loss %s", ms_format_loss(loss, epoch->train_loss));
  line_add(&line, 1, "  accuracy %6.2f %%", 100 * epoch->train_accuracy);
  if (epoch->has_validation) {
    line_add(&line, 4, "  val loss %s", ms_format_loss(loss, epoch->val_loss));
    line_add(&line, 0, "  val accuracy %6.2f %%%s", 100 * epoch->val_accuracy, epoch->improved ? " *" : "  ");
  }
  line_add(&line, 5, "  %.0f images/s", (double)progress->n_images / epoch->seconds);
  line_add(&line, 3, "  %.2f s", epoch->seconds);
  live_line_clear(&progress->line);
  line_print(&line, ms_console_columns(SIZE_MAX), false);
  putchar('\n');
  fflush(stdout);
  progress->epoch_start_s = ms_clock_s();
  progress->images_before = 0;
}
