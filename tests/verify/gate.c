/* gate.c - how often the verdicts are right on simulated machines: verify-gate [SEED [RUNS]].
 *
 * The value of a process is the logarithm of its median time. "quiet": a standard deviation of 1 %.
 * "late": also, one process in 20 is 30 % late. "bimodal": every other process is 4 % slower, at
 * random. Each verb looks as it does in bench/gate; SLOW is measured again, as there. A fleet has
 * 1,000 cards of which one is slower. tests/verify/gate.txt is the last result. */
#include "harness/base/need.h"
#include "harness/compare/fleet.h"
#include "harness/stats/change.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t next(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static double uniform(void) /* in (0, 1) */
{
    return ((double)(next() >> 12) + 0.5) / 4503599627370496.0;
}

static double gauss(void) /* Box and Muller */
{
    return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

enum machine { QUIET, LATE, BIMODAL, MACHINES };
static const char *const machine_names[] = {"quiet", "late", "bimodal"};

static double process(enum machine m, double slower)
{
    double value = log1p(slower) + 0.01 * gauss();
    if (m == LATE && uniform() < 0.05)
        value += log1p(0.30);
    if (m == BIMODAL && uniform() < 0.5)
        value += log1p(0.04);
    return value;
}

enum { PROCESSES_MAX = 4 * CHANGE_PROCESSES };

/* Adds processes up to `count` a side. */
static void measure(enum machine m, double slower, double *a, double *b, size_t from, size_t count)
{
    for (size_t i = from; i < count; i++) {
        a[i] = process(m, 0);
        b[i] = process(m, slower);
    }
}

static struct shift shift_of(bool is_paired, const double *a, const double *b, size_t count,
                             double alpha)
{
    double d[PROCESSES_MAX];
    if (!is_paired)
        return rank_independent(a, count, b, count, alpha);
    for (size_t i = 0; i < count; i++)
        d[i] = b[i] - a[i];
    return rank_paired(d, count, alpha);
}

/* One gate: looks after 10 processes a side, and after twice as many up to `most` while UNSURE. */
static enum change gate(bool is_paired, size_t most, enum machine m, double slower)
{
    double a[PROCESSES_MAX], b[PROCESSES_MAX];
    size_t looks = 1, measured = 0;
    enum change change = CHANGE_UNSURE;
    while ((size_t)CHANGE_PROCESSES << (looks - 1) < most)
        looks++;
    const double alpha = CHANGE_ALPHA / (double)looks;
    for (size_t count = CHANGE_PROCESSES; count <= most && change == CHANGE_UNSURE; count *= 2) {
        measure(m, slower, a, b, measured, count);
        measured = count;
        const struct shift s = shift_of(is_paired, a, b, count, alpha);
        change = change_judge(&s, s.p, alpha, CHANGE_GPU);
    }
    if (change != CHANGE_SLOW || looks == 1)
        return change;
    measure(m, slower, is_paired ? a : b, b, 0, CHANGE_PROCESSES);
    const struct shift again = shift_of(is_paired, a, b, CHANGE_PROCESSES, alpha);
    return change_of(again.estimate) >= CHANGE_GPU ? CHANGE_SLOW : CHANGE_UNSURE;
}

static void print_gates(size_t runs)
{
    static const struct {
        const char *name;
        bool is_paired;
        size_t most;
    } verbs[] = {{"compare", false, 10}, {"check", false, 20}, {"ab", true, 40}};
    static const double changes[] = {0, 0.02, 0.05, 0.08};
    printf(
        "verb     machine  change     SLOW    SAME    FAST  UNSURE   (%% of %zu, threshold 3 %%)\n",
        runs);
    for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
        for (int m = 0; m < MACHINES; m++)
            for (size_t c = 0; c < sizeof changes / sizeof *changes; c++) {
                size_t ends[4] = {0};
                for (size_t i = 0; i < runs; i++)
                    ends[gate(verbs[v].is_paired, verbs[v].most, (enum machine)m, changes[c])]++;
                const double percent = 100 / (double)runs;
                printf("%-8s %-8s %+4.0f %%  %7.1f %7.1f %7.1f %7.1f\n", verbs[v].name,
                       machine_names[m], 100 * changes[c], percent * (double)ends[CHANGE_SLOW],
                       percent * (double)ends[CHANGE_SAME], percent * (double)ends[CHANGE_FAST],
                       percent * (double)ends[CHANGE_UNSURE]);
            }
}

/* ---- a fleet */

enum { CARDS = 1000, RUNS_MAX = 5 };
static char names[CARDS][16];
static struct reading list[CARDS * RUNS_MAX];
static struct read_result results[CARDS * RUNS_MAX];

/* Adds to *found whether the card that is slower is an outlier, and to *others how many are. */
static void acceptance(enum machine m, size_t each, double slower, size_t *found, size_t *others)
{
    struct readings r = {.list = list, .count = CARDS * each};
    struct fleet fleet;
    for (size_t i = 0; i < r.count; i++) {
        const size_t card = i / each;
        snprintf(names[card], sizeof names[card], "GPU-%04zu", card);
        results[i] = (struct read_result){.key = "gpu/k",
                                          .state = READ_OK,
                                          .median_s = exp(process(m, card == 0 ? slower : 0)),
                                          .sm_hz = NAN,
                                          .cpu_flops = NAN};
        list[i] = (struct reading){.identity = (char *)"",
                                   .image = "",
                                   .host = "node",
                                   .device = "card",
                                   .machine = "",
                                   .card = names[card],
                                   .place = names[card],
                                   .label = names[card],
                                   .results = &results[i],
                                   .count = 1};
    }
    if (fleet_gather(&r, NULL, &fleet, NULL) != STATUS_OK)
        exit(1);
    for (size_t i = 0; i < fleet.models[0].count; i++) {
        const struct fleet_host *h = &fleet.models[0].hosts[i];
        if (h->is_outlier)
            ++*(h->id == names[0] ? found : others);
    }
    fleet_free(&fleet);
}

static void print_fleets(size_t runs)
{
    static const double changes[] = {0.04, 0.05, 0.06, 0.08};
    static const size_t each[] = {1, 3, RUNS_MAX};
    printf("\nfleet of %d cards, one slower\n"
           "machine  processes  change   found   good cards named a fleet   (%% of %zu fleets)\n",
           CARDS, runs);
    for (int m = 0; m <= LATE; m++)
        for (size_t e = 0; e < sizeof each / sizeof *each; e++)
            for (size_t c = 0; c < sizeof changes / sizeof *changes; c++) {
                size_t found = 0, others = 0;
                for (size_t i = 0; i < runs; i++)
                    acceptance((enum machine)m, each[e], changes[c], &found, &others);
                printf("%-8s %9zu  %+4.0f %%  %6.1f   %.3f\n", machine_names[m], each[e],
                       100 * changes[c], 100 * (double)found / (double)runs,
                       (double)others / (double)runs);
            }
}

int main(int argc, char **argv)
{
    state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const size_t runs = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    printf("seed %" PRIu64 "\n", state);
    print_gates(runs);
    print_fleets(runs / 10 + 1);
    return 0;
}
