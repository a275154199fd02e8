/* The sub-commands. Each takes its own argc and argv, argv[0] being its name, and returns the program's exit code. */
#ifndef MS_CLI_COMMANDS_H
#define MS_CLI_COMMANDS_H

int cmd_train(int argc, char **argv);
int cmd_reproduce(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_predict(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_kernels(int argc, char **argv);

struct cli_entry {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *summary;
};
extern const struct cli_entry cli_commands[]; /* ended by a NULL name */

extern const char cli_about[], cli_exit_codes[]; /* of the program */

#endif
