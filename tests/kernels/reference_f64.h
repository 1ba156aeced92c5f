/* reference_f64.h - A in float64 in host memory, and reference results in long double. */
#ifndef TESTS_KERNELS_REFERENCE_F64_H
#define TESTS_KERNELS_REFERENCE_F64_H

#include "tests/kernels/kernel_check.h"

/* A in float64 as on the device, with reference results in long double. */
struct reference_f64 {
    unsigned n, rows, pitch;
    device_array<double> a;
    std::vector<long double> product, columns, row_sums;
    long double sum_product = 0, sum = 0;

    explicit reference_f64(const reference &ref)
        : n(ref.n), rows(ref.rows), pitch(ref.pitch), a((size_t)rows * pitch),
          product((size_t)n * n), columns(n), row_sums(n)
    {
        for (unsigned r = 0; r < rows; r++)
            for (unsigned c = 0; c < pitch; c++)
                a[(size_t)r * pitch + c] = entry(r, c);
        std::vector<double> value((size_t)n * n);
        for (unsigned r = 0; r < n; r++)
            for (unsigned c = 0; c < n; c++) {
                value[(size_t)r * n + c] = a[(size_t)r * pitch + c];
                columns[c] += at(r, c);
                sum += at(r, c);
            }
        sum_product = times_transposed(n, value.data(), product.data());
        for (size_t i = 0; i < product.size(); i++)
            row_sums[i / n] += product[i];
    }
    double entry(unsigned row, unsigned col) const
    {
        return row < n && col < n
                   ? philox_entry_f64(philox_quad(SEED, row, col / 4).word[col % 4],
                                      philox_quad_lower(SEED, row, col / 4).word[col % 4], 2, -1)
                   : 0;
    }
    long double at(unsigned row, unsigned col) { return a[(size_t)row * pitch + col]; }
};

static inline bool close_to(const char *what, long double got, long double want, long double limit)
{
    const bool ok = fabsl(got - want) <= limit; /* false for NaN */
    if (!ok)
        printf("# %s: %.17Lg, want %.17Lg\n", what, got, want);
    return ok;
}

/* A value in double-double. */
struct pair {
    double upper, lower;
};
static inline bool accurate(const char *what, struct pair got, long double want, long double size)
{
    return close_to(what, (long double)got.upper + got.lower, want, size * 0x1p-60);
}

/* check_residues.cc */
void check_int8_f64(reference_f64 &ref);

#endif
