/* What mnist_simd_manual writes. */
#ifndef MS_CLI_MANUAL_H
#define MS_CLI_MANUAL_H

#include <stdio.h>

#include "runtime/cli/options.h"

enum { MANUAL_MAX_COMMANDS = 16 };

/* A file of that name in the folder; both end the program, with a message, if it cannot be written. */
__attribute__((format(printf, 2, 3))) FILE *manual_open(const char *folder, const char *format, ...);
void manual_close(FILE *file);

/* mnist_simd.bash, _mnist_simd (zsh) and mnist_simd.fish; commands as in cli_commands. */
void write_completions(const char *folder, const struct cli_command *const *commands);

#endif
