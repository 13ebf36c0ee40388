#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <dlfcn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

// What a copy runs; defined in Swift where there is something to serve.
extern void tal_isolated_main(int socket) __attribute__((weak));

// The one argument of a copy. It only counts where the standard input is a socket, so nobody meets it by chance.
static const char copyArgument[] = "--serve-files-on-standard-input";

#if defined(__linux__)

static const char programFile[] = "/proc/self/exe";

int isolation_is_available(void) {
    if (!tal_isolated_main) return 0;
    // Where this code lies in a library that another program loaded, that program would not know what to do as a copy.
    Dl_info here;
    struct stat library, program;
    if (!dladdr((const void *)copyArgument, &here) || stat(programFile, &program) != 0) return 0;
    if (here.dli_fname && stat(here.dli_fname, &library) == 0)
        return library.st_dev == program.st_dev && library.st_ino == program.st_ino;
    // The program's own entry is the name it was called by, which need not be a path.
    return here.dli_fbase && here.dli_fname && !strchr(here.dli_fname, '/');
}

// The program that a copy serves.
static pid_t servedProgram;

// The kernel sends this signal when the thread that started the copy ends. The program may go on with other threads then; the copy
// is given to one of those, and told again when that one ends.
static void endWithProgram(int number) {
    (void)number;
    if (getppid() != servedProgram) _exit(0);
}

// Runs before `main`, so that any program that links these modules can serve, tests included.
__attribute__((constructor)) static void serveWhereAsked(int argumentCount, char **arguments) {
    if (argumentCount != 2 || !arguments || strcmp(arguments[1], copyArgument) != 0 || !tal_isolated_main) return;
    struct stat input;
    if (fstat(STDIN_FILENO, &input) != 0 || !S_ISSOCK(input.st_mode)) return;
    // Ends with the program that started it and never writes a core. Terminals, `timeout` and schedulers send their signals to
    // all processes of a job: what to do about them is up to that program, which still needs its answers.
    servedProgram = getppid();
    struct sigaction ending = {.sa_handler = endWithProgram, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &ending, NULL);
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifdef SYS_close_range
    syscall(SYS_close_range, 3u, ~0u, 0u);
#endif
    tal_isolated_main(STDIN_FILENO);
    _exit(0);
}

#else

int isolation_is_available(void) { return 0; }

#endif

pid_t isolation_start(int *socket) {
#if defined(__linux__)
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // The copy starts with the usual signals whatever is blocked or handled here. Those that it will ignore wait until it does.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    char name[] = "tal-files", argument[sizeof copyArgument];
    memcpy(argument, copyArgument, sizeof copyArgument);
    char *arguments[] = {name, argument, NULL};
    // OpenBLAS would start threads that the copy has no use for, and Swift would explain a crash at length.
    extern char **environ;
    size_t count = 0;
    while (environ && environ[count]) count++;
    char oneThread[] = "OPENBLAS_NUM_THREADS=1", noBacktrace[] = "SWIFT_BACKTRACE=enable=no";
    char **environment = calloc(count + 3, sizeof(char *));
    pid_t process = -ENOMEM;
    if (environment) {
        environment[0] = oneThread;
        environment[1] = noBacktrace;
        size_t used = 2;
        for (size_t index = 0; index < count; index++)
            if (strncmp(environ[index], "OPENBLAS_NUM_THREADS=", 21) != 0
                && strncmp(environ[index], "SWIFT_BACKTRACE=", 16) != 0)
                environment[used++] = environ[index];
        int failure = posix_spawn(&process, programFile, &actions, &attributes, arguments, environment);
        if (failure != 0) process = -failure;
        free(environment);
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return process;
    }
    *socket = ends[0];
    return process;
#else
    (void)socket;
    return -ENOSYS;
#endif
}

void isolation_limit_processor(unsigned long long seconds) {
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0) return;
    rlim_t target = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1) + seconds;
    if (limit.rlim_max != RLIM_INFINITY && target > limit.rlim_max) target = limit.rlim_max;
    limit.rlim_cur = target;
    setrlimit(RLIMIT_CPU, &limit);
}

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TAL_SANITIZED 1
#endif
#endif

void isolation_limit_memory(unsigned long long bytes) {
#ifdef TAL_SANITIZED
    (void)bytes;
#else
    struct rlimit limit;
    unsigned long long pages = 0;
    FILE *state = fopen("/proc/self/statm", "r");
    if (!state) return;
    int read = fscanf(state, "%llu", &pages);
    fclose(state);
    if (read != 1 || getrlimit(RLIMIT_AS, &limit) != 0) return;
    bytes += pages * (unsigned long long)sysconf(_SC_PAGESIZE);
    if (limit.rlim_max != RLIM_INFINITY && bytes > limit.rlim_max) return;
    limit.rlim_cur = (rlim_t)bytes;
    setrlimit(RLIMIT_AS, &limit);
#endif
}
