/* test_complete.c - completion of the numbers of GPUs. */
#include "bench/complete.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>

#define GPUS "proc/driver/nvidia/gpus/"

static void set_up(void)
{
    static const struct file three[] = {{GPUS "0000:01:00.0/information", "Model: a\n"},
                                        {GPUS "0000:02:00.0/information", "Model: a\n"},
                                        {GPUS "0000:03:00.0/information", "Model: a\n"},
                                        {NULL, NULL}};
    host_tree_make(three);
    cr_redirect_stdout();
}

TestSuite(complete, .init = set_up, .fini = host_tree_remove);

static void complete(char *verb, char *option, char *value)
{
    char *words[] = {verb, option, value};
    complete_print(words, 3);
    fflush(stdout);
}

Test(complete, every_gpu_of_the_host_is_offered)
{
    complete("gpu", "--device", "");
    cr_expect_stdout_eq_str("0\n1\n2\n");
}

Test(complete, a_list_of_gpus_goes_on_with_the_others)
{
    complete("gpu", "--devices", "1,");
    cr_expect_stdout_eq_str("1,0\n1,2\n");
}

Test(complete, all_gpus_are_a_list_by_themselves)
{
    complete("gpu", "--devices", "a");
    cr_expect_stdout_eq_str("all\n");
}

Test(complete, a_soak_takes_several_devices)
{
    complete("soak", "--device", "0,2,");
    cr_expect_stdout_eq_str("0,2,1\n");
}

Test(complete, what_follows_the_letter_of_an_option_is_its_value_and_no_option)
{
    complete("report", "-o", "-");
    cr_expect_stdout_eq_str("");
}

Test(complete, a_run_takes_one_device)
{
    complete("gpu", "--device", "0,");
    cr_expect_stdout_eq_str("");
}
