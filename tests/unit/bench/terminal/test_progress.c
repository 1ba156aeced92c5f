/* test_progress.c - the line that shows the current step: its words, and that it leaves no trace.
 */
#include "bench/terminal/progress.h"

#include "tests/unit/terminal.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const nanos second = 1000000000;
static struct progress p;

static void begin(void)
{
    p = (struct progress)PROGRESS_NOTHING;
    strcpy(p.text, "sampling");
}

static const char *shown(nanos now)
{
    static char text[700];
    progress_text(&p, now, false, 80, text, sizeof text);
    return text;
}

Test(progress, a_step_shows_its_share_if_that_is_known_and_how_long_it_has_taken, .init = begin)
{
    p.since = 10 * second;
    progress_advance(&p, -1, 10 * second);
    cr_expect_str_eq(shown(12 * second), "sampling  2 s");
    progress_advance(&p, 0, 12 * second);
    cr_expect_str_eq(shown(12 * second), "sampling 0 %  2 s");
    progress_advance(&p, 0.004, 12 * second);
    cr_expect_str_eq(shown(23 * second), "sampling 0 %  13 s");
    progress_advance(&p, 1, 12 * second);
    cr_expect_str_eq(shown(12 * second), "sampling 100 %  2 s");
}

Test(progress, the_time_left_is_told_after_a_second_and_a_hundredth, .init = begin)
{
    progress_advance(&p, 0.5, 100 * second);
    progress_advance(&p, 0.509, 101 * second);
    cr_expect_str_eq(shown(101 * second), "sampling 51 %  101 s");
    progress_advance(&p, 0.6, 101 * second);
    cr_expect_str_eq(shown(101 * second - 1), "sampling 60 %  101 s");
    cr_expect_str_eq(shown(101 * second), "sampling 60 %  101 s, 4 s left");
    cr_expect_str_eq(shown(124 * second), "sampling 60 %  124 s, 96 s left");
    progress_advance(&p, 1, 124 * second);
    cr_expect_str_eq(shown(124 * second), "sampling 100 %  124 s, 0 s left");
}

Test(progress, a_long_time_left_is_told_in_minutes_or_hours, .init = begin)
{
    progress_advance(&p, 0, 0);
    progress_advance(&p, 0.5, second);
    cr_expect_str_eq(shown(99 * second), "sampling 50 %  99 s, 99 s left");
    cr_expect_str_eq(shown(100 * second), "sampling 50 %  100 s, 2 min left");
    cr_expect_str_eq(shown(300 * second), "sampling 50 %  300 s, 5 min left");
    cr_expect_str_eq(shown(5999 * second), "sampling 50 %  5999 s, 100 min left");
    cr_expect_str_eq(shown(6000 * second), "sampling 50 %  6000 s, 1.7 h left");
    cr_expect_str_eq(shown(9000 * second), "sampling 50 %  9000 s, 2.5 h left");
}

Test(progress, a_share_that_falls_back_begins_the_estimate_anew, .init = begin)
{
    progress_advance(&p, 0.2, 10 * second);
    progress_advance(&p, 0.4, 20 * second);
    cr_expect_str_eq(shown(20 * second), "sampling 40 %  20 s, 30 s left");
    progress_advance(&p, 0.1, 30 * second);
    cr_expect_str_eq(shown(40 * second), "sampling 10 %  40 s");
    progress_advance(&p, 0.2, 40 * second);
    cr_expect_str_eq(shown(40 * second), "sampling 20 %  40 s, 80 s left");
    progress_advance(&p, -1, 50 * second);
    cr_expect_str_eq(shown(60 * second), "sampling  60 s");
    progress_advance(&p, 0, 60 * second);
    progress_advance(&p, 0.5, 70 * second);
    cr_expect_str_eq(shown(70 * second), "sampling 50 %  70 s, 10 s left");
}

Test(progress, a_part_of_a_longer_task_has_a_part_of_its_share_and_never_falls_back, .init = begin)
{
    strcpy(p.whole, "gpu N = 64 (2 of 4)");
    p.from = 0.25;
    p.to = 0.5;
    progress_advance(&p, -1, 0);
    cr_expect_str_eq(shown(0), "gpu N = 64 (2 of 4): sampling 25 %  0 s");
    progress_advance(&p, 0.4, 0);
    cr_expect_str_eq(shown(0), "gpu N = 64 (2 of 4): sampling 35 %  0 s");
    progress_advance(&p, 0.2, 0);
    cr_expect_str_eq(shown(0), "gpu N = 64 (2 of 4): sampling 35 %  0 s");
    progress_advance(&p, 1, 0);
    cr_expect_str_eq(shown(0), "gpu N = 64 (2 of 4): sampling 50 %  0 s");
}

Test(progress, a_line_is_cut_to_the_columns_and_after_ctrl_c_says_how_it_ends, .init = begin)
{
    static const char whole[] =
        "2×2  1 s  interrupted, ends after this run (Ctrl-C again: at once)";
    char text[200];
    strcpy(p.text, "2×2");
    for (size_t columns = 65; columns <= 66; columns++) {
        progress_text(&p, second, true, columns, text, sizeof text);
        cr_expect_eq(strlen(text), columns + 1, "%s", text); /* × has two bytes */
        cr_expect_eq(strncmp(text, whole, columns + 1), 0, "%s", text);
    }
    progress_text(&p, second, false, 3, text, sizeof text);
    cr_expect_str_eq(text, "2×2");
    progress_text(&p, second, false, 2, text, sizeof text);
    cr_expect_str_eq(text, "2×");
    progress_text(&p, second, false, 0, text, sizeof text);
    cr_expect_str_empty(text);
}

/* What the terminal has shown since it was asked last, up to these words, which are written now. */
static const char *up_to(FILE *to, const char *words)
{
    fputs(words, to);
    fflush(to);
    return terminal_until(words);
}

static bool ends_in(const char *text, const char *end)
{
    const size_t all = strlen(text), last = strlen(end);
    return all >= last && strcmp(text + all - last, end) == 0;
}

#define WIPE "\r\033[K"

Test(progress, on_a_terminal_the_line_is_painted_hidden_and_wiped, .timeout = 60)
{
    static const char first[] = WIPE "step 1 of a line longer than the termin";
    FILE *to = terminal_open(40);
    const int own = dup(STDERR_FILENO);
    dup2(fileno(to), STDERR_FILENO);
    progress_set_patience(0);
    progress_say(0.5, "before the start");
    progress_start();
    progress_start(); /* has no effect */
    progress_say(0.25, "step %d of a line longer than the terminal", 1);
    cr_expect_str_eq(terminal_until(first), first);
    progress_hide();
    const char *text = up_to(to, "hidden");
    cr_expect(ends_in(text, WIPE "hidden"), "%s", text);
    progress_within(0.5, 1, "part %d", 2);
    progress_say(0.5, "step 2");
    text = terminal_until("part 2: step 2 75 %  ");
    cr_expect(strstr(text, WIPE "part 2: step 2 75 %  "), "%s", text);
    progress_wipe_in_handler();
    text = up_to(to, "wiped"); /* if the line was not painted again meanwhile */
    cr_expect(strstr(text, WIPE "wiped") || strstr(text, WIPE WIPE), "%s", text);
    terminal_until("part 2: step 2 75 %");
    progress_stop();
    text = up_to(to, "stopped");
    cr_expect(ends_in(text, WIPE "stopped"), "%s", text);
    progress_stop(); /* none of these has */
    progress_hide();
    progress_say(0.5, "behind the end");
    progress_within(0, 1, "behind the end");
    progress_wipe_in_handler();
    dup2(own, STDERR_FILENO);
    close(own);
    cr_expect_str_empty(terminal_close());
}

Test(progress, a_short_step_is_not_shown_and_nothing_is_wiped)
{
    FILE *to = terminal_open(40);
    const int own = dup(STDERR_FILENO);
    dup2(fileno(to), STDERR_FILENO);
    progress_set_patience(3600 * second);
    progress_start();
    progress_say(0.5, "a step");
    progress_hide();
    progress_say(0.5, "another one");
    progress_wipe_in_handler();
    progress_stop();
    dup2(own, STDERR_FILENO);
    close(own);
    cr_expect_str_empty(terminal_close());
}
