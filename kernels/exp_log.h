/* exp and log for float: the formulas of the contract and the coefficients that all implementations share.
 * Does not hold code: reference/exp_log.h is the scalar version, each ISA has its own.
 *
 * exp(x), after Cody & Waite (1980), chapter 6:
 *   n = fma(x, LOG2E, ROUND) - ROUND                         n = x / ln 2 to the nearest integer
 *   r = fma(n, -LN2_HI, x);  r = fma(n, -LN2_LO, r)          |r| <= ln 2 / 2
 *   q = C4;  q = fma(q, r, C3) ... fma(q, r, C0)             minimax for (exp(r) - 1 - r) / r^2
 *   p = fma(q, r * r, r) + 1.0f
 *   y = p * 2^n, by adding n to p's exponent field
 *   y = x > EXP_MAX ? +infinity : y;   y = x < EXP_MIN ? +0 : y;   y = x if x is NaN
 * Below EXP_MIN = ln FLT_MIN results would be subnormal: they are +0 by the explicit comparison.
 *
 * log(x), after Cephes' logf:
 *   x < FLT_MIN is first multiplied by 2^23
 *   e, f:  x = 2^e * (1 + f),  sqrt(1/2) <= 1 + f < sqrt(2), by integer arithmetic on the exponent field
 *   q = D8;  q = fma(q, f, D7) ... fma(q, f, D0)             minimax for (log(1 + f) - f + f^2 / 2) / f^3
 *   s = f * f;  y = (q * f) * s;  y = fma(e, LN2_LO, y);  y = fma(-0.5f, s, y)
 *   y = fma(e, LN2_HI, f + y)
 *   y = -infinity if x == 0, +infinity if x is +infinity, NaN if x < 0 or x is NaN
 *
 * The polynomials are minimax in relative error (Remez exchange in 50-digit arithmetic, then rounded to float):
 * 3.1e-9 for exp, 1.5e-9 for log before rounding. Over all 2^32 inputs (tests/test_exp_log.c) the worst error is 1.0095
 * ulp for exp, at -0x1.df6002p+5, and 0.8011 ulp for log, at 0x1.487ab6p+0, wherever the exact result is a normal
 * number.
 */
#ifndef MS_KERNELS_EXP_LOG_H
#define MS_KERNELS_EXP_LOG_H

#define MS_EXP_MAX 0x1.62e42ep+6f    /* largest x with exp(x) finite */
#define MS_EXP_MIN (-0x1.5d589ep+6f) /* smallest x with exp(x) >= FLT_MIN */
#define MS_EXP_LOG2E 0x1.715476p+0f  /* 1 / ln 2 */
#define MS_EXP_ROUND 0x1.8p+23f      /* adding it rounds to an integer, which the low mantissa bits then hold */
#define MS_LN2_HI 0x1.63p-1f         /* high part of ln 2: 9 bits, so that n * LN2_HI is exact */
#define MS_LN2_LO (-0x1.bd0106p-13f) /* ln 2 - LN2_HI */

#define MS_EXP_C0 0x1.fffffcp-2f
#define MS_EXP_C1 0x1.555492p-3f
#define MS_EXP_C2 0x1.5558f2p-5f
#define MS_EXP_C3 0x1.1239f2p-7f
#define MS_EXP_C4 0x1.6a241ap-10f

#define MS_LOG_SQRT_HALF_BITS 0x3f3504f3 /* bits of sqrt(1/2) */
#define MS_LOG_SUBNORMAL_SCALE 0x1p+23f

#define MS_LOG_D0 0x1.555548p-2f
#define MS_LOG_D1 (-0x1.ffffeap-3f)
#define MS_LOG_D2 0x1.99a516p-3f
#define MS_LOG_D3 (-0x1.556420p-3f)
#define MS_LOG_D4 0x1.232a4ap-3f
#define MS_LOG_D5 (-0x1.fafa34p-4f)
#define MS_LOG_D6 0x1.e6fba6p-4f
#define MS_LOG_D7 (-0x1.e546fep-4f)
#define MS_LOG_D8 0x1.1c26e6p-4f

#endif
