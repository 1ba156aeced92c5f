/* test_verdict.c - the line that a soak ends with, and its status. */
#include "bench/soak/soak.h"

#include "tests/unit/terminal.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect(enum soak_outcome outcome, const char *reason, const char *remark, bool colored,
                   const char *want)
{
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    soak_print_verdict(to, colored, "GPU 0", outcome, 5e12, 7, reason, remark);
    fclose(to);
    cr_expect_str_eq(text, want);
    free(text);
}

Test(soak_verdict, is_a_line_with_its_reason_and_remark)
{
    expect(SOAK_OK, NULL, NULL, false,
           "GPU 0   OK         sustained 5.000 TFLOP/s, 7 launches checked\n");
    expect(SOAK_OK, "", "", true,
           "GPU 0   \033[32mOK       \033[0m  sustained 5.000 TFLOP/s, 7 launches checked\n");
    expect(SOAK_FAULTY, "3 differ", NULL, true,
           "GPU 0   \033[31mFAULTY   \033[0m  sustained 5.000 TFLOP/s, 7 launches checked: 3 "
           "differ\n");
    expect(SOAK_THROTTLED, "hot", "no memory", true,
           "GPU 0   \033[33mTHROTTLED\033[0m  sustained 5.000 TFLOP/s, 7 launches checked: hot (no "
           "memory)\n");
    cr_expect_eq(soak_status(SOAK_OK), STATUS_OK);
    cr_expect_eq(soak_status(SOAK_FAULTY), STATUS_WRONG);
    cr_expect_eq(soak_status(SOAK_SLOW), STATUS_REGRESSION);
    cr_expect_eq(soak_status(SOAK_THROTTLED), STATUS_REGRESSION);
}

Test(soak_verdict, goes_on_below_itself_and_in_a_narrow_terminal_at_the_margin)
{
    for (unsigned short columns = 47; columns <= 48; columns++) {
        const char *want = columns < 48 ? "\n  launches" : "\n                   launches";
        FILE *to = terminal_open(columns);
        soak_print_verdict(to, false, "GPU 0", SOAK_OK, 5e12, 7, NULL, NULL);
        const char *text = terminal_close();
        cr_expect_not_null(strstr(text, want), "%s", text);
    }
}
