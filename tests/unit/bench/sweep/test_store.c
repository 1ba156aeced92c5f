/* test_store.c - the folder of a sweep: which settings name another one, what is taken from it, and
 * what becomes of it at the end. */
#include "bench/sweep/sweep.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct device_facts *facts_of(const struct device *device)
{
    static const struct device_facts facts = {.name = "Example"};
    (void)device;
    return &facts;
}

static const struct backend gpu_backend = {.name = "gpu", .device_facts = facts_of},
                            cpu_backend = {.name = "cpu", .device_facts = facts_of};
static const struct place gpu = {.backend = &gpu_backend}, cpu = {.backend = &cpu_backend};
static struct options options;
static struct sweep s;
static struct failure why;

static void begin(void)
{
    options = (struct options){.results = scratch_make(), .seed = 1};
    s = (struct sweep){.options = &options, .from = 16, .to = 64, .steps = 3, .side = {&gpu, &cpu}};
}

TestSuite(sweep_store, .init = begin, .fini = scratch_remove);

/* The twelve digits that name the sweep's folder. */
static const char *digits(void)
{
    static char text[16];
    why = (struct failure){0};
    s.directory[0] = '\0';
    cr_assert_eq(sweep_place(&s, &why), STATUS_OK, "%s", why.text);
    const char *last = strrchr(s.directory, '/');
    cr_assert(last && strncmp(last, "/sweep-", 7) == 0 && strlen(last) == 7 + 12 + 11, "%s",
              s.directory);
    cr_expect_str_eq(last + 19, ".unfinished");
    snprintf(text, sizeof text, "%.12s", last + 7);
    cr_expect(strstr(s.finished, text) && strstr(s.finished, "/sweep-2"), "%s", s.finished);
    return text;
}

Test(sweep_store, any_setting_that_affects_the_figures_names_another_folder)
{
    char first[16], seen[24][16];
    size_t count = 0;
    snprintf(first, sizeof first, "%s", digits());
#define CHANGED(what, back)                                                                        \
    do {                                                                                           \
        what;                                                                                      \
        snprintf(seen[count++], sizeof seen[0], "%s", digits());                                   \
        back;                                                                                      \
    } while (0)
    CHANGED(s.from = 17, s.from = 16);
    CHANGED(s.to = 65, s.to = 64);
    CHANGED(s.steps = 4, s.steps = 3);
    CHANGED(s.side[0] = NULL, s.side[0] = &gpu);
    CHANGED(s.side[1] = NULL, s.side[1] = &cpu);
    CHANGED(options.op = OP_MATMUL, options.op = OP_SUM_AAT);
    CHANGED(options.range = RANGE_WIDE, options.range = RANGE_UNIT);
    CHANGED(options.element = ELEMENT_F64, options.element = ELEMENT_F32);
    CHANGED(options.seed = 2, options.seed = 1);
    CHANGED(options.variants = "a", options.variants = NULL);
    CHANGED(options.arithmetics = "a", options.arithmetics = NULL);
    CHANGED(options.image = "a", options.image = NULL);
    CHANGED(options.blas = "a", options.blas = NULL);
    CHANGED(options.all = true, options.all = false);
    CHANGED(options.device = 1, options.device = 0);
    CHANGED(options.threads = 1, options.threads = 0);
    CHANGED(options.samples = 1, options.samples = 0);
    CHANGED(options.max_time_s = 0.1, options.max_time_s = 0);
    CHANGED(options.memory_limit = 1, options.memory_limit = 0);
    CHANGED(options.is_bound = true, options.is_bound = false);
    for (size_t i = 0; i < count; i++) {
        cr_expect_str_neq(seen[i], first, "change %zu", i);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(seen[i], seen[k], "changes %zu and %zu", k, i);
    }
    options.quiet = true;
    cr_expect_str_eq(digits(), first, "what is printed does not matter");
}

static json_t *point(const char *device, int n)
{
    return json_pack("{s:{s:s}, s:i}", "device", "name", device, "n", n);
}

Test(sweep_store, a_point_is_read_again_if_it_is_this_devices)
{
    json_t *own = point("Example", 7), *other = point("Another", 8);
    cr_expect_null(sweep_load(&s, 0, 32), "there is no folder yet");
    digits();
    cr_expect_null(sweep_load(&s, 0, 32), "there is no point yet");
    cr_assert_eq(sweep_keep(&s, 0, 32, own, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(sweep_keep(&s, 1, 32, other, &why), STATUS_OK, "%s", why.text);
    json_t *read = sweep_load(&s, 0, 32);
    cr_assert(read);
    cr_expect_eq(json_integer_value(json_object_get(read, "n")), 7);
    cr_expect_null(sweep_load(&s, 1, 32), "of another device");
    cr_expect_null(sweep_load(&s, 0, 33), "of another order");
    json_decref(read);
    json_decref(own);
    json_decref(other);
}

Test(sweep_store, a_whole_sweep_has_a_name_of_its_own)
{
    json_t *own = point("Example", 7);
    digits();
    cr_assert_eq(sweep_keep(&s, 1, 16, own, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(sweep_finish(&s, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(scratch_count(strrchr(s.directory, '/') + 1), -1);
    cr_expect_eq(scratch_count(strrchr(s.finished, '/') + 1), 1);
    cr_expect_eq(sweep_finish(&s, &why), STATUS_FAILED, "it cannot be renamed twice");
    cr_expect(strstr(why.text, "No such file or directory; the points are in the first."), "%s",
              why.text);
    json_decref(own);
}

Test(sweep_store, nothing_is_kept_if_nothing_is_to_be_saved)
{
    json_t *own = point("Example", 7);
    options.discard = true;
    cr_expect_eq(sweep_place(&s, &why), STATUS_OK);
    cr_expect_str_eq(s.directory, "");
    cr_expect_eq(sweep_keep(&s, 0, 16, own, &why), STATUS_OK);
    cr_expect_null(sweep_load(&s, 0, 16));
    cr_expect_eq(sweep_finish(&s, &why), STATUS_OK);
    cr_expect_eq(scratch_count("."), 0);
    json_decref(own);
}

Test(sweep_store, a_folder_that_cannot_be_made_is_a_failure)
{
    scratch_file("file", "");
    options.results = scratch_path("file/results");
    cr_expect_eq(sweep_place(&s, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "Not a directory"), "%s", why.text);
}
