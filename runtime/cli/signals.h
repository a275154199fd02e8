/* Signals that end a run: the first asks to stop at the next good moment, the second ends the program at once. */
#ifndef MS_CLI_SIGNALS_H
#define MS_CLI_SIGNALS_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP are caught; the last one not under nohup, which has it ignored. */
void signals_catch(void);

/* The number of the signal that came, 0 before. */
int signals_received(void);

/* The stop of an observer: whether one came. */
bool signals_stop(void *context);

#endif
