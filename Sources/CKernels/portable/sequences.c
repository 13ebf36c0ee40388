#include "../clones.h"
#include "portable.h"
#include <math.h>

#pragma clang fp contract(fast) reassociate(on)

TAL_CLONES
void tal_depthwise_conv(float *restrict y, const float *restrict x, const float *restrict w, size_t in_length,
                        size_t first, size_t end, size_t channels, size_t kernel, size_t stride, size_t padding) {
    for (size_t t = first; t < end; t++) {
        float *out = y + t * channels;
        for (size_t c = 0; c < channels; c++) out[c] = 0;
        for (size_t k = 0; k < kernel; k++) {
            ptrdiff_t source = (ptrdiff_t)(t * stride + k) - (ptrdiff_t)padding;
            if (source < 0 || source >= (ptrdiff_t)in_length) continue;
            const float *in = x + (size_t)source * channels, *tap = w + k * channels;
            for (size_t c = 0; c < channels; c++) out[c] += tap[c] * in[c];
        }
    }
}

TAL_CLONES
void tal_depthwise_conv_backward(float *restrict dx, float *restrict dw, const float *restrict x,
                                 const float *restrict w, const float *restrict dy, size_t in_length,
                                 size_t out_length, size_t channels, size_t kernel, size_t stride, size_t padding) {
    for (size_t t = 0; t < out_length; t++) {
        const float *g = dy + t * channels;
        for (size_t k = 0; k < kernel; k++) {
            ptrdiff_t source = (ptrdiff_t)(t * stride + k) - (ptrdiff_t)padding;
            if (source < 0 || source >= (ptrdiff_t)in_length) continue;
            if (dx) {
                float *target = dx + (size_t)source * channels;
                const float *tap = w + k * channels;
                for (size_t c = 0; c < channels; c++) target[c] += tap[c] * g[c];
            }
            if (dw) {
                float *target = dw + k * channels;
                const float *in = x + (size_t)source * channels;
                for (size_t c = 0; c < channels; c++) target[c] += in[c] * g[c];
            }
        }
    }
}

TAL_CLONES
void tal_max_pool(float *restrict y, const float *restrict x, size_t in_length, size_t out_length, size_t channels,
                  size_t kernel, size_t stride, size_t padding) {
    for (size_t t = 0; t < out_length; t++) {
        float *out = y + t * channels;
        for (size_t c = 0; c < channels; c++) out[c] = -INFINITY;
        for (size_t k = 0; k < kernel; k++) {
            ptrdiff_t source = (ptrdiff_t)(t * stride + k) - (ptrdiff_t)padding;
            if (source < 0 || source >= (ptrdiff_t)in_length) continue;
            const float *in = x + (size_t)source * channels;
            for (size_t c = 0; c < channels; c++) out[c] = in[c] > out[c] ? in[c] : out[c];
        }
    }
}

TAL_CLONES
void tal_max_pool_backward(float *restrict dx, const float *restrict x, const float *restrict y,
                           const float *restrict dy, size_t in_length, size_t out_length, size_t channels,
                           size_t kernel, size_t stride, size_t padding) {
    for (size_t t = 0; t < out_length; t++) {
        const float *g = dy + t * channels, *top = y + t * channels;
        ptrdiff_t first = (ptrdiff_t)(t * stride) - (ptrdiff_t)padding;
        for (size_t c = 0; c < channels; c++) {
            for (size_t k = 0; k < kernel; k++) {
                ptrdiff_t source = first + (ptrdiff_t)k;
                if (source < 0 || source >= (ptrdiff_t)in_length) continue;
                if (x[(size_t)source * channels + c] == top[c]) {
                    dx[(size_t)source * channels + c] += g[c];
                    break;
                }
            }
        }
    }
}

TAL_CLONES
void tal_band_scores(float *scores, size_t rows, size_t columns, ptrdiff_t first_query, ptrdiff_t first_key,
                     ptrdiff_t radius, const float *bias, const float *key_bias) {
    for (size_t r = 0; r < rows; r++) {
        float *row = scores + r * columns;
        ptrdiff_t low = first_query + (ptrdiff_t)r - radius - first_key;
        ptrdiff_t high = low + 2 * radius + 1;
        size_t begin = low < 0 ? 0 : (size_t)low;
        size_t end = high > (ptrdiff_t)columns ? columns : (high < 0 ? 0 : (size_t)high);
        for (size_t c = 0; c < begin && c < columns; c++) row[c] = -INFINITY;
        if (bias)
            for (size_t c = begin; c < end; c++) row[c] += bias[(ptrdiff_t)c - low];
        if (key_bias)
            for (size_t c = begin; c < end; c++) row[c] += key_bias[c];
        for (size_t c = end; c < columns; c++) row[c] = -INFINITY;
    }
}

TAL_CLONES
void tal_band_bias_backward(float *dbias, const float *dscores, size_t rows, size_t columns, ptrdiff_t first_query,
                            ptrdiff_t first_key, ptrdiff_t radius) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = dscores + r * columns;
        ptrdiff_t low = first_query + (ptrdiff_t)r - radius - first_key;
        ptrdiff_t high = low + 2 * radius + 1;
        size_t begin = low < 0 ? 0 : (size_t)low;
        size_t end = high > (ptrdiff_t)columns ? columns : (high < 0 ? 0 : (size_t)high);
        for (size_t c = begin; c < end; c++) dbias[(ptrdiff_t)c - low] += row[c];
    }
}
