/* test_buffers.c - memory of a job is allocated once for each owner and name, and grows. */
#include "kernels/job/job.h"

#include "harness/base/need.h"

#include <criterion/criterion.h>
#include <string.h>

static unsigned allocated, freed;
static bool is_full;

static CUresult allocate(CUdeviceptr *at, size_t bytes)
{
    (void)bytes;
    if (is_full)
        return CUDA_ERROR_OUT_OF_MEMORY;
    *at = 1000 * ++allocated;
    return CUDA_SUCCESS;
}

static CUresult release(CUdeviceptr at)
{
    cr_expect_eq(at % 1000, 0);
    freed++;
    return CUDA_SUCCESS;
}

Test(buffers, memory_is_kept_grows_and_is_given_back)
{
    static const int owner;
    struct device device = {.cu = {.cuMemAlloc = allocate, .cuMemFree = release}};
    struct job *job = need(sizeof *job);
    struct failure why = {0};
    CUdeviceptr at;
    *job = (struct job){.device = &device};
    is_full = true;
    cr_expect_eq(job_buffer(job, NULL, "x", 10, &at, &why), STATUS_NO_MEMORY);
    cr_expect_eq(at, 0);
    cr_expect(strstr(why.text, "cannot allocate 10 bytes for x on the GPU"), "%s", why.text);
    cr_expect_not(job_has_buffer(job, NULL, "x"));
    is_full = false;
    cr_expect_eq(job_buffer(job, NULL, "x", 10, &at, &why), STATUS_OK);
    cr_expect_eq(at, 1000);
    cr_expect(job_has_buffer(job, NULL, "x"));
    cr_expect_eq(job_buffer(job, NULL, "x", 9, &at, &why), STATUS_OK);
    cr_expect_eq(at, 1000);
    cr_expect_eq(job_buffer(job, NULL, "x", 10, &at, &why), STATUS_OK);
    cr_expect_eq(at, 1000);
    cr_expect_eq(job_buffer(job, &owner, "x", 10, &at, &why), STATUS_OK);
    cr_expect_eq(at, 2000, "another owner");
    cr_expect_not(job_has_buffer(job, &owner, "y"));
    cr_expect_eq(freed, 0);
    cr_expect_eq(job_buffer(job, NULL, "x", 11, &at, &why), STATUS_OK);
    cr_expect_eq(at, 3000);
    cr_expect_eq(freed, 1);
    is_full = true;
    cr_expect_eq(job_buffer(job, NULL, "x", 12, &at, &why), STATUS_NO_MEMORY);
    cr_expect_not(job_has_buffer(job, NULL, "x"));
    job_free(job);
    cr_expect_eq(freed, 3, "what could not grow is gone");
}
