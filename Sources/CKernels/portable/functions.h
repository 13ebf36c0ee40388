// Scalar functions that vectorise: no branches, no calls, no tables.
#ifndef TAL_FUNCTIONS_H
#define TAL_FUNCTIONS_H

#include "../clones.h"
#include <stdint.h>
#include <string.h>

// exp with a relative error of one unit in the last place on [-87, 88]; 0 below, clamped above.
TAL_INLINE float tal_expf(float x) {
// The rounding trick below must not be reassociated away.
#pragma clang fp reassociate(off) contract(off)
    float clamped = x > 88.0f ? 88.0f : x;
    clamped = clamped < -87.33f ? -87.33f : clamped;
    const float magic = 12582912.0f; // 1.5 * 2^23
    float shifted = clamped * 1.44269504088896341f + magic;
    float n = shifted - magic;
    float r = clamped - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    float value = p * (r * r) + r + 1.0f;
    // The low bits of `shifted` are those of n. Converting n would be undefined where x is no number.
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    value *= power;
    return x < -87.33f ? 0.0f : value;
}

TAL_INLINE float tal_sigmoidf(float x) { return 1.0f / (1.0f + tal_expf(-x)); }

// erf by Abramowitz and Stegun 7.1.26, absolute error 5e-7 in single precision.
TAL_INLINE float tal_erff(float x) {
    float magnitude = x < 0 ? -x : x;
    float t = 1.0f / (1.0f + 0.3275911f * magnitude);
    float polynomial =
        ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
    float value = 1.0f - polynomial * tal_expf(-magnitude * magnitude);
    return x < 0 ? -value : value;
}

TAL_INLINE float tal_geluf(float x) { return 0.5f * x * (1.0f + tal_erff(x * 0.70710678118654752f)); }

TAL_INLINE float tal_gelu_slope(float x) {
    float cumulative = 0.5f * (1.0f + tal_erff(x * 0.70710678118654752f));
    return cumulative + x * 0.3989422804014327f * tal_expf(-0.5f * x * x);
}

#endif
