/* Transposition of a tile, WebAssembly. */
#include "kernels/simd/transpose_zip.h"
