/* The vocabulary of kernels/simd/simd.h in SVE, compiled once for each length of -msve-vector-bits: vectors then have a
 * size and may be elements of arrays, and the code is right for a CPU of exactly that length. At most 512 bits: dropout
 * takes at most 16 lanes at a time. The predicate of all lanes is a constant, which the compiler keeps in a register.
 * Casts give results the type of fixed length: the operands of ?: must have one type. */
#ifndef MS_KERNELS_SVE_VEC_H
#define MS_KERNELS_SVE_VEC_H

#include <arm_sve.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = __ARM_FEATURE_SVE_BITS / 32 };

typedef svfloat32_t vec __attribute__((arm_sve_vector_bits(__ARM_FEATURE_SVE_BITS)));
typedef svuint32_t ivec __attribute__((arm_sve_vector_bits(__ARM_FEATURE_SVE_BITS)));
typedef svbool_t vmask;

#define ALL svptrue_b32()

#define v_load(x) ((vec)svld1_f32(ALL, x))
#define v_store(y, v) svst1_f32(ALL, y, v)
#define v_set1(x) ((vec)svdup_n_f32(x))
#define v_add(x, y) ((vec)svadd_f32_x(ALL, x, y))
#define v_sub(x, y) ((vec)svsub_f32_x(ALL, x, y))
#define v_mul(x, y) ((vec)svmul_f32_x(ALL, x, y))
#define v_div(x, y) ((vec)svdiv_f32_x(ALL, x, y))
#define v_sqrt(x) ((vec)svsqrt_f32_x(ALL, x))
#define v_abs(x) ((vec)svabs_f32_x(ALL, x))
#define v_fma(x, y, z) ((vec)svmla_f32_x(ALL, z, x, y))
#define v_greater(x, y) svcmpgt_f32(ALL, x, y)
#define v_at_least(x, y) svcmpge_f32(ALL, x, y)
#define v_equal(x, y) svcmpeq_f32(ALL, x, y)
#define v_unordered(x, y) svcmpuo_f32(ALL, x, y)
#define v_blend(m, x, y) ((vec)svsel_f32(m, x, y))
#define v_iadd(i, j) ((ivec)svadd_u32_x(ALL, i, j))
#define v_isub(i, j) ((ivec)svsub_u32_x(ALL, i, j))
#define v_iand(i, j) ((ivec)svand_u32_x(ALL, i, j))
#define v_ixor(i, j) ((ivec)sveor_u32_x(ALL, i, j))
#define v_iequal(i, j) svcmpeq_u32(ALL, i, j)
#define v_shift_left(i, n) ((ivec)svlsl_n_u32_x(ALL, i, n))
#define v_shift_right(i, n) ((ivec)svlsr_n_u32_x(ALL, i, n))
#define v_shift_right_signed(i, n) ((ivec)svreinterpret_u32_s32(svasr_n_s32_x(ALL, svreinterpret_s32_u32(i), n)))
#define v_as_ints(x) ((ivec)svreinterpret_u32_f32(x))
#define v_as_floats(i) ((vec)svreinterpret_f32_u32(i))
#define v_to_floats(i) ((vec)svcvt_f32_s32_x(ALL, svreinterpret_s32_u32(i)))
#define v_zip_low(x, y) ((vec)svzip1_f32(x, y))
#define v_zip_high(x, y) ((vec)svzip2_f32(x, y))

static inline svbool_t first_lanes(size_t n) {
  return svwhilelt_b32_u64(0, n);
}

static inline vec v_load_first(const float *x, size_t n) {
  return svld1_f32(first_lanes(n), x);
}

static inline void v_store_first(float *y, size_t n, vec v) {
  svst1_f32(first_lanes(n), y, v);
}

static inline ivec v_load_bytes(const uint8_t *x, size_t n) {
  return svld1ub_u32(first_lanes(n), x);
}

static inline ivec v_iset1(int i) {
  return svdup_n_u32((uint32_t)i);
}

static inline ivec v_lane_numbers(void) {
  return svindex_u32(0, 1);
}

static inline vmask v_igreater(ivec i, ivec j) {
  return svcmpgt_s32(ALL, svreinterpret_s32_u32(i), svreinterpret_s32_u32(j));
}

static inline vec v_zero_unless(vmask m, vec x) {
  return svsel_f32(m, x, svdup_n_f32(0.0f));
}

static inline vec v_zero_where(vmask m, vec x) {
  return svsel_f32(m, svdup_n_f32(0.0f), x);
}

static inline ivec v_izero_unless(vmask m, ivec i) {
  return svsel_u32(m, i, svdup_n_u32(0));
}

static inline void v_multiply_wide(ivec i, ivec j, ivec *high, ivec *low) {
  *high = svmulh_u32_x(ALL, i, j);
  *low = svmul_u32_x(ALL, i, j);
}

static inline vmask nonzero(vec v) {
  return svcmpne_n_f32(ALL, v, 0.0f);
}

static inline uint32_t v_nonzero_bits(vec v) {
  const ivec lane_bits = svlsl_u32_x(ALL, svdup_n_u32(1), svindex_u32(0, 1));
  return svorv_u32(nonzero(v), lane_bits);
}

static inline void v_store_compressed(float *y, vec v, uint32_t bits) {
  (void)bits; /* the predicate that they came from is at hand */
  svst1_f32(ALL, y, svcompact_f32(nonzero(v), v));
}

#endif
