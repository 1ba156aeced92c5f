/* test_markup.c - nobody's text breaking out of its place. */
#include "harness/text/markup.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void expect(void (*write)(FILE *to, const char *text), const char *text, const char *want)
{
    char *out;
    size_t bytes;
    FILE *to = open_memstream(&out, &bytes);
    write(to, text);
    fclose(to);
    cr_expect_str_eq(out, want);
    free(out);
}

Test(markup, xml_takes_every_character_that_could_end_a_text_or_an_attribute)
{
    expect(markup_xml, "</td><script>alert('1')</script>",
           "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
    expect(markup_xml, "\" onload=\"x&lt;", "&quot; onload=&quot;x&amp;lt;");
    expect(markup_xml,
           "a\001\n\033[31mb\xc2\x9b"
           "c\177",
           "a   [31mb c ");
    expect(markup_xml, "µs … é", "µs … é");
}

Test(markup, markdown_takes_what_would_be_markup_or_another_cell)
{
    expect(markup_markdown, "a|b`c*d_e<f&g\n", "a\\|b\\`c\\*d\\_e&lt;f&amp;g ");
    expect(markup_markdown, "[x](y)\\~!#", "\\[x\\](y)\\\\\\~\\!\\#");
}

Test(markup, csv_holds_no_formula)
{
    expect(markup_csv, "plain é - =", "plain é - =");
    expect(markup_csv, "a,\"b\"", "\"a,\"\"b\"\"\"");
    expect(markup_csv, "=1+1", "\"'=1+1\"");
    expect(markup_csv, " \t@x;-2;3", "\"  '@x;'-2;3\"");
    expect(markup_csv,
           "\xef\xbc\x9d"
           "1",
           "\"'\xef\xbc\x9d"
           "1\"");
}
