#ifndef TAL_CZLIB_SHIM_H
#define TAL_CZLIB_SHIM_H

#include <zlib.h>

#endif
