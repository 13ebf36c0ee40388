#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma"))), apply_to = function)
#include "vectors.h"
#include "precisions.h"

#define NAME(function) tal_bfloat16_##function
// A step multiplies a pair of numbers of each row.
enum { STEP = 2 };
typedef uint16_t operand;

TAL_INLINE __m512 multiply_add(__m512 sum, __m512i row, __m512i column) {
    return _mm512_dpbf16_ps(sum, (__m512bh)row, (__m512bh)column);
}

// Rounds to the nearest, ties to even, like the instruction.
TAL_INLINE operand to_operand(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (operand)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

TAL_INLINE void store(operand *target, __m512 values) {
    _mm256_storeu_si256((__m256i *)target, (__m256i)_mm512_cvtneps_pbh(values));
}

// Interleaves two rows: each pair holds the two numbers of one column.
TAL_INLINE void store_rows(operand *target, size_t stride, __m512 first, __m512 second) {
    (void)stride;
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                           5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    __m512i both = (__m512i)_mm512_cvtne2ps_pbh(second, first);
    _mm512_storeu_si512(target, _mm512_permutexvar_epi16(order, both));
}

// The steps of 32 numbers of a row.
TAL_INLINE __m512i steps_of(__m512 low, __m512 high) { return (__m512i)_mm512_cvtne2ps_pbh(high, low); }

#include "transformer.h"
#include "gemm.h"
#pragma clang attribute pop
#endif
