/* philox.h - the matrix A: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers,
 * SC'11), in C and CUDA.
 *
 * Entry (row, col) is a pure function of (seed, row, col): word col % 4 of the block with counter
 * {col / 4, row, 0, 0} and key {low, high half of the seed}. So CPU and GPU hold bit-equal
 * matrices, any block of A can be generated without the rest, four neighbours in a row share one
 * block for every N, and the matrix of order n is the corner of the matrix of order n + 1. Entries
 * have 24 bits, so they are exact in float32 and no rounding can differ between machines. */
#ifndef HARNESS_PHILOX_H
#define HARNESS_PHILOX_H

#include <stdint.h>

#ifndef PHILOX_FN
#define PHILOX_FN static inline
#endif

struct philox_block {
    uint32_t word[4];
};

/* The block of four random words at a counter, under a key. */
PHILOX_FN struct philox_block philox4x32(struct philox_block c, uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c.word[0];
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c.word[2];
        struct philox_block next = {{(uint32_t)(p1 >> 32) ^ c.word[1] ^ key0, (uint32_t)p1,
                                     (uint32_t)(p0 >> 32) ^ c.word[3] ^ key1, (uint32_t)p0}};
        c = next;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return c;
}

/* The four words from which entries (row, 4·quad) … (row, 4·quad + 3) are made. */
PHILOX_FN struct philox_block philox_quad(uint64_t seed, uint32_t row, uint32_t quad)
{
    struct philox_block counter = {{quad, row, 0, 0}};
    return philox4x32(counter, (uint32_t)seed, (uint32_t)(seed >> 32));
}

/* A word as an entry: 24 bits in [0,1) times scale plus offset; (1, 0) gives [0,1) and (2, -1)
 * gives [-1,1), both exact. */
PHILOX_FN float philox_entry(uint32_t word, float scale, float offset)
{
    return (float)(word >> 8) * (scale / 16777216.0f) + offset;
}

/* The factor of a row's entries in range "wide": a power of two from 2^-32 to 2^20. On average one
 * row of 16 has factor 0 and one has 2^-140, so that its entries are denormal. */
PHILOX_FN float philox_row_factor(uint32_t row)
{
    const uint32_t kind = ((row + 1) * 0x9E3779B9u) >> 28;
    if (kind < 2)
        return (float)kind * (1.0f / 1180591620717411303424.0f) *
               (1.0f / 1180591620717411303424.0f);
    float factor = 1.0f / 4294967296.0f;
    for (uint32_t i = 2; i < kind; i++)
        factor *= 16.0f;
    return factor;
}

/* Float64 entries have 53 bits: 32 bits from philox_quad() and 21 bits from the word at the same
 * place of this block. Their upper 24 bits are the float32 entry of the same seed. */
PHILOX_FN struct philox_block philox_quad_lower(uint64_t seed, uint32_t row, uint32_t quad)
{
    struct philox_block counter = {{quad, row, 1, 0}};
    return philox4x32(counter, (uint32_t)seed, (uint32_t)(seed >> 32));
}

/* philox_entry() in float64; every step is exact for (1, 0) and (2, -1). */
PHILOX_FN double philox_entry_f64(uint32_t word, uint32_t lower, double scale, double offset)
{
    const uint64_t bits = ((uint64_t)word << 32 | lower) >> 11;
    return (double)bits * (scale / 9007199254740992.0) + offset;
}

/* philox_row_factor() in float64: the factor of denormal entries is 2^-1040 instead of 2^-140. */
PHILOX_FN double philox_row_factor_f64(uint32_t row)
{
    const float factor = philox_row_factor(row);
    if (factor == 0.0f || factor > 1.0e-30f)
        return (double)factor;
    double tiny = 1.0;
    for (int i = 0; i < 65; i++)
        tiny *= 1.0 / 65536.0;
    return tiny;
}

#endif
