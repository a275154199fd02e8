/* Transposition of a tile, NEON. */
#include "kernels/simd/transpose_zip.h"
