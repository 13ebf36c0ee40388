// The functions of avx512.h and avx512-gemm.h for one precision.
#ifndef TAL_PRECISIONS_H
#define TAL_PRECISIONS_H

#include "../include/avx512.h"
#include "../include/avx512-gemm.h"
#include <stdint.h>

// Block sizes of tal_gemm. A block of a and one panel of b stay in the second cache, the whole block of b in the third;
// matrix products that run together share the columns. A step is 32 bits of a row.
enum { BLOCK_ROWS = 128, BLOCK_STEPS = 576, BLOCK_COLUMNS = 86 * 48 };
#define TAL_SCRATCH_BYTES ((BLOCK_ROWS * (BLOCK_STEPS + 16) + BLOCK_STEPS * BLOCK_COLUMNS) * sizeof(uint32_t))

#define TAL_DECLARE(precision)                                                                                         \
    void tal_##precision##_pack_weights(void *packed, const float *weights, size_t stride, size_t outputs,             \
                                        size_t inputs, float scale);                                                   \
    void tal_##precision##_matmul(size_t rows, size_t outputs, size_t inputs, const void *a, size_t stride,           \
                                   const void *packed, tal_matmul_target target);                                     \
    void tal_##precision##_attend(const void *queries, const void *keys, const void *values, size_t tokens,            \
                                  size_t width, size_t first_query, size_t query_count, void *out, size_t stride,      \
                                  float *scratch);                                                                     \
    void tal_##precision##_normalize_rows(void *y, size_t y_stride, const float *x, size_t x_stride,                   \
                                          const float *weight, const float *bias, float epsilon, bool centers,         \
                                          size_t rows, size_t columns);                                                \
    void tal_##precision##_to_operand(void *y, const float *x, size_t count);                                          \
    void tal_##precision##_gemm(size_t m, size_t n, size_t k, const tal_gemm_operands *matmuls, size_t count,          \
                                    bool transposes_a, bool transposes_b, float beta, uint32_t *scratch)

TAL_DECLARE(float32);
TAL_DECLARE(bfloat16);

#endif
