/* The kernels of kernels.h in plain scalar C: the oracle of the tests and the fallback of the program.
 * Contracts, shapes and aliasing rules stand in kernels.h. */
#ifndef MS_REFERENCE_REFERENCE_H
#define MS_REFERENCE_REFERENCE_H

#define MS_ISA reference
#include "kernels/prototypes.h"

#endif
