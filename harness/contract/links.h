/* links.h - what moves panels of A between the devices of a ring that do not have them in host
 * memory.
 *
 * No call waits for another rank. look() says how far the last one has come. */
#ifndef HARNESS_LINKS_H
#define HARNESS_LINKS_H

#include "harness/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct job;
struct variant;

/* The rows of A that a rank of a ring has: its own block, and room for those of two others. */
enum panel { PANEL_EVEN, PANEL_ODD, PANEL_OWN };

/* The ranks are not connected, or what was begun has not started; it moves; nothing moves. */
enum link_state { LINK_STARTS, LINK_MOVES, LINK_RESTS };

enum { LINKS_ID_BYTES = 128 };

struct links {
    /* Whether they can be used here. Their name and version, "NCCL 2.28.9", which has to be the
     * same on all ranks. */
    enum status (*find)(char *name, size_t bytes, struct failure *why);

    /* Makes the identifier of a new group for join(). Only one rank calls it. */
    enum status (*make_id)(char id[LINKS_ID_BYTES], struct failure *why);

    /* Begins to connect a job with those of the other ranks, each of which calls it. */
    enum status (*join)(struct job *job, const char id[LINKS_ID_BYTES], int rank, int ranks,
                        struct failure *why);

    /* Begins to send `from_rows` rows of a panel to the next rank, and to receive as many from the
     * one before as it sends. */
    enum status (*begin)(struct job *job, enum panel from, uint64_t from_rows, enum panel to,
                         uint64_t to_rows, struct failure *why);

    enum status (*look)(struct job *job, enum link_state *state, struct failure *why);

    /* Whether panels can move while v multiplies. If not, products wait, because a rank whose panel
     * does not come could not say so. */
    bool (*goes_beside)(const struct variant *v);

    /* Ends the connection, also while something moves. To be called before the job ends. */
    void (*leave)(struct job *job);
};

#endif
