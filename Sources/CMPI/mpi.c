#define _GNU_SOURCE
#include "include/mpi.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *handle;

// As Open MPI's mpi.h declares them; handles are pointers there.
#define MPI_FUNCTIONS(F)                                                                                               \
    F(Init_thread, int, int *, char ***, int, int *)                                                                   \
    F(Finalize, int, void)                                                                                             \
    F(Abort, int, handle, int)                                                                                         \
    F(Comm_rank, int, handle, int *)                                                                                   \
    F(Comm_size, int, handle, int *)                                                                                   \
    F(Comm_dup, int, handle, handle *)                                                                                 \
    F(Comm_free, int, handle *)                                                                                        \
    F(Comm_set_errhandler, int, handle, handle)                                                                        \
    F(Error_string, int, int, char *, int *)                                                                           \
    F(Ialltoall, int, const void *, int, handle, void *, int, handle, handle, handle *)                                \
    F(Iallgather, int, const void *, int, handle, void *, int, handle, handle, handle *)                               \
    F(Ibcast, int, void *, int, handle, int, handle, handle *)                                                         \
    F(Test, int, handle *, int *, void *)

#define DECLARE(name, result, ...) result (*name)(__VA_ARGS__);

enum { version_length = 256, longest_version = 8192, longest_error = 2048, funneled = 1 };

struct tal_mpi {
    MPI_FUNCTIONS(DECLARE)
    handle world, byte, errors_return;
    handle lanes[TAL_MPI_LANES];
    char version[version_length];
};

__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...) {
    char *message = NULL;
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0) message = NULL;
    __builtin_va_end(arguments);
    return message ? message : strdup("out of memory");
}

// The first line, which names product and version, such as "Open MPI v4.1.4".
static void keep_version(tal_mpi *mpi, const char *whole) {
    const size_t length = strcspn(whole, ",\n");
    snprintf(mpi->version, sizeof mpi->version, "%.*s", (int)(length < 200 ? length : 200), whole);
}

static char *look_up(void *library, tal_mpi *mpi) {
    int (*library_version)(char *, int *) = (int (*)(char *, int *))dlsym(library, "MPI_Get_library_version");
    if (!library_version) return text("has no function MPI_Get_library_version");
    char whole[longest_version + 1] = {0};
    int length = 0;
    // It may be asked before MPI is initialised.
    library_version(whole, &length);
    keep_version(mpi, whole);
    if (!strstr(whole, "Open MPI")) return text("is %s, and only Open MPI 4 and 5 can be used", mpi->version);
#define LOOK_UP(name, result, ...)                                                                                     \
    mpi->name = (result(*)(__VA_ARGS__))dlsym(library, "MPI_" #name);                                                  \
    if (!mpi->name) return text("has no function MPI_" #name);
    MPI_FUNCTIONS(LOOK_UP)
    mpi->world = dlsym(library, "ompi_mpi_comm_world");
    mpi->byte = dlsym(library, "ompi_mpi_byte");
    mpi->errors_return = dlsym(library, "ompi_mpi_errors_return");
    if (!mpi->world || !mpi->byte || !mpi->errors_return) return text("%s lacks symbols of Open MPI 4 and 5", mpi->version);
    return NULL;
}

char *tal_mpi_open(const char *library, tal_mpi **mpi) {
    // Its parts, which it loads by itself, look for its symbols.
    void *opened = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
    if (!opened) return text("%s", dlerror());
    tal_mpi *made = calloc(1, sizeof *made);
    char *problem = made ? look_up(opened, made) : text("out of memory");
    if (problem) {
        free(made);
        dlclose(opened);
        return problem;
    }
    *mpi = made;
    return NULL;
}

const char *tal_mpi_version(const tal_mpi *mpi) { return mpi->version; }

static char *outcome(const tal_mpi *mpi, const char *call, int code) {
    if (code == 0) return NULL;
    char message[longest_error] = {0};
    int length = 0;
    if (mpi->Error_string(code, message, &length) != 0) snprintf(message, sizeof message, "error %d", code);
    return text("MPI_%s: %s", call, message);
}

#define TRY(mpi, name, ...)                                                                                            \
    do {                                                                                                               \
        char *problem = outcome(mpi, #name, (mpi)->name(__VA_ARGS__));                                                 \
        if (problem) return problem;                                                                                   \
    } while (0)

char *tal_mpi_start(tal_mpi *mpi, int *rank, int *count) {
    int provided = 0;
    TRY(mpi, Init_thread, NULL, NULL, funneled, &provided);
    TRY(mpi, Comm_set_errhandler, mpi->world, mpi->errors_return);
    for (int lane = 0; lane < TAL_MPI_LANES; lane++) TRY(mpi, Comm_dup, mpi->world, &mpi->lanes[lane]);
    TRY(mpi, Comm_rank, mpi->world, rank);
    TRY(mpi, Comm_size, mpi->world, count);
    return NULL;
}

char *tal_mpi_finish(tal_mpi *mpi) {
    for (int lane = 0; lane < TAL_MPI_LANES; lane++) TRY(mpi, Comm_free, &mpi->lanes[lane]);
    TRY(mpi, Finalize);
    return NULL;
}

void tal_mpi_abort(tal_mpi *mpi, int status) { mpi->Abort(mpi->world, status); }

#define CHECK(bytes)                                                                                                   \
    if ((bytes) > TAL_MPI_MOST_BYTES) return text("%zu bytes are more than one transfer moves", (size_t)(bytes))

char *tal_mpi_exchange(tal_mpi *mpi, tal_mpi_lane lane, const void *sent, void *received, size_t bytes,
                       tal_mpi_request *request) {
    CHECK(bytes);
    const int count = (int)bytes;
    TRY(mpi, Ialltoall, sent, count, mpi->byte, received, count, mpi->byte, mpi->lanes[lane], request);
    return NULL;
}

char *tal_mpi_gather(tal_mpi *mpi, tal_mpi_lane lane, const void *sent, void *received, size_t bytes,
                     tal_mpi_request *request) {
    CHECK(bytes);
    const int count = (int)bytes;
    TRY(mpi, Iallgather, sent, count, mpi->byte, received, count, mpi->byte, mpi->lanes[lane], request);
    return NULL;
}

char *tal_mpi_broadcast(tal_mpi *mpi, tal_mpi_lane lane, void *data, size_t bytes, tal_mpi_request *request) {
    CHECK(bytes);
    TRY(mpi, Ibcast, data, (int)bytes, mpi->byte, 0, mpi->lanes[lane], request);
    return NULL;
}

char *tal_mpi_test(tal_mpi *mpi, tal_mpi_request *request, int *done) {
    TRY(mpi, Test, request, done, NULL);
    return NULL;
}
