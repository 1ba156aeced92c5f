/* cmd_publish.c - the verb publish: puts result files into the spool and sends the spool. */
#include "bench/cli/verb.h"
#include "bench/stored/publishing.h"
#include "bench/terminal/words.h"
#include "harness/reading/readings.h"

#include <stdlib.h>
#include <string.h>

/* The documents to add to the spool. */
struct batch {
    json_t *documents; /* an array */
    size_t skipped;
    char skipped_why[1024];
};

/* A document server gets a whole baseline, a time-series server its single runs. Returns NULL
 * unless the file is a baseline to be sent whole. */
static json_t *whole_baseline(const char *text, size_t bytes, const struct destination *to)
{
    if (to->kind == TO_PUSHGATEWAY || to->kind == TO_INFLUX)
        return NULL;
    json_t *document = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);
    const char *schema = json_string_value(json_object_get(document, "schema"));
    if (schema && strcmp(schema, "gpubench-baseline/1") == 0)
        return document;
    json_decref(document);
    return NULL;
}

static enum status add_name(struct batch *batch, const char *name, const struct destination *to,
                            struct failure *why)
{
    struct readings readings = {0};
    json_t *baseline = NULL;
    char *text = NULL;
    size_t bytes;
    enum status status = STATUS_OK;
    if (readings_is_directory(name)) {
        status = readings_add(&readings, name, READ_WHOLE, why);
    } else { /* read once: it may be a pipe */
        const char *source = strcmp(name, "-") == 0 ? "standard input" : name;
        status = readings_text(name, &text, &bytes, why);
        if (status == STATUS_OK)
            status = readings_add_text(&readings, source, text, bytes, READ_WHOLE, why);
        if (status == STATUS_OK)
            baseline = whole_baseline(text, bytes, to);
    }
    if (baseline)
        json_array_append_new(batch->documents, baseline);
    for (size_t i = 0; status == STATUS_OK && !baseline && i < readings.count; i++)
        json_array_append(batch->documents, readings.list[i].document);
    free(text);
    if (readings.skipped > 0 && batch->skipped == 0)
        memcpy(batch->skipped_why, readings.skipped_why, sizeof batch->skipped_why);
    batch->skipped += readings.skipped;
    readings_free(&readings);
    return status == STATUS_NOT_COMPARABLE ? STATUS_FAILED : status; /* no such file */
}

/* Reads all files before it queues the first, so that a wrong name queues none. */
static enum status queue_files(const struct publishing *p, const struct options *o,
                               struct failure *why)
{
    struct batch batch = {.documents = json_array()};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < o->word_count; i++)
        status = add_name(&batch, o->words[i], &p->to, why);
    const size_t count = json_array_size(batch.documents);
    if (status == STATUS_OK && count > 1 && destination_is_object(&p->to))
        status = fail(why, STATUS_USAGE,
                      "%s is the address of one object, and these are %zu results: end the address "
                      "in \"/\" to name a folder.",
                      p->to.shown, count);
    if (status == STATUS_OK && batch.skipped > 0 && !o->quiet)
        words_warn("%zu file%s left out; the first: %s", batch.skipped,
                   batch.skipped == 1 ? " was" : "s were", batch.skipped_why);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = publish_add(&p->outbox, json_array_get(batch.documents, i), o->redact, why);
    json_decref(batch.documents);
    return status;
}

static enum status understand(const struct options *o, const char *url, struct failure *why)
{
    if (o->word_count == 0 && !o->pending)
        return fail(why, STATUS_USAGE,
                    "publish needs result files, or --pending: see gpubench publish --help.");
    if (o->word_count > 0 && o->pending)
        return fail(why, STATUS_USAGE,
                    "--pending sends what is waiting already and takes no \"%.200s\": publish that "
                    "without --pending.",
                    o->first);
    if (o->word_count > 0 && !url)
        return fail(why, STATUS_USAGE,
                    "publish needs --to URL, or the address in $GPUBENCH_PUBLISH_URL: see gpubench "
                    "publish --help.");
    return STATUS_OK;
}

static enum status cmd_publish(const struct options *options, struct failure *why)
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
    if (status == STATUS_OK && !url && variable && *variable) {
        status = destination_parse(variable, options->insecure_http, &p.own, why);
        p.outbox.own = &p.own;
    }
    if (status == STATUS_OK)
        status = queue_files(&p, options, why);
    if (status == STATUS_OK)
        status = publish_send(&p.outbox, &sent, why);
    if (status == STATUS_OK && sent == 0 && !options->quiet)
        puts("nothing is pending");
    publishing_end(&p);
    return status;
}

const struct verb verb_publish = {
    .name = "publish",
    .argument = "FILE...",
    .optional = true,
    .line = "send results to a server, and retry",
    .about = "Sends result files, or all below a directory, to a server: an object store or "
             "WebDAV, a Pushgateway, InfluxDB. Results that cannot be sent now are kept in "
             ".pending in the results directory, and gpubench publish --pending sends them (exit "
             "6 until all are sent). Sending a result twice has the effect of sending it once.",
    .options = OPTIONS_SEND | OPTIONS_REDACT | OPTIONS_SERVER | OPTIONS_STORE | OPTIONS_TALK |
               OPTIONS_HELP,
    .run = cmd_publish,
};
