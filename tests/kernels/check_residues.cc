/* check_residues.cc - each step of float64 from int8 products, against integers of 128 bits made
 * here. */
#include "kernels/interface/f64_work.h"
#include "tests/kernels/reference_f64.h"

typedef __int128 wide;

enum { UNTOUCHED = 0xff }; /* a byte of a device_array that nothing was written to */

static const unsigned moduli[] = {256, 255, 253, 251, 247, 241, 239, 233,
                                  229, 227, 223, 217, 211, 199, 197};

static wide product_of(unsigned count)
{
    wide product = 1;
    for (unsigned m = 0; m < count; m++)
        product *= moduli[m];
    return product;
}
static unsigned residue(wide x, unsigned p)
{
    const int r = (int)(x % (wide)p);
    return (unsigned)(r < 0 ? r + (int)p : r);
}

/* Any integer with |V| < M / 2, the same for the same index. */
static wide integer(unsigned index, unsigned count)
{
    const struct philox_block b = philox4x32((struct philox_block){{index, 1, 2, 3}}, 5, 6);
    const wide x =
        (wide)b.word[0] << 96 | (wide)b.word[1] << 64 | (wide)b.word[2] << 32 | b.word[3];
    const wide M = product_of(count);
    if (index % 7 == 0) /* the ends */
        return index % 2 ? (M - 1) / 2 - M / 400000 : -(M / 2 - M / 400000);
    return index % 5 == 0 ? x % 1000 : x % (M / 2 - M / 400000);
}

/* The residues of `count` integers in two panels. */
static void split(device_array<unsigned char> &to, size_t plane, unsigned count,
                  const std::vector<wide> &values)
{
    for (unsigned m = 0; m < count; m++)
        for (size_t i = 0; i < plane; i++) {
            const unsigned p = moduli[m], whole = residue(values[i], p),
                           first = (unsigned)(i * 31 + m) % p;
            to[2 * m * plane + i] = (unsigned char)first;
            to[(2 * m + 1) * plane + i] = (unsigned char)((whole + p - first) % p);
        }
}

static std::vector<tensor_tile> tiles_of(unsigned n)
{
    std::vector<tensor_tile> tiles;
    for (int row = 0; row < (int)n; row += RESIDUE_TILE)
        for (int col = 0; col <= row; col += RESIDUE_TILE)
            tiles.push_back({row, col});
    return tiles;
}

/* Whether a place of a diagonal tile is left out or counts twice; x: 128 places of a strip's
 * thread. */
static unsigned times(tensor_tile tile, unsigned strip, bool is_left)
{
    return tile.row != tile.col ? 2 : strip < 2 ? is_left : is_left ? 2 : 1;
}

static bool right_crt_sum(unsigned count, const std::vector<tensor_tile> &tiles)
{
    char name[32];
    snprintf(name, sizeof name, "crt_sum_%u_f64", count);
    const size_t plane = tiles.size() * 4096;
    std::vector<wide> values(plane);
    long double want = 0, size = 0;
    for (size_t i = 0; i < plane; i++) {
        const unsigned weight = times(tiles[i / 4096], (unsigned)(i / 1024 % 4), i % 8 < 4);
        values[i] = weight ? integer((unsigned)i, count) : 0;
        want += weight * (long double)values[i];
        size += weight * fabsl((long double)values[i]);
    }
    device_array<unsigned char> residues(2 * count * plane);
    split(residues, plane, count, values);
    struct integer_scale scale = {2, 0, 0.25, 0};
    return in_all_orders([&](bool) {
        const unsigned blocks = (unsigned)((plane + 1023) / 1024);
        device_array<pair> partials(blocks);
        device_array<double> sum(1);
        device_array<unsigned> ticket(1);
        ticket[0] = 0;
        const struct crt_work work = {residues.data, tiles.data(), plane, &scale, 2};
        return launch(name, {blocks, 1, 1}, {128, 1, 1}, work, partials.data, sum.data,
                      ticket.data) &&
               close_to("sum", sum[0], want / 4, size * 0x1p-56 + fabsl(want) * 0x1p-54) &&
               near("ticket", ticket[0], 0, 0);
    });
}

static bool right_crt_store(unsigned count, const std::vector<tensor_tile> &tiles, unsigned n,
                            unsigned pitch)
{
    char name[32];
    snprintf(name, sizeof name, "crt_store_%u_f64", count);
    const size_t plane = tiles.size() * 65536;
    std::vector<wide> values(plane);
    for (size_t i = 0; i < plane; i++) { /* entry 16·part + i % 16 of thread i / 16 % 128 */
        const tensor_tile tile = tiles[i / 65536];
        const unsigned strip = (unsigned)(i / 16384 % 4), thread = (unsigned)(i / 16 % 128),
                       e = (unsigned)(i % 16384 / 2048 * 16 + i % 16);
        const unsigned row = (unsigned)tile.row + strip * 64 + thread / 32 * 16 + thread % 32 / 4 +
                             e / 2 % 2 * 8,
                       col = (unsigned)tile.col + e / 4 * 8 + thread % 4 * 2 + e % 2;
        values[i] = integer(std::max(row, col) * 1000 + std::min(row, col), count);
    }
    device_array<unsigned char> residues(2 * count * plane);
    split(residues, plane, count, values);
    device_array<pair> u(n);
    for (unsigned i = 0; i < n; i++)
        u[i] = {i * 0.75, i * 0x1p-60};
    struct integer_scale scale = {2, 0, 0.25, 0};
    const long double unit = (long double)product_of(count) * 0x1p-78; /* of the lower sums */
    return in_all_orders([&](bool) {
        device_array<double> c((size_t)n * pitch);
        const struct crt_work work = {residues.data, tiles.data(), plane, &scale, 2};
        if (!launch(name, {(unsigned)(plane / 2048), 1, 1}, {256, 1, 1}, work, (const pair *)u.data,
                    c.data, n, pitch))
            return false;
        for (unsigned r = 0; r < n; r++)
            for (unsigned k = 0; k < pitch; k++) {
                const long double v =
                    (long double)integer(std::max(r, k) * 1000 + std::min(r, k), count) / 4;
                const double got = c[(size_t)r * pitch + k];
                if (k < n ? !close_to("entry", got, v + 0.75L * (r + k), fabsl(v) * 0x1p-52 + unit)
                          : !isnan(got))
                    return false;
            }
        return true;
    });
}

/* A as rows `to` … rows - 1 of planes. */
static bool right_residues(unsigned count, reference_f64 &ref, unsigned to, unsigned rows)
{
    char name[32];
    snprintf(name, sizeof name, "residues_%u_f64", count);
    const unsigned chunks = across(ref.n, RESIDUE_K);
    const size_t plane = (size_t)chunks * rows * RESIDUE_K;
    struct integer_scale scale = {0x1.2345p47, 12345678, 1, 0};
    return in_all_orders([&](bool) {
        device_array<unsigned char> planes(count * plane);
        if (!launch(name, {across(ref.n, 8), across(chunks, 4), 1}, {256, 1, 1},
                    (const double *)ref.a.data, rows, ref.n, ref.pitch, chunks,
                    (const struct integer_scale *)&scale, planes.data + to * RESIDUE_K))
            return false;
        for (unsigned m = 0; m < count; m++)
            for (size_t i = 0; i < plane; i++) {
                const unsigned chunk = (unsigned)(i / RESIDUE_K / rows),
                               row = (unsigned)(i / RESIDUE_K % rows),
                               col = chunk * RESIDUE_K + (unsigned)(i % RESIDUE_K);
                /* long double holds s·a exactly */
                const wide q = row >= to && col < ref.n
                                   ? (wide)rintl(ref.at(row - to, col) * scale.s) - (wide)scale.h
                                   : 0;
                if (!near("residue", planes[m * plane + i],
                          row < to ? UNTOUCHED : residue(q, moduli[m]), 0))
                    return false;
            }
        return true;
    });
}

/* The largest s that the bound allows, to the 20 bits that it has; `largest`: magnitude. */
static bool right_scale(const struct integer_scale &z, long double P, long double p, long double O,
                        long double o, long double largest, unsigned count)
{
    const long double half = (long double)product_of(count) / 2, s = z.s,
                      bound = (s * P + p) * (s * O + o);
    if (s * largest > 0x1p49L) /* then integers of 50 bits are the limit */
        return near("inverse", z.inverse_upper * (z.s * z.s), 1, 1e-15);
    return close_to("bound / (M / 2)", bound / half, 1 - 5e-6L, 5e-6L) &&
           close_to("inverse", ((long double)z.inverse_upper + z.inverse_lower) * s * s, 1, 1e-18L);
}

/* The largest norms of the sums of a pair and of an octet of rows of A among those from `first` on,
 * a multiple of 32, to before `end`. */
struct sum_norms {
    long double pair, octet;
};
static struct sum_norms sum_norms_of(reference_f64 &ref, unsigned first, unsigned end)
{
    struct sum_norms most = {0, 0};
    for (; first < end; first += 32)
        for (unsigned v = 0; v < 8; v += 2) {
            const unsigned row[] = {v, v + 1, v + 8, v + 9, v + 16, v + 17, v + 24, v + 25};
            long double octet = 0;
            for (unsigned k = 0; k < ref.n; k++) {
                long double x = 0;
                for (unsigned r : row)
                    x += ref.at(first + r, k);
                octet += x * x;
            }
            most.octet = std::max(most.octet, sqrtl(octet));
            for (unsigned r : {row[0], row[1], row[4], row[5]}) {
                long double norm = 0;
                for (unsigned k = 0; k < ref.n; k++) {
                    const long double x = ref.at(first + r, k) + ref.at(first + r + 8, k);
                    norm += x * x;
                }
                most.pair = std::max(most.pair, sqrtl(norm));
            }
        }
    return most;
}

static bool right_sum_scale(reference_f64 &ref)
{
    const unsigned n = ref.n, blocks = across(n, 32) * 4;
    const struct sum_norms most = sum_norms_of(ref, 0, n);
    return in_all_orders([&](bool) {
        for (int fault = 0; fault < 3; fault++) {
            device_array<double> norms(blocks * 16), a(ref.a.count);
            memcpy(a.data, ref.a.data, a.count * sizeof(double));
            if (fault)
                a[0] = fault == 1 ? INFINITY : NAN;
            device_array<unsigned> ticket(1);
            ticket[0] = 0;
            struct integer_scale z;
            if (!launch("sum_scale_f64", {blocks, 1, 1}, {256, 1, 1}, (const double *)a.data, n,
                        ref.pitch, (double)product_of(13), norms.data, &z, ticket.data) ||
                !near("ticket", ticket[0], 0, 0))
                return false;
            if (fault ? !isnan(z.inverse_upper)
                      : !right_scale(z, most.pair, sqrtl(n), most.octet, 4 * sqrtl(n), 1, 13) ||
                            z.h != 0)
                return printf("# fault %d\n", fault) < 0;
        }
        return true;
    });
}

/* The first rows are the own block, whose scale is given, and the last ones the panel, which has no
 * rows if n < 33: then the largest scale will do. */
static bool right_panel_scale(reference_f64 &ref)
{
    const unsigned n = ref.n, first = across(n, 64) * 32, own_blocks = first / 32 * 4,
                   blocks = std::max(across(n, 32) * 4, own_blocks + 4) - own_blocks;
    const struct sum_norms own = sum_norms_of(ref, 0, std::min(first, n)),
                           other = sum_norms_of(ref, first, n);
    const long double root = sqrtl(n), half = (long double)product_of(12) / 2;
    return in_all_orders([&](bool) {
        for (int fault = 0; fault < 3; fault++) {
            device_array<double> norms(blocks * 16), own_norms(own_blocks * 16), a(ref.a.count);
            memcpy(a.data, ref.a.data, a.count * sizeof(double));
            for (unsigned i = 0; i < own_blocks * 16; i++)
                own_norms[i] = i % 16 == 15 ? 1 : 0;
            own_norms[own_blocks * 16 - 14] = (double)(own.pair * own.pair);
            if (fault == 1)
                a[(size_t)first * ref.pitch] = NAN;
            else if (fault == 2)
                own_norms[15] = INFINITY;
            device_array<unsigned> ticket(1);
            ticket[0] = 0;
            struct integer_scale z, of_own = {0x1.2345p46, 0, 1, 0};
            if (!launch("panel_scale_f64", {blocks, 1, 1}, {256, 1, 1},
                        (const double *)a.data + (size_t)first * ref.pitch, n, ref.pitch,
                        (double)product_of(12), norms.data, (const double *)own_norms.data,
                        own_blocks, (const struct integer_scale *)&of_own, &z, ticket.data) ||
                !near("ticket", ticket[0], 0, 0))
                return false;
            const long double s = z.s, both = s * of_own.s,
                              bound = (of_own.s * own.pair + root) * (s * other.octet + 4 * root);
            const bool is_zero = other.octet == 0, fits = s <= 0x1p50;
            if (fault ? !isnan(z.inverse_upper)
                      : z.h != 0 || !(is_zero ? bound <= half : fits) ||
                            (!is_zero && s < 0x1p49L &&
                             !close_to("bound / (M / 2)", bound / half, 1 - 5e-6L, 5e-6L)) ||
                            !close_to("inverse",
                                      ((long double)z.inverse_upper + z.inverse_lower) * both, 1,
                                      1e-18L))
                return printf("# fault %d, s = %Lg\n", fault, s) < 0;
        }
        return true;
    });
}

static bool right_matmul_scale(reference_f64 &ref)
{
    const unsigned n = ref.n, blocks = across(n, 32) * 4;
    long double R = 0, largest = 0;
    const long double mean = ref.sum / n / n;
    std::vector<long double> of_row(n);
    for (unsigned r = 0; r < n; r++) {
        long double norm = 0;
        for (unsigned k = 0; k < n; k++) {
            of_row[r] += ref.at(r, k);
            largest = std::max(largest, fabsl(ref.at(r, k)) + fabsl(mean));
            norm += (ref.at(r, k) - mean) * (ref.at(r, k) - mean);
        }
        R = std::max(R, sqrtl(norm));
    }
    return in_all_orders([&](bool) {
        device_array<double> norms(blocks * 16);
        device_array<pair> sums(blocks * 8), u(n);
        device_array<unsigned> ticket(1);
        ticket[0] = 0;
        struct integer_scale z;
        if (!launch("matmul_scale_f64", {blocks, 1, 1}, {256, 1, 1}, (const double *)ref.a.data, n,
                    ref.pitch, (double)product_of(12), norms.data, sums.data, u.data, &z,
                    ticket.data) ||
            !near("ticket", ticket[0], 0, 0) ||
            !right_scale(z, R, sqrtl(n), R, sqrtl(n), largest, 12))
            return false;
        const long double c = (long double)z.h / z.s;
        for (unsigned r = 0; r < n; r++)
            if (!accurate("row sum", sums[r], of_row[r], n) ||
                !accurate("u", u[r], c * (of_row[r] - n * c / 2), n))
                return false;
        return true;
    });
}

void check_int8_f64(reference_f64 &ref)
{
    const std::vector<tensor_tile> tiles = tiles_of(ref.n);
    if (is_wanted("sum_scale_f64")) {
        report(right_sum_scale(ref), "sum_scale_f64", "scale", ref.n);
        report(right_panel_scale(ref), "panel_scale_f64", "scale", ref.n);
        report(right_matmul_scale(ref), "matmul_scale_f64", "scale", ref.n);
    }
    for (unsigned count = MODULI_MIN; count <= MODULI_MAX; count++) {
        if (is_wanted("residues_12_f64"))
            report(right_residues(count, ref, 0, ref.n) &&
                       right_residues(count, ref, 8, 8 + across(ref.n, 8) * 8),
                   "residues_f64", "planes", ref.n);
        if (is_wanted("crt_sum_12_f64")) {
            report(right_crt_sum(count, tiles), "crt_sum_f64", "sum", ref.n);
            report(right_crt_store(count, tiles, ref.n, ref.pitch), "crt_store_f64", "C", ref.n);
        }
    }
}
