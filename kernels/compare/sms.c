/* sms.c - compares the results of all multiprocessors. */
#include "kernels/compare/sms.h"

#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/device/modules.h"
#include "kernels/interface/sm_note.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCKS_PER_SM = 4, TILE = 64, LAUNCHES = 128, SM_MOST = 1024 };
static const nanos long_ns = 500000000; /* of each of the two kernels */

struct trial_kernel {
    const char *module, *symbol;
    struct shape shape;
    int least_cc;
};

/* The kernel that tries a unit with the job's type; NULL if the device has none. */
static const struct trial_kernel *kernel_for(const struct job *job, enum sm_unit unit)
{
    enum { TYPES = 2 };
    static const struct trial_kernel kernels[SM_UNITS][TYPES] = {
        {{"service/sm/trial", "trial_fma", {.block_x = 16, .block_y = 16}, 30},
         {"service/sm/trial_f64", "trial_fma_f64", {.block_x = 16, .block_y = 16}, 30}},
        {{"service/sm/trial_sm80", "trial_tensor_sm80", {.block_x = 256}, 80},
         {"service/sm/trial_sm80", "trial_tensor_f64_sm80", {.block_x = 256}, 80}},
    };
    const struct trial_kernel *k = &kernels[unit][job->problem.element == ELEMENT_F64];
    return job->device->cc >= k->least_cc ? k : NULL;
}

static size_t blocks_of(const struct job *job)
{
    return (size_t)job->device->sms * BLOCKS_PER_SM;
}

static enum status notes_of(struct job *job, CUdeviceptr *notes, struct failure *why)
{
    return job_buffer(job, NULL, "notes of multiprocessors",
                      blocks_of(job) * sizeof(struct sm_note), notes, why);
}

enum status sms_prepare(struct job *job, struct failure *why)
{
    CUdeviceptr notes;
    CUfunction f;
    enum status status = notes_of(job, &notes, why);
    for (int u = 0; u < SM_UNITS && !status; u++) {
        const struct trial_kernel *k = kernel_for(job, (enum sm_unit)u);
        if (k)
            status = module_function(job->device, k->module, k->symbol, &f, why);
    }
    return status;
}

/* The digest that more than half of the notes have. If no digest has so many, any of them. */
static unsigned long long majority(const struct sm_note *notes, size_t count)
{
    unsigned long long candidate = 0;
    size_t lead = 0;
    for (size_t i = 0; i < count; i++) {
        if (lead == 0)
            candidate = notes[i].digest;
        lead += notes[i].digest == candidate ? 1 : (size_t)-1;
    }
    return candidate;
}

static void add_suspect(struct sm_trial *trial, unsigned sm)
{
    unsigned i = 0;
    while (i < trial->suspects && trial->suspect[i].sm != sm)
        i++;
    if (i == SUSPECTS_KEPT)
        return;
    trial->suspects += i == trial->suspects;
    trial->suspect[i].sm = sm;
    trial->suspect[i].wrong++;
}

void sms_judge(const struct sm_note *notes, size_t count, struct sm_trial *trial)
{
    const unsigned long long right = majority(notes, count);
    bool is_seen[SM_MOST] = {false}, is_wrong[SM_MOST] = {false};
    size_t agree = 0;
    unsigned sms = 0;
    for (size_t i = 0; i < count; i++)
        agree += notes[i].digest == right;
    for (size_t i = 0; i < count; i++) {
        const unsigned sm = notes[i].sm < SM_MOST ? notes[i].sm : SM_MOST - 1;
        sms += !is_seen[sm];
        is_seen[sm] = true;
        is_wrong[sm] = is_wrong[sm] || notes[i].digest != right || 2 * agree <= count;
    }
    for (unsigned sm = 0; sm < SM_MOST; sm++)
        if (is_wrong[sm])
            add_suspect(trial, sm);
    trial->sms = sms > trial->sms ? sms : trial->sms;
    trial->launches++;
}

/* One launch on all multiprocessors, and its notes. */
static enum status launch_trial(struct job *job, const struct trial_kernel *k, struct entry at,
                                CUdeviceptr on_device, struct sm_note *notes, struct failure *why)
{
    const struct device *d = job->device;
    const size_t bytes = blocks_of(job) * sizeof *notes;
    unsigned row = at.row / TILE * TILE, col = at.col / TILE * TILE;
    void *arguments[] = {&job->a, &job->n, &job->pitch, &row, &col, &on_device};
    struct shape shape = k->shape;
    shape.grid_x = (unsigned)blocks_of(job);
    CUresult error = d->cu.cuMemsetD8Async(on_device, 0, bytes, d->stream);
    if (error)
        return driver_fail(&d->cu, error, why, "clearing notes of multiprocessors");
    enum status status = launch_symbol(job->device, k->module, k->symbol, shape, arguments, why);
    if (!status)
        status = job_wait(job, "a trial of multiprocessors", why);
    if (status)
        return status;
    error = d->cu.cuMemcpyDtoH(notes, on_device, bytes);
    return error ? driver_fail(&d->cu, error, why, "reading notes of multiprocessors") : STATUS_OK;
}

enum status sms_try(struct job *job, struct entry at, struct sm_trial trial[SM_UNITS],
                    struct failure *why)
{
    const size_t count = blocks_of(job);
    struct sm_note *notes = need_array(count + 1, sizeof *notes);
    CUdeviceptr on_device;
    enum status status = notes_of(job, &on_device, why);
    for (int u = 0; u < SM_UNITS; u++) {
        const struct trial_kernel *k = kernel_for(job, (enum sm_unit)u);
        const nanos start = clock_now();
        for (int i = 0; i < LAUNCHES && k && !status && clock_now() - start < long_ns; i++) {
            status = launch_trial(job, k, at, on_device, notes, why);
            if (!status)
                sms_judge(notes, count, &trial[u]);
        }
    }
    free(notes);
    return status;
}
