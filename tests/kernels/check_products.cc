/* check_products.cc - matmul and sum-aat kernels: every entry of C against float64, the sum against
 * its sum. */
#include "kernels/interface/tile_range.h"
#include "tests/kernels/eight_bits.h"
#include "tests/kernels/kernel_check.h"

/* How each is launched. */
enum kind { MATMUL, MATMUL_TRIANGLE, SUM_AAT };
static const struct row {
    const char *name;
    enum kind kind;
    unsigned tile_rows, tile_cols, block_x, block_y;
    rounding rounded = not_rounded;
} products[] = {
    {"matmul_naive", MATMUL, 16, 16, 16, 16},
    {"matmul_coalesced", MATMUL, 4, 8, 32, 32},
    {"matmul_tile", MATMUL, 32, 32, 32, 32},
    {"matmul_register_tile", MATMUL, 64, 64, 16, 16},
    {"matmul_vector_tile", MATMUL, 128, 128, 16, 16},
    {"matmul_warp_tile", MATMUL, 128, 128, 256, 1},
    {"matmul_kepler", MATMUL, 96, 96, 256, 1},
    {"matmul_symmetric", MATMUL_TRIANGLE, 128, 128, 256, 1},
    {"matmul_symmetric_small", MATMUL_TRIANGLE, 64, 64, 256, 1},
    {"sum_aat_triangle", SUM_AAT, 64, 64, 16, 16},
    {"sum_aat_warp_triangle", SUM_AAT, 128, 128, 256, 1},
    {"sum_aat_kepler_triangle", SUM_AAT, 96, 96, 256, 1},
    {"matmul_register_tile_int8", MATMUL, 64, 64, 16, 16, rounded_to_int8},
    {"matmul_register_tile_fp8", MATMUL, 64, 64, 16, 16, rounded_to_e4m3},
    {"sum_aat_triangle_int8", SUM_AAT, 64, 64, 16, 16, rounded_to_int8},
    {"sum_aat_triangle_fp8", SUM_AAT, 64, 64, 16, 16, rounded_to_e4m3},
};

/* An error bound for n float32 multiply-adds in a row that holds for these data; a lost product is
 * 20 times as much. */
static double entry_tolerance(unsigned n)
{
    return (4 * sqrt(n) + 4) * 0x1p-24;
}

/* In one launch, and in two that share out the tiles of a triangle or the rows of tiles. */
static bool check_matmul(const row &k, reference &ref)
{
    device_array<float> first((size_t)ref.n * ref.pitch);
    const unsigned t = across(ref.n, k.tile_rows), wide = across(ref.n, k.tile_cols);
    const unsigned total = k.kind == MATMUL ? t : t * (t + 1) / 2;
    return in_all_orders([&](bool is_first) {
        for (unsigned pieces = 1; pieces <= 2 && pieces <= total; pieces++) {
            device_array<float> c((size_t)ref.n * ref.pitch);
            const unsigned cut = pieces == 1 ? total : total / 2;
            for (unsigned from = 0; from < total; from += cut) {
                const unsigned now = std::min(cut, total - from);
                const cuda_cpu_dim grid =
                    k.kind == MATMUL ? cuda_cpu_dim{wide, now, 1} : cuda_cpu_dim{now, 1, 1};
                if (!launch(k.name, grid, {k.block_x, k.block_y, 1}, (const float *)ref.a.data,
                            c.data, ref.n, ref.pitch, from))
                    return false;
            }
            if (!right_product(ref.n, ref.pitch, ref.product, c, entry_tolerance(ref.n)))
                return false;
            if (is_first && pieces == 1)
                memcpy(first.data, c.data, c.count * sizeof(float));
            if (!c.same_bits(first))
                return false;
        }
        return true;
    });
}

/* One range of the triangle of `down` tile rows, in at most `pieces` launches. The panels are
 * copies of exactly their rows. */
struct sum_of_ranges {
    const row &k;
    reference &ref;
    unsigned down;
    device_array<double> partials, sum;
    device_array<unsigned> ticket;

    sum_of_ranges(const row &kernel, reference &reference)
        : k(kernel), ref(reference), down(across(ref.n, k.tile_rows)),
          partials(down * (down + 1) / 2), sum(1), ticket(1)
    {
        ticket[0] = 0;
    }
    bool add(unsigned row, unsigned rows, unsigned col, unsigned cols, unsigned pieces)
    {
        const size_t strip = (size_t)k.tile_rows * ref.pitch;
        device_array<float> left(rows * strip), right(cols * strip);
        memcpy(left.data, ref.a.data + row * strip, left.count * sizeof(float));
        memcpy(right.data, ref.a.data + col * strip, right.count * sizeof(float));
        const unsigned tiles = row == col ? rows * (rows + 1) / 2 : rows * cols;
        const unsigned cut = (tiles + pieces - 1) / pieces;
        for (unsigned first = 0; first < tiles; first += cut) {
            const struct tile_range range = {row, rows, col, cols, first, down};
            if (!launch(k.name, {std::min(cut, tiles - first), 1, 1}, {k.block_x, k.block_y, 1},
                        (const float *)left.data, (const float *)right.data, partials.data,
                        sum.data, ticket.data, ref.n, ref.pitch, range))
                return false;
        }
        return true;
    }
    bool is_right(double bits)
    {
        return near("sum", sum[0], ref.sum_product, 1e-6) && near("ticket", ticket[0], 0, 0) &&
               (isnan(bits) || near("sum, the same bits", sum[0], bits, 0));
    }
};

/* In one launch, in two, and in panels of each size, last to first: always the same bits. */
static bool check_sum_aat(const row &k, reference &ref)
{
    double bits = NAN;
    return in_all_orders([&](bool) {
        for (unsigned pieces = 1; pieces <= 2; pieces++) {
            sum_of_ranges whole(k, ref);
            if (!whole.add(0, whole.down, 0, whole.down, pieces) || !whole.is_right(bits))
                return false;
            bits = whole.sum[0];
        }
        for (unsigned size = 1; size < across(ref.n, k.tile_rows); size++) {
            sum_of_ranges parts(k, ref);
            for (unsigned end = parts.down; end > 0; end = end > size ? end - size : 0) {
                const unsigned row = end > size ? end - size : 0, rows = end - row;
                if (!parts.add(row, rows, row, rows, 1))
                    return false;
                for (unsigned col = 0; col < row; col += size)
                    if (!parts.add(row, rows, col, std::min(size, row - col), 2))
                        return false;
            }
            if (!parts.is_right(bits))
                return false;
        }
        return true;
    });
}

void check_products(reference &ref)
{
    /* Rounding to e4m3 costs the CPU a hundred instructions an entry, and takes a minute at 257. */
    const unsigned most_e4m3 = 129;
    for (const row &k : products)
        if (is_wanted(k.name) && !(k.rounded == rounded_to_e4m3 && ref.n > most_e4m3)) {
            reference rounded(k.rounded == not_rounded ? 1 : ref.n, k.rounded);
            reference &own = k.rounded == not_rounded ? ref : rounded;
            report(k.kind == SUM_AAT ? check_sum_aat(k, own) : check_matmul(k, own), k.name,
                   "agrees with float64", ref.n);
        }
}
