/* allocated.c - counts what the allocator has given away, after each of some calls. */
#include "tests/unit/allocated.h"

#include <malloc.h>
#include <stdlib.h>

enum { ROUNDS = 5 };

/* The allocator counts the few free blocks that it keeps of each small size as allocated, so it is
 * made to keep as many each time. */
static size_t allocated(void)
{
    enum { SIZES = 65, KEPT = 7, STEP = 16, TIMES = 3 };
    void *blocks[SIZES][KEPT];
    for (int time = 0; time < TIMES; time++) { /* a block may come out a little larger */
        for (size_t i = 0; i < SIZES; i++)
            for (size_t k = 0; k < KEPT; k++)
                blocks[i][k] = malloc(i * STEP + STEP / 2);
        for (size_t i = 0; i < SIZES; i++)
            for (size_t k = 0; k < KEPT; k++)
                free(blocks[i][k]);
    }
#if __GLIBC_PREREQ(2, 33)
    return mallinfo2().uordblks;
#else /* of the sysroot for aarch64; counts up to 2 GiB */
    return (size_t)mallinfo().uordblks;
#endif
}

bool allocated_grows(void (*work)(void *context), void *context)
{
    size_t before = 0, grew = 0;
    mallopt(M_MXFAST, 0);
    for (int i = 0; i < ROUNDS; i++) {
        work(context);
        const size_t now = allocated();
        grew += i > 0 && now > before;
        before = now;
    }
    return grew == ROUNDS - 1;
}
