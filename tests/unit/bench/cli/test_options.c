/* test_options.c - the command line behind a verb. */
#include "bench/cli/options.h"

#include "bench/verbs.h"

#include <criterion/criterion.h>
#include <string.h>

enum { WORDS_MAX = 16 };

/* Parses "cpu 10 --all" and so on, cut at blanks. */
static enum status parse(const char *line, struct options *options, struct failure *why)
{
    static char text[256];
    static char *words[WORDS_MAX + 1];
    int count = 0;
    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word && count < WORDS_MAX; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    const struct verb *verb = verb_find(words[0], why);
    return verb ? options_parse(verb, count, words, options, why) : STATUS_USAGE;
}

Test(options, without_options_the_defaults_hold)
{
    struct options o;
    cr_assert_eq(parse("cpu 10000", &o, NULL), STATUS_OK);
    cr_expect_eq(o.n, 10000);
    cr_expect_eq(o.op, OP_SUM_AAT);
    cr_expect_eq(o.seed, 1);
    cr_expect_eq(o.range, RANGE_UNIT);
    cr_expect_not(o.all || o.json || o.quiet || o.verbose || o.discard);
    cr_expect_null(o.variants);
    cr_expect_null(o.image);
}

Test(options, each_option_is_taken_before_and_after_n)
{
    struct options o;
    cr_assert_eq(
        parse("gpu --op=matmul --seed 7 500 --range signed --device 2 --image portable --samples 9",
              &o, NULL),
        STATUS_OK);
    cr_expect_eq(o.n, 500);
    cr_expect_eq(o.op, OP_MATMUL);
    cr_expect_eq(o.seed, 7);
    cr_expect_eq(o.range, RANGE_SIGNED);
    cr_expect_eq(o.device, 2);
    cr_expect_str_eq(o.image, "portable");
    cr_expect_eq(o.samples, 9);
    cr_assert_eq(
        parse("cpu 3 --threads 4 --max-time 2.5 --no-save -qv --color never -oF --results D --all",
              &o, NULL),
        STATUS_OK);
    cr_expect_eq(o.threads, 4);
    cr_expect_float_eq(o.max_time_s, 2.5, 0);
    cr_expect(o.discard && o.quiet && o.verbose && o.all);
    cr_expect_eq(o.color, COLOR_NEVER);
    cr_expect_str_eq(o.output, "F");
    cr_expect_str_eq(o.results, "D");
}

Test(options, the_largest_and_smallest_numbers_are_taken)
{
    struct options o;
    cr_expect_eq(parse("cpu 1 --threads 4096 --samples 1000000", &o, NULL), STATUS_OK);
    cr_expect(o.n == 1 && o.threads == 4096 && o.samples == 1000000);
    cr_expect_eq(parse("cpu 1 --host x", &o, NULL), STATUS_OK);
    cr_expect_str_eq(o.host, "x");
    cr_expect_eq(parse("cpu 1 --threads 1 --samples 1", &o, NULL), STATUS_OK);
    cr_expect(o.threads == 1 && o.samples == 1);
    cr_expect_eq(parse("gpu 1 --device 1023 --cache cold --seed 0", &o, NULL), STATUS_OK);
    cr_expect(o.device == 1023 && o.is_cold && o.seed == 0 && o.device_is_given);
    cr_expect_eq(parse("gpu 1 --cache hot --op sum-aat", &o, NULL), STATUS_OK);
    cr_expect(!o.is_cold && o.op_is_given && !o.device_is_given);
    cr_expect_eq(parse("check --processes 1000", &o, NULL), STATUS_OK);
    cr_expect_eq(o.processes, 1000);
}

Test(options, a_soak_takes_several_devices_and_memory_as_bytes_or_a_share)
{
    struct options o;
    cr_assert_eq(parse("soak --device 2,1023,0 --memory 3M", &o, NULL), STATUS_OK);
    cr_expect_str_eq(o.devices, "2,1023,0");
    cr_expect_eq(o.device, 2);
    cr_expect_eq(o.memory_bytes, 3 << 20);
    cr_expect_eq(o.memory_share, 0);
    cr_assert_eq(parse("soak --memory 100%", &o, NULL), STATUS_OK);
    cr_expect_eq(o.memory_share, 1);
}

Test(options, a_soak_may_take_days)
{
    static const struct {
        const char *line;
        double seconds;
    } times[] = {{"soak --for 90", 90},
                 {"soak --for 24h", 86400},
                 {"soak --for 1.5d", 129600},
                 {"soak --for 30d", 2592000}};
    struct options o;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        cr_assert_eq(parse(times[i].line, &o, NULL), STATUS_OK, "%s", times[i].line);
        cr_expect_eq(o.for_s, times[i].seconds);
    }
}

Test(options, output_to_a_dash_is_json_on_standard_output)
{
    struct options o;
    cr_assert_eq(parse("cpu 3 --output -", &o, NULL), STATUS_OK);
    cr_expect(o.json);
    cr_expect_null(o.output);
}

Test(options, the_words_stay_in_the_order_in_which_they_were_typed)
{
    static char *words[] = {"cpu", "10", "--no-save", "--quiet", NULL};
    struct options o;
    cr_assert_eq(options_parse(verb_find("cpu", NULL), 4, words, &o, NULL), STATUS_OK);
    cr_expect_str_eq(words[1], "10");
    cr_expect_str_eq(words[3], "--quiet");
}

Test(options, what_cannot_be_understood_is_refused_in_a_sentence)
{
    static const struct {
        const char *line, *part;
    } cases[] = {
        {"cpu", "needs N"},
        {"cpu 1 2", "\"2\" is one too many"},
        {"cpu -1", "at least 1"},
        {"cpu --seed 1 -5", "at least 1"},
        {"cpu --seed -1 -5", "from 0 to"},
        {"cpu 10 --varient x", "did you mean --variant?"},
        {"cpu 10 --device 0", "no option --device"},
        {"gpu 10 --threads 2", "no option --threads"},
        {"cpu 10 --seed", "--seed needs a value"},
        {"cpu 10 -o", "-o needs a value"},
        {"cpu 10 --all=yes", "--all takes no value"},
        {"cpu 10 --re 5", "part of several"},
        {"cpu 10 -x", "no option -x"},
        {"cpu 10 --size 10", "N takes no --size in front: gpubench cpu 10000."},
        {"cpu 10 --zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzzz",
         "no option --zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzzzzzzzz.zzz: gpubench"},
        {"cpu 10 --op mat", "did you mean \"matmul\"?"},
        {"cpu 10 --range odd", "choose one of: unit signed"},
        {"gpu 10 --image kepler", "choose one of"},
        {"cpu 10 --threads 0", "from 1 to 4096"},
        {"cpu 10 --host=", "needs a name of 1 to 512 bytes, and this has 0"},
        {"cpu 10 --threads 4097", "from 1 to 4096"},
        {"cpu 10 --samples 0", "from 1 to 1000000"},
        {"cpu 10 --samples 1000001", "from 1 to 1000000"},
        {"check --processes 0", "from 1 to 1000"},
        {"check --processes 1001", "from 1 to 1000"},
        {"gpu 10 --device 1024", "from 0 to 1023"},
        {"soak --device 1024", "--device 1024: give the numbers of GPUs"},
        {"soak --device 0,", "--device 0,: give"},
        {"soak --device ,0", "--device ,0: give"},
        {"soak --device 0;1", "--device 0;1: give"},
        {"soak --device=", "--device \"\": give"},
        {"soak --memory 100.5%", "--memory 100.5%: give a share of the free memory, more than 0% "
                                 "and at most 100%, for example 90%."},
        {"soak --memory 0%", "--memory 0%: give a share of the free memory"},
        {"soak --for 31d", "--for 31d: give seconds, more than 0 and at most 2592000"},
        {"soak --for banana", "--for banana: give seconds"},
        {"soak --memory 5x", "--memory"},
        {"cpu 10 --samples many", "--samples"},
        {"cpu 10 --max-time 0", "--max-time"},
        {"list 5", "list takes no \"5\""},
        {"gpuu 5", "did you mean \"gpu\"?"},
        {"1000", "gpubench gpu 1000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o;
        struct failure why = {0};
        cr_expect_eq(parse(cases[i].line, &o, &why), STATUS_USAGE, "%s", cases[i].line);
        cr_expect(strstr(why.text, cases[i].part), "%s: %s", cases[i].line, why.text);
    }
}

Test(options, no_two_rows_share_a_name_or_a_letter)
{
    for (size_t i = 0; i < option_count; i++)
        for (size_t k = i + 1; k < option_count; k++) {
            cr_expect_str_neq(option_rows[i].name, option_rows[k].name);
            cr_expect(!option_rows[i].letter || option_rows[i].letter != option_rows[k].letter);
        }
}

Test(options, help_needs_no_n)
{
    struct options o;
    cr_expect_eq(parse("cpu --help", &o, NULL), STATUS_OK);
    cr_expect(o.help);
}

Test(options, arithmetics_of_one_type_alone_go_together)
{
    struct options o;
    struct failure why;
    cr_expect_eq(parse("gpu 10 --arith f64,f64-int8", &o, &why), STATUS_OK);
    cr_expect_eq(o.element, ELEMENT_F64);
    cr_expect_eq(parse("gpu 10 --arith f32,bf16", &o, &why), STATUS_OK);
    cr_expect_eq(o.element, ELEMENT_F32);
    cr_expect_eq(parse("gpu 10 --arith f32,f64", &o, &why), STATUS_USAGE);
    cr_expect_eq(parse("soak --arith f64,bf16", &o, &why), STATUS_USAGE);
    cr_expect(strstr(why.text, "--arith f64,bf16 mixes"), "%s", why.text);
}
