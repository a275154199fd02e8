/* The vocabulary of kernels/simd/simd.h in RISC-V V 1.0, for one length of the registers: the compiler knows it
 * (-mrvv-vector-bits=zvl), so that vectors have a size and arrays of them are kept in registers. */
#ifndef MS_KERNELS_RVV_VEC_H
#define MS_KERNELS_RVV_VEC_H

#include <riscv_vector.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = __riscv_v_fixed_vlen / 32 };

typedef vfloat32m1_t vec __attribute__((riscv_rvv_vector_bits(__riscv_v_fixed_vlen)));
typedef vuint32m1_t ivec __attribute__((riscv_rvv_vector_bits(__riscv_v_fixed_vlen)));
typedef vbool32_t vmask;

#define v_load(x) ((vec)__riscv_vle32_v_f32m1(x, LANES))
#define v_store(y, v) __riscv_vse32_v_f32m1(y, v, LANES)
#define v_store_first(y, n, v) __riscv_vse32_v_f32m1(y, v, n)
#define v_set1(x) ((vec)__riscv_vfmv_v_f_f32m1(x, LANES))
#define v_add(x, y) ((vec)__riscv_vfadd_vv_f32m1(x, y, LANES))
#define v_sub(x, y) ((vec)__riscv_vfsub_vv_f32m1(x, y, LANES))
#define v_mul(x, y) ((vec)__riscv_vfmul_vv_f32m1(x, y, LANES))
#define v_div(x, y) ((vec)__riscv_vfdiv_vv_f32m1(x, y, LANES))
#define v_sqrt(x) ((vec)__riscv_vfsqrt_v_f32m1(x, LANES))
#define v_abs(x) ((vec)__riscv_vfabs_v_f32m1(x, LANES))
#define v_fma(x, y, z) ((vec)__riscv_vfmacc_vv_f32m1(z, x, y, LANES))
#define v_greater(x, y) __riscv_vmfgt_vv_f32m1_b32(x, y, LANES)
#define v_at_least(x, y) __riscv_vmfge_vv_f32m1_b32(x, y, LANES)
#define v_equal(x, y) __riscv_vmfeq_vv_f32m1_b32(x, y, LANES)
#define v_zero_unless(m, x) ((vec)__riscv_vmerge_vvm_f32m1(v_set1(0.0f), x, m, LANES))
#define v_zero_where(m, x) ((vec)__riscv_vfmerge_vfm_f32m1(x, 0.0f, m, LANES))
#define v_blend(m, x, y) ((vec)__riscv_vmerge_vvm_f32m1(y, x, m, LANES))
#define v_iset1(i) ((ivec)__riscv_vmv_v_x_u32m1((uint32_t)(i), LANES))
#define v_lane_numbers() ((ivec)__riscv_vid_v_u32m1(LANES))
#define v_iadd(x, y) ((ivec)__riscv_vadd_vv_u32m1(x, y, LANES))
#define v_isub(x, y) ((ivec)__riscv_vsub_vv_u32m1(x, y, LANES))
#define v_iand(x, y) ((ivec)__riscv_vand_vv_u32m1(x, y, LANES))
#define v_ixor(x, y) ((ivec)__riscv_vxor_vv_u32m1(x, y, LANES))
#define v_iequal(x, y) __riscv_vmseq_vv_u32m1_b32(x, y, LANES)
#define v_igreater(x, y) __riscv_vmsgt_vv_i32m1_b32(v_as_signed(x), v_as_signed(y), LANES)
#define v_izero_unless(m, i) ((ivec)__riscv_vmerge_vvm_u32m1(v_iset1(0), i, m, LANES))
#define v_shift_left(i, n) ((ivec)__riscv_vsll_vx_u32m1(i, n, LANES))
#define v_shift_right(i, n) ((ivec)__riscv_vsrl_vx_u32m1(i, n, LANES))
#define v_shift_right_signed(i, n)                                                                                     \
  ((ivec)__riscv_vreinterpret_v_i32m1_u32m1(__riscv_vsra_vx_i32m1(v_as_signed(i), n, LANES)))
#define v_as_ints(v) ((ivec)__riscv_vreinterpret_v_f32m1_u32m1(v))
#define v_as_floats(i) ((vec)__riscv_vreinterpret_v_u32m1_f32m1(i))
#define v_as_signed __riscv_vreinterpret_v_u32m1_i32m1
#define v_to_floats(i) ((vec)__riscv_vfcvt_f_x_v_f32m1(v_as_signed(i), LANES))

/* A product by a scalar register: it saves copying the factor into every lane. */
#define V_FACTOR
typedef float vfactor;
#define v_factor(x) (x)
#define v_fma_by(f, y, z) ((vec)__riscv_vfmacc_vf_f32m1(z, f, y, LANES))

/* Lanes beyond the first n are left undisturbed: 0. */
static inline vec v_load_first(const float *x, size_t n) {
  return n == LANES ? v_load(x) : (vec)__riscv_vle32_v_f32m1_tu(v_set1(0.0f), x, n);
}

static inline ivec v_load_bytes(const uint8_t *x, size_t n) {
  return __riscv_vzext_vf4_u32m1_tu(v_iset1(0), __riscv_vle8_v_u8mf4(x, n), n);
}

static inline vmask v_unordered(vec x, vec y) {
  return __riscv_vmor_mm_b32(__riscv_vmfne_vv_f32m1_b32(x, x, LANES), __riscv_vmfne_vv_f32m1_b32(y, y, LANES), LANES);
}

static inline void v_multiply_wide(ivec x, ivec y, ivec *high, ivec *low) {
  *high = __riscv_vmulhu_vv_u32m1(x, y, LANES);
  *low = __riscv_vmul_vv_u32m1(x, y, LANES);
}

static inline vmask v_nonzero(vec v) {
  return __riscv_vmfne_vf_f32m1_b32(v, 0.0f, LANES);
}

/* A mask's bits behind those of the lanes are unspecified. */
static inline uint32_t v_nonzero_bits(vec v) {
  return __riscv_vmv_x_s_u32m1_u32(__riscv_vreinterpret_v_b32_u32m1(v_nonzero(v))) & ((1u << LANES) - 1);
}

/* By the mask that `bits` were taken from, which is still in a register. */
static inline void v_store_compressed(float *y, vec v, uint32_t bits) {
  (void)bits;
  v_store(y, __riscv_vcompress_vm_f32m1(v, v_nonzero(v), LANES));
}

#endif
