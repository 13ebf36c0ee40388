#include "../clones.h"
#include "../include/convolution.h"
#include <string.h>

// Neighbouring pixels that share weights, and channels that are filtered together: with AVX2, twelve registers of sums.
enum { PIXELS = 2, CHANNELS = 48, FEWER_CHANNELS = 16 };

TAL_INLINE float relu6(float value) {
    const float positive = value > 0 ? value : 0;
    return positive < 6 ? positive : 6;
}

// `pixels` neighbouring pixels of the output for `count` neighbouring channels, whose sums stay in registers where both numbers are
// known. Filters of several pixels lie inside of the picture's columns.
TAL_INLINE void filtered(float *restrict y, const float *restrict x, const float *restrict weights,
                         const float *restrict bias, size_t channels, const tal_filter *filter, size_t row, size_t column,
                         const size_t pixels, const size_t count) {
    float sums[PIXELS][CHANNELS];
    for (size_t p = 0; p < pixels; p++)
        for (size_t c = 0; c < count; c++) sums[p][c] = bias[c];
    for (size_t i = 0; i < filter->kernel; i++) {
        // Numbers below zero become large ones.
        const size_t source_row = row * filter->stride + i - filter->above;
        if (source_row >= filter->rows) continue;
        for (size_t j = 0; j < filter->kernel; j++) {
            const size_t source_column = column * filter->stride + j - filter->before;
            if (source_column >= filter->columns) continue;
            const float *in = x + (source_row * filter->columns + source_column) * channels;
            const float *tap = weights + (i * filter->kernel + j) * channels;
            for (size_t p = 0; p < pixels; p++)
                for (size_t c = 0; c < count; c++) sums[p][c] += tap[c] * in[p * filter->stride * channels + c];
        }
    }
    for (size_t p = 0; p < pixels; p++)
        for (size_t c = 0; c < count; c++) y[p * channels + c] = relu6(sums[p][c]);
}

TAL_INLINE void filtered_pixels(float *y, const float *x, const float *weights, const float *bias, size_t channels,
                                const tal_filter *filter, size_t row, size_t column, const size_t pixels) {
    size_t c = 0;
    for (; c + CHANNELS <= channels; c += CHANNELS)
        filtered(y + c, x + c, weights + c, bias + c, channels, filter, row, column, pixels, CHANNELS);
    for (; c + FEWER_CHANNELS <= channels; c += FEWER_CHANNELS)
        filtered(y + c, x + c, weights + c, bias + c, channels, filter, row, column, pixels, FEWER_CHANNELS);
    if (c < channels)
        filtered(y + c, x + c, weights + c, bias + c, channels, filter, row, column, pixels, channels - c);
}

TAL_CLONES
void tal_depthwise_rows(float *restrict y, const float *restrict x, const float *restrict weights,
                        const float *restrict bias, size_t channels, tal_filter filter, size_t first, size_t end) {
    for (size_t row = first; row < end; row++) {
        size_t column = 0;
        while (column < filter.out_columns) {
            // The columns under the filters of all pixels.
            const size_t begin = column * filter.stride, last = begin + (PIXELS - 1) * filter.stride + filter.kernel;
            if (column + PIXELS <= filter.out_columns && begin >= filter.before && last <= filter.columns + filter.before) {
                filtered_pixels(y, x, weights, bias, channels, &filter, row, column, PIXELS);
                y += PIXELS * channels;
                column += PIXELS;
            } else {
                filtered_pixels(y, x, weights, bias, channels, &filter, row, column, 1);
                y += channels;
                column++;
            }
        }
    }
}

void tal_filter_rows(float *y, size_t stride, const float *pixels, tal_filter filter, size_t first, size_t end) {
    const size_t side = filter.kernel;
    for (size_t row = first; row < end; row++) {
        for (size_t column = 0; column < filter.out_columns; column++, y += stride) {
            for (size_t i = 0; i < side; i++) {
                float *target = y + i * side * 3;
                const size_t source_row = row * filter.stride + i - filter.above;
                for (size_t j = 0; j < side; j++, target += 3) {
                    const size_t source_column = column * filter.stride + j - filter.before;
                    if (source_row < filter.rows && source_column < filter.columns)
                        memcpy(target, pixels + (source_row * filter.columns + source_column) * 3, 3 * sizeof(float));
                    else
                        memset(target, 0, 3 * sizeof(float));
                }
            }
        }
    }
}
