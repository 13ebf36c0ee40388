#include "kernels.h"
void tal_add_in_place(float *target, const float *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] += source[i];
}
