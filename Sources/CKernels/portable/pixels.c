#include "../clones.h"
#include "portable.h"

TAL_INLINE uint8_t clamped(int32_t value) {
    value >>= 16;
    value = value < 0 ? 0 : value;
    return (uint8_t)(value > 255 ? 255 : value);
}

TAL_CLONES
void tal_rgb_row(uint8_t *restrict rgb, const uint8_t *restrict y, const uint8_t *restrict u,
                 const uint8_t *restrict v, size_t width, tal_colour_matrix matrix) {
    const tal_colour_matrix m = matrix;
    const int32_t half = 1 << 15;
    for (size_t i = 0; i < width; i++) {
        int32_t brightness = (y[i] - m.black) * m.y + half;
        int32_t blueness = u[i / 2] - 128, redness = v[i / 2] - 128;
        rgb[3 * i] = clamped(brightness + m.v_to_red * redness);
        rgb[3 * i + 1] = clamped(brightness - m.u_to_green * blueness - m.v_to_green * redness);
        rgb[3 * i + 2] = clamped(brightness + m.u_to_blue * blueness);
    }
}
