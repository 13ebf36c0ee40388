// Convolutions over pictures that give each channel its own filter, and the pieces around them.
#ifndef TAL_CONVOLUTION_H
#define TAL_CONVOLUTION_H

#include <stdbool.h>
#include <stddef.h>

// How a filter moves over a picture. Pixels outside of the picture count as zeros.
typedef struct {
    // Of the input.
    size_t rows, columns;
    // Of the output.
    size_t out_columns;
    // The side of the filter, and pixels from one of its positions to the next.
    size_t kernel, stride;
    // Rows above and columns left of the picture that the first filter covers.
    size_t above, before;
} tal_filter;

// The weights [outputs, inputs] of a pointwise convolution as tal_pointwise_rows reads them: [(outputs + 15) / 16, inputs, 16], with
// zeros for outputs that are missing.
void tal_pack_pointwise(float *packed, const float *weights, size_t outputs, size_t inputs);

// y [rows, outputs] = x [rows, inputs] * weights^T + bias, and `added` [rows, outputs] where it is not null; cut to 0...6 at last if it
// clips. Each row is computed in the same way, whatever rows are beside it.
void tal_pointwise_rows(float *y, const float *x, const float *packed, const float *bias, const float *added, size_t rows,
                        size_t inputs, size_t outputs, bool clips);

// Rows first...end of the output: y[pixel, channel] = bias + filter over x [rows, columns, channels], cut to 0...6.
// The weights are [kernel * kernel, channels].
void tal_depthwise_rows(float *y, const float *x, const float *weights, const float *bias, size_t channels,
                        tal_filter filter, size_t first, size_t end);

// The values under a filter over pixels [rows, columns, 3] become a row [kernel * kernel * 3] for each pixel of the output
// rows first...end; rows lie `stride` values apart.
void tal_filter_rows(float *y, size_t stride, const float *pixels, tal_filter filter, size_t first, size_t end);

// The same as tal_depthwise_rows for x86-64 processors with AVX-512 (tal_avx512_supports(TAL_FLOAT32)), with channels in
// blocks of 16: x is [channels / 16, rows, columns, 16] with `block_stride` values from one block to the next and begins
// at row `held` of the input; weights are [channels / 16, kernel * kernel, 16]. The rows of y lie `stride` values apart, and
// y begins at the first pixel of row `first`. Filters are 3 or 5 wide.
void tal_depthwise_blocks(float *y, size_t stride, const float *x, size_t block_stride, size_t held,
                          const float *weights, const float *bias, size_t channels, tal_filter filter, size_t first,
                          size_t end);

#endif
