/* Words that were mistyped. */
#ifndef MS_PLATFORM_DID_YOU_MEAN_H
#define MS_PLATFORM_DID_YOU_MEAN_H

#include <stddef.h>

#define MS_HINT_SIZE 64

/* " (did you mean 'train'?)", with the name that is a letter or two from the word, without regard to case; "" if none
 * is. names: the first member of the first of n elements, `stride` bytes apart; a NULL name ends them. Returns hint. */
const char *ms_did_you_mean(char hint[MS_HINT_SIZE], const char *word, const char *const *names, size_t n,
                            size_t stride);

#endif
