/* check_support.cc - the fill, bit-equal to the host's, and the float64 references that the program
 * verifies by. */
#include "tests/kernels/eight_bits.h"
#include "tests/kernels/kernel_check.h"

#include <time.h>

/* Whole, dense, with rows of different sizes, as a panel of rows from the middle on, and as one of
 * columns. */
static bool check_fill(unsigned n)
{
    const struct {
        unsigned rows, pitch, first_row, first_quad, by_row;
    } layouts[] = {{(n + 255) / 256 * 256, (n + 31) / 32 * 32, 0, 0, 0},
                   {n, n, 0, 0, 0},
                   {n, n, 0, 0, 1},
                   {n / 2 + 2, (n + 31) / 32 * 32, n / 2, 0, 0},
                   {n, 32, 0, n / 8, 0}};
    return in_all_orders([&](bool) {
        for (auto &l : layouts) {
            device_array<float> a((size_t)l.rows * l.pitch);
            if (!launch("fill_philox", {3, 1, 1}, {96, 1, 1}, a.data, n, l.rows, l.pitch,
                        l.first_row, l.first_quad, (unsigned long long)SEED, 1.0f, 0.0f, l.by_row))
                return false;
            for (size_t i = 0; i < a.count; i++) {
                const unsigned row = l.first_row + (unsigned)(i / l.pitch),
                               col = l.first_quad * 4 + (unsigned)(i % l.pitch);
                const float factor = l.by_row ? philox_row_factor(row) : 1.0f;
                if (!near("entry of A", a[i], entry_of_a(n, row, col) * factor, 0))
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
                    (const float *)ref.a.data, ref.n, ref.n, ref.pitch, part.data, bands, 0.0f) ||
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
                    ref.pitch, (const double *)x.data, times.data, 0.0f) ||
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
                    ref.pitch, (const unsigned *)row_col.data, count, dots.data, 0.0f) ||
            !launch("gather", {across(count, 32), 1, 1}, {32, 1, 1}, (const float *)ref.a.data,
                    ref.pitch, (const unsigned *)row_col.data, count, entries.data))
            return false;
        for (unsigned e = 0; e < count; e++) {
            const unsigned row = row_col[2 * e], col = row_col[2 * e + 1];
            if (!near("dot", dots[e], ref.product[(size_t)row * ref.n + col], 1e-12) ||
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

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Rounded by the compiler's own conversion. */
static uint16_t f16_of_host(float x)
{
    const _Float16 half = (_Float16)x;
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}

/* Of the two neighbours that cut and do not cut the lower half, the nearer one, or the even one. */
static uint16_t bf16_of_host(uint32_t bits)
{
    const uint32_t below = bits & 0xffff0000u, above = below + 0x10000u;
    const double x = float_of(bits), down = fabs(x - float_of(below));
    /* infinity is replaced by the power of two that it rounds from */
    const double up = isinf(float_of(above)) ? fabs(fabs(x) - 0x1p128) : fabs(float_of(above) - x);
    const bool is_above = up < down || (up == down && (above >> 16 & 1) == 0);
    return (uint16_t)((is_above ? above : below) >> 16);
}

/* Bits of every exponent, ties and their neighbours, and some of no pattern. A NaN only stays one.
 */
static bool check_conversion(const char *kernel, bool is_bf16)
{
    std::vector<uint32_t> bits;
    for (uint32_t exponent = 0; exponent < 256; exponent++)
        for (uint32_t cut : {13u, 16u, 20u, 23u})
            for (uint32_t whole : {0u, 1u, 2u})
                for (int near : {-1, 0, 1}) {
                    const uint32_t half = 1u << (cut - 1);
                    const uint32_t x = (exponent << 23) + (whole << cut) + half + (uint32_t)near;
                    bits.push_back(x & 0x7fffffffu);
                    bits.push_back(x | 0x80000000u);
                }
    for (uint32_t i = 0, x = 1; i < 20000; i++, x = x * 1664525u + 1013904223u)
        bits.push_back(x);
    for (uint32_t x : {0u, 0x80000000u, 0x7f800000u, 0xff800000u, 0x7fc00000u, 0x7f800001u,
                       0x477fefffu, 0x477ff000u, 0x33000000u, 0x33000001u})
        bits.push_back(x);
    device_array<uint32_t> from(bits.size());
    memcpy(from.data, bits.data(), bits.size() * sizeof bits[0]);
    return in_all_orders([&](bool) {
        device_array<uint32_t> to(bits.size() / 2);
        if (!launch(kernel, {3, 1, 1}, {96, 1, 1}, (const unsigned *)from.data, to.data, to.count))
            return false;
        for (size_t i = 0; i < bits.size(); i++) {
            const uint16_t got = (uint16_t)(to[i / 2] >> (i % 2 * 16));
            const uint16_t infinity = is_bf16 ? 0x7f80 : 0x7c00;
            const uint16_t want = is_bf16 ? bf16_of_host(bits[i]) : f16_of_host(float_of(bits[i]));
            const bool is_nan = isnan(float_of(bits[i]));
            if (is_nan ? (got & 0x7fff) <= infinity : got != want) {
                printf("# %08x becomes %04x, want %04x\n", bits[i], got, want);
                return false;
            }
        }
        return true;
    });
}

/* Every value of the format, the middle between it and the next, and the floats beside both. */
static std::vector<float> around_values(bool is_e4m3)
{
    std::vector<float> x = {0.0f, -0.0f};
    for (unsigned code = 0; code < 127; code++)
        for (double middle : {0.0, 0.5}) {
            const double next = is_e4m3 ? e4m3_at(code + (code < 126)) : code + 1;
            const double value = is_e4m3 ? e4m3_at(code) : code;
            const double at = (value + middle * (next - value)) / (is_e4m3 ? 256 : 127);
            for (float near : {(float)at, nextafterf((float)at, 2), nextafterf((float)at, -2)})
                for (float signed_near : {near, -near})
                    x.push_back(signed_near);
        }
    for (uint32_t i = 0, word = 1; i < 20000; i++, word = word * 1664525u + 1013904223u)
        x.push_back(philox_entry(word, 2, -1));
    if (is_e4m3) /* A has no such entries */
        x.insert(x.end(), {448.0f, 1e30f, -1e30f, 1e-40f, INFINITY, -INFINITY, NAN, -NAN});
    x.resize(x.size() / 4 * 4 + 4, 0.0f);
    return x;
}

static bool check_conversion_to_bytes(const char *kernel, bool is_e4m3)
{
    const std::vector<float> x = around_values(is_e4m3);
    device_array<float> from(x.size()); /* malloc() aligns it to 16 bytes */
    memcpy(from.data, x.data(), x.size() * sizeof x[0]);
    return in_all_orders([&](bool) {
        device_array<unsigned> to(from.count / 4);
        if (!launch(kernel, {3, 1, 1}, {96, 1, 1}, (const float *)from.data, to.data, to.count))
            return false;
        for (size_t i = 0; i < x.size(); i++) {
            const unsigned got = to[i / 4] >> (i % 4 * 8) & 255;
            const unsigned want = is_e4m3 ? nearest_e4m3(256 * (double)x[i])
                                          : (unsigned)(int)nearbyint(127 * (double)x[i]) & 255;
            if (got != want) {
                printf("# %a becomes %02x, want %02x\n", (double)x[i], got, want);
                return false;
            }
        }
        return true;
    });
}

static bool check_c_of_int8(unsigned n)
{
    const size_t count = (size_t)n * 3;
    return in_all_orders([&](bool) {
        device_array<int> c(count);
        for (size_t i = 0; i < count; i++)
            c[i] = (int)((unsigned)i * 1103515245u);
        if (!launch("convert_c_int8", {3, 1, 1}, {96, 1, 1}, c.data, count))
            return false;
        for (size_t i = 0; i < count; i++) {
            const int before = (int)((unsigned)i * 1103515245u);
            if (!near("an entry of C", (double)float_of((uint32_t)c[i]), before / 16129.0, 1.8e-7))
                return false;
        }
        return true;
    });
}

/* Each block leaves its own moment, none before the launch, and nothing else is written. */
static bool check_clocks(unsigned n)
{
    return in_all_orders([&](bool) {
        device_array<struct sm_moment> moments(n);
        struct timespec t; /* of the clock that kernels on the CPU read too */
        clock_gettime(CLOCK_MONOTONIC, &t);
        const auto now = (unsigned long long)t.tv_sec * 1000000000u + (unsigned long long)t.tv_nsec;
        if (!launch("read_clocks", {n, 1, 1}, {32, 1, 1}, moments.data, 100u))
            return false;
        for (unsigned i = 0; i < n; i++)
            if (moments[i].timer_ns < now || moments[i].cycles < now || moments[i].sm != 0) {
                printf("# block %u read nothing\n", i);
                return false;
            }
        return true;
    });
}

/* It has no result: that it reads all of the buffer, and nothing else, is seen by what it finds
 * there. */
static bool check_evict(unsigned n)
{
    return in_all_orders([&](bool) {
        const size_t read = 4 * (size_t)n; /* floats; the quad behind them is written */
        device_array<float> zeros(read + 4);
        memset(zeros.data, 0, zeros.count * sizeof(float));
        if (!launch("evict", {3, 1, 1}, {96, 1, 1}, zeros.data, (size_t)n))
            return false;
        for (size_t i = 0; i < zeros.count; i++)
            if (!near("zero", zeros[i], 0, 0))
                return false;
        for (size_t planted : {(size_t)0, read / 2, read - 1}) {
            zeros[planted] = 7;
            zeros[read] = 0;
            if (!launch("evict", {3, 1, 1}, {96, 1, 1}, zeros.data, (size_t)n) ||
                !near("a number read", zeros[read], 7, 0))
                return false;
            zeros[planted] = 0;
        }
        return true;
    });
}

void check_support(reference &ref)
{
    if (is_wanted("read_clocks"))
        report(check_clocks(ref.n), "read_clocks", "reads a clock a block", ref.n);
    if (is_wanted("evict"))
        report(check_evict(ref.n), "evict", "reads everything", ref.n);
    if (is_wanted("convert_bf16")) {
        report(check_conversion("convert_bf16", true), "convert_bf16", "rounds to nearest", ref.n);
        report(check_conversion("convert_f16", false), "convert_f16", "rounds to nearest", ref.n);
        report(check_conversion_to_bytes("convert_int8", false), "convert_int8",
               "rounds to nearest", ref.n);
        report(check_conversion_to_bytes("convert_e4m3", true), "convert_e4m3", "rounds to nearest",
               ref.n);
        report(check_c_of_int8(ref.n), "convert_c_int8", "divides", ref.n);
    }
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
