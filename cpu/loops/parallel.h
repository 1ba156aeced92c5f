/* parallel.h - a parallel for: the loop over [0, count), split among threads.
 *
 * A small pool of threads that sleep between loops (waking them costs a fraction of making them).
 * Pieces are handed out as threads become free, so a loop must give the same result whichever
 * thread does a piece. */
#ifndef CPU_PARALLEL_H
#define CPU_PARALLEL_H

#include <stddef.h>

struct parallel;

/* Does [begin, end) of the loop. */
typedef void parallel_body(void *context, size_t begin, size_t end);

/* A pool in which `threads` threads work, the caller being one of them. Fewer if the system gives
 * no more (see parallel_threads; errno then says why); NULL only if there is no memory. */
struct parallel *parallel_open(int threads);
void parallel_close(struct parallel *pool);
int parallel_threads(const struct parallel *pool);

/* Calls body for pieces of at most `grain` that cover [0, count), and returns when all are done.
 * Not from two threads at once. */
void parallel_for(struct parallel *pool, size_t count, size_t grain, parallel_body *body,
                  void *context);

#endif
