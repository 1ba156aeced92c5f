/* check_support.cc - the fill, bit-equal to the host's, and the float64 references that the program
 * verifies by. */
#include "tests/kernels/kernel_check.h"

/* Whole, dense, and as a panel of rows from the middle on. */
static bool check_fill(unsigned n)
{
    const struct {
        unsigned rows, pitch, first_row;
    } layouts[] = {{(n + 255) / 256 * 256, (n + 31) / 32 * 32, 0},
                   {n, n, 0},
                   {n / 2 + 2, (n + 31) / 32 * 32, n / 2}};
    return in_all_orders([&](bool) {
        for (auto &l : layouts) {
            device_array<float> a((size_t)l.rows * l.pitch);
            if (!launch("fill_philox", {3, 1, 1}, {96, 1, 1}, a.data, n, l.rows, l.pitch,
                        l.first_row, (unsigned long long)SEED, 1.0f, 0.0f))
                return false;
            for (size_t i = 0; i < a.count; i++) {
                const unsigned row = (unsigned)(i / l.pitch), col = (unsigned)(i % l.pitch);
                if (!near("entry of A", a[i], entry_of_a(n, l.first_row + row, col), 0))
                    return false;
            }
        }
        return true;
    });
}

static bool check_column_sums(reference &ref)
{
    const unsigned bands = across(ref.n, 64), blocks = across(ref.n, 128);
    return in_all_orders([&](bool) {
        device_array<double> part((size_t)bands * ref.n), sums(ref.n);
        if (!launch("oracle_column_sums", {blocks, bands, 1}, {128, 1, 1},
                    (const float *)ref.a.data, ref.n, ref.pitch, part.data, bands) ||
            !launch("oracle_add_bands", {blocks, 1, 1}, {128, 1, 1}, (const double *)part.data,
                    ref.n, bands, sums.data))
            return false;
        for (unsigned col = 0; col < ref.n; col++) {
            double want = 0;
            for (unsigned row = 0; row < ref.n; row++)
                want += ref.at(row, col);
            if (!near("column sum", sums[col], want, 1e-12))
                return false;
        }
        return true;
    });
}

static bool check_row_oracles(reference &ref)
{
    device_array<double> x(ref.n);
    for (unsigned k = 0; k < ref.n; k++)
        x[k] = 1.0 + k / 7.0;
    return in_all_orders([&](bool) {
        device_array<double> times(ref.n), sums(ref.n);
        if (!launch("oracle_a_times", {ref.n, 1, 1}, {256, 1, 1}, (const float *)ref.a.data, ref.n,
                    ref.pitch, (const double *)x.data, times.data) ||
            !launch("oracle_row_sums", {ref.n, 1, 1}, {256, 1, 1}, (const float *)ref.a.data, ref.n,
                    ref.pitch, sums.data))
            return false;
        for (unsigned row = 0; row < ref.n; row++) {
            double product = 0, sum = 0;
            for (unsigned k = 0; k < ref.n; k++) {
                product += ref.at(row, k) * x[k];
                sum += ref.at(row, k);
            }
            if (!near("A·x", times[row], product, 1e-12) || !near("row sum", sums[row], sum, 1e-12))
                return false;
        }
        return true;
    });
}

static bool check_entries(reference &ref)
{
    const unsigned count = ref.n < 40 ? ref.n : 40;
    device_array<unsigned> row_col(2 * count);
    for (unsigned e = 0; e < count; e++) {
        row_col[2 * e] = e * 37 % ref.n;
        row_col[2 * e + 1] = (ref.n - 1) - e * 11 % ref.n;
    }
    return in_all_orders([&](bool) {
        device_array<double> dots(count);
        device_array<float> entries(count);
        if (!launch("oracle_dots", {count, 1, 1}, {256, 1, 1}, (const float *)ref.a.data, ref.n,
                    ref.pitch, (const unsigned *)row_col.data, count, dots.data) ||
            !launch("gather", {across(count, 32), 1, 1}, {32, 1, 1}, (const float *)ref.a.data,
                    ref.pitch, (const unsigned *)row_col.data, count, entries.data))
            return false;
        for (unsigned e = 0; e < count; e++) {
            const unsigned row = row_col[2 * e], col = row_col[2 * e + 1];
            if (!near("dot", dots[e], ref.dot(row, col), 1e-12) ||
                !near("entry", entries[e], ref.at(row, col), 0))
                return false;
        }
        return true;
    });
}

static bool check_transpose(reference &ref)
{
    return in_all_orders([&](bool) {
        device_array<float> at(ref.a.count);
        if (!launch("transpose", {ref.pitch / 32, ref.rows / 32, 1}, {32, 8, 1},
                    (const float *)ref.a.data, at.data, ref.rows, ref.pitch))
            return false;
        for (unsigned row = 0; row < ref.rows; row++)
            for (unsigned col = 0; col < ref.pitch; col++)
                if (!near("entry of Aᵀ", at[(size_t)col * ref.rows + row], ref.at(row, col), 0))
                    return false;
        return true;
    });
}

void check_support(reference &ref)
{
    if (is_wanted("fill_philox"))
        report(check_fill(ref.n), "fill_philox", "has the host's bits", ref.n);
    if (is_wanted("transpose"))
        report(check_transpose(ref), "transpose", "is Aᵀ", ref.n);
    if (!is_wanted("oracle_dots"))
        return;
    report(check_column_sums(ref), "oracle_column_sums, oracle_add_bands", "agree with the host",
           ref.n);
    report(check_row_oracles(ref), "oracle_a_times, oracle_row_sums", "agree with the host", ref.n);
    report(check_entries(ref), "oracle_dots, gather", "agree with the host", ref.n);
}
