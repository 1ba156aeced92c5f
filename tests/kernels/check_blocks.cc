/* check_blocks.cc - the kernels of the verification: C compared in blocks of columns, rows of A
 * multiplied by factors. */
#include "tests/kernels/eight_bits.h"
#include "tests/kernels/kernel_check.h"

#include <string>

static const unsigned WIDTH =
    3; /* columns a block: at N = 250 more than 64 blocks, the last one incomplete */

/* A, C = A·Aᵀ with one entry off by `planted`, weights, and the right diagonal in two parts, of
 * which the second is large enough to be missed. Where `levels` is
 * not 0, the reference is of A rounded to int8, and the kernels round it themselves. */
template <class Entry> struct compared {
    const reference &ref;
    unsigned n, pitch, blocks, row, col;
    float levels;
    device_array<Entry> a, c;
    device_array<double> x, diagonal;

    compared(const reference &from, double planted, float rounds)
        : ref(from), n(from.n), pitch(from.pitch), blocks(across(from.n, WIDTH)), row(from.n / 2),
          col(from.n - 1), levels(rounds), a((size_t)from.rows * from.pitch),
          c((size_t)from.n * from.pitch), x(from.n), diagonal(2 * (size_t)from.n)
    {
        for (size_t i = 0; i < a.count; i++)
            a[i] = (Entry)ref.a.data[i];
        for (unsigned i = 0; i < n; i++) {
            x[i] = philox_quad(SEED + 1, i, 0).word[0] & 1 ? 1.0 : -1.0;
            diagonal[n + i] = ref.product[(size_t)i * n + i] * 0x1p-12;
            diagonal[i] = ref.product[(size_t)i * n + i] - diagonal.data[n + i];
            for (unsigned j = 0; j < n; j++)
                c[(size_t)i * pitch + j] = (Entry)ref.product[(size_t)i * n + j];
            c[(size_t)i * pitch + i] = (Entry)-1; /* never read */
        }
        if (n > 1)
            c[(size_t)row * pitch + col] += (Entry)planted;
    }
    double entry(double at) const { return levels > 0 ? nearbyint((double)levels * at) : at; }
    double weighted(unsigned block, unsigned k) const
    {
        double sum = 0;
        for (unsigned j = block * WIDTH; j < std::min(n, (block + 1) * WIDTH); j++)
            sum += x.data[j] * entry((double)a.data[(size_t)j * pitch + k]);
        return sum;
    }
    double error(unsigned i, unsigned block) const
    {
        long double sum = 0;
        for (unsigned j = block * WIDTH; j < std::min(n, (block + 1) * WIDTH); j++)
            sum += (long double)x.data[j] * ((i == j ? (long double)ref.product[(size_t)i * n + i]
                                                     : c.data[(size_t)i * pitch + j]) -
                                             ref.product[(size_t)i * n + j]);
        return (double)fabsl(sum);
    }
};

template <class Entry>
static bool compare(const reference &ref, const std::string &suffix, float levels = 0)
{
    const double planted = 0.25;
    const compared<Entry> p(ref, planted, levels);
    return in_all_orders([&](bool is_first) {
        const unsigned down = across(p.blocks, 64);
        device_array<double> g((size_t)p.blocks * p.n), worst((size_t)down * p.n);
        device_array<unsigned> col((size_t)down * p.n);
        if (!launch(("blocks_weigh" + suffix).c_str(), {across(p.n, 64), p.blocks, 1}, {64, 1, 1},
                    (const Entry *)p.a.data, p.n, p.pitch, (const double *)p.x.data, WIDTH, 0u,
                    g.data, levels) || /* the kernels of float64 take no levels */
            !launch(("blocks_compare" + suffix).c_str(), {across(p.n, 64), down, 1}, {256, 1, 1},
                    (const Entry *)p.a.data, (const Entry *)p.c.data, p.n, p.pitch,
                    (const double *)p.x.data, (const double *)p.diagonal.data, WIDTH, 0u, p.blocks,
                    (const double *)g.data, worst.data, col.data, 0u, p.n, levels))
            return false;
        bool ok = true;
        for (unsigned b = 0; is_first && b < p.blocks; b++)
            for (unsigned k = 0; k < p.n && ok; k++)
                ok = fabs(g[(size_t)b * p.n + k] - p.weighted(b, k)) <= 1e-12;
        for (unsigned y = 0; y < down; y++)
            for (unsigned i = 0; i < p.n && ok; i++) {
                double most = 0;
                for (unsigned b = y * 64; b < std::min(p.blocks, (y + 1) * 64); b++)
                    most = fmax(most, p.error(i, b));
                ok = fabs(worst[(size_t)y * p.n + i] - most) <= 1e-9 * fmax(1, most);
            }
        if (p.n > 1 && p.row != p.col)
            ok = ok && col[(size_t)((p.col / WIDTH) / 64) * p.n + p.row] == p.col / WIDTH * WIDTH;
        return ok;
    });
}

template <class Entry> static bool scale(const reference &ref, const char *name)
{
    return in_all_orders([&](bool) {
        device_array<Entry> a(ref.a.count);
        device_array<float> factor(ref.n);
        const unsigned first = ref.n / 3; /* as of a panel of A that begins there */
        for (unsigned i = 0; i < ref.n; i++)
            factor[i] = ldexpf(i % 2 ? -1.0f : 1.0f, (int)(i % 5));
        for (size_t i = 0; i < a.count; i++)
            a[i] = (Entry)ref.a.data[i];
        if (!launch(name, {5, 1, 1}, {32, 1, 1}, a.data, ref.n, ref.rows, ref.pitch, first,
                    (const float *)factor.data))
            return false;
        for (size_t i = 0; i < a.count; i++) {
            const size_t row = i / ref.pitch + first;
            const Entry by = row < ref.n ? (Entry)factor[row] : (Entry)1;
            if (a[i] != (Entry)ref.a.data[i] * by) {
                printf("# row %zu\n", i / ref.pitch);
                return false;
            }
        }
        return true;
    });
}

void check_blocks(const reference &ref)
{
    if (is_wanted("blocks_compare")) {
        report(compare<float>(ref, ""), "blocks_weigh, blocks_compare", "find what is wrong in C",
               ref.n);
        const reference int8(ref.n, rounded_to_int8);
        report(compare<float>(int8, "", 127), "blocks_weigh, blocks_compare",
               "find what is wrong in C of int8", ref.n);
        report(compare<double>(ref, "_f64"), "blocks_weigh_f64, blocks_compare_f64",
               "find what is wrong in C", ref.n);
    }
    if (is_wanted("scale_rows"))
        report(scale<float>(ref, "scale_rows"), "scale_rows", "multiplies rows", ref.n);
    if (is_wanted("scale_rows_f64"))
        report(scale<double>(ref, "scale_rows_f64"), "scale_rows_f64", "multiplies rows", ref.n);
}
