#include "../clones.h"
#include "functions.h"
#include "portable.h"
#include <math.h>
#include <string.h>

#pragma clang fp contract(fast) reassociate(on)

TAL_CLONES
void tal_add_bias(float *restrict y, const float *restrict bias, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        float *row = y + r * columns;
        for (size_t c = 0; c < columns; c++) row[c] += bias[c];
    }
}

TAL_CLONES
void tal_sum_rows(float *restrict sums, const float *restrict x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        for (size_t c = 0; c < columns; c++) sums[c] += row[c];
    }
}

TAL_CLONES
void tal_scale_rows(float *restrict x, const float *restrict scale, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        float factor = scale[r];
        float *row = x + r * columns;
        for (size_t c = 0; c < columns; c++) row[c] *= factor;
    }
}

// The largest element. Sixteen running maxima, because a single one cannot be vectorised without giving up NaN.
TAL_INLINE float largest_of(const float *x, size_t count) {
    float lanes[16];
    for (size_t lane = 0; lane < 16; lane++) lanes[lane] = -INFINITY;
    size_t whole = count / 16 * 16;
    for (size_t i = 0; i < whole; i += 16)
        for (size_t lane = 0; lane < 16; lane++)
            lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
    float largest = -INFINITY;
    for (size_t i = whole; i < count; i++) largest = x[i] > largest ? x[i] : largest;
    for (size_t lane = 0; lane < 16; lane++) largest = lanes[lane] > largest ? lanes[lane] : largest;
    return largest;
}

// Rows are worked on in place: with two pointers that may be the same the loops would not be vectorised.
TAL_CLONES
void tal_softmax(float *y, const float *x, size_t rows, size_t columns) {
    if (y != x) memcpy(y, x, rows * columns * sizeof(float));
    for (size_t r = 0; r < rows; r++) {
        float *row = y + r * columns;
        float largest = largest_of(row, columns);
        if (largest == -INFINITY) {
            for (size_t c = 0; c < columns; c++) row[c] = 0;
            continue;
        }
        float sum = 0;
        for (size_t c = 0; c < columns; c++) {
            float value = tal_expf(row[c] - largest);
            row[c] = value;
            sum += value;
        }
        float scale = 1 / sum;
        for (size_t c = 0; c < columns; c++) row[c] *= scale;
    }
}

TAL_CLONES
void tal_softmax_backward(float *dx, const float *restrict y, const float *dy, size_t rows, size_t columns) {
    if (dx != dy) memcpy(dx, dy, rows * columns * sizeof(float));
    for (size_t r = 0; r < rows; r++) {
        const float *restrict p = y + r * columns;
        float *restrict g = dx + r * columns;
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += p[c] * g[c];
        for (size_t c = 0; c < columns; c++) g[c] = p[c] * (g[c] - sum);
    }
}

TAL_CLONES
void tal_layer_norm(float *restrict y, float *restrict mean, float *restrict inverse_deviation,
                    const float *restrict x, const float *restrict weight, const float *restrict bias, float epsilon,
                    size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * columns;
        float *out = y + r * columns;
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += in[c];
        float centre = sum / (float)columns;
        float squares = 0;
        for (size_t c = 0; c < columns; c++) {
            float difference = in[c] - centre;
            squares += difference * difference;
        }
        float inverse = 1 / sqrtf(squares / (float)columns + epsilon);
        mean[r] = centre;
        inverse_deviation[r] = inverse;
        if (weight && bias) {
            for (size_t c = 0; c < columns; c++) out[c] = (in[c] - centre) * inverse * weight[c] + bias[c];
        } else if (weight) {
            for (size_t c = 0; c < columns; c++) out[c] = (in[c] - centre) * inverse * weight[c];
        } else {
            for (size_t c = 0; c < columns; c++) out[c] = (in[c] - centre) * inverse;
        }
    }
}

TAL_CLONES
void tal_layer_norm_backward(float *restrict dx, int accumulate, float *restrict dweight, float *restrict dbias,
                             const float *restrict x, const float *restrict mean,
                             const float *restrict inverse_deviation, const float *restrict weight,
                             const float *restrict dy, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * columns, *g = dy + r * columns;
        float centre = mean[r], inverse = inverse_deviation[r];
        if (dweight)
            for (size_t c = 0; c < columns; c++) dweight[c] += g[c] * (in[c] - centre) * inverse;
        if (dbias)
            for (size_t c = 0; c < columns; c++) dbias[c] += g[c];
        if (!dx) continue;
        float sum = 0, projection = 0;
        if (weight) {
            for (size_t c = 0; c < columns; c++) {
                float scaled = g[c] * weight[c];
                sum += scaled;
                projection += scaled * (in[c] - centre);
            }
        } else {
            for (size_t c = 0; c < columns; c++) {
                sum += g[c];
                projection += g[c] * (in[c] - centre);
            }
        }
        float mean_gradient = sum / (float)columns;
        float slope = projection * inverse * inverse / (float)columns;
        float *out = dx + r * columns;
        if (accumulate) {
            for (size_t c = 0; c < columns; c++) {
                float scaled = weight ? g[c] * weight[c] : g[c];
                out[c] += inverse * (scaled - mean_gradient - (in[c] - centre) * slope);
            }
        } else {
            for (size_t c = 0; c < columns; c++) {
                float scaled = weight ? g[c] * weight[c] : g[c];
                out[c] = inverse * (scaled - mean_gradient - (in[c] - centre) * slope);
            }
        }
    }
}
