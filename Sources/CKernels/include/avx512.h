// Matrix products, attention and layer normalisation of a frozen transformer encoder for x86-64 processors with AVX-512: in
// float32, or in bfloat16 with float32 sums where the processor has AVX512-BF16.
//
// An operand is a matrix of float or of bfloat16 (the upper 16 bits of a float). Rows of operands come in multiples of 8,
// columns in multiples of 16; memory beyond the real rows must be readable and is ignored. Residuals, biases and
// sums are always float. Nothing here allocates.
#ifndef TAL_AVX512_H
#define TAL_AVX512_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { TAL_FLOAT32, TAL_BFLOAT16 } tal_precision;

// Whether this processor runs the functions of this header and of avx512-gemm.h with operands of this precision.
bool tal_avx512_supports(tal_precision precision);

// Bytes of packed weights: an operand with `outputs * inputs` elements.
size_t tal_packed_bytes(tal_precision precision, size_t outputs, size_t inputs);
// Packs scale * weights for tal_matmul. The rows of weights, `stride` apart, are outputs.
void tal_pack_weights(tal_precision precision, void *packed, const float *weights, size_t stride, size_t outputs,
                      size_t inputs, float scale);

// What happens with a matrix product.
typedef enum {
    TAL_TO_RESIDUAL, // added to float
    TAL_TO_OPERAND,  // stored as an operand
    TAL_TO_GELU,     // stored as an operand after the exact GELU
    TAL_TO_GELU_TANH,  // the same with GELU by the hyperbolic tangent
    TAL_TO_QUICK_GELU, // the same with x / (1 + exp(-1.702 x))
    TAL_TO_RELU6,      // stored as an operand, cut to 0...6
    TAL_TO_VALUES,   // stored as the values of tal_attend
} tal_target;

typedef struct {
    tal_target target;
    void *elements;
    // Elements from one row to the next.
    size_t stride;
    // Columns in a block and elements from one block of columns to the next: the heads of attention lie one after the
    // other. One block holds all columns where block is 0.
    size_t block, block_stride;
    // Added to every row; may be null.
    const float *bias;
} tal_matmul_target;

// target = a * weights^T; a is an operand [rows, inputs].
void tal_matmul(tal_precision precision, size_t rows, size_t outputs, size_t inputs, const void *a, size_t stride,
                 const void *packed, tal_matmul_target target);

// Bytes of scratch memory for tal_attend; it must be aligned to 64.
size_t tal_attention_scratch_bytes(size_t tokens, size_t width);
enum { TAL_QUERIES = 48 };
// One head of attention for at most TAL_QUERIES queries. Queries, keys [tokens, width] are operands, queries already
// scaled by log2(e) / sqrt(width); the values were stored by TAL_TO_VALUES. out is an operand with rows `stride` apart,
// of which `width` columns are written.
void tal_attend(tal_precision precision, const void *queries, const void *keys, const void *values, size_t tokens,
                size_t width, size_t first_query, size_t query_count, void *out, size_t stride, float *scratch);

// y = layer normalisation of x [rows, columns], an operand; by the root mean square where the mean is not taken off.
void tal_normalize_rows(tal_precision precision, void *y, size_t y_stride, const float *x, size_t x_stride,
                        const float *weight, const float *bias, float epsilon, bool centers, size_t rows,
                        size_t columns);

// y = x as operands.
void tal_to_operand(tal_precision precision, void *y, const float *x, size_t count);

#endif
