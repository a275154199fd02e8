/* The vocabulary of kernels/simd/simd.h in VSX, as POWER8 has it, little-endian.
 *
 * A load or store in big-endian order is one instruction, in little-endian order POWER8 needs a permutation besides. So
 * lane l is element 3 - l of the compiler's vector. All floating-point instructions must be VSX's: AltiVec's flush
 * subnormals in the mode (VSCR's NJ) in which Linux starts a process. */
#ifndef MS_KERNELS_VSX_VEC_H
#define MS_KERNELS_VSX_VEC_H

#include <altivec.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#undef vector /* altivec.h defines them, and bool is stdbool.h's */
#undef pixel
#undef bool

#include "kernels/simd/compress_lanes.h"

enum { LANES = 4 };

typedef __vector float vec;
typedef __vector unsigned int ivec;
typedef __vector __bool int vmask; /* all bits of a lane */

#define v_add vec_add
#define v_sub vec_sub
#define v_mul vec_mul
#define v_div vec_div
#define v_sqrt vec_sqrt
#define v_abs vec_abs
#define v_greater vec_cmpgt
#define v_at_least vec_cmpge
#define v_equal vec_cmpeq
#define v_zero_where(m, x) vec_andc(x, m)
#define v_zero_unless(m, x) vec_and(x, m)
#define v_izero_unless(m, i) vec_and(i, m)
#define v_blend(m, x, y) vec_sel(y, x, m)
#define v_iadd vec_add
#define v_isub vec_sub
#define v_iand vec_and
#define v_ixor vec_xor
#define v_iequal vec_cmpeq
#define v_as_ints(x) ((ivec)(x))
#define v_as_floats(i) ((vec)(i))
#define v_shift_left(i, n) vec_sl(i, vec_splats((unsigned)(n)))
#define v_shift_right(i, n) vec_sr(i, vec_splats((unsigned)(n)))
#define v_shift_right_signed(i, n) ((ivec)vec_sra((__vector int)(i), vec_splats((unsigned)(n))))
/* Lanes count from the other end than the compiler's elements. */
#define v_zip_low(x, y) vec_mergel(y, x)
#define v_zip_high(x, y) vec_mergeh(y, x)

/* By way of the bits: gcc would load a float as a double and convert it back. */
static inline vec v_set1(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return (vec)vec_splats(bits);
}

static inline vec v_load(const float *x) {
  return vec_xl_be(0, x);
}

static inline void v_store(float *y, vec v) {
  vec_xst_be(v, 0, y);
}

#include "kernels/simd/first_lanes.h"

static inline ivec v_load_bytes(const uint8_t *x, size_t n) {
  uint32_t four = 0; /* read without passing the end of x */
  memcpy(&four, x, n == LANES ? LANES : n);
  const __vector unsigned char bytes = (__vector unsigned char)vec_splats(four), zero = vec_splats((unsigned char)0);
  const __vector unsigned char order = {3, 16, 16, 16, 2, 16, 16, 16, 1, 16, 16, 16, 0, 16, 16, 16};
  return (ivec)vec_perm(bytes, zero, order);
}

static inline ivec v_iset1(int i) {
  return vec_splats((unsigned)i);
}

static inline ivec v_lane_numbers(void) {
  return (ivec){3, 2, 1, 0};
}

/* vec_madd becomes AltiVec's vmaddfp in gcc 12 wherever that saves a copy of a register. */
static inline vec v_fma(vec x, vec y, vec z) {
  __asm__("xvmaddasp %x0,%x1,%x2" : "+wa"(z) : "wa"(x), "wa"(y));
  return z;
}

static inline vmask v_unordered(vec x, vec y) {
  return vec_nand(vec_cmpeq(x, x), vec_cmpeq(y, y));
}

static inline vmask v_igreater(ivec x, ivec y) {
  return vec_cmpgt((__vector int)x, (__vector int)y);
}

static inline vec v_to_floats(ivec x) {
  return vec_float((__vector int)x);
}

static inline void v_multiply_wide(ivec x, ivec y, ivec *high, ivec *low) {
  const ivec even = (ivec)vec_mule(x, y), odd = (ivec)vec_mulo(x, y);
  *low = vec_mergee(even, odd);
  *high = vec_mergeo(even, odd);
}

static inline uint32_t v_nonzero_bits(vec v) {
  /* vbpermq gathers the bits of these numbers, from the register's left end; of 128 it takes 0. */
  const __vector unsigned char first_bits = {0, 32, 64, 96, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128};
  const vmask zero = vec_cmpeq(v, v_set1(0.0f));
  return 15 ^ (uint32_t)vec_extract(vec_vbpermq((__vector unsigned char)zero, first_bits), 1);
}

static inline void v_store_compressed(float *y, vec v, uint32_t bits) {
  /* The order of lanes as one of elements: byte b of lane l is number 4 * (3 - l) + b. */
  const __vector unsigned char lanes = (__vector unsigned char)vec_xl_be(0, (const unsigned *)to_front[bits]);
  v_store(y, vec_perm(v, v, vec_xor(lanes, vec_splats((unsigned char)12))));
}

#endif
