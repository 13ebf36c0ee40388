// The functions of avx512.h, compiled once for each precision. Products run over steps: 32 bits of a row, one float or
// a pair of bfloat16 numbers, meet the same of 16 columns in one instruction.

// sums [8, 48] (+)= a tile of a * b: rows of a lie `row_stride` steps apart and their steps `step_stride`; b holds the
// columns of each step side by side.
TAL_INLINE void tile(const int vectors, size_t steps, const uint32_t *a, size_t row_stride, size_t step_stride,
                     const uint32_t *b, size_t b_stride, float *sums, const bool accumulates) {
    __m512 sum[TILE_ROWS][TILE_VECTORS];
    EACH_ROW EACH_VECTOR sum[i][j] =
        accumulates ? _mm512_load_ps(sums + i * TILE_COLUMNS + j * LANES) : _mm512_setzero_ps();
    for (size_t step = 0; step < steps; step++) {
        __m512i column[TILE_VECTORS];
        EACH_VECTOR column[j] = _mm512_load_si512(b + j * LANES);
        EACH_VECTOR _mm_prefetch((const char *)(b + 8 * TILE_COLUMNS + j * LANES), _MM_HINT_T0);
        EACH_ROW {
            __m512i row = _mm512_set1_epi32((int)a[i * row_stride]);
            EACH_VECTOR sum[i][j] = multiply_add(sum[i][j], row, column[j]);
        }
        a += step_stride;
        b += b_stride;
    }
    EACH_ROW EACH_VECTOR _mm512_store_ps(sums + i * TILE_COLUMNS + j * LANES, sum[i][j]);
}

#define TILE(vectors, ...)                                                                                             \
    switch (vectors) {                                                                                                 \
    case 1: tile(1, __VA_ARGS__); break;                                                                               \
    case 2: tile(2, __VA_ARGS__); break;                                                                               \
    default: tile(3, __VA_ARGS__);                                                                                     \
    }

// MARK: - Matrix products with packed weights

// Panels of 48 outputs (the last may be narrower), in each panel the steps, in each step the outputs.
void NAME(pack_weights)(void *packed, const float *weights, size_t stride, size_t outputs, size_t inputs, float scale) {
    operand *target = packed;
    for (size_t first = 0; first < outputs; first += TILE_COLUMNS) {
        size_t width = least(TILE_COLUMNS, outputs - first);
        for (size_t input = 0; input < inputs; input += STEP)
            for (size_t output = first; output < first + width; output++)
                for (size_t part = 0; part < STEP; part++)
                    *target++ = to_operand(scale * weights[output * stride + input + part]);
    }
}

TAL_INLINE void finish_tile(const float *sums, int vectors, size_t row, size_t column, tal_matmul_target target) {
    for (int j = 0; j < vectors; j++, column += LANES) {
        __m512 bias = target.bias ? _mm512_loadu_ps(target.bias + column) : _mm512_setzero_ps();
        size_t block = target.block ? column / target.block : 0;
        size_t in_block = column - block * target.block;
        size_t offset = block * target.block_stride + row * target.stride;
        const float *from = sums + j * LANES;
        switch (target.target) {
        case TAL_TO_RESIDUAL: {
            float *to = (float *)target.elements + offset + in_block;
            EACH_ROW {
                __m512 value = _mm512_add_ps(_mm512_load_ps(from + i * TILE_COLUMNS), bias);
                _mm512_storeu_ps(to + i * target.stride, _mm512_add_ps(_mm512_loadu_ps(to + i * target.stride), value));
            }
            break;
        }
        case TAL_TO_OPERAND: {
            operand *to = (operand *)target.elements + offset + in_block;
            EACH_ROW store(to + i * target.stride, _mm512_add_ps(_mm512_load_ps(from + i * TILE_COLUMNS), bias));
            break;
        }
        case TAL_TO_GELU: {
            operand *to = (operand *)target.elements + offset + in_block;
            EACH_ROW store(to + i * target.stride, gelu(_mm512_add_ps(_mm512_load_ps(from + i * TILE_COLUMNS), bias)));
            break;
        }
        case TAL_TO_GELU_TANH: {
            operand *to = (operand *)target.elements + offset + in_block;
            EACH_ROW store(to + i * target.stride,
                           gelu_tanh(_mm512_add_ps(_mm512_load_ps(from + i * TILE_COLUMNS), bias)));
            break;
        }
        case TAL_TO_QUICK_GELU: {
            operand *to = (operand *)target.elements + offset + in_block;
            EACH_ROW store(to + i * target.stride,
                           quick_gelu(_mm512_add_ps(_mm512_load_ps(from + i * TILE_COLUMNS), bias)));
            break;
        }
        case TAL_TO_RELU6: {
            operand *to = (operand *)target.elements + offset + in_block;
            const __m512 none = _mm512_setzero_ps(), most = _mm512_set1_ps(6);
            EACH_ROW {
                __m512 value = _mm512_add_ps(_mm512_load_ps(from + i * TILE_COLUMNS), bias);
                store(to + i * target.stride, _mm512_min_ps(_mm512_max_ps(value, none), most));
            }
            break;
        }
        case TAL_TO_VALUES: {
            operand *to = (operand *)target.elements + offset + STEP * in_block;
            for (int i = 0; i < TILE_ROWS; i += 2)
                store_rows(to + i * target.stride, target.stride,
                           _mm512_add_ps(_mm512_load_ps(from + i * TILE_COLUMNS), bias),
                           _mm512_add_ps(_mm512_load_ps(from + (i + 1) * TILE_COLUMNS), bias));
            break;
        }
        }
    }
}

void NAME(matmul)(size_t rows, size_t outputs, size_t inputs, const void *a, size_t stride, const void *packed,
                  tal_matmul_target target) {
    const uint32_t *columns = packed;
    const size_t steps = inputs / STEP, row_stride = stride / STEP;
    _Alignas(64) float sums[TILE_ROWS * TILE_COLUMNS];
    for (size_t first = 0; first < outputs; first += TILE_COLUMNS) {
        const int vectors = (int)(least(TILE_COLUMNS, outputs - first) / LANES);
        for (size_t row = 0; row < rows; row += TILE_ROWS) {
            TILE(vectors, steps, (const uint32_t *)a + row * row_stride, row_stride, 1, columns, vectors * LANES, sums,
                 false);
            finish_tile(sums, vectors, row, first, target);
        }
        columns += steps * (size_t)vectors * LANES;
    }
}

// MARK: - Attention

// Turns scores [keys, 48] into exponentials that serve as steps of a matrix product, and returns the inverse of their sums.
TAL_INLINE void exponentials(const int vectors, float *scores, size_t keys, __m512 *inverse_sums) {
    __m512 largest[TILE_VECTORS], sum[TILE_VECTORS];
    EACH_VECTOR largest[j] = _mm512_load_ps(scores + j * LANES);
    for (size_t key = 1; key < keys; key++)
        EACH_VECTOR largest[j] = _mm512_max_ps(largest[j], _mm512_load_ps(scores + key * TILE_COLUMNS + j * LANES));
    EACH_VECTOR sum[j] = _mm512_setzero_ps();
    operand *target = (operand *)scores;
    // Two keys at a time. What is written never passes what is read.
    for (size_t key = 0; key < keys; key += 2) {
        const float *from = scores + key * TILE_COLUMNS;
        const bool is_pair = key + 1 < keys;
        EACH_VECTOR {
            __m512 first = power_of_two(_mm512_sub_ps(_mm512_load_ps(from + j * LANES), largest[j]));
            __m512 second = _mm512_setzero_ps();
            if (is_pair)
                second = power_of_two(_mm512_sub_ps(_mm512_load_ps(from + TILE_COLUMNS + j * LANES), largest[j]));
            sum[j] = _mm512_add_ps(sum[j], _mm512_add_ps(first, second));
            store_rows(target + key * TILE_COLUMNS + STEP * j * LANES, TILE_COLUMNS, first, second);
        }
    }
    EACH_VECTOR inverse_sums[j] = _mm512_div_ps(_mm512_set1_ps(1), sum[j]);
}

// Up to 16 queries with up to 16 steps each become columns.
TAL_INLINE void pack_queries(const operand *queries, size_t width, size_t count, size_t steps, uint32_t *panel) {
    __m512i part[LANES];
    const __mmask16 real = (__mmask16)((1u << steps) - 1);
    for (size_t query = 0; query < LANES; query++)
        part[query] = query < count ? _mm512_maskz_loadu_epi32(real, queries + query * width) : _mm512_setzero_si512();
    transpose(part);
    for (size_t step = 0; step < steps; step++) _mm512_store_si512(panel + step * TILE_COLUMNS, part[step]);
}

// 16 channels, scaled, of up to 16 queries become rows again.
TAL_INLINE void unpack_result(const float *result, __m512 scale, size_t count, operand *out, size_t stride) {
    __m512i part[LANES];
    for (int channel = 0; channel < LANES; channel++)
        part[channel] =
            _mm512_castps_si512(_mm512_mul_ps(_mm512_load_ps(result + channel * TILE_COLUMNS), scale));
    transpose(part);
    for (size_t query = 0; query < count; query++) store(out + query * stride, _mm512_castsi512_ps(part[query]));
}

// All heads lie apart, so queries, keys and values are dense. Scores stand with keys as rows and queries as columns, so
// that they can be the right side of the matrix product with the values as they are.
TAL_INLINE void attend(const int vectors, const operand *queries, const operand *keys, const operand *values,
                       size_t tokens, size_t width, size_t query_count, operand *out, size_t stride, float *scratch) {
    const size_t steps = width / STEP;
    uint32_t *panel = (uint32_t *)scratch;
    float *result = scratch + TILE_COLUMNS * width;
    float *scores = result + TILE_COLUMNS * width;
    for (int j = 0; j < vectors; j++)
        for (size_t step = 0; step < steps; step += LANES)
            pack_queries(queries + j * LANES * width + step * STEP, width, least(LANES, query_count - j * LANES),
                         least(LANES, steps - step), panel + step * TILE_COLUMNS + j * LANES);
    for (size_t key = 0; key < tokens; key += TILE_ROWS)
        tile(vectors, steps, (const uint32_t *)(keys + key * width), steps, 1, panel, TILE_COLUMNS,
             scores + key * TILE_COLUMNS, false);
    __m512 inverse_sums[TILE_VECTORS];
    exponentials(vectors, scores, tokens, inverse_sums);
    for (size_t key = 0; key < tokens; key += KEY_BLOCK) {
        const size_t key_steps = (least(KEY_BLOCK, tokens - key) + STEP - 1) / STEP;
        const uint32_t *rows = (const uint32_t *)(values + key * width);
        const uint32_t *columns = (const uint32_t *)((operand *)scores + key * TILE_COLUMNS);
        for (size_t channel = 0; channel < width; channel += TILE_ROWS) {
            if (key == 0)
                tile(vectors, key_steps, rows + channel, 1, width, columns, TILE_COLUMNS,
                     result + channel * TILE_COLUMNS, false);
            else
                tile(vectors, key_steps, rows + channel, 1, width, columns, TILE_COLUMNS,
                     result + channel * TILE_COLUMNS, true);
        }
    }
    for (int j = 0; j < vectors; j++)
        for (size_t channel = 0; channel < width; channel += LANES)
            unpack_result(result + channel * TILE_COLUMNS + j * LANES, inverse_sums[j],
                          least(LANES, query_count - j * LANES), out + j * LANES * stride + channel, stride);
}

void NAME(attend)(const void *queries, const void *keys, const void *values, size_t tokens, size_t width,
                  size_t first_query, size_t query_count, void *out, size_t stride, float *scratch) {
    const operand *first = (const operand *)queries + first_query * width;
    if (query_count <= LANES)
        attend(1, first, keys, values, tokens, width, query_count, out, stride, scratch);
    else if (query_count <= 2 * LANES)
        attend(2, first, keys, values, tokens, width, query_count, out, stride, scratch);
    else
        attend(3, first, keys, values, tokens, width, query_count, out, stride, scratch);
}

// MARK: - Rows

void NAME(normalize_rows)(void *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                          const float *bias, float epsilon, bool centers, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const float *in = x + row * x_stride;
        operand *out = (operand *)y + row * y_stride;
        __m512 total = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
        for (size_t c = 0; centers && c < columns; c += LANES) total = _mm512_add_ps(total, _mm512_loadu_ps(in + c));
        const __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(total) / (float)columns);
        for (size_t c = 0; c < columns; c += LANES) {
            __m512 difference = _mm512_sub_ps(_mm512_loadu_ps(in + c), mean);
            squares = _mm512_fmadd_ps(difference, difference, squares);
        }
        const float variance = _mm512_reduce_add_ps(squares) / (float)columns;
        const __m512 scale = _mm512_set1_ps(1 / __builtin_sqrtf(variance + epsilon));
        for (size_t c = 0; c < columns; c += LANES) {
            __m512 value = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(in + c), mean), scale);
            store(out + c, _mm512_fmadd_ps(value, _mm512_loadu_ps(weight + c), _mm512_loadu_ps(bias + c)));
        }
    }
}

void NAME(to_operand)(void *y, const float *x, size_t count) {
    operand *out = y;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(out + i, _mm512_loadu_ps(x + i));
    for (; i < count; i++) out[i] = to_operand(x[i]);
}
