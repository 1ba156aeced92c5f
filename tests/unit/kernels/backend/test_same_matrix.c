/* CPU and GPU hold the same matrix, bit for bit: the SHA-256 of all its entries, for three seeds,
 * against digests of a Philox written in Python for this purpose (the known first words 6627e8d5
 * for all zeros and 408f276d for all ones checked). The GPU is the fake driver's, whose fill is the
 * real kernel on the CPU. */
#include "cpu/backend/cpu_backend.h"
#include "kernels/backend/gpu_backend.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 257 };

static const struct {
    uint64_t seed;
    enum element element;
    const char *sha256; /* of N·N little-endian entries in [0,1), row by row */
} matrices[] = {
    {1, ELEMENT_F32, "2e6d2987983b75d3e71155720c1e34ca98d6d4789b32e445a18feaa4e6b6c43a"},
    {2, ELEMENT_F32, "f7d0e3faefd9281d730ec8119f597e8327bb26ecabfe3abac09c31e4459d3cc4"},
    {0xFEDCBA9876543210u, ELEMENT_F32,
     "027ff8cf82cc4053a3fd3afcc4e0c0bb19a1d20c6ef17253fc7b35ba637d1f78"},
    {1, ELEMENT_F64, "764af344e8d77c456460756f237ae7b216eaed8b40607d3067eaa21697a74d68"},
    {2, ELEMENT_F64, "f473dc82cc58f09f3c5ba25e5ffe9d86bcfee842b3c7e7a1da722ee068dc3d3d"},
    {0xFEDCBA9876543210u, ELEMENT_F64,
     "b201e40163a43f26b98c5aff1255e74db74763a77ac431a5358c01ad958de83f"},
};

static void expect_matrices(const struct backend *backend)
{
    struct device *device = NULL;
    struct failure why = {0};
    void *a = malloc(sizeof(double) * N * N);
    cr_assert(a);
    cr_assert_eq(backend->open(&(struct device_request){0}, &device, &why), STATUS_OK, "%s",
                 why.text);
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        const struct problem p = {OP_SUM_AAT, N, matrices[i].seed, RANGE_UNIT, matrices[i].element};
        struct job *job = NULL;
        char digest[SHA256_DIGEST_STRING_LENGTH];
        struct plan plan;
        backend->plan(device, NULL, &p, &plan);
        cr_assert_eq(backend->begin(device, &plan, &job, &why), STATUS_OK, "%s", why.text);
        cr_assert_eq(backend->read_a(job, a, &why), STATUS_OK, "%s", why.text);
        SHA256Data(a, (size_t)element_bytes(p.element) * N * N, digest);
        cr_expect_str_eq(digest, matrices[i].sha256, "%s, seed %llx: %s", backend->name,
                         (unsigned long long)p.seed, digest);
        backend->end(job);
    }
    backend->close(device);
    free(a);
}

Test(same_matrix, the_cpu_fills_the_known_matrices)
{
    expect_matrices(&cpu_backend);
}

Test(same_matrix, the_gpu_fills_the_same_ones)
{
    /* The fake driver lies beside this program. Once loaded it is the libcuda.so.1 that dlopen
     * finds. */
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);
    cr_assert_gt(length, 0);
    path[length] = '\0';
    strcpy(strrchr(path, '/'), "/fakecuda/libcuda.so.1");
    cr_assert(dlopen(path, RTLD_NOW | RTLD_LOCAL), "%s", dlerror());
    expect_matrices(&gpu_backend);
}
