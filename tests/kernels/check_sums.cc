/* check_sums.cc - kernels that add up what is there: the reduce variants, and the sum of C. */
#include "tests/kernels/kernel_check.h"

enum { BLOCKS = 3 };

static const struct row {
    const char *name;
    bool adds; /* into *sum, in an order that may vary, and so may the last bits */
} reductions[] = {
    {"reduce_atomic", true},       {"reduce_shared_tree", true}, {"reduce_warp_shuffle", true},
    {"reduce_vector_loads", true}, {"reduce_one_pass", false},
};

/* The answer in three orders; launch(partials, sum, ticket) is to leave it in *sum. */
template <class F> static bool right_sum(double want, bool same_bits, F launch_it)
{
    double first = 0;
    return in_all_orders([&](bool is_first) {
        device_array<double> partials(BLOCKS), sum(1);
        device_array<unsigned> ticket(1);
        ticket[0] = 0;
        sum[0] = same_bits ? NAN : 0;
        if (!launch_it(partials.data, sum.data, ticket.data))
            return false;
        if (is_first)
            first = sum[0];
        return near("sum", sum[0], want, 1e-6) && near("ticket", ticket[0], 0, 0) &&
               (!same_bits || near("sum, the same bits", sum[0], first, 0));
    });
}

static bool check_reduce(const row &k, reference &ref)
{
    const size_t count = (size_t)ref.n * ref.n;
    device_array<float> x(count);
    for (size_t i = 0; i < count; i++)
        x[i] = ref.a[i / ref.n * ref.pitch + i % ref.n];
    return right_sum(ref.sum, !k.adds, [&](double *partials, double *sum, unsigned *ticket) {
        return launch(k.name, {BLOCKS, 1, 1}, {256, 1, 1}, (const float *)x.data, count, partials,
                      sum, ticket);
    });
}

/* The kernels that end by one atomic addition: a block per 4096 floats. */
static bool check_at_once(reference &ref)
{
    const size_t count = (size_t)ref.n * ref.n;
    device_array<float> x(count);
    for (size_t i = 0; i < count; i++)
        x[i] = ref.a[i / ref.n * ref.pitch + i % ref.n];
    int bound = 0;
    while ((size_t)1 << bound < count)
        bound++;
    double first = 0;
    return in_all_orders([&](bool is_first) {
        device_array<double> sum(1);
        device_array<unsigned long long> word(1);
        word[0] = 0;
        if (!launch("reduce_at_once", {(unsigned)((count + 4095) / 4096), 1, 1}, {256, 1, 1},
                    (const float *)x.data, count, bound, sum.data, word.data))
            return false;
        if (is_first)
            first = sum[0];
        return near("sum", sum[0], ref.sum, 1e-6) && near("word", (double)word[0], 0, 0) &&
               near("sum, the same bits", sum[0], first, 0);
    });
}

/* C = A here: n rows and pitch. With lower_only only the lower triangle is read, and what is below
 * the diagonal counts twice. */
static bool check_sum_c(reference &ref, bool lower_only)
{
    device_array<float> c((size_t)ref.n * ref.pitch);
    double want = 0;
    for (unsigned row = 0; row < ref.n; row++)
        for (unsigned col = 0; col < ref.n; col++) {
            if (lower_only && col > row)
                continue;
            c[(size_t)row * ref.pitch + col] = ref.a[(size_t)row * ref.pitch + col];
            want += ref.at(row, col) * (lower_only && col < row ? 2 : 1);
        }
    return right_sum(want, true, [&](double *partials, double *sum, unsigned *ticket) {
        return launch("sum_c", {BLOCKS, 1, 1}, {256, 1, 1}, (const float *)c.data, ref.n, ref.pitch,
                      (unsigned)lower_only, partials, sum, ticket);
    });
}

/* Integers of all sizes, whose sum no float64 holds on the way; the padding is not read. */
static bool check_sum_c_int8(const reference &ref)
{
    device_array<int> c((size_t)ref.n * ref.pitch);
    long long want = 0;
    for (unsigned row = 0; row < ref.n; row++)
        for (unsigned col = 0; col < ref.n; col++) {
            const int entry = (int)((row * ref.n + col) * 2654435761u >> 1) - 5;
            c[(size_t)row * ref.pitch + col] = entry;
            want += entry;
        }
    return in_all_orders([&](bool) {
        device_array<long long> partials(BLOCKS);
        device_array<double> sum(1);
        device_array<unsigned> ticket(1);
        ticket[0] = 0;
        return launch("sum_c_int8", {BLOCKS, 1, 1}, {256, 1, 1}, (const int *)c.data, ref.n,
                      ref.pitch, partials.data, sum.data, ticket.data) &&
               near("sum", sum[0], (double)want / 16129.0, 0) && near("ticket", ticket[0], 0, 0);
    });
}

void check_sums(reference &ref)
{
    for (const row &k : reductions)
        if (is_wanted(k.name))
            report(check_reduce(k, ref), k.name, "agrees with float64", ref.n);
    if (is_wanted("reduce_at_once"))
        report(check_at_once(ref), "reduce_at_once", "agrees with float64", ref.n);
    if (is_wanted("sum_c")) {
        report(check_sum_c(ref, false), "sum_c", "adds up all of C", ref.n);
        report(check_sum_c(ref, true), "sum_c", "adds up C from its lower triangle", ref.n);
        report(check_sum_c_int8(ref), "sum_c_int8", "adds up all of C, exactly", ref.n);
    }
}
