// The functions of inference.h for one precision.
#ifndef TAL_PRECISIONS_H
#define TAL_PRECISIONS_H

#include "../include/inference.h"

#define TAL_DECLARE(precision)                                                                                         \
    void tal_##precision##_pack_weights(void *packed, const float *weights, size_t stride, size_t outputs,             \
                                        size_t inputs, float scale);                                                   \
    void tal_##precision##_product(size_t rows, size_t outputs, size_t inputs, const void *a, size_t stride,           \
                                   const void *packed, tal_product_target target);                                     \
    void tal_##precision##_attend(const void *queries, const void *keys, const void *values, size_t tokens,            \
                                  size_t width, size_t first_query, size_t query_count, void *out, size_t stride,      \
                                  float *scratch);                                                                     \
    void tal_##precision##_normalize_rows(void *y, size_t y_stride, const float *x, size_t x_stride,                   \
                                          const float *weight, const float *bias, float epsilon, size_t rows,          \
                                          size_t columns);                                                             \
    void tal_##precision##_to_operand(void *y, const float *x, size_t count)

TAL_DECLARE(float32);
TAL_DECLARE(bfloat16);

#endif
