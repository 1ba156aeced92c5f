/* fault.cc - reports a kernel's fault and where each thread of the block waits. */
#include "tests/fakecuda/runtime.h"

#include <stdarg.h>
#include <stdio.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || !strcmp(a, b);
}

bool same_wait(const struct fiber *a, const struct fiber *b)
{
    if (a->state != b->state || a->state == RUNNING || a->state == ENDED)
        return a->state == b->state;
    return a->line == b->line && a->mask == b->mask && same_text(a->file, b->file) &&
           same_text(a->what, b->what);
}

void print_place(bool with_thread)
{
    static const char *const orders[] = {"forward", "reverse", "random"};
    fprintf(stderr, "cuda_on_cpu: kernel %s, block (%u,%u,%u) of (%u,%u,%u), ", kernel->name,
            blockIdx.x, blockIdx.y, blockIdx.z, gridDim.x, gridDim.y, gridDim.z);
    if (with_thread)
        fprintf(stderr, "thread (%u,%u,%u) of ", threadIdx.x, threadIdx.y, threadIdx.z);
    fprintf(stderr, "(%u,%u,%u) threads, order %s:%llu\n", blockDim.x, blockDim.y, blockDim.z,
            orders[job->order], (unsigned long long)job->seed);
}

/* Prints one line per group of threads that wait at the same place. */
static void print_waits(unsigned begin, unsigned end)
{
    bool shown[MAX_THREADS] = {false};
    for (unsigned i = begin; i < end; i++) {
        const struct fiber *f = &fibers[i];
        if (shown[i])
            continue;
        if (f->state == RUNNING || f->state == ENDED)
            fprintf(stderr, f->state == ENDED ? "  ended:" : "  can run:");
        else
            fprintf(stderr, "  waits at %s, mask %08x, %s:%d:", f->what, f->mask, f->file, f->line);
        for (unsigned from = i, to; from < end; from = to + 1) {
            for (to = from; to < end && same_wait(f, &fibers[to]); to++)
                shown[to] = true;
            if (to - from > 1)
                fprintf(stderr, " threads %u-%u", from, to - 1);
            else if (to > from)
                fprintf(stderr, " thread %u", from);
        }
        fprintf(stderr, "\n");
    }
}

void fault(unsigned begin, unsigned end, const char *format, ...)
{
    va_list a;
    va_start(a, format);
    fprintf(stderr, "cuda_on_cpu: FAULT: ");
    vfprintf(stderr, format, a);
    fprintf(stderr, "\n");
    va_end(a);
    print_place(false);
    print_waits(begin, end < threads ? end : threads);
    __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
    fiber_switch_to(&host);
}
