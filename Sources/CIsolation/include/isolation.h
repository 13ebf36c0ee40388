#ifndef TAL_ISOLATION_H
#define TAL_ISOLATION_H

#include <sys/types.h>

// Copies of this program that only serve requests on a socket, so that a library that crashes on a damaged file takes down
// a copy and not the program. See Sources/Files/IsolatedProcess.swift.

// Whether copies can be started: this code is part of the program's own file and someone defines `tal_isolated_main`.
int isolation_is_available(void);

// Starts a copy. Gives its process id and our end of the socket, or the negative error number.
pid_t isolation_start(int *socket);

// Lets this process use this many more seconds of processor time before the system ends it (SIGXCPU).
void isolation_limit_processor(unsigned long long seconds);

// Lets this process map so much more memory; no limit under a sanitizer, which maps the whole address space.
void isolation_limit_memory(unsigned long long bytes);

#endif
