/* ranks.c - exchanges in a star around rank 0, in the order of the ranks, so that sums over ranks
 * have the same bits in every run. */
#include "bench/ranks/ranks.h"
#include "bench/ranks/local.h"

#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/contract/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status move(struct ranks *r, int peer, char *to, const char *from, size_t bytes,
                        const char *what, struct failure *why)
{
    struct transfer message = {.peer = peer, .to = to, .from = from, .bytes = bytes};
    return ranks_wait(r, &message, 1, what, why);
}

enum status ranks_send(struct ranks *r, int to, const void *data, size_t bytes, const char *what,
                       struct failure *why)
{
    return move(r, to, NULL, data, bytes, what, why);
}

enum status ranks_receive(struct ranks *r, int from, void *data, size_t bytes, const char *what,
                          struct failure *why)
{
    return move(r, from, data, NULL, bytes, what, why);
}

enum status ranks_gather(struct ranks *r, const void *mine, size_t bytes, void *all,
                         const char *what, struct failure *why)
{
    enum status status = STATUS_OK;
    if (r->rank > 0)
        return ranks_send(r, 0, mine, bytes, what, why);
    memcpy(all, mine, bytes);
    for (int from = 1; from < r->size && !status; from++)
        status = ranks_receive(r, from, (char *)all + (size_t)from * bytes, bytes, what, why);
    return status;
}

enum status ranks_broadcast(struct ranks *r, void *data, size_t bytes, const char *what,
                            struct failure *why)
{
    enum status status = STATUS_OK;
    if (r->rank > 0)
        return ranks_receive(r, 0, data, bytes, what, why);
    for (int to = 1; to < r->size && !status; to++)
        status = ranks_send(r, to, data, bytes, what, why);
    return status;
}

enum status ranks_agree(struct ranks *r, enum status status, const char *what, struct failure *why)
{
    if (r->is_broken)
        return status;
    struct failure *all = r->rank == 0 ? need_array((size_t)r->size, sizeof *all) : NULL;
    why->status = status;
    if (status == STATUS_OK)
        *why->text = '\0';
    enum status exchanged = ranks_gather(r, why, sizeof *why, all, what, why);
    enum status verdict = STATUS_OK;
    int culprit = 0;
    for (int i = 0; i < r->size && all && !exchanged; i++) {
        const enum status worse = status_worse(verdict, all[i].status);
        culprit = worse != verdict ? i : culprit;
        verdict = worse;
    }
    if (!exchanged)
        exchanged = ranks_broadcast(r, &verdict, sizeof verdict, what, why);
    if (!exchanged && verdict != STATUS_OK)
        fail(why, verdict, "%s%s%.900s", all && r->size > 1 ? r->info[culprit].name : "",
             all && r->size > 1 ? ": " : "", all ? all[culprit].text : "");
    free(all);
    return exchanged ? exchanged : verdict;
}

static void say(const struct ranks *r, struct failure *why)
{
    progress_stop();
    fflush(stdout);
    const bool is_said_by_starter = local_is_rank(); /* the starter prints it */
    if (why->text[0] &&
        (why->status != STATUS_INTERRUPTED || (r->rank == 0 && !is_said_by_starter)))
        words_warn("%s", why->text);
    *why->text = '\0';
}

/* A launcher ends all ranks once one has failed, so the others wait until rank 0 has printed why.
 */
void ranks_end(struct ranks *r, enum status status, struct failure *why)
{
    char said = 0;
    struct failure unused;
    if (!r)
        return;
    if (r->is_broken || status != STATUS_OK)
        say(r, why);
    if (status == STATUS_INTERRUPTED)
        _exit(128 + interrupt_requested()); /* the launcher ends the others */
    if (r->is_broken || ranks_broadcast(r, &said, 1, "ending", &unused) != STATUS_OK || r->is_stuck)
        r->transport->give_up(exit_code(status != STATUS_OK ? status : STATUS_FAILED));
    r->transport->leave();
    free(r->info);
    free(r);
}
