/* kernel.h - the inner loops of fused.c. fused.c includes this file once for each type and vector
 * width, after it has defined
 *
 *   NAME(x)       the name of x in this copy
 *   TARGET        the instructions that the compiler may use
 *   ENTRY         the type of A's entries
 *   VECTOR_BYTES  the width of a vector register
 *   COLUMNS       how many entries of a row of C are multiplied together; divides ROWS
 *
 * Three vectors of rows times COLUMNS columns are 3·COLUMNS accumulators. With the three vectors
 * and the entry that multiplies them they fill the registers: 16 of AVX2, 32 of AVX-512 and NEON.
 */

#define ROWS (3 * VECTOR_BYTES / sizeof(ENTRY)) /* of A in a strip */

typedef ENTRY NAME(vector) __attribute__((vector_size(VECTOR_BYTES)));
typedef double NAME(doubles)
    __attribute__((vector_size(VECTOR_BYTES / sizeof(ENTRY) * sizeof(double))));

/* strip[k][r] = A[row0 + r][k0 + k] for k < depth; rows past the end of A are zero. In blocks of a
 * few k, so that the lines that are written stay in the L1 cache. */
TARGET static void NAME(pack)(const void *matrix, size_t n, size_t row0, size_t k0, size_t depth,
                              void *strip)
{
    const ENTRY *a = matrix;
    ENTRY *out = strip;
    const size_t rows = least(ROWS, n - row0);

    for (size_t from = 0; from < depth; from += 16) {
        const size_t to = least(from + 16, depth);
        for (size_t r = 0; r < rows; r++)
            for (size_t k = from; k < to; k++)
                out[k * ROWS + r] = a[(row0 + r) * n + k0 + k];
        for (size_t r = rows; r < ROWS; r++)
            for (size_t k = from; k < to; k++)
                out[k * ROWS + r] = 0;
    }
}

/* Adds to the lanes of *total, `weight` times, the products of the ROWS rows of a strip with
 * COLUMNS rows of a strip: ROWS×COLUMNS entries of C, summed over `depth` k in registers. */
TARGET static inline __attribute__((always_inline)) void
NAME(multiply_tile)(const ENTRY *left, const ENTRY *right, size_t depth, double weight,
                    NAME(doubles) * total)
{
    NAME(vector) c[COLUMNS][3] = {{{0}}};

    for (size_t k = 0; k < depth; k++, left += ROWS, right += ROWS) {
        const NAME(vector) *rows = (const NAME(vector) *)left;
#pragma GCC unroll 8
        for (int column = 0; column < COLUMNS; column++) {
            /* The compiler drops x - 0, which is x. It would keep x + 0, which differs if x is -0.
             */
            const NAME(vector) factor = right[column] - (NAME(vector)){0};
            c[column][0] += rows[0] * factor;
            c[column][1] += rows[1] * factor;
            c[column][2] += rows[2] * factor;
        }
    }
    NAME(vector) sum = {0};
#pragma GCC unroll 8
    for (int column = 0; column < COLUMNS; column++)
        sum += c[column][0] + c[column][1] + c[column][2];
    *total += weight * __builtin_convertvector(sum, NAME(doubles));
}

/* The sum of the entries of C in the rows of strips `first` to `end` - 1 and the columns of strip
 * `column`; no row strip is left of it. An entry below the diagonal counts twice. Strips are
 * `stride` entries apart. A few columns stay in the L1 cache while they meet every strip. */
TARGET static double NAME(multiply)(const void *packed, size_t stride, size_t first, size_t end,
                                    size_t column, size_t depth)
{
    const ENTRY *strips = packed, *right = strips + column * stride;
    NAME(doubles) total = {0};
    double sum = 0;

    for (size_t r = 0; r < ROWS; r += COLUMNS)
        for (size_t s = first; s < end; s++)
            NAME(multiply_tile)(strips + s * stride, right + r, depth, s == column ? 1 : 2, &total);
    for (size_t lane = 0; lane < VECTOR_BYTES / sizeof(ENTRY); lane++)
        sum += total[lane];
    return sum;
}

static const struct kernel NAME(kernel) = {ROWS, sizeof(ENTRY), NAME(pack), NAME(multiply)};

#undef ROWS
#undef NAME
#undef TARGET
#undef ENTRY
#undef VECTOR_BYTES
#undef COLUMNS
