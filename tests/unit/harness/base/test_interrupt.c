#include "harness/base/interrupt.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

Test(interrupt, nothing_is_requested_at_first)
{
    struct failure why;
    cr_expect_eq(interrupt_requested(), 0);
    cr_expect_eq(interrupt_check(&why), STATUS_OK);
}

Test(interrupt, a_signal_handler_may_ask_for_it)
{
    signal(SIGTERM, interrupt_request);
    raise(SIGTERM);

    struct failure why;
    cr_expect_eq(interrupt_requested(), SIGTERM);
    cr_expect_eq(interrupt_check(&why), STATUS_INTERRUPTED);
    cr_expect_not_null(strstr(why.text, "signal 15"), "%s", why.text);
}

Test(interrupt, zero_takes_the_request_back)
{
    interrupt_request(SIGINT);
    interrupt_request(0);
    cr_expect_eq(interrupt_check(NULL), STATUS_OK);
}
