// Shapes and functions shared by the two precisions.
#ifndef TAL_VECTORS_H
#define TAL_VECTORS_H

#include "../clones.h"
#include "../include/avx512.h"
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

// A tile of 8 rows and 48 columns keeps 24 sums, 3 columns and 1 row in the 32 vector registers.
enum { TILE_ROWS = 8, TILE_VECTORS = 3, LANES = 16, TILE_COLUMNS = TILE_VECTORS * LANES };

// Keys whose probabilities stay in the first caches while they are multiplied by the values.
enum { KEY_BLOCK = 256 };

#define EACH_ROW _Pragma("clang loop unroll(full)") for (int i = 0; i < TILE_ROWS; i++)
#define EACH_VECTOR _Pragma("clang loop unroll(full)") for (int j = 0; j < vectors; j++)

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

// 2^x for x <= 128, relative error 2e-7: a polynomial on -0.5...0.5 and a shift of the exponent.
TAL_INLINE __m512 power_of_two(__m512 x) {
    __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 rest = _mm512_sub_ps(x, whole);
    __m512 p = _mm512_set1_ps(1.3276471e-3f);
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(9.675541e-3f));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(5.550713e-2f));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(2.402212e-1f));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(6.931469e-1f));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(p, whole);
}

// Exact GELU, x times the cumulative normal distribution at x, absolute error 1e-7. The upper tail at |x| is two to the
// power of a polynomial fitted on 0...6.5; beyond 6.5 the tail is negligible.
TAL_INLINE __m512 gelu(__m512 x) {
    __m512 size = _mm512_min_ps(_mm512_abs_ps(x), _mm512_set1_ps(6.5f));
    __m512 p = _mm512_set1_ps(3.309283e-5f);
    p = _mm512_fmadd_ps(p, size, _mm512_set1_ps(-7.6921983e-4f));
    p = _mm512_fmadd_ps(p, size, _mm512_set1_ps(8.0807172e-3f));
    p = _mm512_fmadd_ps(p, size, _mm512_set1_ps(-5.3412106e-2f));
    p = _mm512_fmadd_ps(p, size, _mm512_set1_ps(-4.5877096e-1f));
    p = _mm512_fmadd_ps(p, size, _mm512_set1_ps(-1.1512017f));
    p = _mm512_fmadd_ps(p, size, _mm512_set1_ps(-0.99999309f));
    return _mm512_fnmadd_ps(size, power_of_two(p), _mm512_max_ps(x, _mm512_setzero_ps()));
}

// x / (1 + 2^-y); where 2^-y is too large for a float, the result is too small for one.
TAL_INLINE __m512 over_logistic(__m512 x, __m512 y) {
    __m512 power = power_of_two(_mm512_min_ps(_mm512_sub_ps(_mm512_setzero_ps(), y), _mm512_set1_ps(126.0f)));
    return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0f), power));
}

// GELU by the hyperbolic tangent: x / (1 + exp(-2 u)) with u = sqrt(2 / pi) (x + 0.044715 x^3).
TAL_INLINE __m512 gelu_tanh(__m512 x) {
    __m512 factor = _mm512_fmadd_ps(_mm512_mul_ps(x, x), _mm512_set1_ps(0.10294324f), _mm512_set1_ps(2.3022082f));
    return over_logistic(x, _mm512_mul_ps(x, factor));
}

// x / (1 + exp(-1.702 x)).
TAL_INLINE __m512 quick_gelu(__m512 x) { return over_logistic(x, _mm512_mul_ps(x, _mm512_set1_ps(2.4554669f))); }

// Exchanges rows and columns of 16 x 16 values of 32 bits.
TAL_INLINE void transpose(__m512i row[LANES]) {
    __m512i pair[LANES], quad[LANES];
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i += 2) {
        pair[i] = _mm512_unpacklo_epi32(row[i], row[i + 1]);
        pair[i + 1] = _mm512_unpackhi_epi32(row[i], row[i + 1]);
    }
    // quad[i + c] holds in its four parts the columns c, 4 + c, 8 + c, 12 + c of the rows i to i + 3.
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i += 4) {
        quad[i] = _mm512_unpacklo_epi64(pair[i], pair[i + 2]);
        quad[i + 1] = _mm512_unpackhi_epi64(pair[i], pair[i + 2]);
        quad[i + 2] = _mm512_unpacklo_epi64(pair[i + 1], pair[i + 3]);
        quad[i + 3] = _mm512_unpackhi_epi64(pair[i + 1], pair[i + 3]);
    }
    _Pragma("clang loop unroll(full)") for (int c = 0; c < 4; c++) {
        __m512i even_low = _mm512_shuffle_i32x4(quad[c], quad[4 + c], 0x88);
        __m512i odd_low = _mm512_shuffle_i32x4(quad[c], quad[4 + c], 0xDD);
        __m512i even_high = _mm512_shuffle_i32x4(quad[8 + c], quad[12 + c], 0x88);
        __m512i odd_high = _mm512_shuffle_i32x4(quad[8 + c], quad[12 + c], 0xDD);
        row[c] = _mm512_shuffle_i32x4(even_low, even_high, 0x88);
        row[4 + c] = _mm512_shuffle_i32x4(odd_low, odd_high, 0x88);
        row[8 + c] = _mm512_shuffle_i32x4(even_low, even_high, 0xDD);
        row[12 + c] = _mm512_shuffle_i32x4(odd_low, odd_high, 0xDD);
    }
}

#endif
