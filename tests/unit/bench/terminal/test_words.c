/* test_words.c - numbers as people write and read them. */
#include "bench/terminal/words.h"

#include "harness/contract/problem.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Test(words, a_time_has_four_digits_and_the_unit_that_keeps_them_before_the_point)
{
    static const struct {
        double seconds;
        const char *want;
    } cases[] = {
        {0.01841, "18.41 ms"},   {1.2042, "1.204 s"},  {5.21e-3, "5.210 ms"},
        {331e-3, "331.0 ms"},    {17e-6, "17.00 µs"},  {199e-9, "199.0 ns"},
        {0.99994, "999.9 ms"},   {0.99996, "1.000 s"}, {9.9996e-3, "10.00 ms"},
        {99.996e-3, "100.0 ms"}, {3600, "3600 s"},     {0, "0.000 ns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WORDS_BYTES];
        cr_expect_str_eq(words_time(text, cases[i].seconds), cases[i].want);
    }
}

Test(words, a_clock_time_looks_like_a_python_timedelta)
{
    static const struct {
        nanos ns;
        const char *want;
    } cases[] = {
        {341208000, "0:00:00.341208"},
        {1880000000, "0:00:01.880000"},
        {0, "0:00:00.000000"},
        {499, "0:00:00.000000"},
        {500, "0:00:00.000001"},
        {59999999600, "0:01:00.000000"},
        {3661000001000, "1:01:01.000001"},
        {86400000000000, "24:00:00.000000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WORDS_BYTES];
        cr_expect_str_eq(words_clock(text, cases[i].ns), cases[i].want);
    }
}

Test(words, a_rate_takes_the_prefix_that_fits)
{
    static const struct {
        double rate;
        const char *unit, *want;
    } cases[] = {
        {108.6e12, "FLOP/s", "108.6 TFLOP/s"}, {3.21e9, "B/s", "3.210 GB/s"},
        {10.05e6, "FLOP/s", "10.05 MFLOP/s"},  {1.5e15, "FLOP/s", "1.500 PFLOP/s"},
        {999.96e9, "FLOP/s", "1.000 TFLOP/s"}, {2e3, "FLOP/s", "0.002 MFLOP/s"},
        {2e18, "FLOP/s", "2000 PFLOP/s"},      {999.95e15, "B/s", "1000 PB/s"},
        {99.995e15, "B/s", "100.0 PB/s"},      {9.9995e15, "B/s", "10.00 PB/s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WORDS_BYTES];
        cr_expect_str_eq(words_rate(text, cases[i].rate, cases[i].unit), cases[i].want);
    }
}

Test(words, bytes_are_powers_of_1024)
{
    static const struct {
        uint64_t bytes;
        const char *want;
    } cases[] = {
        {0, "0 bytes"},
        {1023, "1023 bytes"},
        {1024, "1.0 KiB"},
        {381u << 20, "381.0 MiB"},
        {14388163379u, "13.4 GiB"},
        {UINT64_C(16000000000000), "14.6 TiB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WORDS_BYTES];
        cr_expect_str_eq(words_bytes(text, cases[i].bytes), cases[i].want);
    }
}

Test(words, a_sum_shows_the_seven_digits_that_a_float_holds)
{
    char text[WORDS_BYTES];
    cr_expect_str_eq(words_sum(text, 250015234567.0), "2.500152e+11");
    cr_expect_str_eq(words_sum(text, 0.79256136), "0.7925614");
    cr_expect_str_eq(words_sum(text, -82380.25), "-82380.25");
}

Test(words, a_share_is_a_percentage_with_a_decimal_where_it_is_small)
{
    char text[WORDS_BYTES];
    cr_expect_str_eq(words_percent(text, 0.85), "85 %");
    cr_expect_str_eq(words_percent(text, 0.002), "0.2 %");
    cr_expect_str_eq(words_percent(text, 0.0995), "10 %");
    cr_expect_str_eq(words_percent(text, 1.12), "112 %");
    cr_expect_str_eq(words_percent(text, -0.0994), "-9.9 %");
    cr_expect_str_eq(words_percent(text, -0.12), "-12 %");
}

Test(words, a_small_ratio_keeps_two_digits)
{
    static const struct {
        double ratio;
        const char *want;
    } cases[] = {
        {2.204, "2.20"},   {1, "1.00"},        {0.1, "0.10"},      {0.0996, "0.10"},
        {0.062, "0.062"},  {0.0043, "0.0043"}, {0.0001, "0.0001"}, {0.00009, "< 0.0001"},
        {123.4, "123.40"}, {0.0995, "0.10"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WORDS_BYTES];
        cr_expect_str_eq(words_ratio(text, cases[i].ratio), cases[i].want);
    }
}

Test(words, an_error_always_has_a_sign)
{
    char text[WORDS_BYTES];
    cr_expect_str_eq(words_error(text, -3.1e-8), "-3.1e-08");
    cr_expect_str_eq(words_error(text, 0), "+0.0e+00");
}

Test(words, width_counts_columns_and_neither_bytes_nor_colours)
{
    cr_expect_eq(words_width("plain"), 5);
    cr_expect_eq(words_width("± 99 %"), 6);
    cr_expect_eq(words_width("A·Aᵀ"), 4);
    cr_expect_eq(words_width("\033[32mok\033[0m"), 2);
    cr_expect_eq(words_width(""), 0);
    cr_expect_eq(words_width("two\033[3\0mbehind the end"), 3, "a colour that is cut short");
}

Test(words, padding_fills_columns_on_the_right_side)
{
    char text[64] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    words_left(to, "×1", 4);
    words_right(to, "µs", 4);
    words_left(to, "wider than that", 3);
    fclose(to);
    cr_expect_str_eq(text, "×1    µswider than that");
}

Test(words, a_path_below_home_is_shown_with_a_tilde)
{
    char text[64];
    setenv("HOME", "/home/ada", 1);
    words_path(text, sizeof text, "/home/ada/results/a.json");
    cr_expect_str_eq(text, "~/results/a.json");
    words_path(text, sizeof text, "/home/adaline/a.json");
    cr_expect_str_eq(text, "/home/adaline/a.json");
    words_path(text, sizeof text, "/home/ada");
    cr_expect_str_eq(text, "/home/ada");
    words_path(text, 8, "/home/ada/results");
    cr_expect_str_eq(text, "~/resul", "as much as there is room for");
    words_path(text, 8, "/results");
    cr_expect_str_eq(text, "/result");
    setenv("HOME", "/", 1);
    words_path(text, sizeof text, "//a.json");
    cr_expect_str_eq(text, "//a.json");
    setenv("HOME", "/a", 1);
    words_path(text, sizeof text, "/a/b");
    cr_expect_str_eq(text, "~/b");
    unsetenv("HOME");
    words_path(text, sizeof text, "/a/b");
    cr_expect_str_eq(text, "/a/b");
}

Test(words, n_is_digits_from_1_to_the_largest_order)
{
    static const struct {
        const char *text;
        uint64_t n;
    } cases[] = {{"1", 1},        {"10000", 10000},  {"007", 7},      {"2000000", PROBLEM_MAX_N},
                 {"1e4", 10000},  {"10_000", 10000}, {"10k", 10000},  {"10K", 10000},
                 {"1.5e3", 1500}, {"1E+3", 1000},    {"2M", 2000000}, {"0.5k", 500}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t n = 0;
        cr_expect_eq(words_parse_n(cases[i].text, &n, NULL), STATUS_OK);
        cr_expect_eq(n, cases[i].n);
    }
}

Test(words, anything_else_than_n_is_refused_with_what_to_write)
{
    static const struct {
        const char *text, *part; /* of the sentence */
    } cases[] = {
        {"", "N is empty"},
        {"0", "at least 1"},
        {"000", "at least 1"},
        {"-1", "at least 1"},
        {"10,000", "write 10000"},
        {"_10", "not a whole number"},
        {"10_", "not a whole number"},
        {"1__0", "not a whole number"},
        {"1._0", "not a whole number"},
        {"1e", "not a whole number"},
        {"1kk", "not a whole number"},
        {"1.0001k", "not a whole number"},
        {"3M", "largest order is 2000000"},
        {"0k", "at least 1"},
        {"1e4x", "not a whole number"},
        {"1e400", "not a whole number"},
        {"3.5", "not a whole number"},
        {"0x10", "not a whole number"},
        {"nan", "not a whole number"},
        {"inf", "not a whole number"},
        {"+5", "not a whole number"},
        {" 5", "write 5"},
        {",1", "write 1"},
        {",0", "not a whole number"},
        {"1,00000000000000000000000000000000000", "not a whole number"},
        {"--", "not a whole number"},
        {"2000001", "largest order is 2000000"},
        {"18446744073709551617", "largest order is 2000000"},
        {"9007199254740991.0", "largest order is 2000000"}, /* of the numbers that a double holds */
        {"9007199254740992.0", "not a whole number"},
        {"99999999999999999999999999999999999999999999999999", "largest order is 2000000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t n = 42;
        struct failure why = {0};
        cr_expect_eq(words_parse_n(cases[i].text, &n, &why), STATUS_USAGE, "\"%s\"", cases[i].text);
        cr_expect(strstr(why.text, cases[i].part), "\"%s\": %s", cases[i].text, why.text);
        cr_expect_eq(n, 42, "n is left alone");
    }
}

Test(words, a_whole_number_stays_within_its_limits)
{
    uint64_t value = 0;
    struct failure why;
    cr_expect_eq(words_parse_whole("seed", "18446744073709551615", 0, UINT64_MAX, &value, &why),
                 STATUS_OK);
    cr_expect_eq(value, UINT64_MAX);
    cr_expect_eq(words_parse_whole("seed", "18446744073709551k", 0, UINT64_MAX, &value, &why),
                 STATUS_OK);
    cr_expect_eq(value, UINT64_C(18446744073709551000));
    static const char *const large[] = {"18446744073709551616", "18446744073709552k"};
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        cr_expect_eq(words_parse_whole("seed", large[i], 0, UINT64_MAX, &value, &why), STATUS_USAGE,
                     "%s", large[i]);
    static const char *const bad[] = {
        "18446744073709551616", "-1", "", "1.5", "0", "4097", "12x", "7 "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect_eq(words_parse_whole("threads", bad[i], 1, 4096, &value, &why), STATUS_USAGE,
                     "\"%s\"", bad[i]);
        cr_expect(strstr(why.text, "--threads"));
        cr_expect(strstr(why.text, "from 1 to 4096"));
    }
}

Test(words, bytes_are_whole_and_may_have_a_binary_unit)
{
    static const struct {
        const char *text;
        uint64_t bytes; /* 0: refused */
    } cases[] = {{"1", 1},           {"1k", 1024},  {"3KiB", 3072}, {"2M", 2u << 20},
                 {"1GB", 1u << 30},  {"0.5K", 512}, {"0", 0},       {"0G", 0},
                 {"1B", 1},          {"1iB", 1},    {"1X", 0},      {"1KX", 0},
                 {"1KiBx", 0},       {"0.3K", 0},   {"", 0},        {"18014398509481984K", 0},
                 {"17179869184G", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t bytes;
        struct failure why;
        const bool is_taken = words_parse_bytes("memory", cases[i].text, &bytes, &why) == STATUS_OK;
        cr_expect_eq(is_taken, cases[i].bytes > 0, "\"%s\"", cases[i].text);
        if (is_taken)
            cr_expect_eq(bytes, cases[i].bytes, "\"%s\"", cases[i].text);
    }
    struct failure why;
    uint64_t bytes;
    words_parse_bytes("memory", "", &bytes, &why);
    cr_expect_str_eq(why.text, "--memory \"\": give bytes, a whole number above 0 that K, M or G "
                               "may follow, for example 1G.");
    cr_expect_eq(words_parse_bytes("memory", "17179869183G", &bytes, &why), STATUS_OK);
    cr_expect_eq(bytes, UINT64_C(17179869183) << 30);
}

Test(words, a_figure_that_a_file_does_not_have_is_a_dash)
{
    char text[WORDS_BYTES];
    cr_expect_str_eq(words_time(text, NAN), "-");
    cr_expect_str_eq(words_rate(text, INFINITY, "B/s"), "-");
}

Test(words, seconds_are_decimal_and_more_than_none)
{
    double seconds = 0;
    cr_expect_eq(words_parse_seconds("max-time", "2.5", 86400, &seconds, NULL), STATUS_OK);
    cr_expect_float_eq(seconds, 2.5, 0);
    cr_expect_eq(words_parse_seconds("max-time", ".1", 86400, &seconds, NULL), STATUS_OK);
    static const struct {
        const char *text;
        double seconds;
    } units[] = {{"1s", 1},    {"2.5 s", 2.5}, {"250ms", 0.25}, {"2m", 120},    {"1min", 60},
                 {"1h", 3600}, {"1d", 86400},  {"1e3", 1000},   {"1_000", 1000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        cr_expect_eq(words_parse_seconds("max-time", units[i].text, 86400, &seconds, NULL),
                     STATUS_OK);
        cr_expect_float_eq(seconds, units[i].seconds, 1e-9);
    }
    double share = 0;
    cr_expect_eq(words_parse_threshold("threshold", "3%", &share, NULL), STATUS_OK);
    cr_expect_float_eq(share, 0.03, 1e-12);
    cr_expect_eq(words_parse_threshold("threshold", "3 %", &share, NULL), STATUS_OK);
    cr_expect_eq(words_parse_threshold("threshold", "3s", &share, NULL), STATUS_USAGE);
    static const char *const bad[] = {"0",   "",    "x",   "1x",  "-1", "1.2.3", ".", "86401",
                                      "inf", "nan", "1e5", "25h", "s",  "1 ",    "1%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(words_parse_seconds("max-time", bad[i], 86400, &seconds, NULL), STATUS_USAGE,
                     "\"%s\"", bad[i]);
}

Test(words, a_threshold_is_percent_and_becomes_a_share)
{
    struct failure why = {0};
    double share = -1;
    cr_assert_eq(words_parse_threshold("--threshold", "3", &share, &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_float_eq(share, 0.03, 1e-15);
    cr_assert_eq(words_parse_threshold("--threshold", "1000", &share, &why), STATUS_OK);
    cr_expect_float_eq(share, 10, 1e-12);
    cr_expect_eq(words_parse_threshold("--threshold", "0", &share, &why), STATUS_USAGE);
    cr_expect_eq(words_parse_threshold("--threshold", "1000.1", &share, &why), STATUS_USAGE);
}

static const char *wrapped(const char *text, size_t at, size_t indent, size_t columns)
{
    static char out[400];
    memset(out, 0, sizeof out);
    FILE *to = fmemopen(out, sizeof out, "w");
    words_wrap(to, text, at, indent, columns);
    fclose(to);
    return out;
}

Test(words, lines_are_broken_at_blanks_and_only_a_word_longer_than_a_line_is_cut)
{
    static const struct {
        const char *text;
        size_t at, indent, columns;
        const char *want;
    } cases[] = {
        {"one two", 0, 2, 7, "one two"},
        {"one two", 0, 2, 6, "one\n  two"},
        {"one  two", 0, 2, 80, "one two"},
        {"one two", 4, 2, 10, "one\n  two"}, /* behind four columns of other text */
        {"one two", 5, 2, 7, "\n  one\n  two"},
        {"onetwo", 2, 2, 4, "onetwo"}, /* too few columns for a cut, and no empty line before it */
        {"onetwothreefour", 2, 2, 12, "onetwothre\n  efour"},
        {"onetwothreefourfivesixseven", 0, 2, 12, "onetwothreef\n  ourfivesix\n  seven"},
        {"a onetwothreefour b", 2, 2, 12, "a\n  onetwothre\n  efour b"},
        {"onetwothreefourfive", 0, 0, 9, "onetwothr\neefourfiv\ne"},
        {"onetwothreefourfive", 0, 0, 8, "onetwothreefourfive"},
        {"ééééééééééééé", 0, 0, 9, "ééééééééé\néééé"},
        {"", 0, 0, 9, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = wrapped(cases[i].text, cases[i].at, cases[i].indent, cases[i].columns);
        cr_expect_str_eq(got, cases[i].want, "case %zu: \"%s\"", i, got);
    }
}

Test(words, of_a_word_of_many_bytes_none_is_lost)
{
    char text[1501] = "", *out;
    size_t bytes, letters = 0;
    memset(text, 'x', 1500);
    FILE *to = open_memstream(&out, &bytes);
    words_wrap(to, text, 0, 2, 2000);
    fclose(to);
    for (const char *c = out; *c; c++)
        letters += *c == 'x';
    cr_expect_eq(letters, 1500);
    free(out);
}
