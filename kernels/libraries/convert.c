/* convert.c - A in a 16-bit format, once a job. */
#include "kernels/libraries/convert.h"

#include "kernels/device/modules.h"
#include "kernels/job/job.h"

enum status convert_a(struct job *job, enum arithmetic to, struct failure *why)
{
    struct device *d = job->device;
    const bool is_bf16 = to == ARITH_BF16;
    CUdeviceptr *half = is_bf16 ? &job->a_bf16 : &job->a_f16;
    if (*half)
        return STATUS_OK;
    const char *symbol = is_bf16 ? "convert_bf16" : "convert_f16";
    size_t pairs = (size_t)job->rows * job->pitch / 2;
    CUfunction f;
    enum status status = module_function(d, "service/convert", symbol, &f, why);
    if (status)
        return status;
    CUresult error = d->cu.cuMemAlloc(half, pairs * 2 * sizeof(uint16_t));
    if (error)
        return driver_fail(&d->cu, error, why, "cannot allocate A in 16 bits on the GPU");
    void *arguments[] = {&job->a, half, &pairs};
    status = launch(d, f, (unsigned)d->sms * 8, 1, 256, 1, 0, arguments, symbol, why);
    return status ? status : gpu_wait(job, "converting A", why);
}
