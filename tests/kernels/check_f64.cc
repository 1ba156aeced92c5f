/* check_f64.cc - the float64 kernels: products, sums, references, the fill. */
#include "kernels/interface/tile_range.h"
#include "tests/kernels/reference_f64.h"

/* ---- products ---- */
static bool right_c(reference_f64 &ref, device_array<double> &c)
{
    for (unsigned row = 0; row < ref.n; row++)
        for (unsigned col = 0; col < ref.pitch; col++) {
            const double got = c[(size_t)row * ref.pitch + col];
            if (col >= ref.n && !isnan(got))
                return printf("# C[%u][%u] written, outside n × n\n", row, col) < 0;
            const long double want = col < ref.n ? ref.product[(size_t)row * ref.n + col] : 0;
            if (col < ref.n &&
                !close_to("entry", got, want, (ref.n + 4) * (1 + fabsl(want) / 4) * 0x1p-53))
                return false;
        }
    return true;
}

template <class F> static bool right_matmul(reference_f64 &ref, F launch_it)
{
    return in_all_orders([&](bool) {
        device_array<double> c((size_t)ref.n * ref.pitch);
        return launch_it(c.data) && right_c(ref, c);
    });
}

template <class F> static bool right_sum(reference_f64 &ref, size_t slots, F launch_it)
{
    const long double limit = ((long double)ref.n * ref.n + 4) * sqrt(ref.n) * 0x1p-53;
    return in_all_orders([&](bool) {
        device_array<double> partials(slots), sum(1);
        device_array<unsigned> ticket(1);
        ticket[0] = 0;
        return launch_it(partials.data, sum.data, ticket.data) &&
               close_to("sum", sum[0], ref.sum_product, limit) && near("ticket", ticket[0], 0, 0);
    });
}

static void check_products_f64(reference_f64 &ref)
{
    static const struct {
        const char *name;
        unsigned tile, block;
    } tiled[] = {{"matmul_naive_f64", 16, 16},
                 {"matmul_tile_f64", 32, 32},
                 {"matmul_register_tile_f64", 64, 16}};
    for (const auto &k : tiled)
        if (is_wanted(k.name))
            report(right_matmul(ref,
                                [&](double *c) {
                                    const unsigned t = across(ref.n, k.tile);
                                    return launch(k.name, {t, t, 1}, {k.block, k.block, 1},
                                                  (const double *)ref.a.data, c, ref.n, ref.pitch,
                                                  0u);
                                }),
                   k.name, "C", ref.n);
    const unsigned a_pitch = ref.pitch * 8, stages = across(ref.n, 16), blocks = 3;
    for (const char *name : {"matmul_dmma_f64_sm80", "matmul_dmma_symmetric_f64_sm80"})
        if (is_wanted(name))
            report(right_matmul(ref,
                                [&](double *c) {
                                    return launch_shared(name, blocks, 256, 96 << 10,
                                                         (const void *)ref.a.data, c, ref.n,
                                                         ref.pitch, a_pitch, stages);
                                }),
                   name, "C", ref.n);
    if (is_wanted("sum_aat_dmma_f64_sm80"))
        for (unsigned panels = 1; panels <= 2 && panels <= stages; panels++)
            report(right_sum(ref, blocks,
                             [&](double *partials, double *sum, unsigned *ticket) {
                                 return launch_shared("sum_aat_dmma_f64_sm80", blocks, 256,
                                                      96 << 10, (const void *)ref.a.data, partials,
                                                      sum, ticket, ref.n, a_pitch, stages, panels);
                             }),
                   "sum_aat_dmma_f64_sm80", panels == 1 ? "sum" : "sum, k in two panels", ref.n);
    const unsigned down = across(ref.n, 64), tiles = down * (down + 1) / 2;
    const struct tile_range all = {0, down, 0, down, 0, down};
    if (is_wanted("sum_aat_triangle_f64"))
        report(right_sum(ref, tiles,
                         [&](double *partials, double *sum, unsigned *ticket) {
                             return launch("sum_aat_triangle_f64", {tiles, 1, 1}, {16, 16, 1},
                                           (const double *)ref.a.data, (const double *)ref.a.data,
                                           partials, sum, ticket, ref.n, ref.pitch, all);
                         }),
               "sum_aat_triangle_f64", "sum", ref.n);
}

/* ---- sums, the fill, references ---- */
static void check_sums_f64(reference_f64 &ref)
{
    const size_t count = (size_t)ref.n * ref.n;
    device_array<double> dense(count), c((size_t)ref.n * ref.pitch);
    for (unsigned r = 0; r < ref.n; r++)
        for (unsigned k = 0; k < ref.n; k++) {
            dense[(size_t)r * ref.n + k] = (double)ref.at(r, k);
            c[(size_t)r * ref.pitch + k] = (double)ref.product[(size_t)r * ref.n + k];
        }
    if (is_wanted("reduce_one_pass_f64"))
        report(in_all_orders([&](bool) {
                   device_array<double> partials(3), sum(1);
                   device_array<unsigned> ticket(1);
                   ticket[0] = 0;
                   return launch("reduce_one_pass_f64", {3, 1, 1}, {256, 1, 1},
                                 (const double *)dense.data, count, partials.data, sum.data,
                                 ticket.data) &&
                          close_to("sum", sum[0], ref.sum, (long double)count * 0x1p-53) &&
                          near("ticket", ticket[0], 0, 0);
               }),
               "reduce_one_pass_f64", "sum", ref.n);
    for (unsigned lower = 0; lower < 2 && is_wanted("sum_c_f64"); lower++)
        report(right_sum(ref, 3,
                         [&](double *partials, double *sum, unsigned *ticket) {
                             return launch("sum_c_f64", {3, 1, 1}, {256, 1, 1},
                                           (const double *)c.data, ref.n, ref.pitch, lower,
                                           partials, sum, ticket);
                         }),
               "sum_c_f64", lower ? "sum of a triangle" : "sum", ref.n);
    if (is_wanted("fill_philox_f64"))
        report(in_all_orders([&](bool) {
                   const unsigned pitches[] = {ref.pitch, ref.n};
                   for (unsigned pitch : pitches)
                       for (unsigned wide_rows = 0; wide_rows < 2; wide_rows++) {
                           device_array<double> a((size_t)ref.rows * pitch);
                           if (!launch("fill_philox_f64", {3, 1, 1}, {64, 1, 1}, a.data, ref.n,
                                       ref.rows, pitch, 0u, 0u, (unsigned long long)SEED, 2.0, -1.0,
                                       wide_rows))
                               return false;
                           for (size_t i = 0; i < a.count; i++) {
                               const unsigned r = (unsigned)(i / pitch), k = (unsigned)(i % pitch);
                               const double want =
                                   ref.entry(r, k) * (wide_rows ? philox_row_factor_f64(r) : 1);
                               if (!near("entry", a[i], want, 0))
                                   return false;
                           }
                       }
                   return true;
               }),
               "fill_philox_f64", "A", ref.n);
}

static void check_oracles_f64(reference_f64 &ref)
{
    const unsigned n = ref.n, bands = 3, entries = n < 40 ? n * n : 1600;
    if (!is_wanted("oracle_column_sums_f64"))
        return;
    device_array<unsigned> at(2 * entries);
    for (unsigned e = 0; e < 2 * entries; e++)
        at[e] = (e * 2654435761u >> 7) % n;
    report(in_all_orders([&](bool) {
               device_array<pair> part((size_t)bands * n), sums(n), products(n), dots(entries),
                   rows(n);
               device_array<double> found(entries);
               const double *a = ref.a.data;
               if (!launch("oracle_column_sums_f64", {across(n, 64), bands, 1}, {64, 1, 1}, a, n, n,
                           ref.pitch, part.data, bands) ||
                   !launch("oracle_add_bands_f64", {across(n, 64), 1, 1}, {64, 1, 1},
                           (const pair *)part.data, n, bands, sums.data) ||
                   !launch("oracle_a_times_f64", {n, 1, 1}, {256, 1, 1}, a, n, ref.pitch,
                           (const pair *)sums.data, products.data) ||
                   !launch("oracle_dots_f64", {entries, 1, 1}, {256, 1, 1}, a, n, ref.pitch,
                           (const unsigned *)at.data, entries, dots.data) ||
                   !launch("oracle_row_sums_f64", {n, 1, 1}, {256, 1, 1}, a, n, ref.pitch,
                           rows.data) ||
                   !launch("gather_f64", {across(entries, 64), 1, 1}, {64, 1, 1}, a, ref.pitch,
                           (const unsigned *)at.data, entries, found.data))
                   return false;
               for (unsigned i = 0; i < n; i++) {
                   long double row = 0;
                   for (unsigned k = 0; k < n; k++)
                       row += ref.at(i, k);
                   if (!accurate("column sum", sums[i], ref.columns[i], n) ||
                       !accurate("A times", products[i], ref.row_sums[i], (long double)n * n) ||
                       !accurate("row sum", rows[i], row, n))
                       return false;
               }
               for (unsigned e = 0; e < entries; e++)
                   if (!accurate("dot", dots[e], ref.product[(size_t)at[2 * e] * n + at[2 * e + 1]],
                                 n) ||
                       !near("entry", found[e], (double)ref.at(at[2 * e], at[2 * e + 1]), 0))
                       return false;
               return true;
           }),
           "oracle_f64", "references", n);
}

void check_f64(const reference &ref)
{
    reference_f64 f64(ref);
    check_products_f64(f64);
    check_sums_f64(f64);
    check_oracles_f64(f64);
    check_int8_f64(f64);
}
