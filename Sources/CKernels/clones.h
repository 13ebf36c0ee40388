#ifndef TAL_CLONES_H
#define TAL_CLONES_H

#ifndef __has_feature
#define __has_feature(x) 0
#endif

// The thread sanitizer starts after indirect functions are resolved, so clones crash under it.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(thread_sanitizer)
#define TAL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TAL_CLONES
#endif

#define TAL_INLINE static inline __attribute__((always_inline))

#endif
