/* test_results.c - the sections of single results, sweeps and soaks: all they say and draw, for
 * invented runs (tests/golden/page-*.txt, which UPDATE_GOLDEN=1 writes anew). */
#include "tests/unit/bench/page/example_page.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(list)     (sizeof(list) / sizeof *(list))
#define F32(variant, n) "gpu/sum-aat/f32/" variant "/n=" #n
#define DAY(day)        "2026-11-" #day "T10:00:00Z"

/* Nine lines of two points in f32, of which eight are drawn; the references, of which the shorter
 * name comes first; a line of one point; two more arithmetics; runs without a time. */
static const struct made results[] = {
    {"node1", "Card", DAY(21), F32("naive", 1000), 2e-3, 2e-8, 0, NULL, NULL, false},
    {"node1", "Card", "", F32("ffma", 1000), 1e-4, -3e-8, MADE_SYMMETRIC, NULL, NULL, true},
    {"node1", "Card", "", F32("cublas-sgemm-cub", 1000), 8e-5, 4e-8, MADE_LIBRARY, NULL, NULL,
     true},
    {"node1", "Card", "", F32("cublas-sgemm", 1000), 9e-5, 4e-8, MADE_LIBRARY, NULL, NULL, true},
    {"node1", "Card", "", F32("cublas-ssyrk", 1000), 7e-5, 4e-8, MADE_LIBRARY | MADE_SYMMETRIC,
     NULL, NULL, true},
    {"node1", "Card", "", F32("tile-a", 1000), 3e-4, 0, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("tile-b", 1000), 4e-4, 1e-7, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("tile-c", 1000), 5e-4, 1e-6, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("tile-d", 1000), 6e-4, 1e-8, MADE_NOISY, NULL, NULL, true},
    {"node1", "Card", "", "gpu/sum-aat/tf32/wgmma/n=1000", 6e-5, 4e-5, 0, NULL, NULL, true},
    {"node1", "Card", "", "gpu/sum-aat/tf32/wmma/n=1000", 9e-5, 1e-8, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("alone", 1000), 3e-5, 5e-8, MADE_SYMMETRIC, NULL, NULL, true},
    {"node1", "Card", "", F32("silent", 1000), 1e-3, 5e-8, 0, NULL, "{\"speed\": null}", true},
    {"node1", "Card", "", F32("broken", 1000), 1e-4, 0, MADE_FAILED, NULL, NULL, true},
    {"node1", "Card", "", F32("newer", 1000), 0, 0, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("astray", 1000), 1e-4, 5e-3, MADE_WRONG, NULL, NULL, true},
    {"node1", "Card", DAY(22), F32("naive", 500), 3e-4, 2e-8, 0, NULL, NULL, false},
    {"node1", "Card", "", F32("ffma", 500), 3.1e-5, -3e-8, MADE_SYMMETRIC, NULL, NULL, true},
    {"node1", "Card", "", F32("cublas-ssyrk", 500), 3e-5, 4e-8, MADE_LIBRARY | MADE_SYMMETRIC, NULL,
     NULL, true},
    {"node1", "Card", "", F32("tile-a", 500), 8e-5, 0, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("tile-b", 500), 2e-5, 1e-7, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("tile-c", 500), 9e-5, 1e-6, 0, NULL, NULL, true},
    {"node1", "Card", "", F32("tile-d", 500), 9.5e-5, 1e-6, 0, NULL, NULL, true},
    {"node1", "Card", "", "gpu/sum-aat/tf32/wgmma/n=500", 2e-5, 4e-5, 0, NULL, NULL, true},
    {"node1", "Card", DAY(23), F32("ffma", 4000), 3e-3, -3e-8, MADE_SYMMETRIC, NULL, NULL, false},
    {"node1", "Card", "", F32("cublas-sgemm", 4000), 4e-3, 4e-8, MADE_LIBRARY, NULL, NULL, true},
    {"node1", "Card", "", F32("cublas-sgemm-cub", 4000), 5e-3, 4e-8, MADE_LIBRARY, NULL, NULL,
     true},
    {"node2", "Card", DAY(20), F32("naive", 1000), 1e-3, 2e-8, 0, NULL, NULL, false},
    {"node2", "Card", DAY(24), F32("naive", 1000), 1.2e-3, 2e-8, 0, NULL, NULL, false},
    {"node1", "Card", DAY(23), "gpu/reduce/f32/one-pass/n=8000", 1e-4, 0, 0, NULL, NULL, false},
    {"node1", "Card", "", "gpu/reduce/f32/two-pass/n=8000", 1e-3, 0, 0, NULL, NULL, true},
    {"node1", "Card", "", "gpu/reduce/f32/x/n=8000", 2.561e-4, 0, 0, NULL, NULL, true},
    {"node1", "Card", "", "gpu/reduce/f32/y/n=8000", 3.5e-3, 0, 0, NULL, NULL, true},
    {"node1", "Card", DAY(24), "gpu/reduce/f32/x/n=1000", 4e-6, 0, 0, NULL, NULL, false},
    {"node1", "Card", "", "gpu/reduce/f32/y/n=1000", 4e-3, 0, 0, NULL, NULL, true},
    {"node1", "Card", "", "gpu/reduce/f32/one-pass/n=1000", 1e-5, 0, 0, NULL, NULL, true},
    {"node1", "Card", "", "gpu/reduce/f32/two-pass/n=1000", 1e-4, 0, 0, NULL, NULL, true},
    {"node1", "Card", DAY(25), "gpu/matmul/f32/slow/n=100/cold", 4e-3, 1e-6, 0,
     "{\"measuring\": {\"cache\": \"cold\"}}", NULL, false},
    {"node1", "Card", DAY(26), F32("naive", 1000) "/signed", 1e-3, 0, 0, NULL, NULL, false},
    {"node1", "Processor", DAY(26), "cpu/sum-aat/f32/blas/n=1000", 2, 0, MADE_LIBRARY,
     "{\"device\": {\"peak\": {\"f32_flops\": 5e8}}}", NULL, false},
};

#define NO_SPEED "{\"speed\": null}"
#define SPEED_OF_0                                                                                 \
    "{\"speed\": {\"flops\": 0, \"flop\": null, \"flop_done\": null, \"flops_done\": null, "       \
    "\"peak_share\": null}}"

/* Rows whose file does not say how fast they are, or says 0: a table without a picture. */
static const struct made silent[] = {
    {"node1", "Card", DAY(21), F32("a", 100), 1e-3, 1e-8, 0, NULL, NO_SPEED, false},
    {"node1", "Card", DAY(22), F32("a", 200), 1e-3, 1e-8, 0, NULL, NO_SPEED, false},
    {"node1", "Card", "", F32("b", 200), 2e-3, 0, 0, NULL, NO_SPEED, true},
    {"node1", "Card", DAY(23), F32("a", 400), 1e-3, 1e-8, 0, NULL, SPEED_OF_0, false},
    {"node1", "Card", "", F32("b", 400), 2e-3, 0, 0, NULL, "{\"speed\": null, \"verdict\": null}",
     true},
    {"node1", "Card", "", F32("c", 400), 3e-3, 0, 0, NULL, NO_SPEED, true},
};

Test(page_results, without_a_rate_there_is_a_table_and_no_picture)
{
    example_is_golden("page-silent.txt", "sum-aat Speed Error All", silent, COUNT(silent));
}

/* Many points on the frontier, some close together, with labels of all lengths. */
Test(page_results, labels_of_errors_are_where_they_cover_nothing)
{
    enum { POINTS = 24 };
    struct made list[POINTS];
    char keys[POINTS][96];
    for (size_t i = 0; i < POINTS; i++) {
        snprintf(keys[i], sizeof keys[i], "gpu/sum-aat/f32/%.*s%zu/n=1000", (int)(i * 5 % 23),
                 "variant-of-a-long-name-x", i);
        list[i] = (struct made){"node1", "Card", i ? "" : DAY(21), keys[i], 1e-4, 1e-7, 0, NULL,
                                NULL,    i > 0};
        list[i].seconds *= 1 + 0.07 * (double)(i * i) / 9;
        list[i].error /= 1 + (double)(i % 7 == 3 ? 0 : i * i);
        list[i].what = i % 5 == 4 ? MADE_LIBRARY : 0;
    }
    example_is_golden("page-errors.txt", "Error", list, POINTS);
}

Test(page_results, variants_curves_errors_and_tables_are_as_somebody_looked_at_them)
{
    example_is_golden("page-results.txt", NULL, results, COUNT(results));
}

#define CLOCKS(list) "{\"samples\": {\"sm_hz\": [" list "]}}"
#define HELD_BACK                                                                                  \
    "{\"samples\": {\"sm_hz\": [1.5e9, 1.4e9, null, 1.6e9, 1.5e9, 1.5e9, 1.5e9], "                 \
    "\"throttle\": [0, 4, 0, null, 1, 0, 0]}}"

/* Clocks that move, that do not, that are not known, that are of no sample; times in three units; a
 * library, which is shown where nothing else has samples. */
static const struct made samples[] = {
    {"node1", "A", DAY(21), F32("ffma", 100), 3e-4, 0, 0, NULL, HELD_BACK, false},
    {"node1", "A", "", F32("cublas-sgemm", 100), 1e-4, 0, MADE_LIBRARY, NULL, NULL, true},
    {"node1", "B", DAY(21), F32("ffma", 100), 3e-3, 0, 0, NULL,
     CLOCKS("1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9"), false},
    {"node1", "C", DAY(21), F32("ffma", 100), 3, 0, MADE_NOISY, NULL,
     CLOCKS("null, null, null, null, null, null, null"), false},
    {"node1", "D", DAY(21), F32("cublas-sgemm", 100), 1, 0, MADE_LIBRARY, NULL, CLOCKS("1e9, 2e9"),
     false},
    {"node1", "D", "", F32("ffma", 100), 2, 0, 0, NULL, "{\"samples\": {\"device_s\": [2]}}", true},
    {"node1", "E", DAY(21), F32("ffma", 100), 1e-3, 0, 0, NULL, "{\"samples\": {\"device_s\": []}}",
     false},
};

Test(page_samples, times_and_clocks_are_as_somebody_looked_at_them)
{
    example_is_golden("page-samples.txt", "Samples", samples, COUNT(samples));
}

#define POINT(key, gpu_s, call, copy_in)                                                           \
    {"node1", "Card", DAY(21), key, gpu_s, 0, 0, copy_in, call, false}
#define CPU(host, device, range, n, seconds)                                                       \
    {host, device,        DAY(22), "cpu/sum-aat/f32/blas/n=" #n range, seconds, 0, MADE_LIBRARY,   \
     NULL, CALL(seconds), false}
#define CALL(seconds) "{\"call\": {\"median_s\": " #seconds "}}"
#define COPY(pinned, pageable)                                                                     \
    "{\"copy_in\": {\"pinned\": {\"median_s\": " #pinned                                           \
    "}, \"pageable\": {\"median_s\": " #pageable "}}}"

/* The CPU with most N in common is taken, of this host and of this range; the first of two. */
static const struct made sweep[] = {
    POINT(F32("ffma", 64), 9e-6, CALL(1e-5), COPY(2e-6, 4e-6)),
    POINT(F32("ffma", 128), 9e-6, CALL(1.1e-5), COPY(3e-6, 6e-6)),
    POINT(F32("ffma", 256), 1e-5, CALL(1.2e-5), NULL),
    POINT(F32("ffma", 512), 2e-5, CALL(3e-5), COPY(4e-5, 8e-4)),
    POINT("gpu/sum-aat/tf32/wgmma/n=64", 1e-6, CALL(2e-6), COPY(2e-6, 4e-5)),
    POINT("gpu/sum-aat/tf32/wgmma/n=512", 1e-5, CALL(2e-5), COPY(4e-5, 8e-4)),
    POINT("gpu/reduce/f32/one-pass/n=64", 1e-6, CALL(1e-5), COPY(2e-6, 4e-6)),
    CPU("node1", "Few", "", 64, 1e-6),
    CPU("node1", "Most", "", 64, 4e-6),
    CPU("node1", "Most", "", 128, 1e-5),
    CPU("node1", "Most", "", 256, 4e-5),
    CPU("node1", "Most", "", 512, 3e-4),
    CPU("node1", "Rival", "", 64, 5e-6),
    CPU("node1", "Rival", "", 128, 2e-5),
    CPU("node1", "Rival", "", 256, 5e-5),
    CPU("node1", "Rival", "", 512, 4e-4),
    CPU("node1", "One more", "", 64, 1e-6),
    CPU("node1", "One more", "", 128, 1e-6),
    CPU("node1", "Most", "/signed", 64, 1e-6),
    CPU("node1", "Most", "/signed", 128, 1e-6),
    CPU("node2", "Most", "", 1024, 1e-6),
};

Test(page_sweep, a_gpu_against_its_cpu_is_as_somebody_looked_at_it)
{
    example_is_golden("page-sweep.txt", "GPU", sweep, COUNT(sweep));
}

/* A sweep of one GPU, and of the CPU on its host, which has few results beside `others` of another
 * host or of this one. */
static bool is_paired(size_t others, const char *host)
{
    enum { MOST = 16 };
    static const struct made own[] = {
        POINT(F32("ffma", 64), 9e-6, CALL(1e-5), NULL),
        POINT(F32("ffma", 128), 9e-6, CALL(1e-5), NULL),
        CPU("node1", "Own", "", 64, 1e-6),
        CPU("node1", "Own", "", 128, 1e-6),
    };
    static const struct made other[] = {
        CPU("", "", "", 32, 1e-6),
        CPU("", "", "", 256, 1e-6),
        CPU("", "", "", 512, 1e-6),
    };
    struct made list[COUNT(own) + COUNT(other) * MOST];
    char names[MOST][8];
    size_t count = COUNT(own);
    memcpy(list, own, sizeof own);
    for (size_t i = 0; i < others; i++) {
        snprintf(names[i], sizeof names[i], "P%zu", i);
        for (size_t k = 0; k < COUNT(other); k++) {
            list[count] = other[k];
            list[count].host = host;
            list[count++].device = names[i];
        }
    }
    struct page page;
    scratch_make();
    example_write("sweep.json", list, count);
    example_make(&page, (const char *[]){scratch_path("sweep.json"), NULL});
    bool is_there = false;
    for (size_t i = 0; i < page.section_count; i++)
        is_there = is_there || strcmp(page.sections[i].heading, "GPU against CPU") == 0;
    page_free(&page);
    scratch_remove();
    return is_there;
}

Test(page_sweep, no_more_than_twelve_groups_of_this_hosts_cpus_are_looked_at)
{
    cr_expect(is_paired(11, "node1"));
    cr_expect_not(is_paired(12, "node1"));
    cr_expect(is_paired(12, "node2"), "those of other hosts do not count");
}

#define SOAK(verdict, more)                                                                        \
    "{\"soak\": {\"verdict\": \"" verdict "\", \"elapsed_s\": 31.5, "                              \
    "\"launches\": 120, \"flops\": 2.5e13, " more "}}"

/* All four panels; one with nothing beside the rate; one that ended at once; a soak of one point.
 */
static const struct made soaks[] = {
    {"node1", "Card", DAY(21), F32("ffma", 100), 1e-4, 0, 0,
     SOAK("FAULTY",
          "\"reason\": \"2 launches were wrong\", \"wrong_launches\": 2, \"series\": {"
          "\"to_s\": [10, 20, 31.5], \"flops\": [2e13, 2.5e13, 3e13], \"wrong\": [0, 2, 1], "
          "\"sm_hz\": [1.5e9, 1.4e9, null], \"power_w\": [300, 450, 440], "
          "\"temperature_c\": [50, 60, 60]}"),
     NULL, false},
    {"node2", "Card", DAY(22), F32("ffma", 100), 1.1e-4, 0, 0,
     SOAK("OK", "\"wrong_launches\": 0, \"series\": {\"to_s\": [10, 20], "
                "\"flops\": [2e13, 2e13], \"power_w\": [null, null], \"wrong\": [0, 0]}"),
     NULL, false},
    {"node3", "Card", DAY(23), F32("ffma", 100), 1.2e-4, 0, 0,
     SOAK("OK", "\"wrong_launches\": 0, \"series\": {\"to_s\": [0, 0], \"flops\": [0, 0], "
                "\"wrong\": [0, 0]}"),
     NULL, false},
    {"node5", "Card", DAY(25), F32("ffma", 100), 1.4e-4, 0, 0,
     SOAK("OK", "\"wrong_launches\": 0, \"series\": {\"to_s\": [10, 20], "
                "\"flops\": [2e13, 3e13], \"temperature_c\": [-50, -40], \"wrong\": [0, 0]}"),
     NULL, false},
    {"node4", "Card", DAY(24), F32("ffma", 100), 1.3e-4, 0, 0,
     SOAK("OK", "\"wrong_launches\": 0, \"series\": {\"to_s\": [10], \"flops\": [2e13]}"), NULL,
     false},
};

Test(page_soaks, throughput_clock_power_and_temperature_are_as_somebody_looked_at_them)
{
    example_is_golden("page-soaks.txt", "Soak", soaks, COUNT(soaks));
}
