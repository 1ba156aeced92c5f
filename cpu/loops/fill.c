/* fill.c - Philox4x32-10, sixteen counters at a time.
 *
 * harness/contract/philox.h says what an entry is; this says it again with sixteen neighbouring
 * blocks side by side in arrays, so that the compiler turns each line into vector instructions. The
 * two are compared bit by bit in the tests.
 *
 * Expect 4 GB/s a core with AVX-512 on Zen 4, 3 where fresh (huge) pages must be zeroed first. */
#include "cpu/loops/fill.h"

#include "cpu/chip/isa.h"
#include "harness/contract/philox.h"

#include <string.h>

enum {
    LANES = 16,             /* blocks side by side: one AVX-512 register of 32-bit words */
    GROUP = 4 * LANES,      /* entries they make */
    PIECE_ENTRIES = 1 << 16 /* entries a thread takes at a time: 256 KiB */
};

/* The entries of row from 4·quad on: `groups` times GROUP of them. */
ISA_BODY void fill_groups_body(float *out, uint32_t row, uint32_t quad, size_t groups,
                               uint64_t seed, float scale, float offset)
{
    for (size_t g = 0; g < groups; g++, quad += LANES, out += GROUP) {
        uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
        uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);

        for (uint32_t i = 0; i < LANES; i++) {
            c0[i] = quad + i;
            c1[i] = row;
            c2[i] = 0;
            c3[i] = 0;
        }
#pragma GCC                                                                                        \
    unroll 10 /* else gcc keeps the sixteen lanes in memory between rounds: half the speed */
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < LANES; i++) {
                uint64_t p0 = (uint64_t)0xD2511F53u * c0[i];
                uint64_t p1 = (uint64_t)0xCD9E8D57u * c2[i];
                uint32_t next0 = (uint32_t)(p1 >> 32) ^ c1[i] ^ key0;
                uint32_t next2 = (uint32_t)(p0 >> 32) ^ c3[i] ^ key1;
                c0[i] = next0;
                c1[i] = (uint32_t)p1;
                c2[i] = next2;
                c3[i] = (uint32_t)p0;
            }
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        /* As philox_entry; 24 bits fit a signed int, for which there is a vector conversion below
         * AVX-512. */
        for (int i = 0; i < LANES; i++) {
            out[4 * i + 0] = (float)(int32_t)(c0[i] >> 8) * scale + offset;
            out[4 * i + 1] = (float)(int32_t)(c1[i] >> 8) * scale + offset;
            out[4 * i + 2] = (float)(int32_t)(c2[i] >> 8) * scale + offset;
            out[4 * i + 3] = (float)(int32_t)(c3[i] >> 8) * scale + offset;
        }
    }
}
ISA_VERSIONS(fill_groups,
             (float *out, uint32_t row, uint32_t quad, size_t groups, uint64_t seed, float scale,
              float offset),
             (out, row, quad, groups, seed, scale, offset))

struct fill {
    const struct problem *problem;
    size_t first;
    float *f32; /* one of these is set */
    double *f64;
};

static void fill_rows(void *context, size_t begin, size_t end)
{
    const struct fill *f = context;
    const struct problem *p = f->problem;
    size_t n = (size_t)p->n, groups = n / GROUP, rest = n % GROUP;
    float scale = (p->range == RANGE_UNIT ? 1.0f : 2.0f) / 16777216.0f;
    float offset = p->range == RANGE_UNIT ? 0.0f : -1.0f;

    for (size_t row = begin; row < end; row++) {
        const uint32_t r = (uint32_t)(f->first + row);
        float *out = f->f32 + row * n;
        fill_groups(out, r, 0, groups, p->seed, scale, offset);
        if (rest) {
            float last[GROUP];
            fill_groups(last, r, (uint32_t)groups * LANES, 1, p->seed, scale, offset);
            memcpy(out + groups * GROUP, last, rest * sizeof *last);
        }
        if (p->range == RANGE_WIDE) {
            const float factor = philox_row_factor(r);
            for (size_t i = 0; i < n; i++)
                out[i] *= factor;
        }
    }
}

void fill_matrix(struct parallel *pool, const struct problem *p, size_t first, size_t rows,
                 float *a)
{
    struct fill f = {.problem = p, .first = first, .f32 = a};

    parallel_for(pool, rows, PIECE_ENTRIES / p->n + 1, fill_rows, &f);
}

static void fill_rows_f64(void *context, size_t begin, size_t end)
{
    const struct fill *f = context;
    const struct problem *p = f->problem;
    const size_t n = (size_t)p->n;
    const double scale = p->range == RANGE_UNIT ? 1 : 2, offset = p->range == RANGE_UNIT ? 0 : -1;

    for (size_t row = begin; row < end; row++) {
        const uint32_t r = (uint32_t)(f->first + row);
        const double factor = p->range == RANGE_WIDE ? philox_row_factor_f64(r) : 1;
        for (size_t col = 0; col < n; col += 4) {
            const struct philox_block upper = philox_quad(p->seed, r, (uint32_t)(col / 4)),
                                      lower = philox_quad_lower(p->seed, r, (uint32_t)(col / 4));
            for (size_t c = 0; c < 4 && c < n - col; c++)
                f->f64[row * n + col + c] =
                    philox_entry_f64(upper.word[c], lower.word[c], scale, offset) * factor;
        }
    }
}

void fill_matrix_f64(struct parallel *pool, const struct problem *p, size_t first, size_t rows,
                     double *a)
{
    struct fill f = {.problem = p, .first = first, .f64 = a};

    parallel_for(pool, rows, PIECE_ENTRIES / p->n + 1, fill_rows_f64, &f);
}
