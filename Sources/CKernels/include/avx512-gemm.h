// Products of matrices in memory, for processors with AVX-512: float32, or bfloat16 operands with sums in float32 where
// the processor multiplies such numbers. Operands are packed by blocks into memory of the calling thread, which is kept
// until the thread ends; nothing else is allocated.
#ifndef TAL_PRODUCTS_H
#define TAL_PRODUCTS_H

#include "avx512.h"

enum { TAL_TERMS = 4, TAL_PRODUCTS = 6 };

// A matrix each row of which stands for a window of a sequence: a sum of rows in memory, with factors.
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
} tal_operands;

// c = op(a) * op(b) + beta * c for each of up to TAL_PRODUCTS products of the same size, where op(a) is [m, k] and op(b) is
// [k, n]; what they share of memory is read while it is in the caches. The rows of a and b are those before transposition;
// all terms of a transposed b lie inside of their items.
// Every term of c receives the product times its factor; with more than one term or product, beta is 1. Requires tal_inference_available(precision). Returns whether there was memory to work in.
bool tal_multiply(tal_precision precision, size_t m, size_t n, size_t k, const tal_operands *products, size_t count,
                  bool transposes_a, bool transposes_b, float beta);

#endif
