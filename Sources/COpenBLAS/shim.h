#ifndef TAL_COPENBLAS_SHIM_H
#define TAL_COPENBLAS_SHIM_H

#include <cblas.h>

#endif
