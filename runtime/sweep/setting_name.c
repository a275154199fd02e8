/* Settings as sweep files name them. */
#include "runtime/sweep/setting_name.h"

#include <stdio.h>
#include <string.h>

#include "runtime/nn/settings.h"
#include "runtime/platform/error.h"
#include "runtime/platform/parse.h"

size_t ms_sweep_pieces(const char *text) {
  size_t n = 1;
  for (; *text; ++text)
    n += *text == '/';
  return n;
}

bool ms_sweep_piece(const char *text, size_t n, char piece[MS_SWEEP_PIECE_SIZE]) {
  for (; n > 0; --n) {
    text = strchr(text, '/');
    if (!text)
      return false;
    ++text;
  }
  const size_t length = strcspn(text, "/");
  if (length == 0 || length >= MS_SWEEP_PIECE_SIZE)
    return false;
  memcpy(piece, text, length);
  piece[length] = '\0';
  return true;
}

/* Every name that may be varied, for the message. */
static void list_settings(char *text, size_t size) {
  size_t length = 0;
  const char *name;
  text[0] = '\0';
  for (size_t i = 0; (name = ms_setting_name(i)) != NULL && length < size; ++i)
    if (strcmp(name, "seed") != 0)
      length += (size_t)snprintf(text + length, size - length, "%s%s", length > 0 ? ", " : "", name);
}

enum ms_status ms_sweep_part_parse(const char *name, struct ms_sweep_part *part) {
  const size_t length = strcspn(name, ":");
  const char *known;
  if (length == strlen("seed") && strncmp(name, "seed", length) == 0)
    return ms_fail(MS_ERROR_ARGUMENT, "seed: seeds have a line of their own: seeds 1 2 3");
  for (part->setting = 0; (known = ms_setting_name(part->setting)) != NULL; ++part->setting)
    if (strlen(known) == length && strncmp(name, known, length) == 0)
      break;
  if (!known) {
    char settings[256], word[41], hint[MS_HINT_SIZE];
    snprintf(word, sizeof word, "%.*s", (int)(length < 40 ? length : 40), name);
    list_settings(settings, sizeof settings);
    return ms_fail(MS_ERROR_ARGUMENT, "'%.40s' is no setting%s: there are %s", name, ms_setting_hint(hint, word),
                   settings);
  }
  part->layer = 0;
  if (name[length] == '\0')
    return MS_OK;
  if (!ms_setting_is_list(part->setting))
    return ms_fail(MS_ERROR_ARGUMENT, "%.40s: %s is not a setting of a layer: write it without '%.20s'", name, known,
                   name + length);
  if (!ms_parse_size(name + length + 1, &part->layer) || part->layer < 1 || part->layer > MS_MAX_HIDDEN)
    return ms_fail(MS_ERROR_ARGUMENT, "%.40s: '%.20s' is not a hidden layer from 1 to %d", name, name + length + 1,
                   MS_MAX_HIDDEN);
  return MS_OK;
}

enum ms_status ms_sweep_part_set(struct ms_config *config, struct ms_sweep_part part, const char *value) {
  const char *name = ms_setting_name(part.setting);
  return part.layer == 0 ? ms_config_set(config, name, value) : ms_config_set_layer(config, name, part.layer, value);
}
