/* fibers.cc - the threads of a block as fibers: a stack each, and a switch that saves six
 * registers.
 *
 * A switch by hand takes 8 ns, swapcontext 250 ns (a system call each), and a matmul of N = 257
 * makes a million. */
#include "tests/fakecuda/runtime.h"
#include "tests/fakecuda/sanitizers.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <utility>

enum { STACK_BYTES = 256 << 10, GUARD_BYTES = 4096, CACHE_LINE = 64 };

/* If every stack began at the same offset into its page, the top frames of all threads of a block
 * would compete for the same few cache lines, and each switch would miss. So neighbours begin a
 * line apart. */
enum { STACK_OFFSETS = 4096 / CACHE_LINE };

/* The threads that TSan is shown. It has room for 255 in a process and silently misses races beyond
 * that: two workers get 120 each, and CUDA threads that many apart share one, so that a race
 * between just those two is missed. */
enum { TSAN_THREADS = 120 };
static void *tsan_threads[TSAN_THREADS];

struct fiber host, fibers[MAX_THREADS], *self = &host;
static struct fiber *previous;
uint3 threadIdx;
unsigned cuda_cpu_lane;

#ifdef __x86_64__
extern "C" void cuda_cpu_switch(void **save, void *load);
__asm__(".text\n.hidden cuda_cpu_switch\n.globl cuda_cpu_switch\n.type cuda_cpu_switch,@function\n"
        "cuda_cpu_switch:\n"
        "push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n"
        "mov %rsp,(%rdi)\n mov %rsi,%rsp\n"
        "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n ret\n"
        ".size cuda_cpu_switch,.-cuda_cpu_switch\n");

void fiber_prepare(struct fiber *f, void (*entry)(void))
{
    void **top = (void **)((char *)f->stack + f->stack_bytes);
    memset(top - 8, 0,
           8 * sizeof *top); /* six registers, entry, and no caller: backtraces end here */
    top[-2] = (void *)entry;
    f->sp = top - 8;
}
#else /* any other processor: slower */
#include <ucontext.h>

void fiber_prepare(struct fiber *f, void (*entry)(void))
{
    ucontext_t *c = (ucontext_t *)(f->sp ? f->sp : (f->sp = calloc(1, sizeof *c)));
    getcontext(c);
    c->uc_stack.ss_sp = (void *)f->stack;
    c->uc_stack.ss_size = f->stack_bytes;
    makecontext(c, entry, 0);
}

static void cuda_cpu_switch(void **save, void *load)
{
    if (!*save)
        *save = calloc(1, sizeof(ucontext_t));
    swapcontext((ucontext_t *)*save, (ucontext_t *)load);
}
#endif

void fiber_landed(void)
{
    const void *bottom;
    size_t bytes;
    if (!__sanitizer_finish_switch_fiber)
        return;
    __sanitizer_finish_switch_fiber(self->fake_stack, &bottom, &bytes);
    if (previous == &host) {
        host.stack = bottom;
        host.stack_bytes = bytes;
    }
}

static void show(struct fiber *f)
{
    self = f;
    threadIdx = f->index;
    cuda_cpu_lane = (unsigned)(f - fibers) % WARP;
}

/* Most threads of a kernel without barriers end before they wait: they run one after another on the
 * stack that is in the cache. Sanitizers have to see a switch. */
bool fiber_becomes(struct fiber *to)
{
    if (to->has_begun || __sanitizer_start_switch_fiber || __tsan_switch_to_fiber)
        return false;
    std::swap(self->stack, to->stack);
    std::swap(self->stack_bytes, to->stack_bytes);
    to->has_begun = true;
    show(to);
    return true;
}

void fiber_switch_to(struct fiber *to)
{
    struct fiber *from = self;
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(&from->fake_stack, to->stack, to->stack_bytes);
    if (__tsan_switch_to_fiber && to->tsan != from->tsan)
        __tsan_switch_to_fiber(to->tsan, TSAN_SWITCH_ORDERS_NOTHING);
    previous = from;
    show(to);
    cuda_cpu_switch(&from->sp, to->sp);
    fiber_landed();
}

static bool make_stack(struct fiber *f)
{
    char *p = (char *)mmap(nullptr, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED || mprotect(p, GUARD_BYTES, PROT_NONE))
        return false;
    f->stack = p + GUARD_BYTES;
    f->stack_bytes = STACK_BYTES - (f - fibers) % STACK_OFFSETS * CACHE_LINE;
    return true;
}

static void *tsan_thread(unsigned i)
{
    if (__tsan_create_fiber && !tsan_threads[i]) {
        char name[64];
        snprintf(name, sizeof name, "CUDA thread %u modulo %u", i, TSAN_THREADS);
        __tsan_set_fiber_name(tsan_threads[i] = __tsan_create_fiber(0), name);
    }
    return tsan_threads[i];
}

bool fibers_make(unsigned count)
{
    host.tsan = __tsan_get_current_fiber ? __tsan_get_current_fiber() : nullptr;
    for (unsigned t = 0; t < count; t++) {
        struct fiber *f = &fibers[t];
        f->index = {t % blockDim.x, t / blockDim.x % blockDim.y, t / blockDim.x / blockDim.y};
        if (!f->stack && !make_stack(f))
            return false;
        f->tsan = tsan_thread(t % TSAN_THREADS);
    }
    return true;
}

void fibers_forget(unsigned count)
{
    for (unsigned t = 0; t < count; t++)
        if (__asan_unpoison_memory_region)
            __asan_unpoison_memory_region(fibers[t].stack, fibers[t].stack_bytes);
    for (void *&tsan : tsan_threads)
        if (tsan) {
            __tsan_switch_to_fiber(tsan, TSAN_SWITCH_ORDERS_NOTHING);
            order_release(&block_end_sync);
            __tsan_switch_to_fiber(host.tsan, TSAN_SWITCH_ORDERS_NOTHING);
            __tsan_destroy_fiber(tsan);
            tsan = nullptr;
        }
    order_acquire(&block_end_sync);
}
