/* Transposition of a tile, VSX. */
#include "kernels/simd/transpose_zip.h"
