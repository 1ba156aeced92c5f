/* copy.c - how long A takes from the host to the GPU, from pinned and from pageable memory.
 *
 * What is copied is the n·n floats at the start of A's own memory, and to where they came from:
 * the bytes a caller with a dense matrix would send, and A is the same afterwards whatever its
 * padding. */
#include "kernels/job/job.h"

#include <stdlib.h>

enum status gpu_copy_in(struct job *job, bool pinned, nanos *taken, size_t count,
                        struct failure *why)
{
    const struct device *d = job->device;
    const struct driver *cu = &d->cu;
    const size_t bytes = (size_t)job->n * job->n * sizeof(float);
    void *host = NULL;
    CUresult error = CUDA_SUCCESS;
    if (pinned)
        error = cu->cuMemHostAlloc(&host, bytes, 0);
    else
        host = malloc(bytes);
    if (error)
        return driver_fail(cu, error, why, "cannot pin host memory for a copy of A");
    if (!host)
        return fail(why, STATUS_NO_MEMORY, "no host memory for a copy of A (%zu bytes)", bytes);

    error = cu->cuMemcpyDtoH(host, job->a, bytes);
    /* The first one pays for the driver's staging buffers, and is not counted. */
    for (size_t i = 0; i <= count && !error; i++) {
        const nanos start = clock_now();
        error = cu->cuMemcpyHtoDAsync(job->a, host, bytes, d->stream);
        if (!error)
            error = cu->cuStreamSynchronize(d->stream); /* its last piece has arrived */
        if (i > 0)
            taken[i - 1] = clock_now() - start;
    }
    if (pinned)
        cu->cuMemFreeHost(host);
    else
        free(host);
    return error ? driver_fail(cu, error, why, "copying A to the GPU") : STATUS_OK;
}
