// General matrix products (GEMM) for x86-64 processors with AVX-512: in float32, or with operands rounded to bfloat16 and
// float32 sums where the processor has AVX512-BF16. Operands are packed by blocks into memory of the calling thread, which
// is freed when the thread ends; nothing else is allocated.
#ifndef TAL_AVX512_GEMM_H
#define TAL_AVX512_GEMM_H

#include "avx512.h"

enum { TAL_TERMS = 4, TAL_MATMULS = 6 };

// A matrix with one row for each window of a sequence. A row is a weighted sum of rows in memory.
//
// Row r is window w = (first + r) % windows of item (first + r) / windows. Its term t is the row w * step + offsets[t]
// of the item times factors[t]; rows outside of the item count as zeros and are not written.
typedef struct {
    // The first row of the first item. Of a source it is only read.
    float *elements;
    // Elements from one row to the next.
    size_t stride;
    // Rows of an item in memory.
    size_t length;
    // Rows of the matrix for each item.
    size_t windows;
    size_t step;
    size_t first;
    size_t terms;
    ptrdiff_t offsets[TAL_TERMS];
    float factors[TAL_TERMS];
} tal_rows;

typedef struct {
    tal_rows a, b, c;
} tal_gemm_operands;

// c = op(a) * op(b) + beta * c, for each of up to TAL_MATMULS matrix products of the same size; op(a) is [m, k], op(b) is
// [k, n] and op transposes or not. Data that the products share is read once while it is in the caches.
//
// With beta 0, c is written without being read. Every term of c receives the product times its factor; with more than one
// term or matrix product, beta must be 1. The rows of a and b are those before transposition; all terms of a transposed b
// lie inside of their items. Requires tal_avx512_supports(precision). Returns false when there is no memory for the blocks.
bool tal_gemm(tal_precision precision, size_t m, size_t n, size_t k, const tal_gemm_operands *matmuls, size_t count,
                  bool transposes_a, bool transposes_b, float beta);

#endif
