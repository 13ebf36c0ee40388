// tal_gemm for one precision, on top of the tiles of transformer.h. Both operands are packed by blocks: b into
// panels of 48 columns as weights are, a into rows of steps, or of steps into rows of 16 where it is transposed.

// How many rows are fetched before they are packed: whole ones, and steps of columns.
enum { ROWS_AHEAD = 2, AHEAD = 8 };

// The terms of a row of a source: rows in memory and their factors.
typedef struct {
    const float *from[TAL_TERMS];
    __m512 factor[TAL_TERMS];
    size_t count;
} source_row;

TAL_INLINE void find_window(const tal_rows *rows, size_t index, size_t *item, size_t *window) {
    *item = 0;
    *window = rows->first + index;
    // A division takes longer than fetching a row.
    if (*window >= rows->windows) {
        *item = *window / rows->windows;
        *window %= rows->windows;
    }
}

TAL_INLINE source_row row_of(const tal_rows *rows, size_t index) {
    source_row row;
    row.count = 0;
    size_t item, window;
    find_window(rows, index, &item, &window);
    for (size_t term = 0; term < rows->terms; term++) {
        const ptrdiff_t position = (ptrdiff_t)(window * rows->step) + rows->offsets[term];
        if (position < 0 || position >= (ptrdiff_t)rows->length) continue;
        row.from[row.count] = rows->elements + (item * rows->length + (size_t)position) * rows->stride;
        row.factor[row.count] = _mm512_set1_ps(rows->factors[term]);
        row.count++;
    }
    return row;
}

TAL_INLINE __mmask16 first_lanes(size_t count) {
    return count >= LANES ? (__mmask16)0xFFFF : (__mmask16)((1u << count) - 1);
}

TAL_INLINE __m512 sum_of_terms(const source_row *row, size_t column, __mmask16 lanes) {
    // Branches that always go the same way cost less than a loop.
    if (row->count == 0) return _mm512_setzero_ps();
    __m512 sum = _mm512_mul_ps(row->factor[0], _mm512_maskz_loadu_ps(lanes, row->from[0] + column));
    if (row->count == 1) return sum;
    sum = _mm512_fmadd_ps(row->factor[1], _mm512_maskz_loadu_ps(lanes, row->from[1] + column), sum);
    if (row->count == 2) return sum;
    sum = _mm512_fmadd_ps(row->factor[2], _mm512_maskz_loadu_ps(lanes, row->from[2] + column), sum);
    if (row->count == 3) return sum;
    return _mm512_fmadd_ps(row->factor[3], _mm512_maskz_loadu_ps(lanes, row->from[3] + column), sum);
}

// Rows of steps, `row_stride` steps apart. Rows up to a multiple of 8 are zeros.
static void pack_rows(const tal_rows *a, size_t first, size_t rows, size_t depth, size_t count, uint32_t *target,
                      size_t row_stride) {
    for (size_t r = 0; r < (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS; r++) {
        operand *to = (operand *)(target + r * row_stride);
        if (r >= rows) {
            memset(to, 0, row_stride * sizeof(uint32_t));
            continue;
        }
        const source_row row = row_of(a, first + r);
        for (size_t p = 0; p < count; p += LANES) {
            if (row.count)
                _mm_prefetch((const char *)(row.from[0] + depth + p + ROWS_AHEAD * a->stride), _MM_HINT_T0);
            store(to + p, sum_of_terms(&row, depth + p, first_lanes(count - p)));
        }
    }
}

// Panels of 16 columns, in each panel the steps, in each step the columns. Missing columns are zeros. `panel_vectors`
// panels of one step lie side by side.
TAL_INLINE void pack_columns(const tal_rows *source, size_t depth, size_t count, size_t first, size_t columns,
                             uint32_t *target, size_t panel_vectors) {
    const size_t steps = (count + STEP - 1) / STEP;
    for (size_t step = 0; step < steps; step++) {
        source_row row[2];
        row[0] = row_of(source, depth + step * STEP);
        row[1].count = 0;
        if (STEP == 2 && step * STEP + 1 < count) row[1] = row_of(source, depth + step * STEP + 1);
        uint32_t *panel = target;
        for (size_t column = 0; column < columns; panel += steps * panel_vectors * LANES) {
            const size_t left = (columns - column + LANES - 1) / LANES;
            const size_t vectors = least(panel_vectors, left);
            uint32_t *to = panel + step * vectors * LANES;
            for (size_t j = 0; j < vectors; j++, column += LANES, to += LANES) {
                const __mmask16 lanes = first_lanes(columns - column);
                const __m512 even = sum_of_terms(&row[0], first + column, lanes);
                if (row[0].count)
                    _mm_prefetch((const char *)(row[0].from[0] + first + column + AHEAD * source->stride), _MM_HINT_T0);
                if (STEP == 2 && row[1].count)
                    _mm_prefetch((const char *)(row[1].from[0] + first + column + AHEAD * source->stride), _MM_HINT_T0);
                if (STEP == 2)
                    store_rows((operand *)to, 0, even, sum_of_terms(&row[1], first + column, lanes));
                else
                    _mm512_store_ps(to, even);
            }
        }
    }
}

// 16 columns of such panels from 16 rows, each the sum of `terms` rows; of the rows, `present` are there.
TAL_INLINE void transpose_rows(const size_t terms, const source_row *row, size_t present, size_t depth, size_t count,
                               uint32_t *target, size_t vectors) {
    const size_t steps = (count + STEP - 1) / STEP;
    for (size_t step = 0; step < steps; step += LANES) {
        const size_t at = step * STEP;
        __m512i part[LANES];
        _Pragma("clang loop unroll(full)") for (size_t i = 0; i < LANES; i++) {
            __m512 half[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
            _Pragma("clang loop unroll(full)") for (size_t h = 0; h < STEP; h++) {
                const size_t column = at + h * LANES;
                const __mmask16 lanes = first_lanes(i < present && column < count ? count - column : 0);
                _Pragma("clang loop unroll(full)") for (size_t term = 0; term < terms; term++) {
                    _mm_prefetch((const char *)(row[i].from[term] + depth + column + 2 * LANES * STEP), _MM_HINT_T0);
                    half[h] = _mm512_fmadd_ps(row[0].factor[term],
                                              _mm512_maskz_loadu_ps(lanes, row[i].from[term] + depth + column), half[h]);
                }
            }
            part[i] = steps_of(half[0], half[1]);
        }
        transpose(part);
        for (size_t i = 0; i < least(LANES, steps - step); i++)
            _mm512_store_si512(target + (step + i) * vectors * LANES, part[i]);
    }
}

// The same panels of a source whose rows are the columns.
static void pack_transposed(const tal_rows *source, size_t depth, size_t count, size_t first, size_t columns,
                            uint32_t *target) {
    const size_t steps = (count + STEP - 1) / STEP;
    for (size_t panel = 0; panel < columns; panel += TILE_COLUMNS) {
        const size_t vectors = least(TILE_VECTORS, (columns - panel + LANES - 1) / LANES);
        for (size_t j = 0; j < vectors; j++) {
            const size_t column = panel + j * LANES, present = least(LANES, columns - column);
            source_row row[LANES];
            for (size_t i = 0; i < LANES; i++) row[i] = row_of(source, first + column + (i < present ? i : 0));
            uint32_t *to = target + j * LANES;
            switch (row[0].count) {
            case 1: transpose_rows(1, row, present, depth, count, to, vectors); break;
            case 2: transpose_rows(2, row, present, depth, count, to, vectors); break;
            case 3: transpose_rows(3, row, present, depth, count, to, vectors); break;
            default: transpose_rows(4, row, present, depth, count, to, vectors);
            }
        }
        target += steps * vectors * LANES;
    }
}

typedef struct {
    float *to[TILE_ROWS][TAL_TERMS];
} target_rows;

// Finds the rows that a tile is added to and prefetches them while the tile is computed.
TAL_INLINE void find_target(const tal_rows *c, size_t row, size_t rows, size_t column, int vectors, target_rows *target) {
    for (size_t i = 0; i < rows; i++) {
        size_t item, window;
        find_window(c, row + i, &item, &window);
        for (size_t term = 0; term < c->terms; term++) {
            const ptrdiff_t position = (ptrdiff_t)(window * c->step) + c->offsets[term];
            float *to = NULL;
            if (position >= 0 && position < (ptrdiff_t)c->length)
                to = c->elements + (item * c->length + (size_t)position) * c->stride + column;
            target->to[i][term] = to;
            if (to)
                for (int j = 0; j < vectors; j++) _mm_prefetch((const char *)(to + j * LANES), _MM_HINT_T0);
        }
    }
}

TAL_INLINE void add_tile(const float *sums, const tal_rows *c, const target_rows *target, size_t rows, size_t columns,
                         float beta) {
    const __m512 scale = _mm512_set1_ps(beta);
    for (size_t term = 0; term < c->terms; term++) {
        const __m512 factor = _mm512_set1_ps(c->factors[term]);
        for (size_t i = 0; i < rows; i++) {
            float *to = target->to[i][term];
            if (!to) continue;
            for (size_t column = 0; column < columns; column += LANES) {
                const __mmask16 lanes = first_lanes(columns - column);
                const __m512 sum = _mm512_load_ps(sums + i * TILE_COLUMNS + column);
                __m512 value = _mm512_mul_ps(factor, sum);
                // With beta 0 the target may hold anything, infinities included, so it is not read.
                if (beta != 0) value = _mm512_fmadd_ps(scale, _mm512_maskz_loadu_ps(lanes, to + column), value);
                _mm512_mask_storeu_ps(to + column, lanes, value);
            }
        }
    }
}

static void gemm(size_t m, size_t n, size_t k, const tal_gemm_operands *matmuls, size_t matmul_count, bool transposes_a,
                     bool transposes_b, float beta, uint32_t *scratch) {
    uint32_t *const packed_a = scratch, *const packed_b = scratch + BLOCK_ROWS * (BLOCK_STEPS + LANES);
    // Blocks of nearly equal depth, whole vectors each.
    const size_t depths = (k + BLOCK_STEPS * STEP - 1) / (BLOCK_STEPS * STEP);
    const size_t block_depth = ((k + depths - 1) / depths + LANES * STEP - 1) / (LANES * STEP) * (LANES * STEP);
    const size_t block_columns = BLOCK_COLUMNS / matmul_count / TILE_COLUMNS * TILE_COLUMNS;
    _Alignas(64) float sums[TILE_ROWS * TILE_COLUMNS];
    for (size_t column = 0; column < n; column += block_columns) {
        const size_t width = least(block_columns, n - column);
        for (size_t depth = 0; depth < k; depth += block_depth) {
            const size_t count = least(block_depth, k - depth), steps = (count + STEP - 1) / STEP;
            const float block_beta = depth == 0 ? beta : 1;
            const size_t columns_stride = steps * ((width + LANES - 1) / LANES * LANES);
            for (size_t matmul = 0; matmul < matmul_count; matmul++) {
                const tal_rows *b = &matmuls[matmul].b;
                uint32_t *target = packed_b + matmul * columns_stride;
                if (transposes_b)
                    pack_transposed(b, depth, count, column, width, target);
                else
                    pack_columns(b, depth, count, column, width, target, TILE_VECTORS);
            }
            // Rows begin in different sets of the cache.
            const size_t row_stride = (steps + LANES - 1) / LANES * LANES + LANES;
            for (size_t row = 0; row < m; row += BLOCK_ROWS) {
                const size_t height = least(BLOCK_ROWS, m - row);
                for (size_t matmul = 0; matmul < matmul_count; matmul++) {
                    const tal_rows *a = &matmuls[matmul].a, *c = &matmuls[matmul].c;
                    if (transposes_a)
                        pack_columns(a, depth, count, row, height, packed_a, 1);
                    else
                        pack_rows(a, row, height, depth, count, packed_a, row_stride);
                    const uint32_t *columns = packed_b + matmul * columns_stride;
                    for (size_t panel = 0; panel < width; panel += TILE_COLUMNS) {
                        const size_t present = least(TILE_COLUMNS, width - panel);
                        const int vectors = (int)((present + LANES - 1) / LANES);
                        for (size_t tile_row = 0; tile_row < height; tile_row += TILE_ROWS) {
                            const size_t rows = least(TILE_ROWS, height - tile_row);
                            target_rows target;
                            find_target(c, row + tile_row, rows, column + panel, vectors, &target);
                            if (transposes_a) {
                                const uint32_t *steps_of_rows =
                                    packed_a + tile_row / LANES * steps * LANES + tile_row % LANES;
                                TILE(vectors, steps, steps_of_rows, 1, LANES, columns, vectors * LANES, sums, false);
                            } else {
                                TILE(vectors, steps, packed_a + tile_row * row_stride, row_stride, 1, columns,
                                     vectors * LANES, sums, false);
                            }
                            add_tile(sums, c, &target, rows, present, block_beta);
                        }
                        columns += steps * (size_t)vectors * LANES;
                    }
                }
            }
        }
    }
}

void NAME(gemm)(size_t m, size_t n, size_t k, const tal_gemm_operands *matmuls, size_t count, bool transposes_a,
                    bool transposes_b, float beta, uint32_t *scratch) {
    // With few rows, evicting packed columns from the second cache costs more than reading rows once saves.
    const size_t together = !transposes_a && m < 2 * BLOCK_ROWS ? 1 : count;
    for (size_t first = 0; first < count; first += together)
        gemm(m, n, k, matmuls + first, together, transposes_a, transposes_b, beta, scratch);
}
