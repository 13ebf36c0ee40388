#ifndef TAL_KERNELS_H
#define TAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

void tal_add_in_place(float *target, const float *source, size_t count);

#endif
