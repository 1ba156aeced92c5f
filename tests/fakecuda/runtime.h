/* runtime.h - what the files of the runtime share: a launch, the fibers that are its threads, a
 * block of them.
 *
 * State is plain globals: launches are serialised, and each parallel worker has its own copy of the
 * whole library (workers.cc). The files, in the order in which a launch goes through them:
 *
 *   launch.cc         checks a launch, hands it to the workers
 *   workers.cc        OS threads that take blocks until none is left
 *   shared_memory.cc  finds and poisons __shared__
 *   block.cc          runs a block: what is ready, barriers, warp exchanges
 *   ampere.cc         copies under way, matrices and tensor cores
 *   fibers.cc         stacks, and the switch from one thread to another
 *   fault.cc          says who waits where when a block is stuck
 *   sanitizers.cc     tells ASan and TSan about all this */
#ifndef FAKECUDA_RUNTIME_H
#define FAKECUDA_RUNTIME_H

#define CUDA_ON_CPU_RUNTIME
#include "tests/fakecuda/cuda_on_cpu.h"
#include "tests/fakecuda/launch.h"

enum { MAX_THREADS = 1024, WARP = 32, MAX_WARPS = MAX_THREADS / WARP };

/* ---- launch.cc ---- */
enum order { FORWARD, REVERSE, RANDOM };

struct launch { /* shared by all workers */
    const char *name;
    dim3 grid, block;
    size_t shared_bytes;
    void *const *parameters;
    enum order order;
    uint64_t seed, blocks, next_block;
    const uint64_t *only; /* the numbers of the blocks to run, or NULL for 0 … blocks - 1 */
    int failed;
    unsigned sms; /* block b runs on multiprocessor b % sms */
    int sick_sm;  /* the one whose multiply-adds get their last bit wrong; -1: none */
};
extern struct launch *job;            /* the one that runs, or ran last */
extern const cuda_cpu_kernel *kernel; /* its kernel, in this copy of the library */

/* ---- workers.cc ---- */
int workers_run(struct launch *launch, unsigned wanted); /* 0, or 719 after a fault */
const char *module_path(uintptr_t *load_bias);           /* the file this code was loaded from */

/* ---- shared_memory.cc ---- */
bool shared_memory_find(void);
void shared_memory_of(const char *section); /* the arrays that blocks poison from now on */
void shared_memory_poison(void);

/* ---- fibers.cc: a CUDA thread; host is the caller's own stack ---- */
enum state { RUNNING, AT_BARRIER, IN_WARP, ENDED };

struct fiber {
    void *sp, *fake_stack, *tsan;
    const void *stack;
    size_t stack_bytes;
    uint3 index;
    enum state state;
    bool has_begun;
    const char *what, *file; /* where it waits */
    int line;
    unsigned mask, source;
    uint64_t value, result;
    void *mine; /* its operands for an operation of the whole warp */
    void (*work)(void *const lanes[WARP]);
};
extern struct fiber host, fibers[MAX_THREADS], *self;

bool fibers_make(unsigned threads); /* stacks for that many, kept for the next launch */
void fiber_prepare(struct fiber *f, void (*entry)(void));
void fiber_landed(void); /* the first thing an entry calls */
void fiber_switch_to(struct fiber *to);
bool fiber_becomes(struct fiber *to); /* the running thread has ended, and `to` takes its stack */
void fibers_forget(unsigned threads); /* after a fault: their frames will never return */

/* ---- block.cc ---- */
extern unsigned threads, ended, at_barrier; /* of the block that runs */
extern char block_end_sync; /* the address by which TSan orders the end of a block */
void block_run(uint64_t number);

/* All 32 lanes of a warp call this with their own `mine`; the last one does the work for all. */
void cuda_cpu_together(void *mine, void (*work)(void *const lanes[WARP]), const char *what,
                       const char *file, int line);

/* ---- ampere.cc: copies from global to shared memory that go on by themselves ---- */
void copies_forget(unsigned threads);
bool copies_under_way(unsigned thread);

/* ---- fault.cc ---- */
bool same_wait(const struct fiber *a, const struct fiber *b);
void print_place(bool with_thread);

/* Prints the message and where the threads [begin, end) wait, fails the launch and leaves the
 * block. */
void fault(unsigned begin, unsigned end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
