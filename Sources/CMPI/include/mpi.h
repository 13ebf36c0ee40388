// The few functions of Open MPI that training on several machines needs, found in its library when the program runs. Nothing is
// linked, and no header of MPI is needed: Open MPI 4 and 5 share one binary interface (libmpi.so.40), in which the handles
// of communicators and data types are addresses of symbols (https://www.open-mpi.org/software/ompi/versions/). That of
// MPICH and its relatives, where they are numbers, is another one and is refused.
//
// All calls come from one thread. A text that a function returns says what went wrong; the caller frees it. NULL is success.
#ifndef TAL_MPI_H
#define TAL_MPI_H

#include <stddef.h>

typedef struct tal_mpi tal_mpi;
// A transfer on its way; NULL where there is none.
typedef void *tal_mpi_request;

// Transfers of one lane begin in the same order on all ranks; lanes know nothing of each other.
typedef enum { TAL_MPI_CONTROL, TAL_MPI_SCATTER, TAL_MPI_COLLECT, TAL_MPI_LANES } tal_mpi_lane;

// The most bytes that one transfer moves between two ranks.
enum { TAL_MPI_MOST_BYTES = 1 << 30 };

// Opens the library; it stays open until the program ends. Anything but Open MPI is refused.
char *tal_mpi_open(const char *library, tal_mpi **mpi);
// The first line of what the library says of itself; valid while the program runs.
const char *tal_mpi_version(const tal_mpi *mpi);

// Meets the other ranks.
char *tal_mpi_start(tal_mpi *mpi, int *rank, int *count);
// Leaves them; every rank must.
char *tal_mpi_finish(tal_mpi *mpi);
// Ends all ranks. Does not return, as a rule.
void tal_mpi_abort(tal_mpi *mpi, int status);

// Begins to send a part of `bytes` bytes to each rank, and to receive one from each.
char *tal_mpi_exchange(tal_mpi *mpi, tal_mpi_lane lane, const void *sent, void *received, size_t bytes,
                       tal_mpi_request *request);
// Begins to send `bytes` bytes to all ranks, and to receive as many from each.
char *tal_mpi_gather(tal_mpi *mpi, tal_mpi_lane lane, const void *sent, void *received, size_t bytes,
                     tal_mpi_request *request);
// Begins to send rank 0's bytes to all others.
char *tal_mpi_broadcast(tal_mpi *mpi, tal_mpi_lane lane, void *data, size_t bytes, tal_mpi_request *request);
// Moves transfers on; *done is set once this one has ended.
char *tal_mpi_test(tal_mpi *mpi, tal_mpi_request *request, int *done);

#endif
