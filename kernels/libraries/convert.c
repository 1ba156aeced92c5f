/* convert.c - converts A to a format of 8 or 16 bits, once for each A. */
#include "kernels/libraries/convert.h"

#include "kernels/device/launch.h"

static const struct format {
    unsigned bytes;
    const char *name, *symbol;
} formats[ARITH_COUNT] = {
    [ARITH_F16] = {2, "A in f16", "convert_f16"},
    [ARITH_BF16] = {2, "A in bf16", "convert_bf16"},
    [ARITH_INT8] = {1, "A in int8", "convert_int8"},
    [ARITH_FP8] = {1, "A in e4m3", "convert_e4m3"},
};

uint64_t convert_bytes(const struct problem *p, enum arithmetic to)
{
    return (uint64_t)job_rows(p) * job_pitch(p) * formats[to].bytes;
}

enum status convert_a(struct job *job, enum arithmetic to, CUdeviceptr *converted,
                      struct failure *why)
{
    const struct format *f = &formats[to];
    const bool is_new = !job_has_buffer(job, NULL, f->name) || job->converted[to] != job->a_version;
    const size_t bytes = (size_t)convert_bytes(&job->problem, to);
    size_t words = bytes / sizeof(uint32_t);
    enum status status = job_buffer(job, NULL, f->name, bytes, converted, why);
    if (status || !is_new)
        return status;
    job->converted[to] = job->a_version;
    void *arguments[] = {&job->a, converted, &words};
    status = launch_symbol(job->device, "service/convert", f->symbol,
                           (struct shape){.grid_x = (unsigned)job->device->sms * 8, .block_x = 256},
                           arguments, why);
    return status ? status : job_wait(job, "converting A", why);
}
