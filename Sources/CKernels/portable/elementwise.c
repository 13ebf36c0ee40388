#include "../clones.h"
#include "functions.h"
#include "portable.h"
#include <math.h>

#pragma clang fp contract(fast) reassociate(on)

#define BINARY_LOOPS(EXPRESSION)                                                                                       \
    if (stride_a == 1 && stride_b == 1) {                                                                              \
        for (size_t i = 0; i < count; i++) { float p = a[i], q = b[i]; y[i] = EXPRESSION; }                            \
    } else if (stride_a == 1) {                                                                                        \
        float q = b[0];                                                                                                \
        for (size_t i = 0; i < count; i++) { float p = a[i]; y[i] = EXPRESSION; }                                      \
    } else if (stride_b == 1) {                                                                                        \
        float p = a[0];                                                                                                \
        for (size_t i = 0; i < count; i++) { float q = b[i]; y[i] = EXPRESSION; }                                      \
    } else {                                                                                                           \
        float p = a[0], q = b[0], value = EXPRESSION;                                                                  \
        for (size_t i = 0; i < count; i++) y[i] = value;                                                               \
    }                                                                                                                  \
    break

TAL_CLONES
void tal_binary(tal_binary_op op, float *y, const float *a, size_t stride_a, const float *b, size_t stride_b,
                size_t count) {
    switch (op) {
    case TAL_ADD: BINARY_LOOPS(p + q);
    case TAL_SUBTRACT: BINARY_LOOPS(p - q);
    case TAL_MULTIPLY: BINARY_LOOPS(p *q);
    case TAL_DIVIDE: BINARY_LOOPS(p / q);
    case TAL_MINIMUM: BINARY_LOOPS(p < q ? p : q);
    }
}

#define UNARY_LOOP(EXPRESSION)                                                                                         \
    for (size_t i = 0; i < count; i++) { float v = x[i]; y[i] = EXPRESSION; }                                          \
    break

TAL_CLONES
void tal_unary(tal_unary_op op, float *restrict y, const float *restrict x, size_t count) {
    switch (op) {
    case TAL_EXP: UNARY_LOOP(tal_expf(v));
    case TAL_LOG: UNARY_LOOP(logf(v));
    case TAL_SQRT: UNARY_LOOP(sqrtf(v));
    case TAL_SQUARE: UNARY_LOOP(v *v);
    case TAL_ABS: UNARY_LOOP(fabsf(v));
    case TAL_SIGMOID: UNARY_LOOP(tal_sigmoidf(v));
    case TAL_RELU: UNARY_LOOP(v > 0 ? v : 0);
    case TAL_GELU: UNARY_LOOP(tal_geluf(v));
    }
}

#define UNARY_BACKWARD_LOOP(SLOPE)                                                                                     \
    if (accumulate) {                                                                                                  \
        for (size_t i = 0; i < count; i++) { float v = x[i]; dx[i] += dy[i] * (SLOPE); }                               \
    } else {                                                                                                           \
        for (size_t i = 0; i < count; i++) { float v = x[i]; dx[i] = dy[i] * (SLOPE); }                                \
    }                                                                                                                  \
    break

TAL_INLINE float sigmoid_slope(float v) {
    float s = tal_sigmoidf(v);
    return s * (1 - s);
}

TAL_CLONES
void tal_unary_backward(tal_unary_op op, float *restrict dx, const float *restrict x, const float *restrict dy,
                        size_t count, int accumulate) {
    switch (op) {
    case TAL_EXP: UNARY_BACKWARD_LOOP(tal_expf(v));
    case TAL_LOG: UNARY_BACKWARD_LOOP(1 / v);
    case TAL_SQRT: UNARY_BACKWARD_LOOP(0.5f / sqrtf(v));
    case TAL_SQUARE: UNARY_BACKWARD_LOOP(2 * v);
    case TAL_ABS: UNARY_BACKWARD_LOOP(v > 0 ? 1.0f : (v < 0 ? -1.0f : 0.0f));
    case TAL_SIGMOID: UNARY_BACKWARD_LOOP(sigmoid_slope(v));
    case TAL_RELU: UNARY_BACKWARD_LOOP(v > 0 ? 1.0f : 0.0f);
    case TAL_GELU: UNARY_BACKWARD_LOOP(tal_gelu_slope(v));
    }
}

TAL_CLONES
void tal_affine(float *y, const float *x, float a, float b, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = a * x[i] + b;
}

TAL_CLONES
void tal_axpy(float *restrict y, const float *restrict x, float a, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += a * x[i];
}

TAL_CLONES
void tal_add_in_place(float *restrict target, const float *restrict source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] += source[i];
}

// Nearest, ties to even. What is no number stays none.
static inline uint16_t rounded_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    return (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? bits >> 16 | 0x40 : rounded);
}

static inline float from_bfloat16(uint16_t value) {
    const uint32_t bits = (uint32_t)value << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

TAL_CLONES
void tal_round_to_bfloat16(uint16_t *restrict target, const float *restrict source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = rounded_bfloat16(source[i]);
}

TAL_CLONES
void tal_widen_bfloat16(float *restrict target, const uint16_t *restrict source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = from_bfloat16(source[i]);
}

TAL_CLONES
void tal_add_bfloat16(float *restrict target, const uint16_t *restrict source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] += from_bfloat16(source[i]);
}

TAL_CLONES
float tal_sum(const float *x, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += x[i];
    return sum;
}

TAL_CLONES
double tal_sum_of_squares(const float *x, size_t count) {
    double sum = 0;
    for (size_t start = 0; start < count; start += 4096) {
        size_t end = start + 4096 < count ? start + 4096 : count;
        float part = 0;
        for (size_t i = start; i < end; i++) part += x[i] * x[i];
        sum += part;
    }
    return sum;
}

TAL_CLONES
float tal_dot(const float *a, const float *b, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

TAL_CLONES
void tal_tubelet_row(float *restrict first, float *restrict second, const uint8_t *restrict a,
                     const uint8_t *restrict b, const float *restrict scale, const float *restrict shift, size_t count,
                     int mixes, float difference_scale) {
    if (mixes) {
        for (size_t i = 0; i < count; i++) {
            float p = scale[i] * (float)a[i] + shift[i], q = scale[i] * (float)b[i] + shift[i];
            first[i] = 0.5f * (p + q);
            second[i] = difference_scale * (q - p);
        }
    } else {
        for (size_t i = 0; i < count; i++) {
            first[i] = scale[i] * (float)a[i] + shift[i];
            second[i] = scale[i] * (float)b[i] + shift[i];
        }
    }
}
