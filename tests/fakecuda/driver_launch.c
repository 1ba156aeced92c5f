/* driver_launch.c - launches, streams and events. A launch runs at once, but a kernel's fault is
 * reported by the next call, as on a device. Times are the host's, or the model's (model.h). */
#include "tests/fakecuda/driver.h"
#include "tests/fakecuda/model.h"
#include "tests/fakecuda/sample.h"

#include <stdlib.h>
#include <string.h>

/* The number of operations on the stream, and how many of them the program has waited for. They are
 * done at once here, but a program that does not wait for them is wrong all the same. */
static char the_stream, side_stream;
static unsigned long long issued, done;

bool stream_takes(CUstream stream)
{
    issued += stream != (CUstream)(void *)&side_stream;
    return stream == (CUstream)(void *)&the_stream || stream == (CUstream)(void *)&side_stream;
}

/* What a library has put on the side stream: moves it on, and says whether it is done. */
static bool (*side_work)(void);

void fakecuda_put_beside(bool (*work)(void))
{
    side_work = work;
}

bool fakecuda_is_idle(void)
{
    return issued == done;
}

bool fakecuda_is_beside(CUstream stream)
{
    return stream == (CUstream)(void *)&side_stream;
}

bool stream_is_idle(void)
{
    return issued == done;
}

CUresult cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                        unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                        CUstream stream, void **parameters, void **extra)
{
    ENTER(__func__, NEEDS_CONTEXT);
    STREAM(stream);
    if (extra || shared_bytes > (unsigned)function->dynamic_shared_limit)
        return CUDA_ERROR_INVALID_VALUE;
    const unsigned long long threads = (unsigned long long)block_x * block_y * block_z;
    if (threads <= 1024 && threads > (unsigned)function->max_threads)
        return (CUresult)FAKE_OUT_OF_RESOURCES;
    if (fake_is_capturing()) {
        struct fake_node node = {.function = function,
                                 .grid = {grid_x, grid_y, grid_z},
                                 .block = {block_x, block_y, block_z},
                                 .shared_bytes = shared_bytes};
        for (size_t i = 0; i < function->parameter_count; i++)
            memcpy(&node.parameter[i], parameters[i], function->parameter_bytes[i]);
        return fake_capture(&node);
    }
    const double seconds = model_seconds(function->name, grid_x * grid_y, parameters);
    if (!model_launch(function->name, grid_x * grid_y, seconds)) {
        fake_break_context(CUDA_ERROR_LAUNCH_TIMEOUT);
        return CUDA_SUCCESS;
    }
    if (inject_skip(function->name))
        return CUDA_SUCCESS;
    cuda_cpu_set_sms((unsigned)profile_get()->sms, inject_sick_sm(function->name));
    int error =
        sample_launch(function->kernel, (struct cuda_cpu_dim){grid_x, grid_y, grid_z},
                      (struct cuda_cpu_dim){block_x, block_y, block_z}, shared_bytes, parameters);
    if (error == CUDA_ERROR_INVALID_VALUE)
        return CUDA_ERROR_INVALID_VALUE;
    inject_spoil(function->name, parameters);
    inject_flip(function->name, parameters);
    fake_break_context((CUresult)error);
    return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream *stream, unsigned flags)
{
    ENTER(__func__, NEEDS_CONTEXT);
    *stream = (CUstream)(void *)&the_stream;
    return flags <= CU_STREAM_NON_BLOCKING ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuStreamSynchronize(CUstream stream)
{
    ENTER(__func__, NEEDS_CONTEXT);
    STREAM(stream);
    if (fake_is_capturing()) {
        fake_spoil_capture();
        return (CUresult)FAKE_CAPTURE_UNSUPPORTED;
    }
    done = issued;
    return CUDA_SUCCESS;
}

CUresult cuCtxGetStreamPriorityRange(int *least, int *most)
{
    ENTER(__func__, NEEDS_CONTEXT);
    *least = 0;
    *most = -5;
    return CUDA_SUCCESS;
}

CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned flags, int priority)
{
    ENTER(__func__, NEEDS_CONTEXT);
    *stream = (CUstream)(void *)&side_stream;
    return flags == CU_STREAM_NON_BLOCKING && priority < 0 ? CUDA_SUCCESS
                                                           : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuStreamDestroy_v2(CUstream stream)
{
    ENTER(__func__, NEEDS_CONTEXT);
    return stream == (CUstream)(void *)&side_stream ? CUDA_SUCCESS : (CUresult)FAKE_INVALID_HANDLE;
}

struct CUevent_st {
    double when;              /* zero: never recorded */
    unsigned long long after; /* operations before it on the stream */
    bool is_beside;
};
enum { EVENTS_MAX = 256 };
static struct CUevent_st events[EVENTS_MAX];

CUresult cuEventCreate(CUevent *event, unsigned flags)
{
    ENTER(__func__, NEEDS_CONTEXT);
    (void)flags;
    static int used;
    if (used == EVENTS_MAX)
        return CUDA_ERROR_OUT_OF_MEMORY;
    *event = &events[used++];
    return CUDA_SUCCESS;
}

CUresult cuEventRecord(CUevent event, CUstream stream)
{
    ENTER(__func__, NEEDS_CONTEXT);
    STREAM(stream);
    event->when = model_clock();
    event->after = issued;
    event->is_beside = stream == (CUstream)(void *)&side_stream;
    return CUDA_SUCCESS;
}

/* Of the side stream: work is done as far as it is asked for. */
CUresult cuEventQuery(CUevent event)
{
    ENTER(__func__, NEEDS_CONTEXT);
    if (event->is_beside)
        return !side_work || side_work() ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
    done = event->after > done ? event->after : done;
    return CUDA_SUCCESS;
}

CUresult cuEventDestroy_v2(CUevent event)
{
    ENTER(__func__, NEEDS_CONTEXT);
    return event ? CUDA_SUCCESS : (CUresult)FAKE_INVALID_HANDLE;
}

CUresult cuEventSynchronize(CUevent event)
{
    ENTER(__func__, NEEDS_CONTEXT);
    done = event->after > done ? event->after : done;
    return CUDA_SUCCESS;
}

static CUresult elapsed(float *ms, CUevent from, CUevent to)
{
    if (from->when <= 0 || to->when <= 0)
        return (CUresult)FAKE_INVALID_HANDLE;
    const char *wished = getenv("FAKECUDA_ELAPSED");
    *ms = wished ? strtof(wished, NULL) : (float)((to->when - from->when) * 1e3);
    return CUDA_SUCCESS;
}

SINCE(0, cuEventElapsedTime, (float *ms, CUevent from, CUevent to))
{
    ENTER("cuEventElapsedTime", NEEDS_CONTEXT);
    return elapsed(ms, from, to);
}

SINCE(12080, cuEventElapsedTime_v2, (float *ms, CUevent from, CUevent to))
{
    ENTER("cuEventElapsedTime_v2", NEEDS_CONTEXT);
    return elapsed(ms, from, to);
}
