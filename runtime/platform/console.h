/* What a program has from whoever started it: its arguments, a terminal, signals. Not for the library, which leaves all
 * of that alone. console_posix.c, console_windows.c. */
#ifndef MS_PLATFORM_CONSOLE_H
#define MS_PLATFORM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

/* How words are quoted for the shell that people type into, and what needs no quotes there besides letters. */
#if defined(_WIN32)
#define MS_SHELL_QUOTE '"' /* in no name of a file */
#define MS_SHELL_PLAIN "\\"
#else
#define MS_SHELL_QUOTE '\''
#define MS_SHELL_PLAIN "%"
#endif

/* The first call of main. Arguments become UTF-8 where they are text, standard output takes '\n' as it is, and a reader
 * that is gone, or a file over its limit, is an error of the write. */
void ms_console_start(int *argc, char ***argv);

/* Whether standard output is a terminal that can erase a line. */
bool ms_console_erases(void);

/* Columns of the terminal that standard output is, as it is now; `otherwise` if it is none. */
size_t ms_console_columns(size_t otherwise);

/* Whether what reads the output takes UTF-8: on POSIX LC_ALL, LC_CTYPE or LANG says so. */
bool ms_console_is_utf8(void);

/* From now on, requests to stop and those for a checkpoint are caught. The first to stop is kept, the second ends the
 * program at once. POSIX: SIGINT, SIGTERM, SIGHUP (not under nohup, which has it ignored) and SIGXCPU, the limit of CPU
 * time, which does not count as a second one: the kernel repeats it every second. SIGUSR1 and SIGUSR2 request a
 * checkpoint. Windows: Ctrl-C is SIGINT; Ctrl-Break, the closing of the window and the end of the session are
 * SIGTERM. */
void ms_console_catch(void);

/* The number of the request to stop, 0 before. */
int ms_console_stop(void);

/* Whether a checkpoint was requested since the last call. */
bool ms_console_requested(void);

#endif
