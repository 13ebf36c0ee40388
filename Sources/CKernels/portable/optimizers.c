#include "../clones.h"
#include "portable.h"
#include <math.h>

// No reassociation here: a training run must be reproducible from one build to the next.
#pragma clang fp contract(fast)

TAL_CLONES
void tal_adamw(float *restrict parameter, const float *restrict gradient, float *restrict first_moment,
               float *restrict second_moment, size_t count, float rate, float beta1, float beta2, float epsilon,
               float decay, float correction1, float correction2, float gradient_scale) {
    const float step = rate / correction1, root = 1 / sqrtf(correction2), shrink = 1 - rate * decay;
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i] * gradient_scale;
        float m = beta1 * first_moment[i] + (1 - beta1) * g;
        float v = beta2 * second_moment[i] + (1 - beta2) * g * g;
        first_moment[i] = m;
        second_moment[i] = v;
        parameter[i] = parameter[i] * shrink - step * m / (sqrtf(v) * root + epsilon);
    }
}

TAL_CLONES
void tal_moving_average(float *restrict target, const float *restrict source, float decay, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = decay * target[i] + (1 - decay) * source[i];
}
