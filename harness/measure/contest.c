/* contest.c - contestants that fail, alone or because the device was lost. */
#include "harness/measure/contest.h"

#include <stdio.h>
#include <stdlib.h>

static void drop_samples(struct contestant *c)
{
    free(c->samples);
    c->samples = NULL;
    c->count = 0;
}

void contestant_give_up(struct contestant *c, const char *reason)
{
    c->state = CONTESTANT_FAILED;
    snprintf(c->reason, sizeof c->reason, "%.*s", (int)sizeof c->reason - 1, reason);
    drop_samples(c);
}

void contestants_lose_device(struct contestant *contestants, size_t count, size_t culprit,
                             const char *reason)
{
    char by[256];
    snprintf(by, sizeof by, "not measured: the device was lost under %s/%s",
             arithmetic_name(contestants[culprit].variant->arithmetic),
             contestants[culprit].variant->name);
    contestant_give_up(&contestants[culprit], reason);
    for (size_t i = 0; i < count; i++) {
        struct contestant *c = &contestants[i];
        if (c->state != CONTESTANT_OK)
            continue;
        if (c->count == 0)
            contestant_give_up(c, by);
        else if (c->stop == STOP_NOT_YET)
            c->stop = STOP_LOST;
    }
}

void contestant_free(struct contestant *c)
{
    drop_samples(c);
}
