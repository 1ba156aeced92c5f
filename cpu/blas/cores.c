/* cores.c - tries OpenBLAS's core types and chooses the fastest. */
#include "cpu/blas/cores.h"

#include "cpu/chip/isa.h"
#include "harness/base/interrupt.h"
#include "harness/text/append.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many times as fast a candidate must be as a better one by the table below, and as the
 * library's own choice. Trials of a few milliseconds vary by up to a third beside other work, and
 * the choice must not vary from run to run. */
static const double faster = 1.5, worth_it = 1.25;

static const double candidate_seconds = 5;

static const struct {
    const char *name;
    enum core_level level;
    bool is_candidate;
} cores[] = {
    /* the best first */
    {"SkylakeX", CORE_AVX512, true},
    {"Haswell", CORE_AVX2, true},
    {"Zen", CORE_AVX2, true},
    {"Sandybridge", CORE_AVX, true},
    {"Excavator", CORE_AVX2, false},
    {"Steamroller", CORE_AVX, false},
    {"Piledriver", CORE_AVX, false},
    {"Bulldozer", CORE_AVX, false},
    {"Nehalem", CORE_SSE, false},
    {"Dunnington", CORE_SSE, false},
    {"Penryn", CORE_SSE, false},
    {"Core2", CORE_SSE, false},
    {"Atom", CORE_SSE, false},
    {"Prescott", CORE_SSE, false},
    {"Northwood", CORE_SSE, false},
    {"Banias", CORE_SSE, false},
    {"Coppermine", CORE_SSE, false},
    {"Katmai", CORE_SSE, false},
    {"Bobcat", CORE_SSE, false},
    {"Barcelona", CORE_SSE, false},
    {"Opteron_SSE3", CORE_SSE, false},
    {"Opteron", CORE_SSE, false},
    {"Athlon", CORE_SSE, false},
    {"Nano", CORE_SSE, false},
    /* 64-bit Arm; armv8 is for a CPU that the release does not know */
    {"neoversev1", CORE_SVE, true},
    {"armv8sve", CORE_SVE, true},
    {"neoversen1", CORE_NEON, true},
    {"cortexa57", CORE_NEON, true},
    {"neoversen2", CORE_SVE, false},
    {"a64fx", CORE_SVE, false},
    {"cortexa53", CORE_NEON, false},
    {"cortexa72", CORE_NEON, false},
    {"cortexa73", CORE_NEON, false},
    {"falkor", CORE_NEON, false},
    {"thunderx", CORE_NEON, false},
    {"thunderx2t99", CORE_NEON, false},
    {"tsv110", CORE_NEON, false},
    {"thunderx3t110", CORE_NEON, false},
    {"emag8180", CORE_NEON, false},
    {"armv8", CORE_ARMV8, false},
};

enum { CORE_COUNT = sizeof cores / sizeof *cores };

enum core_level cores_level(void)
{
#if defined(__aarch64__)
    return isa_sve_bytes() > 0 ? CORE_SVE : CORE_NEON;
#elif defined(__x86_64__)
    if (isa_level() == ISA_AVX512)
        return CORE_AVX512;
    if (isa_level() == ISA_AVX2)
        return CORE_AVX2;
    return __builtin_cpu_supports("avx") ? CORE_AVX : CORE_SSE;
#else
    return CORE_SSE;
#endif
}

/* Whether both are of one architecture. */
static bool are_akin(enum core_level a, enum core_level b)
{
    return (a >= CORE_ARMV8) == (b >= CORE_ARMV8);
}

bool cores_is_low(const char *core, enum core_level level)
{
    for (int i = 0; i < CORE_COUNT; i++)
        if (strcasecmp(cores[i].name, core) == 0)
            return are_akin(cores[i].level, level) && cores[i].level < level;
    return false;
}

const char *cores_candidate(int i, const char *own, enum core_level level)
{
    for (int at = 0; at < CORE_COUNT; at++)
        if (cores[at].is_candidate && are_akin(cores[at].level, level) &&
            cores[at].level <= level && strcasecmp(cores[at].name, own) && i-- == 0)
            return cores[at].name;
    return NULL;
}

int cores_best(const struct trial *trials, int count)
{
    int best = -1;
    for (int i = 1; i < count; i++)
        if (trials[i].end == TRIAL_RIGHT &&
            (best < 0 || trials[i].flops > faster * trials[best].flops))
            best = i;
    const bool own_is_right = count > 0 && trials[0].end == TRIAL_RIGHT;
    return own_is_right && (best < 0 || trials[best].flops < worth_it * trials[0].flops) ? 0 : best;
}

static bool is_low_here(const char *core)
{
    return cores_is_low(core, cores_level());
}

/* Whether two core types have worked. They are tried in the table's order, the best first; the
 * second is for a CPU on which the first is slow, and more would take too long. */
static bool is_enough(const struct core_choice *c)
{
    int right = 0;
    for (int i = 1; i < c->count; i++)
        right += c->trial[i].end == TRIAL_RIGHT;
    return right == 2;
}

struct core_choice cores_choose(const struct blas_row *row, int threads, double seconds)
{
    const char *user = getenv("OPENBLAS_CORETYPE"), *name;
    struct core_choice c = {.count = 1};
    const struct trial *own = &c.trial[0];
    c.trial[0] = trial_run(row, threads, NULL, is_low_here, seconds);
    const bool is_set = user && *user;
    c.by_user = is_set && (!own->core[0] || strcasecmp(user, own->core) == 0);
    c.is_ignored = is_set && !c.by_user;
    if (c.is_ignored) /* OpenBLAS takes its slowest kernels for a name that it does not have */
        c.trial[0] = trial_run(row, threads, "", is_low_here, seconds);
    const bool may_be_better = own->end == TRIAL_WRONG || own->end == TRIAL_CRASHED ||
                               (own->end == TRIAL_RIGHT && is_low_here(own->core));
    if (c.by_user || !may_be_better)
        return c;
    for (int i = 0; c.count < CORES_TRIALS && !is_enough(&c) && !interrupt_requested() &&
                    (name = cores_candidate(i, own->core, cores_level()));
         i++)
        c.trial[c.count++] = trial_run(row, 1, name, NULL, candidate_seconds);
    c.chosen = cores_best(c.trial, c.count);
    return c;
}

/* Lists the trials behind the first that failed: "SkylakeX wrong product, Haswell crash (signal
 * 4)". */
static void list_failures(const struct core_choice *c, char *text, size_t bytes)
{
    *text = '\0';
    for (int i = 1; i < c->count; i++) {
        char words[32];
        trial_words(&c->trial[i], words, sizeof words);
        if (c->trial[i].end != TRIAL_RIGHT)
            append_item(text, bytes, ", ", "%s %s", c->trial[i].core, words);
    }
}

void cores_sentence(const struct core_choice *c, const char *version, char *text, size_t bytes)
{
    const struct trial *own = &c->trial[0];
    char failures[160], words[32];
    *text = '\0';
    if (c->by_user)
        return;
    list_failures(c, failures, sizeof failures);
    trial_words(own, words, sizeof words);
    if (c->is_ignored) {
        const int used = snprintf(text, bytes,
                                  "OPENBLAS_CORETYPE=%.32s is not a core type of OpenBLAS %s for "
                                  "this CPU and is ignored; ",
                                  getenv("OPENBLAS_CORETYPE"), version);
        text += used;
        bytes -= (size_t)used;
    }
    if (c->chosen > 0 && own->end == TRIAL_RIGHT)
        snprintf(text, bytes,
                 "OpenBLAS %s takes its %s kernels for this CPU; gpubench has it run %s, which are "
                 "%.1f times as fast in a short trial (a newer OpenBLAS may choose so by itself)",
                 version, own->core, c->trial[c->chosen].core,
                 c->trial[c->chosen].flops / own->flops);
    else if (c->chosen > 0)
        snprintf(
            text, bytes,
            "the %s kernels that OpenBLAS %s takes for this CPU fail (%s); gpubench has it run "
            "%s: install a newer OpenBLAS",
            own->core[0] ? own->core : "own", version, words, c->trial[c->chosen].core);
    else if (own->end == TRIAL_RIGHT && is_low_here(own->core))
        snprintf(text, bytes,
                 "this OpenBLAS does not know the CPU and runs %s kernels on it, and none of its "
                 "others is both right and faster%s%s%s: install a newer OpenBLAS",
                 own->core, *failures ? " (" : "", failures, *failures ? ")" : "");
    else if (c->is_ignored)
        snprintf(text, bytes, "it runs %s", own->core);
}
