#include "precisions.h"

#if defined(__x86_64__)

bool tal_avx512_supports(tal_precision precision) {
    bool has_vectors = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
    return has_vectors && (precision == TAL_FLOAT32 || __builtin_cpu_supports("avx512bf16"));
}

#define CALL(function, ...)                                                                                            \
    if (precision == TAL_BFLOAT16)                                                                                     \
        tal_bfloat16_##function(__VA_ARGS__);                                                                          \
    else                                                                                                               \
        tal_float32_##function(__VA_ARGS__)

#else

bool tal_avx512_supports(tal_precision precision) {
    (void)precision;
    return false;
}

// Never reached: tal_avx512_supports is false.
#define CALL(...) __builtin_trap()

#endif

size_t tal_packed_bytes(tal_precision precision, size_t outputs, size_t inputs) {
    return outputs * inputs * (precision == TAL_BFLOAT16 ? 2 : 4);
}

size_t tal_attention_scratch_bytes(size_t tokens, size_t width) {
    // The queries, the result and the scores of all keys.
    return (2 * width + (tokens + 7) / 8 * 8) * TAL_QUERIES * sizeof(float);
}

void tal_pack_weights(tal_precision precision, void *packed, const float *weights, size_t stride, size_t outputs,
                      size_t inputs, float scale) {
    CALL(pack_weights, packed, weights, stride, outputs, inputs, scale);
}

void tal_matmul(tal_precision precision, size_t rows, size_t outputs, size_t inputs, const void *a, size_t stride,
                 const void *packed, tal_matmul_target target) {
    CALL(matmul, rows, outputs, inputs, a, stride, packed, target);
}

void tal_attend(tal_precision precision, const void *queries, const void *keys, const void *values, size_t tokens,
                size_t width, size_t first_query, size_t query_count, void *out, size_t stride, float *scratch) {
    CALL(attend, queries, keys, values, tokens, width, first_query, query_count, out, stride, scratch);
}

void tal_normalize_rows(tal_precision precision, void *y, size_t y_stride, const float *x, size_t x_stride,
                        const float *weight, const float *bias, float epsilon, bool centers, size_t rows,
                        size_t columns) {
    CALL(normalize_rows, y, y_stride, x, x_stride, weight, bias, epsilon, centers, rows, columns);
}

void tal_to_operand(tal_precision precision, void *y, const float *x, size_t count) {
    CALL(to_operand, y, x, count);
}
