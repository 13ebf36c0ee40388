#include "../include/convolution.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#include "vectors.h"

// Pixels of the output that are computed side by side: they share the weights, and hide how long a sum takes.
enum { PIXELS = 4 };

TAL_INLINE __m512 relu6(__m512 value) {
    return _mm512_min_ps(_mm512_max_ps(value, _mm512_setzero_ps()), _mm512_set1_ps(6));
}

// One pixel whose filter may leave the picture; `in` is where its first column would be.
TAL_INLINE __m512 clipped_pixel(const float *const *rows, const int kernel, ptrdiff_t column, size_t columns,
                                const float *weights, __m512 bias) {
    __m512 even = bias, odd = _mm512_setzero_ps();
    const int begin = column < 0 ? (int)-column : 0;
    const int end = column + kernel > (ptrdiff_t)columns ? (int)((ptrdiff_t)columns - column) : kernel;
    for (int i = 0; i < kernel; i++) {
        if (!rows[i]) continue;
        const float *in = rows[i] + column * LANES, *taps = weights + i * kernel * LANES;
        int j = begin;
        for (; j + 1 < end; j += 2) {
            even = _mm512_fmadd_ps(_mm512_loadu_ps(in + j * LANES), _mm512_load_ps(taps + j * LANES), even);
            odd = _mm512_fmadd_ps(_mm512_loadu_ps(in + (j + 1) * LANES), _mm512_load_ps(taps + (j + 1) * LANES), odd);
        }
        if (j < end) even = _mm512_fmadd_ps(_mm512_loadu_ps(in + j * LANES), _mm512_load_ps(taps + j * LANES), even);
    }
    return _mm512_add_ps(even, odd);
}

// `count` pixels, all of whose columns lie inside.
TAL_INLINE void inner_pixels(const float *const *rows, const int kernel, const int step, const int count, size_t column,
                             const float *weights, __m512 bias, float *y, size_t stride) {
    __m512 sum[PIXELS];
    _Pragma("clang loop unroll(full)") for (int p = 0; p < count; p++) sum[p] = bias;
    for (int i = 0; i < kernel; i++) {
        if (!rows[i]) continue;
        const float *in = rows[i] + column * LANES, *taps = weights + i * kernel * LANES;
        _Pragma("clang loop unroll(full)") for (int j = 0; j < kernel; j++) {
            const __m512 tap = _mm512_load_ps(taps + j * LANES);
            _Pragma("clang loop unroll(full)") for (int p = 0; p < count; p++)
                sum[p] = _mm512_fmadd_ps(_mm512_loadu_ps(in + (p * step + j) * LANES), tap, sum[p]);
        }
    }
    _Pragma("clang loop unroll(full)") for (int p = 0; p < count; p++) _mm512_storeu_ps(y + p * stride, relu6(sum[p]));
}

TAL_INLINE void filter_block(float *y, size_t stride, const float *x, size_t held, const float *weights, __m512 bias,
                             const int kernel, const int step, tal_filter filter, size_t first, size_t end) {
    // The outputs whose filters lie inside: begin * step >= before, (last * step - before) + kernel <= columns.
    const size_t begin = least((filter.before + step - 1) / step, filter.out_columns);
    size_t inner = begin;
    while (inner < filter.out_columns && inner * step + kernel <= filter.columns + filter.before) inner++;
    for (size_t row = first; row < end; row++) {
        const float *rows[5];
        for (int i = 0; i < kernel; i++) {
            const size_t source = row * step + i - filter.above;
            rows[i] = source < filter.rows ? x + (source - held) * filter.columns * LANES : 0;
        }
        for (size_t column = 0; column < begin; column++, y += stride)
            _mm512_storeu_ps(y, relu6(clipped_pixel(rows, kernel, (ptrdiff_t)(column * step) - (ptrdiff_t)filter.before,
                                                    filter.columns, weights, bias)));
        size_t column = begin;
        for (; column + PIXELS <= inner; column += PIXELS, y += PIXELS * stride)
            inner_pixels(rows, kernel, step, PIXELS, column * step - filter.before, weights, bias, y, stride);
        for (; column < inner; column++, y += stride)
            inner_pixels(rows, kernel, step, 1, column * step - filter.before, weights, bias, y, stride);
        for (; column < filter.out_columns; column++, y += stride)
            _mm512_storeu_ps(y, relu6(clipped_pixel(rows, kernel, (ptrdiff_t)(column * step) - (ptrdiff_t)filter.before,
                                                    filter.columns, weights, bias)));
    }
}

void tal_depthwise_blocks(float *y, size_t stride, const float *x, size_t block_stride, size_t held,
                          const float *weights, const float *bias, size_t channels, tal_filter filter, size_t first,
                          size_t end) {
    const size_t taps = filter.kernel * filter.kernel * LANES;
    for (size_t c = 0; c < channels; c += LANES, x += block_stride, weights += taps) {
        const __m512 start = _mm512_loadu_ps(bias + c);
        if (filter.kernel == 3 && filter.stride == 1)
            filter_block(y + c, stride, x, held, weights, start, 3, 1, filter, first, end);
        else if (filter.kernel == 3)
            filter_block(y + c, stride, x, held, weights, start, 3, 2, filter, first, end);
        else if (filter.stride == 1)
            filter_block(y + c, stride, x, held, weights, start, 5, 1, filter, first, end);
        else
            filter_block(y + c, stride, x, held, weights, start, 5, 2, filter, first, end);
    }
}

#pragma clang attribute pop
#else

// Never reached: tal_avx512_supports is false.
void tal_depthwise_blocks(float *y, size_t stride, const float *x, size_t block_stride, size_t held,
                          const float *weights, const float *bias, size_t channels, tal_filter filter, size_t first,
                          size_t end) {
    (void)y, (void)stride, (void)x, (void)block_stride, (void)held, (void)weights, (void)bias, (void)channels;
    (void)filter, (void)first, (void)end;
    __builtin_trap();
}

#endif
