/* test_clean.c - no text from outside moves a cursor, turns a line round, or commands a runner. */
#include "harness/base/need.h"
#include "harness/contract/facts.h"
#include "harness/text/clean.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect(const char *text, const char *want)
{
    char *clean = clean_copy(text);
    cr_expect_str_eq(clean, want);
    cr_expect_eq(clean_is(text), strcmp(text, want) == 0, "%s", want);
    free(clean);
}

Test(clean, controls_directions_and_noncharacters_become_spaces)
{
    expect("a\tb\033[31m\177", "a b [31m ");
    expect("x\xc2\x9b"
           "31m",
           "x 31m"); /* C1 */
    expect("\xe2\x80\xae"
           "evil \xe2\x81\xa6.",
           " evil  .");                                                     /* bidi */
    expect("\xe2\x80\xa8\xef\xbf\xbe\xef\xbf\xbf\xf0\x9f\xbf\xbf", "    "); /* U+2028, U+FFFE … */
    expect("NVIDIA H100 · µs é 日本", "NVIDIA H100 · µs é 日本");
}

Test(clean, the_first_and_last_of_each_range_are_spaces_and_their_neighbours_are_not)
{
    expect("\x01\x1f ~\x7f\xc2\x80\xc2\x9f\xc2\xa0", "   ~   \xc2\xa0");
    expect("\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b \xd8\x9d");
    expect("\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90", "\xe2\x80\x8d  \xe2\x80\x90");
    expect("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xaf", "\xe2\x80\xa7  \xe2\x80\xaf");
    expect("\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa", "\xe2\x81\xa5  \xe2\x81\xaa");
    expect("\xef\xb7\x8f\xef\xb7\x90\xef\xb7\xaf\xef\xb7\xb0", "\xef\xb7\x8f  \xef\xb7\xb0");
    expect("\xf4\x8f\xbf\xbd\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbd "); /* U+10FFFF, the last */
}

Test(clean, invalid_utf8_becomes_the_replacement_character)
{
    expect("caf\xc3", "caf\xef\xbf\xbd");
    expect("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate */
    expect("\xc0\x80x", "\xef\xbf\xbd\xef\xbf\xbdx");               /* an overlong NUL */
    expect("\xf0\x9f", "\xef\xbf\xbd\xef\xbf\xbd");
    expect("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* U+110000 */
    expect("\xdf\xbf\xe0\xa0\x80\xe0\x9f\xbf",
           "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    expect("\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"); /* beside the surrogates */
}

Test(clean, a_runner_is_given_no_command)
{
    expect("::set-output name=x::y", " :set-output name=x::y");
    expect("  \t::stop-commands::x", "    :stop-commands::x");
    expect("a ##[error]b", "a  #[error]b");
    expect("a::b # [c] ##", "a::b # [c] ##");
    /* A wrapped line may begin with any word, and the runner skips more than spaces. */
    expect("a ::error::b", "a  :error::b");
    expect("\xc2\xa0\xe3\x80\x80::add-mask::x", "\xc2\xa0\xe3\x80\x80 :add-mask::x");
    expect("##vso[a] ###teamcity[b]", " #vso[a] # #teamcity[b]");
}

/* Three bytes of UTF-8, which are enough for what a runner skips and its neighbours. */
Test(clean, what_a_runner_skips_ends_exactly_there)
{
    static const struct {
        unsigned code;
        bool is_space;
    } cases[] = {{0x167f, false}, {0x1680, true},  {0x1681, false}, {0x1fff, false},
                 {0x2000, true},  {0x200a, true},  {0x200b, false}, {0x202f, true},
                 {0x2030, false}, {0x205e, false}, {0x205f, true},  {0x2060, false},
                 {0x2fff, false}, {0x3000, true},  {0x3001, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[8], want[8];
        const unsigned code = cases[i].code;
        snprintf(text, sizeof text, "%c%c%c::x", (char)(0xe0 | code >> 12),
                 (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f)));
        strcpy(want, text);
        if (cases[i].is_space)
            want[3] = ' ';
        expect(text, want);
    }
}

Test(clean, json_keeps_its_values)
{
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    clean_json(
        to, "\"a#\xc2\x9b ##[x] \xe2\x80\xae\x7f \xf0\x9f\xbf\xbf <\xe6\x97\xa5\xf0\x9f\x98\x80\"",
        '<');
    fclose(to);
    cr_expect_str_eq(
        text,
        "\"a#\\u009b \\u0023#[x] \\u202e\\u007f \\ud83f\\udfff \\u003c\xe6\x97\xa5\xf0\x9f\x98\x80\"");
    free(text);
}

Test(clean, a_long_text_is_cut_between_characters)
{
    char out[6];
    cr_expect_str_eq(clean_text(out, sizeof out, "abc\xe6\x97\xa5"), "abc");
    cr_expect_str_eq(clean_text(out, sizeof out, "ab\xe6\x97\xa5z"), "ab\xe6\x97\xa5");
}

Test(clean, what_the_machine_says_is_clean_before_it_is_a_fact)
{
    struct facts f = {0};
    facts_text(&f, "host.cpu.model", "Evil\033[2J \xc2\x9b CPU\n\xff");
    cr_expect_str_eq(facts_get_text(&f, "host.cpu.model"), "Evil [2J   CPU \xef\xbf\xbd");
    facts_free(&f);
}

static void expect_json(const char *json, char also, const char *want)
{
    char *text;
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    clean_json(to, json, also);
    need_stream_end(to);
    cr_expect_str_eq(text, want, "%s, not %s", text, want);
    free(text);
}

/* The text is another one for an eye, and the same for who reads it as JSON. */
Test(clean, json_has_its_unsafe_characters_as_escapes)
{
    expect_json("a\x7f\xc2\x80<b", '<', "a\\u007f\\u0080\\u003cb");
    expect_json("a<b#c##d", 0, "a<b#c\\u0023#d");
    expect_json("\xf0\x9f\xbf\xbf\xf4\x8f\xbf\xbf.", 0, "\\ud83f\\udfff\\udbff\\udfff.");
    expect_json("\n é 日", 0, "\n é 日"); /* of JSON, not of its texts */
    expect_json("caf\xc3.\xffx", 0, "caf\xc3.\xffx");
}
