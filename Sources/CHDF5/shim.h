#ifndef TAL_CHDF5_SHIM_H
#define TAL_CHDF5_SHIM_H

#include <hdf5.h>
#include <string.h>

// Macros with casts or comma expressions, which Swift does not import.
static inline hid_t h5NativeFloat(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t h5NativeDouble(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t h5NativeInt64(void) { return H5T_NATIVE_INT64; }
static inline hid_t h5FileFloat(void) { return H5T_IEEE_F32LE; }
static inline hid_t h5FileDouble(void) { return H5T_IEEE_F64LE; }
static inline hid_t h5FileInt64(void) { return H5T_STD_I64LE; }
static inline hid_t h5CString(void) { return H5T_C_S1; }
static inline size_t h5VariableLength(void) { return H5T_VARIABLE; }
static inline hsize_t h5Unlimited(void) { return H5S_UNLIMITED; }
static inline hid_t h5PropertiesOfDatasetCreation(void) { return H5P_DATASET_CREATE; }
static inline hid_t h5PropertiesOfFileAccess(void) { return H5P_FILE_ACCESS; }
static inline hid_t h5PropertiesOfFileCreation(void) { return H5P_FILE_CREATE; }
static inline hid_t h5PropertiesOfGroupCreation(void) { return H5P_GROUP_CREATE; }
static inline hid_t h5PropertiesOfLinkCreation(void) { return H5P_LINK_CREATE; }
static const unsigned h5ReadOnly = 0x0000u; // H5F_ACC_RDONLY without the call that wraps it
static const unsigned h5ReadWrite = 0x0001u;
static const unsigned h5Exclusive = 0x0004u;

// A little-endian IEEE half-precision type, as h5py writes for float16; the library has no name for it before 1.14.4.
static inline hid_t h5MakeHalf(void) {
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    if (type < 0) return type;
    if (H5Tset_fields(type, 15, 10, 5, 0, 10) < 0 || H5Tset_size(type, 2) < 0 || H5Tset_ebias(type, 15) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

// The library's own file locks fail on some network and read-only file systems. Stores are replaced by renaming and
// guarded by a lock of ours, so they are switched off where the version allows it.
static inline herr_t h5DisableFileLocks(hid_t access) {
#if H5_VERSION_GE(1, 10, 7)
    return H5Pset_file_locking(access, 0, 1);
#else
    return 0;
#endif
}

// The file format of version 1.10: unlike the oldest, which is the default, it has a checksum on everything that describes
// the data, so that a damaged file gives an error; the library is known to crash on damaged files of the oldest format.
static inline herr_t h5UseChecksummedFormat(hid_t access) {
    return H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
}

// Where h5CopyDeepest puts what it finds.
typedef struct {
    char *text;
    size_t capacity;
} h5ErrorSink;

static inline herr_t h5CopyDeepest(unsigned depth, const H5E_error2_t *error, void *context) {
    h5ErrorSink *sink = (h5ErrorSink *)context;
    if (depth == 0 && error->desc) {
        strncpy(sink->text, error->desc, sink->capacity - 1);
        sink->text[sink->capacity - 1] = 0;
    }
    return 0;
}

// The innermost message of this thread's error stack, which is then cleared; "" where there is none.
static inline void h5TakeError(char *text, size_t capacity) {
    h5ErrorSink sink = {text, capacity};
    text[0] = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, h5CopyDeepest, &sink);
    H5Eclear2(H5E_DEFAULT);
}

// Keeps the library from printing errors on standard error; a setting of each thread.
static inline void h5Silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

// The type of a link: 0 for a hard one, 1 for a soft one, 64 for an external one, others are user-defined; negative where
// there is none.
static inline int h5LinkType(hid_t group, const char *name) {
    H5L_info_t info;
    return H5Lget_info(group, name, &info, H5P_DEFAULT) < 0 ? -1 : (int)info.type;
}

// Calls `visit` with the name of every link in a group, by name.
typedef void (*h5Visit)(const char *name, void *context);
typedef struct {
    h5Visit visit;
    void *context;
} h5Visitor;

static inline herr_t h5VisitLink(hid_t group, const char *name, const H5L_info_t *info, void *context) {
    (void)group;
    (void)info;
    h5Visitor *visitor = (h5Visitor *)context;
    visitor->visit(name, visitor->context);
    return 0;
}

static inline herr_t h5VisitLinks(hid_t group, h5Visit visit, void *context) {
    h5Visitor visitor = {visit, context};
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, h5VisitLink, &visitor);
}

#endif
