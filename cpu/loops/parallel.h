/* parallel.h - a parallel for: the loop over [0, count), split among threads.
 *
 * A pool of threads that sleep between loops (waking a thread costs a fraction of starting one).
 * Each thread begins with its own share of the loop, the same in every loop of that length, so it
 * finds in its caches, or in the memory near it, what it wrote there before; then it takes pieces
 * from the others' shares. So the result of a loop must not depend on which thread does a piece. */
#ifndef CPU_PARALLEL_H
#define CPU_PARALLEL_H

#include "cpu/chip/places.h"

#include <stddef.h>

struct parallel;

/* Does the iterations [begin, end) of the loop. */
typedef void parallel_body(void *context, size_t begin, size_t end);

/* A pool of `threads` threads, including the caller. It has fewer if the system refuses more (see
 * parallel_threads); errno then says why. */
struct parallel *parallel_open(int threads);
void parallel_close(struct parallel *pool);
int parallel_threads(const struct parallel *pool);

/* Keeps each thread but the caller on one of the first `count` places. */
void parallel_keep(struct parallel *pool, const struct places *places, size_t count);

/* Calls body for pieces of at most `grain` that cover [0, count), and returns when all are done.
 * Not from two threads at once. */
void parallel_for(struct parallel *pool, size_t count, size_t grain, parallel_body *body,
                  void *context);

#endif
