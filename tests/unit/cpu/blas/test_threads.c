/* test_threads.c - how many threads the user's variables ask BLAS for. */
#include "cpu/blas/threads.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *variable;
static char complaint[128];

static int threads(const char *openblas, const char *openmp)
{
    setenv("OPENBLAS_NUM_THREADS", openblas, 1);
    setenv("OMP_NUM_THREADS", openmp, 1);
    variable = "";
    return threads_of_user(&variable, complaint, sizeof complaint);
}

Test(threads, the_first_variable_with_a_number_counts)
{
    cr_expect_eq(threads("4", "8"), 4);
    cr_expect_str_eq(variable, "OPENBLAS_NUM_THREADS");
    cr_expect_str_empty(complaint);
    cr_expect_eq(threads("", "8,2"), 8);
    cr_expect_str_eq(variable, "OMP_NUM_THREADS");
    cr_expect_str_empty(complaint);
    cr_expect_eq(threads("1", ""), 1);
    cr_expect_eq(threads("2147483647", ""), 2147483647);
    cr_expect_eq(threads("", ""), 0);
    cr_expect_str_empty(complaint);
}

Test(threads, what_is_no_number_of_threads_is_ignored_and_named)
{
    static const char *const bad[] = {"0", "-1", "x", "4x", "2147483648", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect_eq(threads(bad[i], ""), 0, "%s", bad[i]);
        cr_expect_not_null(strstr(complaint, "OPENBLAS_NUM_THREADS="), "%s", complaint);
        cr_expect_not_null(strstr(complaint, bad[i]), "%s", complaint);
        cr_expect_eq(threads(bad[i], "y"), 0);
        cr_expect_not_null(strstr(complaint, bad[i]), "the first is named: %s", complaint);
        cr_expect_eq(threads(bad[i], "3"), 3);
        cr_expect_not_null(strstr(complaint, bad[i]), "%s", complaint);
    }
}
