/* Signals that end a run: the first asks to stop at the next good moment, the second ends the program at once. */
#ifndef MS_CLI_SIGNALS_H
#define MS_CLI_SIGNALS_H

/* From now on SIGINT, SIGTERM and SIGHUP are caught; the last one not under nohup, which has it ignored. */
void signals_catch(void);

/* The number of the signal that came, 0 before. */
int signals_received(void);

#endif
