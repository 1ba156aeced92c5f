/* send.c - publishes a sweep: its points once it has ended, and a failure in place of each point
 * that is still missing, so that no server goes on showing the last good run. */
#include "bench/sweep/sweep.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"

#include <string.h>

enum status sweep_send_begin(struct sweep *s, struct failure *why)
{
    const struct options *o = s->options;
    FILE *people = o->quiet ? NULL : o->json ? stderr : stdout;
    if (!o->publish)
        return STATUS_OK;
    s->publishing = need(sizeof *s->publishing);
    return publishing_begin(s->publishing, o, o->publish, people, why);
}

void sweep_send_end(struct sweep *s)
{
    if (s->publishing)
        publishing_end(s->publishing);
    free(s->publishing);
}

enum status sweep_send(const struct sweep *s, enum status status, struct failure *why)
{
    struct failure not_queued = {0};
    size_t i;
    json_t *document;
    if (!s->publishing)
        return status;
    json_array_foreach(s->documents, i, document)
    {
        const bool is_measured = json_array_size(json_object_get(document, "results")) > 0;
        if (is_measured &&
            publishing_add(s->publishing, document, s->options->redact, &not_queued) != STATUS_OK)
            break;
    }
    if (not_queued.status != STATUS_OK && status == STATUS_OK) {
        *why = not_queued;
        status = not_queued.status;
    } else if (not_queued.status != STATUS_OK) {
        words_warn("%s", not_queued.text);
    }
    return publishing_send(s->publishing, status, why);
}

void sweep_send_failure(struct sweep *s, const struct failure *failed)
{
    struct failure why = {0};
    struct run last = {.found = s->found};
    bool is_queued = false;
    for (size_t i = s->now; s->publishing && i < s->count; i++) {
        struct options o;
        struct run run;
        if (sweep_start(s, s->now_side, s->n[i], &o, &run, &why) != STATUS_OK)
            break;
        run.publishing = s->publishing;
        run.began = clock_now();
        run.found = last.found;
        memcpy(run.card, last.card, sizeof run.card);
        run.is_card_asked = last.is_card_asked;
        if (run_choose(&run, &why) == STATUS_OK)
            is_queued = run_queue_failure(&run, failed) || is_queued;
        last = run; /* the points after this one need not ask again */
        run_end(&run);
    }
    if (is_queued)
        publishing_send_failures(s->publishing);
}
