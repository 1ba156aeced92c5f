/* kernel_check.h - the functions that the checks of single kernels share: launch, compare, try
 * three orders, print a line of TAP. */
#ifndef TESTS_KERNELS_KERNEL_CHECK_H
#define TESTS_KERNELS_KERNEL_CHECK_H

#include "kernels/interface/sm_moment.h"
#include "tests/fakecuda/launch.h"
#include "tests/kernels/reference.h"

#include <math.h>
#include <stdio.h>

extern std::vector<const char *> orders;

/* One line of TAP: "name what, N = n". */
void report(bool ok, const char *name, const char *what, unsigned n);

/* Whether |got - want| ≤ relative·|want|; if not, and always for NaN, says so. */
bool near(const char *what, double got, double want, double relative);

/* Whether each entry of C, n rows of `pitch`, is near to that of `product`, n × n, and all behind
 * the n-th column are NaN as before the launch; if not, names the first that is wrong. */
bool right_product(unsigned n, unsigned pitch, const std::vector<double> &product,
                   device_array<float> &c, double relative);

/* Launches a kernel; false, with a comment, if it fails. */
bool launch_kernel(const char *name, cuda_cpu_dim grid, cuda_cpu_dim block, void *const *parameters,
                   size_t shared_bytes = 0);
template <class... A>
bool launch(const char *name, cuda_cpu_dim grid, cuda_cpu_dim block, A... arguments)
{
    void *parameters[] = {(void *)&arguments...};
    return launch_kernel(name, grid, block, parameters);
}

template <class... A>
bool launch_shared(const char *name, unsigned blocks, unsigned threads, size_t shared_bytes,
                   A... arguments)
{
    void *parameters[] = {(void *)&arguments...};
    return launch_kernel(name, {blocks, 1, 1}, {threads, 1, 1}, parameters, shared_bytes);
}

/* Whether the loaded library has the kernel; a kernel that is missing but required is an error. */
bool is_wanted(const char *name);

/* Runs check(whether this order is the first) in each order; true if all of them are. */
template <class F> bool in_all_orders(F check)
{
    bool ok = true;
    for (const char *order : orders) {
        setenv("FAKECUDA_ORDER", order, 1);
        if (!check(order == orders[0])) {
            printf("# in order %s\n", order);
            ok = false;
        }
    }
    return ok;
}

static inline unsigned across(unsigned n, unsigned tile)
{
    return (n + tile - 1) / tile;
}

/* One a file: matmul and sum-aat; reduce and the sum of C; the fill, the transpose, the references;
 * the verification's comparison of C; a soak's; the order of tiles; what needs compute
 * capability 8.0; float64. */
void check_products(reference &ref);
void check_ampere(reference &ref);
void check_sums(reference &ref);
void check_support(reference &ref);
void check_f64(const reference &ref);
void check_blocks(const reference &ref);
void check_compare(const reference &ref);
void check_tiles(void);

#endif
