#ifndef TAL_CHDF5_SHIM_H
#define TAL_CHDF5_SHIM_H

#include <hdf5.h>

// Macros with casts or comma expressions, which Swift does not import.
static inline hid_t h5NativeFloat(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t h5NativeDouble(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t h5NativeInt64(void) { return H5T_NATIVE_INT64; }
static inline hsize_t h5Unlimited(void) { return H5S_UNLIMITED; }

#endif
