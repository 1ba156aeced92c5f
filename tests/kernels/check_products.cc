/* check_products.cc - matmul and sum-aat kernels: every entry of C against float64, the sum against
 * its sum. */
#include "tests/kernels/kernel_check.h"

/* How each is launched. */
enum kind { MATMUL, MATMUL_TRIANGLE, SUM_AAT };
static const struct row {
    const char *name;
    enum kind kind;
    unsigned tile_rows, tile_cols, block_x, block_y;
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
};

/* An error bound for n float32 multiply-adds in a row that holds for these data; a lost product is
 * 20 times as much. */
static double entry_tolerance(unsigned n)
{
    return (4 * sqrt(n) + 4) * 0x1p-24;
}

static bool right_product(reference &ref, device_array<float> &c)
{
    for (unsigned row = 0; row < ref.n; row++)
        for (unsigned col = 0; col < ref.pitch; col++) {
            const float got = c[(size_t)row * ref.pitch + col];
            char what[64];
            snprintf(what, sizeof what, "C[%u][%u]", row, col);
            if (col < ref.n ? !near(what, got, ref.product[(size_t)row * ref.n + col],
                                    entry_tolerance(ref.n))
                            : !isnan(got) && printf("# %s written, outside n × n\n", what))
                return false;
        }
    return true;
}

static bool check_matmul(const row &k, reference &ref)
{
    device_array<float> first((size_t)ref.n * ref.pitch);
    return in_all_orders([&](bool is_first) {
        device_array<float> c((size_t)ref.n * ref.pitch);
        const unsigned t = across(ref.n, k.tile_rows);
        const cuda_cpu_dim grid = k.kind == MATMUL ? cuda_cpu_dim{across(ref.n, k.tile_cols), t, 1}
                                                   : cuda_cpu_dim{t * (t + 1) / 2, 1, 1};
        if (!launch(k.name, grid, {k.block_x, k.block_y, 1}, (const float *)ref.a.data, c.data,
                    ref.n, ref.pitch) ||
            !right_product(ref, c))
            return false;
        if (is_first)
            memcpy(first.data, c.data, c.count * sizeof(float));
        return c.same_bits(first);
    });
}

/* In one launch, and in two that share the tiles out. */
static bool check_sum_aat(const row &k, reference &ref)
{
    double first = 0;
    return in_all_orders([&](bool is_first) {
        const unsigned t = across(ref.n, k.tile_rows), tiles = t * (t + 1) / 2;
        for (unsigned begin = 0; begin <= tiles / 2; begin += tiles > 1 ? tiles / 2 : 1) {
            device_array<double> partials(tiles), sum(1);
            device_array<unsigned> ticket(1);
            ticket[0] = 0;
            for (unsigned from = 0; from < tiles; from = from || !begin ? tiles : begin) {
                const unsigned blocks = from || !begin ? tiles - from : begin;
                if (!launch(k.name, {blocks, 1, 1}, {k.block_x, k.block_y, 1},
                            (const float *)ref.a.data, partials.data, sum.data, ticket.data, ref.n,
                            ref.pitch, from, tiles))
                    return false;
            }
            if (!near("sum", sum[0], ref.sum_product, 1e-6) || !near("ticket", ticket[0], 0, 0))
                return false;
            if (is_first && !begin)
                first = sum[0];
            if (!near("sum, the same bits", sum[0], first, 0))
                return false;
        }
        return true;
    });
}

void check_products(reference &ref)
{
    for (const row &k : products)
        if (is_wanted(k.name))
            report(k.kind == SUM_AAT ? check_sum_aat(k, ref) : check_matmul(k, ref), k.name,
                   "agrees with float64", ref.n);
}
