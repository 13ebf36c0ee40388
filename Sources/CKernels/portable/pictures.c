#include "../clones.h"
#include "../include/convolution.h"
#include <string.h>

// Channels that are filtered together: with AVX2, six registers of sums. Few networks have numbers that are no multiples of 16.
enum { CHANNELS = 48, FEWER_CHANNELS = 16 };

TAL_INLINE float relu6(float value) {
    const float positive = value > 0 ? value : 0;
    return positive < 6 ? positive : 6;
}

// One pixel of the output for `count` neighbouring channels, whose sums stay in registers where the count is known.
TAL_INLINE void filtered(float *restrict y, const float *restrict x, const float *restrict weights,
                         const float *restrict bias, size_t channels, const tal_filter *filter, size_t row, size_t column,
                         const size_t count) {
    float sums[CHANNELS];
    for (size_t c = 0; c < count; c++) sums[c] = bias[c];
    for (size_t i = 0; i < filter->kernel; i++) {
        // Numbers below zero become large ones.
        const size_t source_row = row * filter->stride + i - filter->above;
        if (source_row >= filter->rows) continue;
        for (size_t j = 0; j < filter->kernel; j++) {
            const size_t source_column = column * filter->stride + j - filter->before;
            if (source_column >= filter->columns) continue;
            const float *in = x + (source_row * filter->columns + source_column) * channels;
            const float *tap = weights + (i * filter->kernel + j) * channels;
            for (size_t c = 0; c < count; c++) sums[c] += tap[c] * in[c];
        }
    }
    for (size_t c = 0; c < count; c++) y[c] = relu6(sums[c]);
}

TAL_CLONES
void tal_depthwise_rows(float *restrict y, const float *restrict x, const float *restrict weights,
                        const float *restrict bias, size_t channels, tal_filter filter, size_t first, size_t end) {
    for (size_t row = first; row < end; row++) {
        for (size_t column = 0; column < filter.out_columns; column++, y += channels) {
            size_t c = 0;
            for (; c + CHANNELS <= channels; c += CHANNELS)
                filtered(y + c, x + c, weights + c, bias + c, channels, &filter, row, column, CHANNELS);
            for (; c + FEWER_CHANNELS <= channels; c += FEWER_CHANNELS)
                filtered(y + c, x + c, weights + c, bias + c, channels, &filter, row, column, FEWER_CHANNELS);
            if (c < channels)
                filtered(y + c, x + c, weights + c, bias + c, channels, &filter, row, column, channels - c);
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
