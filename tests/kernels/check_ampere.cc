/* check_ampere.cc - the kernels of compute capability 8.0: products on tensor cores against float64
 * products of equally rounded values, the copies of A that they read, products on CUDA cores. */
#include "kernels/interface/ffma_work.h"
#include "kernels/interface/triangle_part.h"
#include "tests/kernels/eight_bits.h"
#include "tests/kernels/kernel_check.h"

/* Three blocks share the work, so that each goes through several units in one stream of stages. */
enum { BLOCKS = 3 };

/* ---- values rounded to an arithmetic, not by shifting bits as the kernels do ---- */
enum arithmetic { F32, TF32, ROUNDED_TF32, BF16, F16, INT8 }; /* TF32: the kernel rounds */

static bool is_float(enum arithmetic arithmetic)
{
    return arithmetic <= ROUNDED_TF32;
}

static unsigned bytes_of(enum arithmetic arithmetic)
{
    return is_float(arithmetic) ? 4 : arithmetic == INT8 ? 1 : 2;
}

static double rounded(enum arithmetic arithmetic, double x)
{
    if (arithmetic == F32)
        return x;
    if (arithmetic == INT8)
        return rounded_to_int8((float)x);
    int exponent = x == 0 ? 0 : ilogb(x);
    if (arithmetic == F16 && exponent < -14)
        exponent = -14; /* subnormal */
    const double unit = ldexp(1, exponent - (arithmetic == BF16 ? 7 : 10));
    return (is_float(arithmetic) ? round(x / unit) : nearbyint(x / unit)) * unit;
}

/* A in an arithmetic, as the kernels read it, and the products of its values: rows of whole stages
 * of 128 bytes, pitch in bytes. In F32 it is Aᵀ, stages of 16 k, pitch in floats. */
struct rounded_reference {
    unsigned n, pitch, stages;
    device_array<unsigned char> a;
    std::vector<double> value, product;

    rounded_reference(reference &ref, enum arithmetic arithmetic)
        : n(ref.n),
          pitch(arithmetic == F32 ? ref.rows : across(n * bytes_of(arithmetic), 128) * 128),
          stages(arithmetic == F32 ? across(n, 16) : pitch / 128),
          a((size_t)pitch * (arithmetic == F32 ? ref.pitch * sizeof(float) : ref.rows)),
          value((size_t)n * n), product((size_t)n * n)
    {
        memset(a.data, 0, a.count);
        for (unsigned r = 0; r < n; r++)
            for (unsigned c = 0; c < n; c++) {
                const double v = rounded(arithmetic, ref.at(r, c));
                value[(size_t)r * n + c] = v;
                if (arithmetic == F32)
                    store(F32, a.data + (size_t)c * pitch * sizeof(float), r, (float)v);
                else
                    store(arithmetic, a.data + (size_t)r * pitch, c,
                          arithmetic == TF32 ? (float)ref.at(r, c) : (float)v);
            }
        times_transposed(n, value.data(), product.data());
    }

    static void store(enum arithmetic arithmetic, unsigned char *row, unsigned col, float v)
    {
        if (is_float(arithmetic)) {
            memcpy(row + 4 * col, &v, 4);
            return;
        }
        if (arithmetic == INT8) {
            row[col] = (unsigned char)(int)nearbyint(127 * (double)v);
            return;
        }
        uint32_t bits;
        memcpy(&bits, &v, 4);
        if (arithmetic == BF16)
            bits >>= 16;
        else if (v == 0)
            bits = 0;
        else /* in units of 2⁻²⁴, and from 2⁻¹⁴ on with an exponent */
            bits = v < 0x1p-14f ? (uint32_t)ldexpf(v, 24)
                                : (uint32_t)((ilogbf(v) + 15) << 10) |
                                      ((uint32_t)ldexpf(v, 10 - ilogbf(v)) & 0x3ff);
        memcpy(row + 2 * col, &bits, 2);
    }
};

/* ---- products ---- */
static const struct row {
    const char *name;
    enum arithmetic arithmetic;
    bool is_sum;
    unsigned threads, shared_kib;
    unsigned rows = 128, cols = 128; /* of a tile, if it is a sum */
    bool is_direct = false;          /* reads A itself, float32, and rounds on the way */
} products[] = {
    {"sum_aat_ffma_sm80", F32, true, 128, 48},
    {"matmul_ffma_sm80", F32, false, 128, 48},
    {"matmul_ffma_symmetric_sm80", F32, false, 128, 48},
    {"sum_aat_mma_tf32_sm80", TF32, true, 256, 144, 128, 256},
    {"sum_aat_mma_tf32_copy_sm80", ROUNDED_TF32, true, 256, 144, 128, 256},
    {"sum_aat_mma_tf32_square_sm80", TF32, true, 128, 96},
    {"sum_aat_mma_bf16_sm80", BF16, true, 256, 144, 128, 256},
    {"sum_aat_mma_bf16_square_sm80", BF16, true, 128, 96},
    {"sum_aat_mma_f16_sm80", F16, true, 256, 144, 128, 256},
    {"sum_aat_mma_f16_square_sm80", F16, true, 128, 96},
    {"matmul_mma_sm80", BF16, false, 256, 36},
    {"matmul_cp_async_sm80", BF16, false, 256, 96},
    {"sum_aat_mma_direct_tf32_sm80", TF32, true, 256, 128, 128, 128, true},
    {"sum_aat_mma_direct_bf16_sm80", BF16, true, 256, 128, 128, 128, true},
    {"sum_aat_mma_direct_f16_sm80", F16, true, 256, 128, 128, 128, true},
    {"sum_aat_mma_direct_tf32_64_sm80", TF32, true, 128, 64, 64, 64, true},
    {"sum_aat_mma_direct_bf16_64_sm80", BF16, true, 128, 64, 64, 64, true},
    {"sum_aat_mma_direct_f16_64_sm80", F16, true, 128, 64, 64, 64, true},
    {"matmul_mma_tf32_sm80", TF32, false, 256, 96},
    {"matmul_mma_bf16_sm80", BF16, false, 256, 96},
    {"matmul_mma_f16_sm80", F16, false, 256, 96},
    {"matmul_mma_symmetric_tf32_sm80", TF32, false, 256, 96},
    {"matmul_mma_symmetric_bf16_sm80", BF16, false, 256, 96},
    {"matmul_mma_symmetric_f16_sm80", F16, false, 256, 96},
    {"sum_aat_mma_int8_sm80", INT8, true, 128, 96},
    {"matmul_mma_symmetric_int8_sm80", INT8, false, 256, 96},
};

/* On tensor cores truncation costs up to a last place a step of 8 or 16 k. For FP32 see
 * check_products.cc. */
static double entry_tolerance(enum arithmetic arithmetic, unsigned n)
{
    return arithmetic == F32 ? (4 * sqrt(n) + 4) * 0x1p-24 : (n / 16 + 4) * 0x1p-23;
}

/* C by launch_it(c) in all orders: right, and the same bits. */
template <class F>
static bool right_in_all_orders(enum arithmetic arithmetic, rounded_reference &ref, unsigned pitch,
                                F launch_it)
{
    device_array<float> first((size_t)ref.n * pitch);
    return in_all_orders([&](bool is_first) {
        device_array<float> c((size_t)ref.n * pitch);
        if (!launch_it(c.data) ||
            !right_product(ref.n, pitch, ref.product, c, entry_tolerance(arithmetic, ref.n)))
            return false;
        if (is_first)
            memcpy(first.data, c.data, c.count * sizeof(float));
        return c.same_bits(first);
    });
}

static bool check_matmul(const row &k, rounded_reference &ref, unsigned pitch)
{
    return right_in_all_orders(k.arithmetic, ref, pitch, [&](float *c) {
        return launch_shared(k.name, BLOCKS, k.threads, k.shared_kib << 10,
                             (const void *)ref.a.data, c, ref.n, pitch, ref.pitch, ref.stages);
    });
}

/* From A itself, a block a tile. */
static bool check_small(const char *name, unsigned tile, unsigned shared_kib, reference &ref,
                        rounded_reference &want)
{
    const unsigned t = across(ref.n, tile);
    return right_in_all_orders(F32, want, ref.pitch, [&](float *c) {
        return launch_shared(name, t * (t + 1) / 2, 256, shared_kib << 10,
                             (const float *)ref.a.data, c, ref.n, ref.pitch);
    });
}

/* The number of the tile of C[r][c], c ≤ r, row by row, and of the tiles above a row of tiles. */
static unsigned tiles_above(const row &k, unsigned row)
{
    unsigned above = 0;
    for (unsigned r = 0; r < row; r++)
        above += r * k.rows / k.cols + 1;
    return above;
}
static unsigned tile_at(const row &k, unsigned r, unsigned c)
{
    return tiles_above(k, r / k.rows) + c / k.cols;
}

/* The sum of a part of the tiles, and the part as the host describes it (kernels/tiling). */
struct wanted_part {
    struct triangle_part part;
    double sum = 0;

    wanted_part(const row &k, const rounded_reference &want, unsigned begin, unsigned end)
        : part{begin, end - begin, 0, 0}
    {
        while (tiles_above(k, part.top) < begin)
            part.top++;
        part.top += k.cols > k.rows ? part.top % 2 : 0;
        while (tiles_above(k, part.bottom + 1) <= end)
            part.bottom++;
        for (unsigned r = 0; r < want.n; r++)
            for (unsigned c = 0; c <= r; c++) {
                const unsigned tile = tile_at(k, r, c);
                if (tile >= begin && tile < end)
                    sum += (r == c ? 1 : 2) * want.product[(size_t)r * want.n + c];
            }
    }
};

/* a: A in the arithmetic of the row, or, where the kernel rounds on the way, A itself; `pitch`
 * bytes a row. */
static bool check_part(const row &k, const void *a, unsigned pitch, unsigned stages,
                       unsigned least_panels, const wanted_part &want)
{
    const int bound = 3 * 9; /* n is at most 512 */
    double first[2] = {};
    return in_all_orders([&](bool is_first) {
        for (unsigned panels = least_panels; panels <= 2 && panels <= stages; panels++) {
            device_array<double> partials(BLOCKS), sum(1);
            device_array<unsigned long long> word(1);
            word[0] = 0;
            const bool ran =
                k.arithmetic == F32 || k.arithmetic == INT8
                    ? launch_shared(k.name, BLOCKS, k.threads, k.shared_kib << 10, a, partials.data,
                                    sum.data, (unsigned *)word.data, want.part, pitch, stages,
                                    panels)
                    : launch_shared(k.name, BLOCKS, k.threads, k.shared_kib << 10, a, bound,
                                    sum.data, word.data, want.part, pitch, stages, panels);
            if (!ran || !near("sum", sum[0], want.sum, 1e-6) ||
                !near("word", (double)word[0], 0, 0))
                return false;
            if (is_first)
                first[panels - 1] = sum[0];
            if (!near("sum, the same bits", sum[0], first[panels - 1], 0))
                return false;
        }
        return true;
    });
}

/* All tiles, and the shares of three ranks. */
static bool check_sum(const row &k, const void *a, unsigned pitch, unsigned stages,
                      rounded_reference &want)
{
    const unsigned tiles = tiles_above(k, across(want.n, k.rows));
    if (!check_part(k, a, pitch, stages, 1, wanted_part(k, want, 0, tiles)))
        return false;
    for (unsigned rank = 0; rank < 3 && tiles >= 3; rank++)
        if (!check_part(k, a, pitch, stages, 2,
                        wanted_part(k, want, tiles * rank / 3, tiles * (rank + 1) / 3)))
            return printf("# part %u of 3\n", rank) < 0;
    return true;
}

/* The tiles right of the first column of tiles, above the last row, or the only tile: twice. */
static bool check_rectangle(rounded_reference &want)
{
    const unsigned tiles = across(want.n, 128), down = tiles > 1 ? tiles - 1 : 1, col = tiles > 1;
    double expected = 0, first[2] = {};
    for (unsigned r = 0; r < std::min(want.n, down * 128); r++)
        for (unsigned c = col * 128; c < want.n; c++)
            expected += 2 * want.product[(size_t)r * want.n + c];
    return in_all_orders([&](bool is_first) {
        for (unsigned panels = 1; panels <= 2 && panels <= want.stages; panels++) {
            device_array<double> partials(BLOCKS), sum(1);
            device_array<unsigned> ticket(1);
            ticket[0] = 0;
            const struct ffma_rectangle work = {down, tiles - col, col, want.stages, panels};
            if (!launch_shared("sum_aat_ffma_block_sm80", BLOCKS, 128, 48 << 10,
                               (const float *)want.a.data, partials.data, sum.data, ticket.data,
                               work, want.pitch) ||
                !near("sum", sum[0], expected, 1e-6) || !near("ticket", ticket[0], 0, 0))
                return false;
            if (is_first)
                first[panels - 1] = sum[0];
            if (!near("sum, the same bits", sum[0], first[panels - 1], 0))
                return false;
        }
        return true;
    });
}

/* ---- the copies of A ---- */
static bool check_copy(const char *name, enum arithmetic arithmetic, reference &ref,
                       rounded_reference &want)
{
    const unsigned size = bytes_of(arithmetic);
    return in_all_orders([&](bool) {
        device_array<unsigned char> to((size_t)ref.rows * want.pitch);
        if (!launch(name, {ref.rows, 1, 1}, {256, 1, 1}, (const float *)ref.a.data, (void *)to.data,
                    ref.pitch, want.pitch / size))
            return false;
        for (size_t i = 0; i < to.count; i += size) {
            const unsigned row = (unsigned)(i / want.pitch),
                           col = (unsigned)(i % want.pitch) / size;
            unsigned char expected[4] = {};
            if (row < ref.n && col < ref.n)
                rounded_reference::store(arithmetic, expected, 0,
                                         (float)want.value[(size_t)row * ref.n + col]);
            if (memcmp(&to[i], expected, size)) {
                printf("# row %u, column %u\n", row, col);
                return false;
            }
        }
        return true;
    });
}

void check_ampere(reference &ref)
{
    static const char *const copies[] = {NULL,        NULL,       "copy_tf32",
                                         "copy_bf16", "copy_f16", "copy_int8"};
    for (int i = F32; i <= INT8; i++) {
        const enum arithmetic arithmetic = (enum arithmetic)i;
        rounded_reference rounded(ref, arithmetic);
        if (copies[i] && is_wanted(copies[i]))
            report(check_copy(copies[i], arithmetic, ref, rounded), copies[i], "rounds every value",
                   ref.n);
        if (arithmetic == F32 && is_wanted("matmul_small_32_sm80"))
            report(check_small("matmul_small_32_sm80", 32, 32, ref, rounded),
                   "matmul_small_32_sm80", "agrees with float64", ref.n);
        if (arithmetic == F32 && is_wanted("matmul_small_64_sm80"))
            report(check_small("matmul_small_64_sm80", 64, 72, ref, rounded),
                   "matmul_small_64_sm80", "agrees with float64", ref.n);
        if (arithmetic == F32 && is_wanted("sum_aat_ffma_block_sm80"))
            report(check_rectangle(rounded), "sum_aat_ffma_block_sm80", "agrees with float64",
                   ref.n);
        for (const row &k : products)
            if (k.arithmetic == arithmetic && is_wanted(k.name))
                report(!k.is_sum ? check_matmul(k, rounded, ref.pitch)
                       : k.is_direct
                           ? check_sum(k, ref.a.data, ref.pitch * 4, ref.pitch / 32, rounded)
                           : check_sum(k, rounded.a.data, rounded.pitch, rounded.stages, rounded),
                       k.name, "agrees with float64", ref.n);
    }
}
