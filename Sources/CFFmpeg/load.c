#include "functions.h"

#if defined(__ELF__)

#include <dlfcn.h>
#include <stdio.h>

// A function jumps to where its pointer says, with the arguments as they came, whatever its type is.
#if defined(__x86_64__)
#define FF_JUMP(name) "jmp *tal_target_" name "(%rip)\n"
#elif defined(__aarch64__)
#define FF_JUMP(name) "adrp x16, tal_target_" name "\nldr x16, [x16, :lo12:tal_target_" name "]\nbr x16\n"
#else
#error "FF_JUMP: three lines for this processor are missing"
#endif

#define FF_DEFINE(library, name) \
    __attribute__((visibility("hidden"))) void *tal_target_##name; \
    __asm__( \
        ".text\n.balign 16\n.globl tal_" #name "\n.hidden tal_" #name "\n.type tal_" #name ", %function\n" \
        "tal_" #name ":\n" FF_JUMP(#name) ".size tal_" #name ", . - tal_" #name "\n");
FF_FUNCTIONS(FF_DEFINE)

enum { ff_avutil, ff_avcodec, ff_avformat, ff_swscale };

static const char *const libraries[] = {
    [ff_avutil] = "libavutil.so." AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR),
    [ff_avcodec] = "libavcodec.so." AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR),
    [ff_avformat] = "libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR),
    [ff_swscale] = "libswscale.so." AV_STRINGIFY(LIBSWSCALE_VERSION_MAJOR),
};
enum { libraryCount = sizeof libraries / sizeof *libraries };

#define FF_ROW(library, name) {ff_##library, #name, &tal_target_##name},
static const struct {
    int library;
    const char *name;
    void **target;
} functions[] = {FF_FUNCTIONS(FF_ROW)};

static ffMissing missing(int library) {
    ffMissing missing = {.library = libraries[library]};
    const char *reason = dlerror();
    snprintf(missing.reason, sizeof missing.reason, "%s", reason ? reason : "no reason given");
    return missing;
}

ffMissing ffLoad(void) {
    void *handles[libraryCount];
    for (int library = 0; library < libraryCount; library++) {
        handles[library] = dlopen(libraries[library], RTLD_LAZY | RTLD_LOCAL);
        if (!handles[library]) return missing(library);
    }
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
        *functions[index].target = dlsym(handles[functions[index].library], functions[index].name);
        if (!*functions[index].target) return missing(functions[index].library);
    }
    return (ffMissing){0};
}

#else

// The program is linked to FFmpeg.
ffMissing ffLoad(void) { return (ffMissing){0}; }

#endif
