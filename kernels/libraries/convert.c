/* convert.c - converts A to a 16-bit format, once for each A. */
#include "kernels/libraries/convert.h"

#include "kernels/device/launch.h"

uint64_t convert_bytes(const struct problem *p)
{
    return (uint64_t)job_rows(p) * job_pitch(p) * sizeof(uint16_t);
}

enum status convert_a(struct job *job, enum arithmetic to, CUdeviceptr *half, struct failure *why)
{
    const bool is_bf16 = to == ARITH_BF16;
    const char *name = is_bf16 ? "A in bf16" : "A in f16";
    const bool is_new = !job_has_buffer(job, NULL, name) || job->half_of[is_bf16] != job->a_version;
    size_t bytes = (size_t)convert_bytes(&job->problem), pairs = bytes / (2 * sizeof(uint16_t));
    enum status status = job_buffer(job, NULL, name, bytes, half, why);
    if (status || !is_new)
        return status;
    job->half_of[is_bf16] = job->a_version;
    void *arguments[] = {&job->a, half, &pairs};
    status = launch_symbol(job->device, "service/convert", is_bf16 ? "convert_bf16" : "convert_f16",
                           (struct shape){.grid_x = (unsigned)job->device->sms * 8, .block_x = 256},
                           arguments, why);
    return status ? status : job_wait(job, "converting A", why);
}
