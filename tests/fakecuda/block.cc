/* block.cc - runs the threads of one block and schedules them.
 *
 * A thread runs until it waits (barrier, warp exchange) or ends, then control switches to the next
 * ready one. When no thread is ready, either all wait at one barrier, which opens, or all have
 * ended, or the block is stuck: a divergent barrier or shuffle. An exchange needs every lane of its
 * mask that has not ended, at the same place. */
#include "tests/fakecuda/runtime.h"
#include "tests/fakecuda/sanitizers.h"

#include <time.h>
#include <utility>

unsigned threads, ended, at_barrier;
uint3 blockIdx;
dim3 blockDim, gridDim;
char block_end_sync;
unsigned cuda_cpu_sick;
static unsigned sm;

static struct {
    unsigned waiting, gone; /* lanes */
} warps[MAX_WARPS];
static struct fiber *ready[MAX_THREADS]; /* a ring */
static unsigned first_ready, ready_count, phase;
static int votes, vote_result;
static uint64_t random_state;
static char barrier_sync[2], warp_sync[MAX_WARPS], block_start_sync; /* addresses for TSan */

/* ---- scheduling ---- */
static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static void make_ready(struct fiber *f)
{
    f->state = RUNNING;
    ready[(first_ready + ready_count++) % MAX_THREADS] = f;
}

static void make_ready_lanes(unsigned warp, unsigned lanes)
{
    for (unsigned i = 0; i < WARP; i++) {
        const unsigned lane = job->order == REVERSE ? WARP - 1 - i : i;
        if (lanes >> lane & 1)
            make_ready(&fibers[warp * WARP + lane]);
    }
}

static void make_ready_block(void)
{
    const unsigned last = (threads - 1) / WARP;
    for (unsigned i = 0; i <= last; i++) {
        const unsigned w = job->order == REVERSE ? last - i : i;
        make_ready_lanes(w, ~warps[w].gone);
    }
}

/* Called when no thread is ready: opens the barrier if all threads wait at the same one. */
static bool open_barrier(void)
{
    if (at_barrier < threads)
        return false;
    for (unsigned i = 1; i < threads; i++)
        if (!same_wait(&fibers[0], &fibers[i]))
            return false;
    vote_result = votes;
    votes = 0;
    at_barrier = 0;
    phase++;
    make_ready_block();
    return true;
}

static void thread_main(void);

/* The next thread to run, no longer ready; leaves the block if there is none. */
static struct fiber *take_ready(void)
{
    if (!ready_count && !open_barrier()) {
        if (ended < threads)
            fault(0, threads,
                  at_barrier ? "__syncthreads() not reached by all threads, or not the same one"
                             : "warp exchange not reached by all lanes of its mask");
        fiber_switch_to(&host);
    }
    if (job->order == RANDOM) {
        const unsigned pick = (first_ready + (unsigned)(next_random() % ready_count)) % MAX_THREADS;
        std::swap(ready[pick], ready[first_ready]);
    }
    struct fiber *to = ready[first_ready];
    first_ready = (first_ready + 1) % MAX_THREADS;
    ready_count--;
    return to;
}

/* Switches from the running thread to another; returns when the thread runs again. */
static void run(struct fiber *to)
{
    if (to == self)
        return;
    if (!to->has_begun) {
        to->has_begun = true;
        fiber_prepare(to, thread_main); /* its fake stack is empty and serves again */
    }
    fiber_switch_to(to);
}

static void run_next(void)
{
    run(take_ready());
}

static void wait_at(enum state state, const char *what, const char *file, int line, unsigned mask)
{
    self->state = state;
    self->what = what;
    self->file = file;
    self->line = line;
    self->mask = mask;
}

/* ---- what kernels call ---- */
extern "C" int cuda_cpu_barrier(int predicate, const char *file, int line)
{
    /* Two barriers alternate, because a fast thread reaches the next one before a slow one has left
     * this. */
    char *sync = &barrier_sync[phase & 1];
    wait_at(AT_BARRIER, "__syncthreads()", file, line, ~0u);
    at_barrier++;
    votes += predicate;
    order_release(sync);
    run_next();
    order_acquire(sync);
    return vote_result;
}

/* If every lane of the mask that has not ended has arrived, gives each its result and makes all
 * ready. */
static void complete_exchange(unsigned w, const struct fiber *any)
{
    struct fiber *lane = &fibers[w * WARP];
    const unsigned begin = w * WARP, end = begin + WARP, here = any->mask & ~warps[w].gone;
    unsigned ballot = 0;
    if ((warps[w].waiting & here) != here)
        return;
    for (unsigned i = 0; i < WARP; i++)
        if (here >> i & 1) {
            if (!same_wait(&lane[i], any))
                fault(begin, end, "lanes of one mask wait at different warp exchanges");
            ballot |= (unsigned)(lane[i].value & 1) << i;
        }
    for (unsigned i = 0; i < WARP; i++)
        if (here >> i & 1) {
            const unsigned from = lane[i].source;
            if (from < WARP && !(here >> from & 1))
                fault(begin, end, "lane %u reads lane %u in %s, %s:%d, but that lane %s", i, from,
                      any->what, any->file, any->line,
                      warps[w].gone >> from & 1 ? "has ended or never was" : "is not in the mask");
            lane[i].result = from < WARP ? lane[from].value : ballot;
        }
    if (any->work) {
        void *lanes[WARP];
        if (here != ~0u)
            fault(begin, end, "%s, %s:%d, needs all 32 lanes", any->what, any->file, any->line);
        for (unsigned i = 0; i < WARP; i++)
            lanes[i] = lane[i].mine;
        any->work(lanes);
    }
    warps[w].waiting &= ~here;
    make_ready_lanes(w, here);
}

static void (*next_work)(void *const lanes[WARP]); /* of the exchange about to begin */

extern "C" uint64_t cuda_cpu_exchange(unsigned mask, uint64_t value, unsigned source,
                                      const char *what, const char *file, int line)
{
    struct fiber *me = self;
    const unsigned t = (unsigned)(me - fibers), w = t / WARP;
    /* Shuffles and votes order no memory accesses. */
    const bool orders = __tsan_acquire && !strcmp(what, "__syncwarp");
    wait_at(IN_WARP, what, file, line, mask);
    me->value = value;
    me->source = source;
    me->work = next_work;
    next_work = nullptr;
    if (!(mask >> t % WARP & 1))
        fault(t, t + 1, "lane %u is not in its own mask", t % WARP);
    if (orders)
        order_release(&warp_sync[w]);
    warps[w].waiting |= 1u << t % WARP;
    complete_exchange(w, me);
    run_next();
    if (orders)
        order_acquire(&warp_sync[w]);
    return me->result;
}

void cuda_cpu_together(void *mine, void (*work)(void *const lanes[WARP]), const char *what,
                       const char *file, int line)
{
    self->mine = mine;
    next_work = work;
    cuda_cpu_exchange(~0u, 0, 32, what, file, line);
}

/* Lets other threads run first: at times before an atomic operation if the order is random, and
 * always after a failed compare-and-swap. */
extern "C" void cuda_cpu_atomic(bool failed)
{
    if (failed || (job->order == RANDOM && !(next_random() & 3))) {
        make_ready(self);
        run_next();
    }
}

extern "C" void cuda_cpu_fence(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* In a block each reading moves the clock on by a microsecond too: a kernel that waits for it waits
 * a few readings. */
static long long clock_ahead;

extern "C" long long cuda_cpu_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec + (clock_ahead += 1000);
}

/* ---- a thread, a block ---- */
static void run_thread(void)
{
    order_acquire(&block_start_sync);
    kernel->call(job->parameters);
    order_release(&block_end_sync);
    const unsigned t = (unsigned)(self - fibers), w = t / WARP;
    if (copies_under_way(t))
        fault(t, t + 1, "thread %u has ended with copies under way", t);
    self->state = ENDED;
    ended++;
    warps[w].gone |= 1u << t % WARP;
    /* Some lanes may have waited for this one to arrive or end. */
    for (unsigned i = 0; i < WARP && warps[w].waiting >> i; i++)
        if (warps[w].waiting >> i & 1)
            complete_exchange(w, &fibers[w * WARP + i]);
}

static void thread_main(void)
{
    fiber_landed();
    for (;;) {
        run_thread();
        struct fiber *next = take_ready();
        if (!fiber_becomes(next))
            run(next);
    }
}

extern "C" unsigned cuda_cpu_sm(void)
{
    return sm;
}

void block_run(uint64_t number)
{
    sm = (unsigned)(number % job->sms);
    cuda_cpu_sick = (int)sm == job->sick_sm;
    const uint64_t row = number / gridDim.x;
    blockIdx = {(unsigned)(number % gridDim.x), (unsigned)(row % gridDim.y),
                (unsigned)(row / gridDim.y)};
    random_state = (job->seed + number) * 0x9e3779b97f4a7c15u + 1;
    clock_ahead = 0;
    shared_memory_poison();
    copies_forget(threads);
    memset(warps, 0, sizeof warps);
    if (threads % WARP)
        warps[threads / WARP].gone = ~0u << threads % WARP;
    ended = at_barrier = first_ready = ready_count = 0;
    votes = 0;
    for (unsigned t = 0; t < threads; t++)
        fibers[t].has_begun = false;
    make_ready_block();
    order_release(&block_start_sync);
    run_next();
    order_acquire(&block_end_sync);
}
