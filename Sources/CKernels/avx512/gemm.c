#include "../include/avx512-gemm.h"
#include "precisions.h"
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#if defined(__x86_64__)

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static bool has_key;

static void make_key(void) { has_key = pthread_key_create(&scratch_key, free) == 0; }

// Memory of this thread for packed blocks, freed when the thread ends.
static uint32_t *scratch_of_thread(void) {
    pthread_once(&scratch_once, make_key);
    if (!has_key) return NULL;
    void *scratch = pthread_getspecific(scratch_key);
    if (scratch) return scratch;
    const size_t large_page = (size_t)2 << 20;
    if (posix_memalign(&scratch, large_page, TAL_SCRATCH_BYTES) != 0) return NULL;
#if defined(__linux__)
    madvise(scratch, TAL_SCRATCH_BYTES, MADV_HUGEPAGE);
#endif
    if (pthread_setspecific(scratch_key, scratch) != 0) {
        free(scratch);
        return NULL;
    }
    return scratch;
}

bool tal_gemm(tal_precision precision, size_t m, size_t n, size_t k, const tal_gemm_operands *matmuls, size_t count,
                  bool transposes_a, bool transposes_b, float beta) {
    uint32_t *scratch = scratch_of_thread();
    if (!scratch) return false;
    if (precision == TAL_BFLOAT16)
        tal_bfloat16_gemm(m, n, k, matmuls, count, transposes_a, transposes_b, beta, scratch);
    else
        tal_float32_gemm(m, n, k, matmuls, count, transposes_a, transposes_b, beta, scratch);
    return true;
}

#else

// Never reached: tal_avx512_supports is false.
bool tal_gemm(tal_precision precision, size_t m, size_t n, size_t k, const tal_gemm_operands *matmuls, size_t count,
                  bool transposes_a, bool transposes_b, float beta) {
    (void)precision, (void)m, (void)n, (void)k, (void)matmuls, (void)count, (void)transposes_a, (void)transposes_b;
    (void)beta;
    return false;
}

#endif
