/* test_written.c - jobs that share a module each run with their own values of its variables. */
#include "kernels/job/job.h"

#include "harness/base/need.h"
#include "kernels/device/modules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static int variable, other; /* of module "m" on the device */
static unsigned writes;

static CUresult find_variable(CUdeviceptr *at, size_t *bytes, CUmodule module, const char *name)
{
    (void)module;
    *at = (CUdeviceptr)(uintptr_t)(strcmp(name, "other") == 0 ? &other : &variable);
    *bytes = sizeof variable;
    return CUDA_SUCCESS;
}

static CUresult copy(CUdeviceptr to, const void *from, size_t bytes, CUstream stream)
{
    (void)stream;
    memcpy((void *)(uintptr_t)to, from, bytes);
    writes++;
    return CUDA_SUCCESS;
}

static struct device device_with_module(void)
{
    struct device d = {.module = {{.name = "m"}}, .module_count = 1};
    d.cu.cuModuleGetGlobal = find_variable;
    d.cu.cuMemcpyHtoDAsync = copy;
    writes = 0;
    return d;
}

static void write_value(struct job *job, const struct kernel *kernel, int value)
{
    struct failure why = {0};
    cr_assert_eq(job_write(job, kernel, "variable", &value, sizeof value, &why), STATUS_OK);
}

Test(written, each_job_runs_with_its_own_values)
{
    const struct kernel kernel = {.module = "m"};
    struct device d = device_with_module();
    struct job one = {.device = &d}, two = {.device = &d};
    struct failure why = {0};
    write_value(&one, &kernel, 1);
    write_value(&two, &kernel, 2);
    cr_expect_eq(variable, 2);
    cr_assert_eq(job_write_again(&one, &kernel, &why), STATUS_OK);
    cr_expect_eq(variable, 1);
    cr_assert_eq(job_write_again(&two, &kernel, &why), STATUS_OK);
    cr_expect_eq(variable, 2);
    write_value(&two, &kernel, 3);
    cr_assert_eq(job_write_again(&one, &kernel, &why), STATUS_OK);
    cr_assert_eq(job_write_again(&two, &kernel, &why), STATUS_OK);
    cr_expect_eq(variable, 3, "the latest value counts");
    writes = 0;
    cr_assert_eq(job_write_again(&two, &kernel, &why), STATUS_OK);
    cr_expect_eq(writes, 0, "nobody else has written");
    free(one.written);
    free(two.written);
}

Test(written, kernels_of_one_module_each_run_with_their_own_values)
{
    const struct kernel a = {.module = "m"}, b = {.module = "m"};
    struct device d = device_with_module();
    struct job job = {.device = &d};
    struct failure why = {0};
    write_value(&job, &a, 1);
    write_value(&job, &b, 2);
    cr_assert_eq(job_write_again(&job, &a, &why), STATUS_OK);
    cr_expect_eq(variable, 1);
    cr_assert_eq(job_write_again(&job, &b, &why), STATUS_OK);
    cr_expect_eq(variable, 2);
    free(job.written->next);
    free(job.written);
}

Test(written, a_job_at_the_address_of_an_earlier_one_does_not_pass_for_it)
{
    const struct kernel kernel = {.module = "m"};
    struct device d = device_with_module();
    struct job *job = need(sizeof *job);
    *job = (struct job){.device = &d};
    write_value(job, &kernel, 1);
    job_free(job);
    cr_expect_null(d.module[0].written_by);
}

Test(written, all_variables_of_a_kernel_are_written_again)
{
    const struct kernel kernel = {.module = "m"}, another = {.module = "m"};
    struct device d = device_with_module();
    struct job job = {.device = &d};
    struct failure why = {0};
    const int five = 5, six = 6;
    write_value(&job, &kernel, 1);
    cr_assert_eq(job_write(&job, &kernel, "other", &five, sizeof five, &why), STATUS_OK);
    cr_assert_eq(job_write(&job, &kernel, "other", &six, sizeof six, &why), STATUS_OK);
    write_value(&job, &another, 2);
    other = 0;
    writes = 0;
    cr_assert_eq(job_write_again(&job, &kernel, &why), STATUS_OK);
    cr_expect_eq(writes, 2);
    cr_expect_eq(variable, 1);
    cr_expect_eq(other, 6);
    for (struct written *w = job.written, *next; w; w = next) {
        next = w->next;
        free(w);
    }
}

Test(written, each_module_has_a_writer_of_its_own)
{
    struct device d = {.module = {{.name = "a"}, {.name = "b"}, {.name = "c"}}, .module_count = 3};
    cr_expect_eq(module_writer(&d, "a"), &d.module[0].written_by);
    cr_expect_eq(module_writer(&d, "b"), &d.module[1].written_by);
    cr_expect_eq(module_writer(&d, "c"), &d.module[2].written_by);
}
