/* cmd_publish.c - the verb publish: result files into the spool, and the spool to its servers. */
#include "bench/publishing.h"
#include "bench/verbs.h"
#include "harness/readings.h"

#include <stdlib.h>
#include <string.h>

/* All files are read before the first of them is queued: a wrong name queues none. */
static enum status queue_files(const struct publishing *p, const struct options *o,
                               struct failure *why)
{
    struct readings readings = {0};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < o->word_count; i++)
        status = readings_add(&readings, o->words[i], READ_WHOLE, why);
    if (status == STATUS_NOT_COMPARABLE) /* no such file */
        status = STATUS_FAILED;
    if (status == STATUS_OK && readings.skipped > 0 && !o->quiet)
        fprintf(stderr, "gpubench: left out %zu file%s that %s no result: %s\n", readings.skipped,
                readings.skipped == 1 ? "" : "s", readings.skipped == 1 ? "is" : "are",
                readings.skipped_why);
    for (size_t i = 0; status == STATUS_OK && i < readings.count; i++)
        status = publish_add(&p->outbox, readings.list[i].document, o->redact, why);
    readings_free(&readings);
    return status;
}

static enum status understand(const struct options *o, const char *url, struct failure *why)
{
    if (o->word_count == 0 && !o->pending)
        return fail(why, STATUS_USAGE,
                    "publish needs result files, or --pending: see gpubench publish --help.");
    if (o->word_count > 0 && o->pending)
        return fail(why, STATUS_USAGE,
                    "--pending sends what is kept already and takes no \"%.200s\": publish that "
                    "without it.",
                    o->first);
    if (o->word_count > 0 && !url)
        return fail(why, STATUS_USAGE,
                    "publish needs --to URL, or the address in $GPUBENCH_PUBLISH_URL: see gpubench "
                    "publish --help.");
    return STATUS_OK;
}

enum status cmd_publish(const struct options *options, struct failure *why)
{
    const char *variable = getenv("GPUBENCH_PUBLISH_URL");
    const char *url = options->to;
    if (!url && variable && *variable && !options->pending)
        url = variable;
    struct publishing p = {0};
    size_t sent = 0;
    enum status status = understand(options, url, why);
    if (status == STATUS_OK)
        status = publishing_begin(&p, options, url, options->quiet ? NULL : stdout, why);
    p.is_list = true;
    if (status == STATUS_OK)
        status = queue_files(&p, options, why);
    if (status == STATUS_OK)
        status = publish_send(&p.outbox, &sent, why);
    if (status == STATUS_OK && sent == 0 && !options->quiet)
        puts("nothing is pending");
    publishing_end(&p);
    return status;
}
