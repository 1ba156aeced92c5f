/* reference.h - the matrix A in host memory, laid out as on the device, and its products in
 * float64. */
#ifndef TESTS_KERNELS_REFERENCE_H
#define TESTS_KERNELS_REFERENCE_H

#include "harness/contract/philox.h"

#include <algorithm>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <vector>

enum { SEED = 42 };

/* Allocates exactly that many elements, with each byte 0xff: ASan catches an access behind the last
 * one, and an element that is never written is a NaN. */
template <class T> struct device_array {
    size_t count;
    T *data;
    explicit device_array(size_t n) : count(n), data((T *)malloc(n * sizeof(T)))
    {
        memset((void *)data, 0xff, n * sizeof(T));
    }
    ~device_array() { free(data); }
    device_array(const device_array &) = delete;
    device_array &operator=(const device_array &) = delete;
    T &operator[](size_t i) { return data[i]; }
    bool same_bits(const device_array &other) const
    {
        return !memcmp(data, other.data, count * sizeof(T));
    }
};

/* Entry (row, col) of the matrix of order n, 0 outside it. */
static inline float entry_of_a(unsigned n, unsigned row, unsigned col)
{
    return row < n && col < n
               ? philox_entry(philox_quad(SEED, row, col / 4).word[col % 4], 1.0f, 0.0f)
               : 0.0f;
}

/* An entry of A as a kernel rounds it before it multiplies. */
typedef double (*rounding)(float);
static inline double not_rounded(float a)
{
    return (double)a;
}

/* c = v·vᵀ, n × n; returns the sum of its entries. T is double, or long double to add up in. */
template <class T, class V> T times_transposed(unsigned n, const V *v, T *c)
{
    T sum = 0;
    for (unsigned r = 0; r < n; r++)
        for (unsigned s = 0; s <= r; s++) {
            const V *left = v + (size_t)r * n, *right = v + (size_t)s * n;
            T x = 0;
            for (unsigned k = 0; k < n; k++)
                x += (T)left[k] * right[k];
            c[(size_t)r * n + s] = c[(size_t)s * n + r] = x;
        }
    for (size_t i = 0; i < (size_t)n * n; i++)
        sum += c[i];
    return sum;
}

struct reference {
    unsigned n, rows, pitch; /* kernels/job/job.h: padded with zeros */
    rounding rounded;
    device_array<float> a;
    std::vector<double> product; /* n × n: A·Aᵀ */
    double sum_product, sum;     /* of all entries of A·Aᵀ, and of A */

    explicit reference(unsigned order, rounding of_entry = not_rounded)
        : n(order), rows(std::max((order + 255) / 256 * 256, (order + 95) / 96 * 96)),
          pitch((order + 31) / 32 * 32), rounded(of_entry), a((size_t)rows * pitch),
          product((size_t)n * n), sum_product(0), sum(0)
    {
        for (unsigned r = 0; r < rows; r++)
            for (unsigned c = 0; c < pitch; c++)
                sum += (double)(a[(size_t)r * pitch + c] = entry_of_a(n, r, c));
        std::vector<double> value((size_t)n * n);
        for (unsigned r = 0; r < n; r++)
            for (unsigned c = 0; c < n; c++)
                value[(size_t)r * n + c] = at(r, c);
        sum_product = times_transposed(n, value.data(), product.data());
    }
    double at(unsigned row, unsigned col) { return rounded(a[(size_t)row * pitch + col]); }
};

#endif
