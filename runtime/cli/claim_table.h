/* The claim table as text for a terminal. */
#ifndef MS_CLI_CLAIM_TABLE_H
#define MS_CLI_CLAIM_TABLE_H

#include "runtime/platform/text.h"
#include "runtime/report/claims.h"

/* Claim, the report's figure, this run's, their difference, verdict; then the notes. */
void claim_table(struct ms_text *text, const struct ms_claim claims[MS_N_CLAIMS]);

/* Claim, the report's figure, and over n_seeds seeds from first_seed on mean, standard deviation and range, beside them
 * the binomial standard error. claims: (n_seeds, MS_N_CLAIMS). */
void claim_spread_table(struct ms_text *text, const struct ms_claim *claims, uint64_t first_seed, size_t n_seeds);

#endif
