/* Transposition of a tile, SVE. */
#include "kernels/simd/transpose_zip.h"
