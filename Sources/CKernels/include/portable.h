// Inner loops in plain scalar C, written so that the compiler vectorises them. On x86-64 each function is cloned per
// instruction set and the best clone is picked when the program starts; on arm64 the same source becomes NEON.
// All arrays are dense and row-major unless a stride is given. None of these functions allocates.
#ifndef TAL_PORTABLE_H
#define TAL_PORTABLE_H

#include <stddef.h>
#include <stdint.h>

// MARK: - Elementwise

typedef enum { TAL_ADD, TAL_SUBTRACT, TAL_MULTIPLY, TAL_DIVIDE, TAL_MINIMUM } tal_binary_op;

// y = a op b. The strides of a and b are 1 (a row) or 0 (one value for the whole row).
void tal_binary(tal_binary_op op, float *y, const float *a, size_t stride_a, const float *b, size_t stride_b,
                size_t count);

typedef enum {
    TAL_EXP, TAL_LOG, TAL_SQRT, TAL_SQUARE, TAL_ABS, TAL_SIGMOID, TAL_RELU, TAL_GELU
} tal_unary_op;

// y = op(x)
void tal_unary(tal_unary_op op, float *y, const float *x, size_t count);
// dx (+)= dy * op'(x)
void tal_unary_backward(tal_unary_op op, float *dx, const float *x, const float *dy, size_t count, int accumulate);

// y = a * x + b
void tal_affine(float *y, const float *x, float a, float b, size_t count);
// y += a * x
void tal_axpy(float *y, const float *x, float a, size_t count);
// target += source
void tal_add_in_place(float *target, const float *source, size_t count);
// bfloat16 is the upper half of a float: target = source, rounded to nearest; the way back; target += source.
void tal_round_to_bfloat16(uint16_t *target, const float *source, size_t count);
void tal_widen_bfloat16(float *target, const uint16_t *source, size_t count);
void tal_add_bfloat16(float *target, const uint16_t *source, size_t count);
float tal_sum(const float *x, size_t count);
double tal_sum_of_squares(const float *x, size_t count);
float tal_dot(const float *a, const float *b, size_t count);

// One row of pixels of two frames: scale * byte + shift, per value; with `mixes`, their mean and their difference times
// `difference_scale` instead.
void tal_tubelet_row(float *first, float *second, const uint8_t *a, const uint8_t *b, const float *scale,
                     const float *shift, size_t count, int mixes, float difference_scale);

// MARK: - Pixels

// Conversion from brightness and colour differences to red, green and blue, factors in 16.16.
typedef struct {
    int32_t black, y, v_to_red, u_to_green, v_to_green, u_to_blue;
} tal_colour_matrix;

// One row of packed RGB; two neighbouring pixels share a value of u and v.
void tal_rgb_row(uint8_t *rgb, const uint8_t *y, const uint8_t *u, const uint8_t *v, size_t width,
                 tal_colour_matrix matrix);

// MARK: - Rows: x is [rows, columns]

// y += bias for each row.
void tal_add_bias(float *y, const float *bias, size_t rows, size_t columns);
// sums += sum over rows.
void tal_sum_rows(float *sums, const float *x, size_t rows, size_t columns);
// x[row] *= scale[row]
void tal_scale_rows(float *x, const float *scale, size_t rows, size_t columns);
// y = softmax over columns; a row that is -inf everywhere becomes zeros. y may be x.
void tal_softmax(float *y, const float *x, size_t rows, size_t columns);
// dx = y * (dy - sum(y * dy)); dx may be dy.
void tal_softmax_backward(float *dx, const float *y, const float *dy, size_t rows, size_t columns);
// y = (x - mean) / sqrt(variance + epsilon) * weight + bias, per row; weight and bias may be null.
void tal_layer_norm(float *y, float *mean, float *inverse_deviation, const float *x, const float *weight,
                    const float *bias, float epsilon, size_t rows, size_t columns);
// Any of dx, dweight, dbias may be null; dx is written or added to, dweight and dbias are added to.
void tal_layer_norm_backward(float *dx, int accumulate, float *dweight, float *dbias, const float *x,
                             const float *mean, const float *inverse_deviation, const float *weight, const float *dy,
                             size_t rows, size_t columns);

// MARK: - Sequences: x is [time, channels]

// y[t] = sum over k of w[k] * x[t * stride + k - padding], per channel, for t in first..<end; w is [kernel, channels].
void tal_depthwise_conv(float *y, const float *x, const float *w, size_t in_length, size_t first, size_t end,
                        size_t channels, size_t kernel, size_t stride, size_t padding);
// dx += ..., dw += ...; either may be null.
void tal_depthwise_conv_backward(float *dx, float *dw, const float *x, const float *w, const float *dy,
                                 size_t in_length, size_t out_length, size_t channels, size_t kernel, size_t stride,
                                 size_t padding);
// The largest value in each window; outside the sequence counts as -inf.
void tal_max_pool(float *y, const float *x, size_t in_length, size_t out_length, size_t channels, size_t kernel,
                  size_t stride, size_t padding);
// dx += dy at the first largest value of each window.
void tal_max_pool_backward(float *dx, const float *x, const float *y, const float *dy, size_t in_length,
                           size_t out_length, size_t channels, size_t kernel, size_t stride, size_t padding);

// MARK: - Attention: scores of one block of queries, rows i0..., keys j0...

// Sets scores outside |i - j| <= radius to -inf, adds bias[j - i + radius] when bias is not null, and adds key_bias[j].
void tal_band_scores(float *scores, size_t rows, size_t columns, ptrdiff_t first_query, ptrdiff_t first_key,
                     ptrdiff_t radius, const float *bias, const float *key_bias);
// dbias[j - i + radius] += dscores[i, j] within the band.
void tal_band_bias_backward(float *dbias, const float *dscores, size_t rows, size_t columns, ptrdiff_t first_query,
                            ptrdiff_t first_key, ptrdiff_t radius);

// MARK: - Optimisers

// One AdamW step (decoupled weight decay); bias corrections are given as 1 - beta^step.
void tal_adamw(float *parameter, const float *gradient, float *first_moment, float *second_moment, size_t count,
               float rate, float beta1, float beta2, float epsilon, float decay, float correction1, float correction2,
               float gradient_scale);
// target = decay * target + (1 - decay) * source
void tal_moving_average(float *target, const float *source, float decay, size_t count);

#endif
