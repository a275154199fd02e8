/* Settings as sweep files name them: "l2", "dropout:2" for one hidden layer, "epochs/patience" for settings that
 * change together. */
#ifndef MS_SWEEP_SETTING_NAME_H
#define MS_SWEEP_SETTING_NAME_H

#include "runtime/sweep/sweep.h"

/* The part of a setting's name. MS_ERROR_ARGUMENT, naming it: unknown, the seed, or a layer of what has none. */
enum ms_status ms_sweep_part_parse(const char *name, struct ms_sweep_part *part);

/* Sets it. MS_ERROR_ARGUMENT as from ms_config_set, or where there is no such layer. */
enum ms_status ms_sweep_part_set(struct ms_config *config, struct ms_sweep_part part, const char *value);

/* The n-th (from 0) of pieces separated by '/', to piece. False if there is none, or it does not fit or is empty. */
#define MS_SWEEP_PIECE_SIZE MS_SETTING_SIZE
bool ms_sweep_piece(const char *text, size_t n, char piece[MS_SWEEP_PIECE_SIZE]);
size_t ms_sweep_pieces(const char *text);

#endif
