/* kernel_check.cc - every kernel that can run on the CPU, against float64, with threads and blocks
 * in three orders.
 *
 *   kernel-check [--mutant] [N…]   default: N = 1 31 32 33 129 250 257
 *
 * Prints TAP: one line a kernel and order N. A kernel passes if every output is right, nothing else
 * was written, and all orders give the same bits. The memory of A, C and the rest ends where the
 * kernel's ends, so built with ASan every access beyond is a report, which ends the process without
 * a plan. $FAKECUDA_ORDER, if set, is the only order. --mutant: leaves out the kernels that the
 * loaded library lacks, which otherwise fail, and ends at the first failure. */
#include "tests/kernels/kernel_check.h"

#include <set>
#include <string>

static int lines, failures;
static bool is_mutant;
static std::set<std::string> launched;
std::vector<const char *> orders = {"forward", "reverse", "random:1"};

void report(bool ok, const char *name, const char *what, unsigned n)
{
    failures += !ok;
    printf("%sok %d - %s %s, N = %u\n", ok ? "" : "not ", ++lines, name, what, n);
    fflush(stdout);
    if (!ok && is_mutant)
        exit(1);
}

bool near(const char *what, double got, double want, double relative)
{
    bool ok = fabs(got - want) <= relative * fabs(want); /* false for NaN */
    if (!ok)
        printf("# %s: %.17g, want %.17g\n", what, got, want);
    return ok;
}

bool right_product(unsigned n, unsigned pitch, const std::vector<double> &product,
                   device_array<float> &c, double relative)
{
    for (unsigned row = 0; row < n; row++)
        for (unsigned col = 0; col < pitch; col++) {
            const float got = c[(size_t)row * pitch + col];
            if (col >= n ? isnan(got)
                         : fabs(got - product[(size_t)row * n + col]) <=
                               relative * fabs(product[(size_t)row * n + col]))
                continue;
            char what[64];
            snprintf(what, sizeof what, "C[%u][%u]", row, col);
            return col < n ? near(what, got, product[(size_t)row * n + col], relative)
                           : printf("# %s written, outside n × n\n", what) < 0;
        }
    return true;
}

bool launch_kernel(const char *name, cuda_cpu_dim grid, cuda_cpu_dim block, void *const *parameters,
                   size_t shared_bytes)
{
    launched.insert(name);
    int error = cuda_cpu_launch(cuda_cpu_find(name), grid, block, shared_bytes, parameters);
    if (error)
        printf("# %s: error %d\n", name, error);
    return !error;
}

bool is_wanted(const char *name)
{
    return !is_mutant || cuda_cpu_find(name);
}

/* A kernel that nobody thought of adding here is a failure. */
static void check_nothing_forgotten(void)
{
    bool ok = true;
    for (size_t i = 0; cuda_cpu_name(i); i++)
        if (!launched.count(cuda_cpu_name(i))) {
            printf("# %s has no check\n", cuda_cpu_name(i));
            ok = false;
        }
    failures += !ok;
    printf("%sok %d - every kernel has a check\n", ok ? "" : "not ", ++lines);
}

int main(int argc, char **argv)
{
    std::vector<unsigned> sizes;
    if (getenv("FAKECUDA_ORDER"))
        orders = {strdup(getenv("FAKECUDA_ORDER"))};
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--mutant"))
            is_mutant = true;
        else
            sizes.push_back((unsigned)strtoul(argv[i], nullptr, 10));
    if (sizes.empty())
        sizes = {1, 31, 32, 33, 129, 250, 257};
    for (unsigned n : sizes) {
        reference ref(n);
        check_products(ref);
        check_ampere(ref);
        check_sums(ref);
        check_support(ref);
        check_f64(ref);
        check_blocks(ref);
        check_compare(ref);
    }
    if (!is_mutant) {
        check_tiles();
        check_nothing_forgotten();
    }
    printf("1..%d\n", lines);
    return failures != 0;
}
