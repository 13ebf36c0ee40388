#include "../clones.h"
#include "../include/convolution.h"
#include <string.h>

#pragma clang fp contract(fast)

// Eight numbers that need not be aligned; compilers make of them what the processor has.
typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));

// A tile of 6 rows and 16 outputs keeps 12 sums, 2 weights and 1 number of a row in the 16 registers of AVX2.
enum { ROWS = 6, OUTPUTS = 16 };
// Rows of x that are read again for each panel of weights stay in the second cache.
enum { BLOCK_BYTES = 128 << 10 };

void tal_pack_pointwise(float *packed, const float *weights, size_t outputs, size_t inputs) {
    for (size_t first = 0; first < outputs; first += OUTPUTS)
        for (size_t k = 0; k < inputs; k++)
            for (size_t lane = 0; lane < OUTPUTS; lane++)
                *packed++ = first + lane < outputs ? weights[(first + lane) * inputs + k] : 0;
}

// `count` rows and `width` outputs of one panel. Sums run over the inputs in order, whatever the tile, so that a row does not depend
// on the rows beside it.
TAL_INLINE void tile(float *restrict y, const float *restrict x, const float *restrict panel, const float *restrict bias,
                     const float *restrict added, const size_t count, size_t inputs, size_t outputs, size_t width, bool clips) {
    eight sums[ROWS][2];
    eight start[2] = {{0}, {0}};
    memcpy(start, bias, width * sizeof(float));
    _Pragma("clang loop unroll(full)") for (size_t r = 0; r < count; r++) sums[r][0] = start[0], sums[r][1] = start[1];
    for (size_t k = 0; k < inputs; k++, panel += OUTPUTS) {
        const eight low = *(const eight *)panel, high = *(const eight *)(panel + 8);
        _Pragma("clang loop unroll(full)") for (size_t r = 0; r < count; r++) {
            const float value = x[r * inputs + k];
            sums[r][0] += value * low;
            sums[r][1] += value * high;
        }
    }
    _Pragma("clang loop unroll(full)") for (size_t r = 0; r < count; r++) {
        eight result[2] = {sums[r][0], sums[r][1]};
        if (added) {
            eight other[2] = {{0}, {0}};
            memcpy(other, added + r * outputs, width * sizeof(float));
            result[0] += other[0], result[1] += other[1];
        }
        if (clips) {
            const eight zero = {0}, six = zero + 6;
            for (int half = 0; half < 2; half++)
                result[half] = __builtin_elementwise_min(__builtin_elementwise_max(result[half], zero), six);
        }
        memcpy(y + r * outputs, result, width * sizeof(float));
    }
}

// As many rows as there are, in tiles of constant size.
TAL_INLINE void panel_rows(float *y, const float *x, const float *panel, const float *bias, const float *added, size_t rows,
                           size_t inputs, size_t outputs, size_t width, bool clips) {
#define TILE(count)                                                                                                    \
    tile(y + row * outputs, x + row * inputs, panel, bias, added ? added + row * outputs : 0, count, inputs, outputs, width, clips)
    size_t row = 0;
    for (; row + ROWS <= rows; row += ROWS) TILE(ROWS);
    switch (rows - row) {
    case 5: TILE(5); break;
    case 4: TILE(4); break;
    case 3: TILE(3); break;
    case 2: TILE(2); break;
    case 1: TILE(1); break;
    }
#undef TILE
}

TAL_CLONES
void tal_pointwise_rows(float *y, const float *x, const float *packed, const float *bias, const float *added, size_t rows,
                        size_t inputs, size_t outputs, bool clips) {
    size_t block = BLOCK_BYTES / sizeof(float) / (inputs ? inputs : 1) / ROWS * ROWS;
    if (block < ROWS) block = ROWS;
    for (size_t first = 0; first < rows; first += block) {
        const size_t count = rows - first < block ? rows - first : block;
        for (size_t output = 0; output < outputs; output += OUTPUTS) {
            float *to = y + first * outputs + output;
            const float *from = x + first * inputs, *other = added ? added + first * outputs + output : 0;
            const float *panel = packed + output * inputs;
            // A known width keeps the sums in registers.
            if (outputs - output >= OUTPUTS)
                panel_rows(to, from, panel, bias + output, other, count, inputs, outputs, OUTPUTS, clips);
            else
                panel_rows(to, from, panel, bias + output, other, count, inputs, outputs, outputs - output, clips);
        }
    }
}
