/* loops.h - the loops of reference.c for one type. Included there for each: ENTRY is the type,
 * NAME(x) the name of function x for it. No guard: each inclusion defines other functions. */

/* tile[i][j] = Σ_k A[i0 + i][k]·A[j0 + j][k]; entries past the edge of C are zero */
ISA_BODY void NAME(multiply_tile_body)(const ENTRY *a, size_t n, size_t i0, size_t j0,
                                       ENTRY tile[TILE][TILE])
{
    size_t rows = least(TILE, n - i0), cols = least(TILE, n - j0);
    ENTRY panel[PANEL][TILE]; /* panel[k][j] = A[j0 + j][k0 + k] */

    memset(tile, 0, sizeof(ENTRY[TILE][TILE]));
    memset(panel, 0, sizeof panel);
    for (size_t k0 = 0; k0 < n; k0 += PANEL) {
        size_t depth = least(PANEL, n - k0);

        for (size_t j = 0; j < cols; j++)
            for (size_t k = 0; k < depth; k++)
                panel[k][j] = a[(j0 + j) * n + k0 + k];

        for (size_t i = 0; i < rows; i++) {
            ENTRY sum[TILE] = {0};
            for (size_t k = 0; k < depth; k++) {
                ENTRY left = a[(i0 + i) * n + k0 + k];
                for (int j = 0; j < TILE; j++)
                    sum[j] += left * panel[k][j];
            }
            for (int j = 0; j < TILE; j++)
                tile[i][j] += sum[j];
        }
    }
}
ISA_VERSIONS(NAME(multiply_tile),
             (const ENTRY *a, size_t n, size_t i0, size_t j0, ENTRY tile[TILE][TILE]),
             (a, n, i0, j0, tile))

struct NAME(product) {
    const ENTRY *a;
    size_t n;
    struct rows rows; /* of C, in c */
    ENTRY *c;
    double *strips; /* the sum of each strip of TILE rows of C */
};

static void NAME(store_strips)(void *context, size_t begin, size_t end)
{
    const struct NAME(product) *r = context;
    ENTRY tile[TILE][TILE];

    for (size_t i0 = begin * TILE; i0 < least(end * TILE, r->rows.count); i0 += TILE)
        for (size_t j0 = 0; j0 < r->n; j0 += TILE) {
            NAME(multiply_tile)(r->a, r->n, r->rows.first + i0, j0, tile);
            for (size_t i = 0; i < least(TILE, r->rows.count - i0); i++)
                memcpy(&r->c[(i0 + i) * r->n + j0], tile[i],
                       least(TILE, r->n - j0) * sizeof(ENTRY));
        }
}

static void NAME(sum_strips)(void *context, size_t begin, size_t end)
{
    const struct NAME(product) *r = context;
    ENTRY tile[TILE][TILE];

    for (size_t strip = begin; strip < end; strip++) {
        double total = 0;
        for (size_t j0 = 0; j0 < r->n; j0 += TILE) {
            double of_tile = 0;
            NAME(multiply_tile)(r->a, r->n, strip * TILE, j0, tile);
            for (size_t i = 0; i < TILE; i++) {
                double of_row = 0;
                for (size_t j = 0; j < TILE; j++)
                    of_row += (double)tile[i][j];
                of_tile += of_row;
            }
            total += of_tile;
        }
        r->strips[strip] = total;
    }
}

static void NAME(store)(struct parallel *pool, const void *a, size_t n, struct rows rows, void *c)
{
    struct NAME(product) r = {.a = a, .n = n, .rows = rows, .c = c};

    parallel_for(pool, (rows.count + TILE - 1) / TILE, 1, NAME(store_strips), &r);
}

static double NAME(add)(struct parallel *pool, const void *a, size_t n, double *strips)
{
    struct NAME(product) r = {.a = a, .n = n, .strips = strips};
    const size_t count = (n + TILE - 1) / TILE;

    parallel_for(pool, count, 1, NAME(sum_strips), &r);
    return add_up(strips, count);
}

#undef ENTRY
#undef NAME
