/* check_compare.cc - the kernels that a soak compares answers with, and those that it tries
 * multiprocessors with. */
#include "kernels/interface/difference.h"
#include "kernels/interface/sm_note.h"
#include "tests/kernels/kernel_check.h"

static const unsigned APART = 16; /* rows and entries between poisoned ones */

static unsigned word_of(size_t i)
{
    return philox_quad(SEED, (uint32_t)i, 3).word[0] | 1;
}

/* The note on `got` against `kept`, but for the pair of words that it may take from any. */
static difference_note note_on(const device_array<unsigned> &got,
                               const device_array<unsigned> &kept)
{
    difference_note note = {0, 0, 0, 0, 0, 0};
    for (size_t i = 0; i < kept.count; i++) {
        if (got.data[i] == kept.data[i])
            continue;
        if (note.words++ == 0)
            note.inverted = ~(unsigned long long)i;
        note.last = i + 1;
        note.bits |= got.data[i] ^ kept.data[i];
    }
    return note;
}

static bool same_note(const difference_note &a, const difference_note &b)
{
    return a.words == b.words && a.last == b.last && a.inverted == b.inverted && a.bits == b.bits &&
           (a.words == 0 ? a.want == a.got : ((a.want ^ a.got) & ~a.bits) == 0 && a.want != a.got);
}

/* Entries of `words` words, `wrong` of which differ. */
static bool compare_c(const reference &ref, unsigned words, unsigned wrong)
{
    return in_all_orders([&](bool) {
        const unsigned pitch = ref.pitch * words, used = ref.n * words;
        device_array<unsigned> c((size_t)ref.n * pitch), kept(c.count), before(c.count);
        for (size_t i = 0; i < c.count; i++)
            c[i] = kept[i] = word_of(i);
        for (unsigned w = 0; w < wrong; w++)
            c[(c.count - 1) * w / (wrong > 1 ? wrong - 1 : 1)] ^= 1u << (5 * w + 3);
        memcpy(before.data, c.data, c.count * sizeof *c.data);
        difference_note note = {0, 0, 0, 0, 0, 0};
        if (!launch("compare_c", {5, 1, 1}, {64, 1, 1}, c.data, (const unsigned *)kept.data, ref.n,
                    pitch, used, words, &note) ||
            !same_note(note, note_on(before, kept)))
            return false;
        for (unsigned row = 0; row < ref.n; row++)
            for (unsigned col = 0; col < pitch; col++) {
                const bool poisoned =
                    row % APART == 0 && col % (APART * words) < words && col < used;
                const size_t at = (size_t)row * pitch + col;
                if (c[at] != (poisoned ? 0xffffffffu : before[at]))
                    return false;
            }
        return true;
    });
}

static bool compare_sum(unsigned words, unsigned flip)
{
    device_array<unsigned> sum(words), kept(words), before(words);
    for (unsigned i = 0; i < words; i++)
        kept[i] = sum[i] = word_of(i);
    sum[words - 1] ^= flip;
    memcpy(before.data, sum.data, words * sizeof *sum.data);
    difference_note note = {0, 0, 0, 0, 0, 0};
    if (!launch("compare_sum", {1, 1, 1}, {1, 1, 1}, sum.data, (const unsigned *)kept.data, words,
                &note))
        return false;
    bool ok = same_note(note, note_on(before, kept));
    for (unsigned i = 0; i < words; i++)
        ok = ok && sum[i] == 0xffffffffu;
    return ok;
}

static bool keep(unsigned n)
{
    return in_all_orders([&](bool) {
        device_array<unsigned> from((size_t)n * 3 + 1), to(from.count);
        for (size_t i = 0; i < from.count; i++)
            from[i] = word_of(i);
        return launch("keep_words", {3, 1, 1}, {64, 1, 1}, to.data, (const unsigned *)from.data,
                      from.count) &&
               to.same_bits(from);
    });
}

/* The digest of the tile whose rows begin at 0 and columns at `col`, which all blocks must agree
 * on; 0 if they do not. */
template <class T>
static unsigned long long digest_of(const char *name, cuda_cpu_dim block, const reference &ref,
                                    const device_array<T> &a, unsigned col)
{
    enum { BLOCKS = 3 };
    device_array<struct sm_note> notes(BLOCKS);
    for (unsigned i = 0; i < BLOCKS; i++)
        notes[i].digest = 0;
    if (!launch(name, {BLOCKS, 1, 1}, block, (const T *)a.data, ref.n, ref.pitch, 0u, col,
                notes.data))
        return 0;
    for (unsigned i = 0; i < BLOCKS; i++)
        if (notes[i].digest != notes[0].digest || notes[i].sm != 0)
            return 0;
    return notes[0].digest;
}

/* Every entry of the tile's rows and columns counts, and none of another row. */
template <class T>
static bool check_trial(const char *name, cuda_cpu_dim block, const reference &ref)
{
    const unsigned last = ref.n - 1, tile_col = ref.n > 64 ? 64 : 0;
    return in_all_orders([&](bool) {
        device_array<T> a((size_t)ref.rows * ref.pitch);
        for (size_t i = 0; i < a.count; i++)
            a[i] = (T)ref.a.data[i];
        const unsigned long long digest = digest_of(name, block, ref, a, tile_col);
        for (unsigned row : {0u, 20u, 63u, 64u, 84u, 127u})
            for (unsigned col : {0u, last / 2, last}) {
                T &entry = a[(size_t)row * ref.pitch + col];
                const T was = entry;
                if (row >= ref.n)
                    continue;
                entry = entry * 2 + 1;
                if (digest_of(name, block, ref, a, tile_col) == digest)
                    return printf("# A[%u][%u] does not count\n", row, col) < 0;
                entry = was;
            }
        if (ref.n > 128)
            a[(size_t)128 * ref.pitch] += 1;
        return digest && digest_of(name, block, ref, a, tile_col) == digest;
    });
}

void check_compare(const reference &ref)
{
    const char *what = "depends on each entry of the tile's rows";
    if (is_wanted("trial_fma"))
        report(check_trial<float>("trial_fma", {16, 16, 1}, ref), "trial_fma", what, ref.n);
    if (is_wanted("trial_fma_f64"))
        report(check_trial<double>("trial_fma_f64", {16, 16, 1}, ref), "trial_fma_f64", what,
               ref.n);
    if (is_wanted("trial_tensor_sm80"))
        report(check_trial<float>("trial_tensor_sm80", {256, 1, 1}, ref), "trial_tensor_sm80", what,
               ref.n);
    if (is_wanted("trial_tensor_f64_sm80"))
        report(check_trial<double>("trial_tensor_f64_sm80", {256, 1, 1}, ref),
               "trial_tensor_f64_sm80", what, ref.n);
    if (!is_wanted("compare_c"))
        return;
    report(compare_c(ref, 1, 0) && compare_c(ref, 2, 0), "compare_c",
           "finds nothing in equal words", ref.n);
    report(compare_c(ref, 1, 1) && compare_c(ref, 1, 4) && compare_c(ref, 2, 4), "compare_c",
           "counts and locates what differs", ref.n);
    report(compare_sum(1, 0) && compare_sum(2, 0) && compare_sum(2, 8), "compare_sum",
           "notes a bit of a sum", ref.n);
    report(keep(ref.n), "keep_words", "copies", ref.n);
}
