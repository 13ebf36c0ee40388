#include "../clones.h"
#include "../include/convolution.h"
#include <string.h>

TAL_CLONES
void tal_depthwise_rows(float *restrict y, const float *restrict x, const float *restrict weights,
                        const float *restrict bias, size_t channels, tal_filter filter, size_t first, size_t end) {
    for (size_t row = first; row < end; row++) {
        for (size_t column = 0; column < filter.out_columns; column++, y += channels) {
            for (size_t c = 0; c < channels; c++) y[c] = bias[c];
            for (size_t i = 0; i < filter.kernel; i++) {
                // Numbers below zero become large ones.
                const size_t source_row = row * filter.stride + i - filter.above;
                if (source_row >= filter.rows) continue;
                for (size_t j = 0; j < filter.kernel; j++) {
                    const size_t source_column = column * filter.stride + j - filter.before;
                    if (source_column >= filter.columns) continue;
                    const float *in = x + (source_row * filter.columns + source_column) * channels;
                    const float *tap = weights + (i * filter.kernel + j) * channels;
                    for (size_t c = 0; c < channels; c++) y[c] += tap[c] * in[c];
                }
            }
            for (size_t c = 0; c < channels; c++) {
                const float positive = y[c] > 0 ? y[c] : 0;
                y[c] = positive < 6 ? positive : 6;
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
