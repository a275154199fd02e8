/* Completions for bash, zsh and fish: names of commands and options, values that are one of a few words, files where a
 * value is one. */
#include <string.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/manual.h"
#include "runtime/exchange/exchange.h"
#include "runtime/nn/settings.h"
#include "runtime/platform/dispatch.h"

static bool is_file(const char *value) {
  return strcmp(value, "DIR") == 0 || strcmp(value, "FILE") == 0 || strcmp(value, "RUN") == 0 ||
         strcmp(value, "MODEL") == 0;
}

/* The words of which an option's value is one, with spaces between them; "" where it is none of a few. */
enum { WORDS_SIZE = 256 };
static const char *words_of(const struct cli_option *option, char words[WORDS_SIZE]) {
  words[0] = '\0';
  for (const struct ms_setting *s = ms_settings; s->name; ++s)
    if (s->kind == MS_KIND_CHOICE && strcmp(s->name, option->name) == 0)
      snprintf(words, WORDS_SIZE, "%s %s", s->choices[0], s->choices[1]);
  if (strcmp(option->name, "layout") == 0)
    snprintf(words, WORDS_SIZE, "%s %s", ms_weight_layout_name(MS_IN_OUT), ms_weight_layout_name(MS_OUT_IN));
  size_t length = 0;
  for (size_t i = 0; strcmp(option->name, "preset") == 0 && ms_preset_name(i); ++i)
    length += (size_t)snprintf(words + length, WORDS_SIZE - length, "%s%s", i > 0 ? " " : "", ms_preset_name(i));
  for (size_t i = 0; strcmp(option->name, "isa") == 0 && i < ms_isa_count(); ++i)
    length += (size_t)snprintf(words + length, WORDS_SIZE - length, "%s%s", i > 0 ? " " : "", ms_isa_entry(i)->name);
  return words;
}

/* The first line of a help, with a backslash before each of these characters. */
static void put_line(FILE *out, const char *help, const char *escaped) {
  for (const char *c = help; *c && *c != '\n'; ++c) {
    if (strchr(escaped, *c))
      putc('\\', out);
    putc(*c, out);
  }
}

static void put_names(FILE *out, const struct cli_command *command) {
  for (const struct cli_option *option = command->options; option->name; ++option)
    fprintf(out, "--%s ", option->name);
  fprintf(out, "--help");
}

/* An empty answer means files (-o default), unless that is switched off. */
static void write_bash(const char *folder, const struct cli_command *const *commands) {
  char buffer[WORDS_SIZE];
  FILE *out = manual_open(folder, "mnist_simd.bash");
  fprintf(out, "# bash completion for mnist_simd\n_mnist_simd() {\n"
               "  local word=${COMP_WORDS[COMP_CWORD]} words='");
  for (const struct cli_entry *entry = cli_commands; entry->name; ++entry)
    fprintf(out, "%s ", entry->name);
  fprintf(out, "--help --version'\n  if ((COMP_CWORD > 1)); then\n"
               "    words=\n    case ${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD - 1]} in\n");
  for (size_t i = 0; cli_commands[i].name; ++i)
    for (const struct cli_option *option = commands[i]->options; option->name; ++option) {
      if (!option->value)
        continue;
      const char *words = words_of(option, buffer);
      fprintf(out, "      %s:--%s) ", cli_commands[i].name, option->name);
      if (words[0])
        fprintf(out, "words='%s' ;;\n", words);
      else
        fprintf(out, "%sreturn ;;\n", is_file(option->value) ? "" : "compopt +o default +o bashdefault; ");
    }
  fprintf(out, "      *)\n        [[ $word == -* ]] || return\n        case ${COMP_WORDS[1]} in\n");
  for (size_t i = 0; cli_commands[i].name; ++i) {
    fprintf(out, "          %s) words='", cli_commands[i].name);
    put_names(out, commands[i]);
    fprintf(out, "' ;;\n");
  }
  fprintf(out, "        esac\n        ;;\n    esac\n  fi\n"
               "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\n"
               "complete -o bashdefault -o default -F _mnist_simd mnist_simd\n");
  manual_close(out);
}

static void put_zsh_option(FILE *out, const struct cli_option *option) {
  char buffer[WORDS_SIZE];
  const char *words = words_of(option, buffer);
  fprintf(out, "        \"--%s[", option->name);
  put_line(out, option->help, "[]\\\"$`");
  fprintf(out, "]");
  if (words[0])
    fprintf(out, ":%s:(%s)", option->value, words);
  else if (option->value)
    fprintf(out, ":%s:%s", option->value, is_file(option->value) ? "_files" : " ");
  fprintf(out, "\" \\\n");
}

static void write_zsh(const char *folder, const struct cli_command *const *commands) {
  FILE *out = manual_open(folder, "_mnist_simd");
  fprintf(out, "#compdef mnist_simd\nlocal -a commands=(\n");
  for (const struct cli_entry *entry = cli_commands; entry->name; ++entry) {
    fprintf(out, "  \"%s:", entry->name);
    put_line(out, entry->summary, "\\\"$`");
    fprintf(out, "\"\n");
  }
  fprintf(out, ")\nif ((CURRENT == 2)); then\n  _describe command commands\n  return\nfi\n"
               "shift words\n((CURRENT -= 1))\ncase $words[1] in\n");
  for (size_t i = 0; cli_commands[i].name; ++i) {
    fprintf(out, "  %s)\n    _arguments \\\n", cli_commands[i].name);
    for (const struct cli_option *option = commands[i]->options; option->name; ++option)
      put_zsh_option(out, option);
    fprintf(out, "        \"--help[print the options]\"%s\n    ;;\n",
            commands[i]->n_arguments > 0 ? " '*:file:_files'" : "");
  }
  fprintf(out, "esac\n");
  manual_close(out);
}

static void write_fish(const char *folder, const struct cli_command *const *commands) {
  char buffer[WORDS_SIZE];
  FILE *out = manual_open(folder, "mnist_simd.fish");
  for (size_t i = 0; cli_commands[i].name; ++i) {
    const char *name = cli_commands[i].name;
    fprintf(out, "complete -c mnist_simd -n __fish_use_subcommand -f -a %s -d '", name);
    put_line(out, cli_commands[i].summary, "\\'");
    fprintf(out, "'\n");
    for (const struct cli_option *option = commands[i]->options; option->name; ++option) {
      const char *words = words_of(option, buffer);
      fprintf(out, "complete -c mnist_simd -n '__fish_seen_subcommand_from %s' -l %s", name, option->name);
      if (option->value)
        fprintf(out, "%s", is_file(option->value) ? " -r -F" : " -x");
      if (words[0])
        fprintf(out, " -a '%s'", words);
      fprintf(out, " -d '");
      put_line(out, option->help, "\\'");
      fprintf(out, "'\n");
    }
  }
  manual_close(out);
}

void write_completions(const char *folder, const struct cli_command *const *commands) {
  write_bash(folder, commands);
  write_zsh(folder, commands);
  write_fish(folder, commands);
}
