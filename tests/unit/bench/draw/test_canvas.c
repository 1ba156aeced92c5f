/* test_canvas.c - labels of pictures. */
#include "bench/draw/canvas.h"
#include "bench/terminal/words.h"

#include <criterion/criterion.h>
#include <string.h>

Test(canvas, a_label_is_a_placeholder_of_its_width_and_a_long_one_is_cut)
{
    struct canvas c = {0};
    char text[64], want[64];
    for (size_t columns = 40; columns <= 50; columns++) {
        memset(text, 'x', columns);
        text[columns] = '\0';
        const char *label = canvas_label(&c, text);
        cr_expect_eq(strlen(label), columns <= 44 ? columns : 44);
        if (columns > 44)
            memcpy(strcpy(want, text) + 43, "…", sizeof "…");
        cr_expect_str_eq(c.labels[c.label_count - 1], columns > 44 ? want : text);
        cr_expect_leq(words_width(c.labels[c.label_count - 1]), 44);
    }
    canvas_free(&c);
}

Test(canvas, labels_of_orders_do_not_touch)
{
    static const uint64_t list[] = {1000, 1024, 2000, 4096, 4100};
    char *script;
    size_t bytes;
    struct canvas c = {.script = open_memstream(&script, &bytes), .narrow = true};
    canvas_orders(&c, list, 5);
    fclose(c.script);
    cr_expect_not_null(strstr(script, "(\"1000\" 1000, \"2000\" 2000, \"4096\" 4096)"), "%s",
                       script);
    free(script);
}
