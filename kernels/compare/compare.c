/* compare.c - launches service/compare.cu and reads the differences that it found. */
#include "kernels/compare/compare.h"

#include "kernels/compare/sms.h"
#include "kernels/device/launch.h"
#include "kernels/interface/difference.h"

static const char module[] = "service/compare";
static const char kept_name[] = "an answer to compare with", notes_name[] = "what differed";

/* The answer of v: where it is, and its 32-bit words. */
struct answer {
    CUdeviceptr at;
    size_t words;
};

static struct answer answer_of(const struct job *job, const struct variant *v)
{
    const struct family *family = kernel_of(v)->family;
    if (v->op == OP_MATMUL)
        return (struct answer){job->c, (size_t)job->n * job->pitch * job_entry_bytes(job) / 4};
    if (family && family->float_sum)
        return (struct answer){job->sum_f32, 1};
    return (struct answer){job->sum, 2};
}

static enum status notes_of(struct job *job, CUdeviceptr *notes, struct failure *why)
{
    return job_buffer(job, NULL, notes_name, COMPARE_LAUNCHES_MAX * sizeof(struct difference_note),
                      notes, why);
}

static enum status clear_notes(struct job *job, CUdeviceptr notes, struct failure *why)
{
    const struct device *d = job->device;
    const CUresult error = d->cu.cuMemsetD8Async(
        notes, 0, COMPARE_LAUNCHES_MAX * sizeof(struct difference_note), d->stream);
    return error ? driver_fail(&d->cu, error, why, "clearing what differed") : STATUS_OK;
}

enum status compare_keep(struct job *job, const struct variant *v, struct failure *why)
{
    struct answer answer = answer_of(job, v);
    CUdeviceptr kept, notes;
    enum status status = job_buffer(job, kernel_of(v), kept_name, answer.words * 4, &kept, why);
    if (!status)
        status = notes_of(job, &notes, why);
    if (!status)
        status = clear_notes(job, notes, why);
    void *arguments[] = {&kept, &answer.at, &answer.words};
    const struct shape shape = {.grid_x = (unsigned)job->device->sms * 16, .block_x = 256};
    if (!status)
        status = launch_symbol(job->device, module, "keep_words", shape, arguments, why);
    if (!status)
        status = job_wait(job, "keeping an answer", why);
    struct failure no_trial = {0};
    if (!status && sms_prepare(job, &no_trial) == STATUS_LOST) /* else without trials */
        status = fail(why, STATUS_LOST, "%s", no_trial.text);
    return status;
}

enum status compare_launch(struct job *job, const struct variant *v, unsigned launch,
                           struct failure *why)
{
    struct answer answer = answer_of(job, v);
    CUdeviceptr kept, note;
    enum status status = job_buffer(job, kernel_of(v), kept_name, answer.words * 4, &kept, why);
    if (!status)
        status = notes_of(job, &note, why);
    if (status)
        return status;
    note += launch * sizeof(struct difference_note);
    if (v->op == OP_MATMUL) {
        unsigned words = (unsigned)job_entry_bytes(job) / 4, pitch = job->pitch * words,
                 used = job->n * words;
        void *arguments[] = {&answer.at, &kept, &job->n, &pitch, &used, &words, &note};
        const struct shape shape = {.grid_x = (unsigned)job->device->sms * 8, .block_x = 256};
        return launch_symbol(job->device, module, "compare_c", shape, arguments, why);
    }
    unsigned words = (unsigned)answer.words;
    void *arguments[] = {&answer.at, &kept, &words, &note};
    return launch_symbol(job->device, module, "compare_sum", (struct shape){1, 1, 1, 1, 0},
                         arguments, why);
}

static void add_note(const struct job *job, const struct variant *v,
                     const struct difference_note *note, uint64_t launch, struct mismatches *found)
{
    const bool is_c = v->op == OP_MATMUL;
    const uint64_t words = is_c ? job_entry_bytes(job) / 4 : 1, pitch = is_c ? job->pitch : 1;
    const uint64_t first = ~note->inverted, last = note->last - 1;
    found->launches++;
    found->words += note->words;
    if (found->known == MISMATCHES_KEPT)
        return;
    const CUdeviceptr at = answer_of(job, v).at;
    found->list[found->known++] = (struct mismatch){
        .launch = launch,
        .words = note->words,
        .first = {(uint32_t)(first / words / pitch), (uint32_t)(first / words % pitch)},
        .last = {(uint32_t)(last / words / pitch), (uint32_t)(last / words % pitch)},
        .first_address = at + first * 4,
        .last_address = at + last * 4,
        .bits = (uint32_t)note->bits,
        .want = note->want,
        .got = note->got,
    };
}

enum status compare_read(struct job *job, const struct variant *v, unsigned launches,
                         struct mismatches *found, struct failure *why)
{
    struct difference_note notes[COMPARE_LAUNCHES_MAX];
    CUdeviceptr at;
    bool is_clear = true;
    enum status status = notes_of(job, &at, why);
    if (!status)
        status = job_wait(job, v->name, why);
    if (status)
        return status;
    const CUresult error = job->device->cu.cuMemcpyDtoH(notes, at, launches * sizeof *notes);
    if (error)
        return driver_fail(&job->device->cu, error, why, "reading what differed");
    for (unsigned i = 0; i < launches; i++) {
        if (notes[i].words)
            add_note(job, v, &notes[i], i, found);
        is_clear = is_clear && !notes[i].words;
    }
    return is_clear ? STATUS_OK : clear_notes(job, at, why);
}
