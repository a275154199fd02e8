/* Trying numbers of threads. */
#include "runtime/platform/thread_tuner.h"

/* A trial of a number that is twice as slow costs some 10 ms. It is repeated ever more rarely, so that of a run of 20 s
 * on an idle machine a few thousandths are spent on trials. */
static const double first_stay_s = 0.1, longest_stay_s = 20, stay_growth = 3;
static const double trial_s = 0.03, glance_s = 0.01;
enum { MIN_TRIAL_STEPS = 2, MIN_STAY_STEPS = 8 };

/* More threads must be so much faster, fewer no slower. A trial ends early when it is so much slower; and one begins
 * early when the number that was best is: other programs have come. */
static const double more = 0.93, fewer = 1, slower = 1.3, much_slower = 1.5;

void ms_thread_tuner_start(struct ms_thread_tuner *t, size_t n_max) {
  *t = (struct ms_thread_tuner){.n_max = n_max, .n = n_max, .stay_s = first_stay_s};
}

static void add(struct ms_tuner_window *w, double seconds, double units) {
  w->seconds += seconds;
  w->units += units;
  ++w->steps;
}

static void begin_trial(struct ms_thread_tuner *t) {
  if (t->n == 1)
    t->upwards = true;
  else if (t->n == t->n_max)
    t->upwards = false;
  const size_t larger = 2 * t->n < t->n_max ? 2 * t->n : t->n_max;
  t->tried = t->upwards ? larger : t->n / 2;
  t->since_choice = (struct ms_tuner_window){0};
}

static void end_trial(struct ms_thread_tuner *t, bool better) {
  if (better) {
    t->n = t->tried;
    t->s_per_unit = t->since_choice.seconds / t->since_choice.units;
    t->stay_s = first_stay_s;
  } else {
    t->upwards = !t->upwards;
    t->stay_s = stay_growth * t->stay_s < longest_stay_s ? stay_growth * t->stay_s : longest_stay_s;
  }
  t->tried = 0;
  t->since_choice = t->recent = (struct ms_tuner_window){0};
}

static void judge_trial(struct ms_thread_tuner *t) {
  const struct ms_tuner_window *w = &t->since_choice;
  const double expected_s = t->s_per_unit * w->units;
  if (w->seconds >= glance_s && w->seconds > slower * expected_s)
    end_trial(t, false);
  else if (w->seconds >= trial_s && w->steps >= MIN_TRIAL_STEPS)
    end_trial(t, w->seconds < (t->upwards ? more : fewer) * expected_s);
}

static void judge_stay(struct ms_thread_tuner *t) {
  const bool is_over = t->since_choice.seconds >= t->stay_s && t->since_choice.steps >= MIN_STAY_STEPS;
  if (!is_over && (t->recent.seconds < glance_s || t->recent.steps < MIN_STAY_STEPS))
    return;
  const bool is_disturbed = t->s_per_unit > 0 && t->recent.seconds > much_slower * t->s_per_unit * t->recent.units;
  const struct ms_tuner_window *now = is_disturbed ? &t->recent : &t->since_choice;
  if (is_disturbed)
    t->stay_s = first_stay_s;
  if (is_over || is_disturbed) {
    t->s_per_unit = now->seconds / now->units;
    begin_trial(t);
  }
  t->recent = (struct ms_tuner_window){0};
}

size_t ms_thread_tuner_next(struct ms_thread_tuner *t, double seconds, double units) {
  if (t->n_max < 2)
    return t->n_max;
  add(&t->since_choice, seconds, units);
  add(&t->recent, seconds, units);
  if (t->tried)
    judge_trial(t);
  else
    judge_stay(t);
  return t->tried ? t->tried : t->n;
}
