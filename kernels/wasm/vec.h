/* The vocabulary of kernels/simd/simd.h in WebAssembly's vectors of 128 bits: with relaxed SIMD, for engines whose
 * relaxed_madd has one rounding (runtime/platform/cpu_wasm.c asks them), and without, by exact arithmetic in double. */
#ifndef MS_KERNELS_WASM_VEC_H
#define MS_KERNELS_WASM_VEC_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wasm_simd128.h>

#include "kernels/simd/compress_lanes.h"

enum { LANES = 4 };

typedef v128_t vec;
typedef v128_t ivec;
typedef v128_t vmask; /* all bits of a lane */

#define v_load wasm_v128_load
#define v_store wasm_v128_store
#define v_set1 wasm_f32x4_splat
#define v_iset1 wasm_i32x4_splat
#define v_add wasm_f32x4_add
#define v_sub wasm_f32x4_sub
#define v_mul wasm_f32x4_mul
#define v_div wasm_f32x4_div
#define v_sqrt wasm_f32x4_sqrt
#define v_abs wasm_f32x4_abs
#define v_greater wasm_f32x4_gt
#define v_at_least wasm_f32x4_ge
#define v_equal wasm_f32x4_eq
#define v_zero_unless wasm_v128_and
#define v_zero_where(m, x) wasm_v128_andnot(x, m)
#define v_blend(m, x, y) wasm_v128_bitselect(x, y, m)
#define v_iadd wasm_i32x4_add
#define v_isub wasm_i32x4_sub
#define v_iand wasm_v128_and
#define v_ixor wasm_v128_xor
#define v_igreater wasm_i32x4_gt
#define v_iequal wasm_i32x4_eq
#define v_izero_unless wasm_v128_and
#define v_shift_left wasm_i32x4_shl
#define v_shift_right wasm_u32x4_shr
#define v_shift_right_signed wasm_i32x4_shr
#define v_as_ints(x) (x)
#define v_as_floats(x) (x)
#define v_to_floats wasm_f32x4_convert_i32x4
#define v_zip_low(x, y) wasm_i32x4_shuffle(x, y, 0, 4, 1, 5)
#define v_zip_high(x, y) wasm_i32x4_shuffle(x, y, 2, 6, 3, 7)

#include "kernels/simd/first_lanes.h"

static inline ivec v_load_bytes(const uint8_t *x, size_t n) {
  uint32_t four = 0; /* read without passing the end of x */
  memcpy(&four, x, n == LANES ? LANES : n);
  return wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(wasm_u32x4_splat(four)));
}

static inline ivec v_lane_numbers(void) {
  return wasm_i32x4_const(0, 1, 2, 3);
}

#if defined(__wasm_relaxed_simd__)
#define v_fma wasm_f32x4_relaxed_madd
#else
/* The low and the high two lanes. */
#define LOW_AS_DOUBLE wasm_f64x2_promote_low_f32x4
#define HIGH_AS_DOUBLE(v) wasm_f64x2_promote_low_f32x4(wasm_i64x2_shuffle(v, v, 1, 1))

static inline vec as_floats(v128_t low, v128_t high) {
  return wasm_i64x2_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high), 0, 2);
}

/* Two lanes of reference/fma.h's ms_fma_in_double, where the steps are explained. */
static inline v128_t sum_to_odd(v128_t product, v128_t z) {
  const v128_t sum = wasm_f64x2_add(product, z), rounded_z = wasm_f64x2_sub(sum, product);
  const v128_t error =
      wasm_f64x2_add(wasm_f64x2_sub(product, wasm_f64x2_sub(sum, rounded_z)), wasm_f64x2_sub(z, rounded_z));
  const v128_t inexact = wasm_v128_and(wasm_f64x2_ne(error, wasm_f64x2_const_splat(0)),
                                       wasm_f64x2_lt(wasm_f64x2_abs(sum), wasm_f64x2_const_splat((double)INFINITY)));
  const v128_t away = wasm_v128_and(wasm_u64x2_shr(wasm_v128_xor(sum, error), 63), inexact);
  return wasm_v128_or(wasm_i64x2_sub(sum, away), wasm_v128_and(inexact, wasm_i64x2_const_splat(1)));
}

static __attribute__((noinline, unused)) vec fma_exactly(vec x, vec y, vec z) {
  return as_floats(sum_to_odd(wasm_f64x2_mul(LOW_AS_DOUBLE(x), LOW_AS_DOUBLE(y)), LOW_AS_DOUBLE(z)),
                   sum_to_odd(wasm_f64x2_mul(HIGH_AS_DOUBLE(x), HIGH_AS_DOUBLE(y)), HIGH_AS_DOUBLE(z)));
}

/* Whether rounding the sum to double and then to float may differ from one rounding. Rounding keeps order, so it can
 * only where the double is half-way between two floats; those below FLT_MIN lie elsewhere. */
static inline v128_t is_suspect(v128_t sum) {
  const v128_t dropped = wasm_v128_and(sum, wasm_i64x2_const_splat(0x1fffffff));
  return wasm_v128_or(wasm_i64x2_eq(dropped, wasm_i64x2_const_splat(0x10000000)),
                      wasm_f64x2_lt(wasm_f64x2_abs(sum), wasm_f64x2_const_splat(0x1p-126)));
}

static inline vec v_fma(vec x, vec y, vec z) {
  const v128_t low = wasm_f64x2_add(wasm_f64x2_mul(LOW_AS_DOUBLE(x), LOW_AS_DOUBLE(y)), LOW_AS_DOUBLE(z));
  const v128_t high = wasm_f64x2_add(wasm_f64x2_mul(HIGH_AS_DOUBLE(x), HIGH_AS_DOUBLE(y)), HIGH_AS_DOUBLE(z));
  return wasm_v128_any_true(wasm_v128_or(is_suspect(low), is_suspect(high))) ? fma_exactly(x, y, z)
                                                                             : as_floats(low, high);
}
#undef LOW_AS_DOUBLE
#undef HIGH_AS_DOUBLE
#endif

static inline vmask v_unordered(vec x, vec y) {
  return wasm_v128_or(wasm_f32x4_ne(x, x), wasm_f32x4_ne(y, y));
}

static inline void v_multiply_wide(ivec x, ivec y, ivec *high, ivec *low) {
  const v128_t first = wasm_u64x2_extmul_low_u32x4(x, y), last = wasm_u64x2_extmul_high_u32x4(x, y);
  *low = wasm_i32x4_shuffle(first, last, 0, 2, 4, 6);
  *high = wasm_i32x4_shuffle(first, last, 1, 3, 5, 7);
}

static inline uint32_t v_nonzero_bits(vec v) {
  return wasm_i32x4_bitmask(wasm_f32x4_ne(v, wasm_f32x4_const_splat(0)));
}

static inline void v_store_compressed(float *y, vec v, uint32_t bits) {
  wasm_v128_store(y, wasm_i8x16_swizzle(v, wasm_v128_load(to_front[bits])));
}

#endif
