#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#include "vectors.h"
#include "precisions.h"

#define NAME(function) tal_float32_##function
// A step multiplies one number of each row.
enum { STEP = 1 };
typedef float operand;

TAL_INLINE __m512 multiply_add(__m512 sum, __m512i row, __m512i column) {
    return _mm512_fmadd_ps(_mm512_castsi512_ps(row), _mm512_castsi512_ps(column), sum);
}

TAL_INLINE operand to_operand(float value) { return value; }
TAL_INLINE void store(operand *target, __m512 values) { _mm512_storeu_ps(target, values); }

// Two rows, the second right after the first.
TAL_INLINE void store_rows(operand *target, size_t stride, __m512 first, __m512 second) {
    _mm512_storeu_ps(target, first);
    _mm512_storeu_ps(target + stride, second);
}

// The steps of 16 numbers of a row.
TAL_INLINE __m512i steps_of(__m512 low, __m512 high) {
    (void)high;
    return _mm512_castps_si512(low);
}

#include "transformer.h"
#include "gemm.h"
#pragma clang attribute pop
#endif
