/* test_batch.c - launches back to back as a CUDA graph, on the fake driver, which runs what was
 * captured when the graph is launched. */
#include "harness/verify/verify.h"
#include "kernels/backend/gpu_backend.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The fake driver lies beside this program. Once loaded it is the libcuda.so.1 that dlopen finds.
 */
static void load_driver(const char *profile, const char *failing)
{
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);
    cr_assert_gt(length, 0);
    path[length] = '\0';
    strcpy(strrchr(path, '/'), "/fakecuda/libcuda.so.1");
    setenv("FAKECUDA_PROFILE", profile, 1);
    if (failing)
        setenv("FAKECUDA_FAIL", failing, 1);
    cr_assert(dlopen(path, RTLD_NOW | RTLD_LOCAL), "%s", dlerror());
}

static const struct variant *variant(enum op op, const char *name)
{
    for (size_t i = 0; i < gpu_backend.variant_count; i++)
        if (gpu_backend.variants[i].op == op && strcmp(gpu_backend.variants[i].name, name) == 0)
            return &gpu_backend.variants[i];
    cr_assert_fail("no variant %s", name);
    return NULL;
}

/* Runs batches of these sizes, each from NaN and verified; was_graph says which were graphs. */
static void run_batches(enum op op, const char *name, uint64_t n, const unsigned *launches,
                        bool *was_graph, size_t count)
{
    const struct variant *v = variant(op, name);
    const struct problem p = {op, n, 1, RANGE_UNIT, ELEMENT_F32};
    struct device *device = NULL;
    struct job *job = NULL;
    struct oracle oracle;
    struct failure why = {0};
    cr_assert_eq(gpu_backend.open(&(struct device_request){0}, &device, &why), STATUS_OK, "%s",
                 why.text);
    struct plan plan;
    gpu_backend.plan(device, NULL, &p, &plan);
    cr_assert_eq(gpu_backend.begin(device, &plan, &job, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(gpu_backend.load(job, v, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(oracle_make(&gpu_backend, job, &p, &oracle, &why), STATUS_OK, "%s", why.text);
    for (size_t i = 0; i < count; i++) {
        struct sample sample;
        struct verdict verdict;
        cr_assert_eq(gpu_backend.poison(job, &why), STATUS_OK, "%s", why.text);
        cr_assert_eq(gpu_backend.run(job, v, launches[i], &sample, &why), STATUS_OK, "%s",
                     why.text);
        cr_assert_eq(verify(&gpu_backend, job, v, &oracle, 0, &verdict, &why), STATUS_OK, "%s",
                     why.text);
        cr_expect(verdict.ok, "%s, %u launches: %s", name, launches[i], verdict.reason);
        cr_expect_eq(sample.launches, launches[i]);
        cr_expect_gt(sample.device_ns, 0);
        was_graph[i] = sample.is_graph;
    }
    oracle_free(&oracle);
    gpu_backend.end(job);
    gpu_backend.close(device);
}

Test(batch, several_launches_are_a_graph_and_one_is_not)
{
    load_driver("t4", NULL);
    const unsigned launches[] = {1, 5, 5, 3, 1};
    bool was_graph[5];
    run_batches(OP_MATMUL, "naive", 33, launches, was_graph, 5);
    const bool expected[] = {false, true, true, true, false};
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(was_graph[i], expected[i], "batch %zu", i);
}

/* Whether a single batch was launched as a graph. */
static bool runs_as_graph(enum op op, const char *name, uint64_t n, unsigned launches)
{
    bool was_graph;
    run_batches(op, name, n, &launches, &was_graph, 1);
    return was_graph;
}

/* It adds into its result, which a memset before each launch has to clear. */
Test(batch, what_a_launch_clears_beforehand_is_in_the_graph_too)
{
    load_driver("t4", NULL);
    cr_expect(runs_as_graph(OP_REDUCE, "atomic", 33, 4));
}

Test(batch, a_driver_before_cuda_11_4_launches_one_by_one)
{
    load_driver("gt750m", NULL);
    cr_expect_not(runs_as_graph(OP_MATMUL, "naive", 33, 5));
}

Test(batch, what_cannot_be_made_a_graph_is_launched_one_by_one)
{
    load_driver("t4", "cuGraphInstantiateWithFlags:*:801");
    const unsigned launches[] = {5, 5, 4};
    bool was_graph[3];
    run_batches(OP_MATMUL, "naive", 33, launches, was_graph, 3);
    cr_expect_not(was_graph[0] || was_graph[1] || was_graph[2]);
}

Test(batch, a_stream_that_cannot_be_captured_is_launched_one_by_one)
{
    load_driver("t4", "cuStreamBeginCapture_v2:*:900");
    cr_expect_not(runs_as_graph(OP_MATMUL, "naive", 33, 5));
}

Test(batch, more_than_a_thousand_are_no_graph)
{
    load_driver("gtx980", NULL);
    cr_expect_not(runs_as_graph(OP_REDUCE, "atomic", 3, 1001));
}
