/* What the kernels of this folder are written in: a small vocabulary over vectors, which each ISA folder defines in its
 * vec.h. The compiler gets that folder by -iquote and the suffix of all names by -DMS_ISA, once for each instruction
 * set.
 *
 * Types: vec holds LANES floats, ivec as many 32-bit integers, vmask one truth value a lane.
 *   v_load(x)  v_store(y, v)                     LANES elements, of any alignment
 *   v_load_first(x, n)  v_store_first(y, n, v)   the first n <= LANES; other lanes are +0, or not stored
 *   v_load_bytes(x, n)                           the first n <= LANES bytes as integers; other lanes are 0
 *   v_set1(x)  v_iset1(i)  v_lane_numbers()      x or i in every lane; 0, 1, 2, ...
 *   v_add  v_sub  v_mul  v_div  v_sqrt  v_abs    v_fma(x, y, z) is x * y + z with one rounding
 *   vfactor  v_factor(x)  v_fma_by(f, y, z)      v_fma(v_set1(x), y, z), f = v_factor(x); vec.h may have a better way
 *                                                and defines V_FACTOR then
 *   v_greater  v_at_least  v_equal               x > y, x >= y, x == y: false if one is NaN
 *   v_unordered                                  x or y is NaN
 *   v_zero_unless(m, x)  v_zero_where(m, x)      m ? x : +0, m ? +0 : x
 *   v_blend(m, x, y)  v_izero_unless(m, i)       m ? x : y, m ? i : 0
 *   v_iadd  v_isub  v_iand  v_ixor               modulo 2^32
 *   v_igreater  v_iequal                         signed comparison
 *   v_shift_left  v_shift_right  v_shift_right_signed(i, n)   by a constant n
 *   v_as_ints  v_as_floats                       the same bits
 *   v_to_floats                                  the same values, signed
 *   v_multiply_wide(i, j, &high, &low)           both halves of the unsigned products
 *   v_nonzero_bits(v)                            bit l set where lane l is not 0
 *   v_store_compressed(y, v, bits)               with bits = v_nonzero_bits(v): these lanes one behind the other; LANES
 *                                                elements are stored, those behind them unspecified
 *   v_broadcast_lane(v, i)                       lane i[0] in every lane; i has equal lanes. Only with SKIP_SPREAD
 *
 * A tail of fewer than LANES elements goes through the same arithmetic as the body. Elements beyond its end are neither
 * read nor written: it may end at the last byte of a page. A small function of `width` elements, called with LANES in a
 * loop and once for the tail, gives full vectors without a branch each. */
#ifndef MS_KERNELS_SIMD_SIMD_H
#define MS_KERNELS_SIMD_SIMD_H

#include "kernels/prototypes.h"
#include "vec.h"

#ifndef V_FACTOR
typedef vec vfactor;
#define v_factor v_set1
#define v_fma_by v_fma
#endif

static inline size_t min_size(size_t x, size_t y) {
  return x < y ? x : y;
}

#endif
