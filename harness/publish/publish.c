/* publish.c - sends the entries of the spool, in the form that each kind of server takes. */
#include "harness/publish/publish.h"

#include "harness/base/durable.h"
#include "harness/export/series.h"
#include "harness/publish/redact.h"
#include "harness/publish/spool.h"
#include "harness/result/store.h"
#include "harness/text/append.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MOST = 64 << 10 };

enum status publish_spool(const char *results_option, char *path, size_t path_bytes,
                          struct failure *why)
{
    static const char folder[] = "/.pending";
    if (path_bytes <= sizeof folder)
        return fail(why, STATUS_FAILED, "no room for the name of the spool.");
    const enum status status =
        store_directory(results_option, path, path_bytes - sizeof folder, why);
    if (status != STATUS_OK) /* its own message is about saving results */
        return fail(why, status,
                    "there is no place for what waits to be sent: HOME is not set, or the name of "
                    "the directory is too long; name one with --results DIR or $GPUBENCH_RESULTS");
    strcat(path, folder);
    return STATUS_OK;
}

enum status publish_add(const struct outbox *outbox, const json_t *document, bool redact,
                        struct failure *why)
{
    if (!redact)
        return spool_add(outbox->spool, outbox->to, document, why);
    json_t *redacted = redact_document(document);
    const enum status status = spool_add(outbox->spool, outbox->to, redacted, why);
    json_decref(redacted);
    return status;
}

/* The letters and digits of a text, at most 40. */
static void put_part(FILE *to, const char *text)
{
    int count = 0;
    for (; text && *text && count < 40; text++)
        if (isalnum((unsigned char)*text)) {
            fputc(*text, to);
            count++;
        }
    if (count == 0)
        fputs("unknown", to);
}

void publish_name(const json_t *document, const char *digest, char *name, size_t bytes)
{
    char fingerprint[72];
    json_t *run = json_array_get(json_object_get(document, "runs"), 0); /* of a baseline */
    store_fingerprint(run ? run : (json_t *)document, fingerprint);
    FILE *to = fmemopen(name, bytes, "w");
    *name = '\0';
    if (!to)
        return;
    fprintf(to, "%.12s-", fingerprint + 7);
    put_part(to, json_string_value(json_object_get(document, run ? "made" : "started")));
    fputc('-', to);
    put_part(to, json_string_value(json_object_get(json_object_get(document, "tool"), "commit")));
    fprintf(to, "-%.12s.json", digest);
    fclose(to);
}

/* One entry on its way. */
struct parcel {
    const struct spool_entry *entry;
    const struct destination *to;
    char name[160];
    char url[2 * URL_BYTES];
    char *text; /* what is sent if it is not the document itself */
    struct http_request request;
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Origin and path, the latter without the slash at its end. */
static bool put_base(struct parcel *p)
{
    destination_origin(p->to, p->url, sizeof p->url);
    const bool ok = append_text(p->url, sizeof p->url, "%s", p->to->path);
    const size_t length = strlen(p->url);
    if (p->url[length - 1] == '/')
        p->url[length - 1] = '\0';
    return ok;
}

static bool put_query(struct parcel *p, const char *query)
{
    return !*query || (append_text(p->url, sizeof p->url, "%s", strchr(p->url, '?') ? "&" : "?") &&
                       append_text(p->url, sizeof p->url, "%s", query));
}

static bool make_object(struct parcel *p)
{
    p->request.method = "PUT";
    p->request.type = "application/json";
    p->request.body = p->entry->bytes;
    p->request.body_bytes = p->entry->count;
    destination_origin(p->to, p->url, sizeof p->url);
    return append_text(p->url, sizeof p->url, "%s", p->to->path) &&
           (destination_is_object(p->to) || append_text(p->url, sizeof p->url, "%s", p->name)) &&
           put_query(p, p->to->query);
}

static bool make_metrics(struct parcel *p)
{
    p->request.method = "PUT";
    p->request.type = "text/plain; version=0.0.4; charset=utf-8";
    p->text = prometheus_text(p->entry->document, &p->request.body_bytes);
    p->request.body = p->text;
    return p->text && put_base(p) && prometheus_group(p->entry->document, p->url, sizeof p->url) &&
           put_query(p, p->to->query);
}

static bool make_points(struct parcel *p)
{
    const char *call = p->to->is_influx_v2 ? "/api/v2/write" : "/write";
    p->request.method = "POST";
    p->request.type = "text/plain; charset=utf-8";
    p->request.token_word = p->to->is_influx_v2 ? "Token" : "Bearer";
    p->text = influx_lines(p->entry->document, p->entry->digest, &p->request.body_bytes);
    p->request.body = p->text;
    return p->text && put_base(p) &&
           (ends_with(p->url, call) || append_text(p->url, sizeof p->url, "%s", call)) &&
           put_query(p, p->to->query) && put_query(p, "precision=ns");
}

enum status publish_sign(struct http_request *request, struct failure *why)
{
    static const char *const needed[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        const char *value = getenv(needed[i]);
        if (!value || !*value)
            return fail(why, STATUS_PUBLISH_FAILED,
                        "$%s is not set, and s3+https signs its requests with it", needed[i]);
    }
    const char *region = getenv("AWS_REGION");
    if (!region || !*region)
        region = getenv("AWS_DEFAULT_REGION");
    request->s3_region = region && *region ? region : "us-east-1";
    return STATUS_OK;
}

static enum status send_to_file(const struct parcel *p, struct failure *why)
{
    char path[URL_BYTES + sizeof p->name];
    const size_t length = strlen(p->to->path);
    if (destination_is_object(p->to))
        snprintf(path, sizeof path, "%s", p->to->path);
    else
        snprintf(path, sizeof path, "%s%s%s", p->to->path,
                 p->to->path[length - 1] == '/' ? "" : "/", p->name);
    const int error = durable_write(path, p->entry->bytes, p->entry->count, 0666);
    const char *reason = error == ENOENT    ? "the directory has to exist"
                         : error == ENOTSUP ? "it is not a regular file"
                                            : durable_reason(error);
    return error ? fail(why, STATUS_PUBLISH_FAILED, "cannot write %s: %s", path, reason)
                 : STATUS_OK;
}

static enum status send_parcel(struct parcel *p, const struct http_access *access,
                               struct http_reply *reply, struct failure *why)
{
    enum status status = STATUS_OK;
    bool fits = true;
    *reply = (struct http_reply){.status = 400};
    p->request =
        (struct http_request){.url = p->url, .token_word = "Bearer", .answer_most = ANSWER_MOST};
    switch (p->to->kind) {
    case TO_FILE:
        return send_to_file(p, why);
    case TO_S3:
        status = publish_sign(&p->request, why);
        fits = make_object(p);
        break;
    case TO_HTTP:
        fits = make_object(p);
        break;
    case TO_PUSHGATEWAY:
        fits = make_metrics(p);
        break;
    case TO_INFLUX:
        fits = make_points(p);
        break;
    }
    if (status == STATUS_OK && !fits)
        status = fail(why, STATUS_PUBLISH_FAILED, "the result makes an address that is too long");
    if (status == STATUS_OK)
        status = http_send(&p->request, access, reply, why);
    free(p->text);
    return status;
}

/* What one pass over the spool remembers. */
struct pass {
    const struct outbox *outbox;
    size_t sent, left;
    struct failure first;
    struct destination down; /* a server that does not answer */
};

/* Whether an entry may be sent to the address that it contains. */
static enum status check_trust(const struct outbox *outbox, const struct destination *to,
                               struct failure *why)
{
    const struct destination *own = outbox->own;
    if (to->kind == TO_FILE && !(own && strcmp(own->shown, to->shown) == 0))
        return fail(why, STATUS_PUBLISH_FAILED,
                    "a file is written only where --to or $GPUBENCH_PUBLISH_URL names it: "
                    "gpubench publish --pending --to %.600s",
                    to->shown);
    const bool has_secret = to->kind == TO_S3 || (to->kind != TO_FILE && outbox->access->token);
    if (has_secret && !(own && destination_same_server(own, to)))
        return fail(why, STATUS_PUBLISH_FAILED,
                    "credentials go only to a server that --to or $GPUBENCH_PUBLISH_URL names: "
                    "gpubench publish --pending --to %.600s",
                    to->shown);
    return STATUS_OK;
}

static enum status address(struct pass *pass, const struct spool_entry *entry,
                           struct destination *to, struct failure *why)
{
    if (pass->outbox->to) {
        *to = *pass->outbox->to;
        return STATUS_OK;
    }
    if (destination_parse(entry->to, pass->outbox->access->insecure_http, to, why) != STATUS_OK)
        return STATUS_PUBLISH_FAILED;
    if (entry->needs_query)
        return fail(why, STATUS_PUBLISH_FAILED,
                    "the rest of the address, behind its \"?\", is kept nowhere: give the address "
                    "again with --to");
    return check_trust(pass->outbox, to, why);
}

static enum status send_entry(struct pass *pass, struct spool_entry *entry, bool *skipped,
                              struct failure *why)
{
    struct parcel parcel = {.entry = entry};
    struct destination to;
    struct http_reply reply = {0};
    enum status status = address(pass, entry, &to, why);
    parcel.to = &to;
    publish_name(entry->document, entry->digest, parcel.name, sizeof parcel.name);
    *skipped = false;
    if (status == STATUS_OK) {
        *skipped = pass->down.host[0] && destination_same_server(&pass->down, &to);
        if (*skipped)
            return STATUS_PUBLISH_FAILED;
        status = send_parcel(&parcel, pass->outbox->access, &reply, why);
        if (status == STATUS_PUBLISH_FAILED &&
            (reply.status == 0 || reply.status == 429 || reply.status >= 500))
            pass->down = to;
    }
    if (pass->outbox->say && status != STATUS_INTERRUPTED)
        pass->outbox->say(pass->outbox->user, parcel.name, entry->to,
                          status == STATUS_OK ? NULL : why);
    return status;
}

static enum status visit(struct pass *pass, const char *name)
{
    struct spool_entry entry;
    struct failure why = {0};
    bool taken, skipped = false;
    const struct outbox *outbox = pass->outbox;
    enum status status = spool_take(outbox->spool, name, &entry, &taken, &why);
    if (status == STATUS_OK && !taken)
        return STATUS_OK;
    if (status == STATUS_OK && outbox->to && strcmp(entry.to, outbox->to->shown) != 0)
        return spool_release(&entry, false, NULL);
    if (status == STATUS_OK) {
        struct failure unlink_why = {0};
        status = send_entry(pass, &entry, &skipped, &why);
        if (status == STATUS_OK)
            pass->sent++;
        if (spool_release(&entry, status == STATUS_OK, &unlink_why) != STATUS_OK) {
            status = STATUS_PUBLISH_FAILED;
            why = unlink_why;
        }
    }
    if (status != STATUS_OK) {
        pass->left++;
        if (!pass->first.text[0])
            fail(&pass->first, status, "%.300s: %s", entry.to[0] ? entry.to : name, why.text);
    }
    return status;
}

enum status publish_send(const struct outbox *outbox, size_t *sent, struct failure *why)
{
    struct pass pass = {.outbox = outbox};
    struct spool_list list;
    enum status status = spool_list(outbox->spool, &list, why);
    for (size_t i = 0; status == STATUS_OK && i < list.count; i++)
        if (visit(&pass, list.names[i]) == STATUS_INTERRUPTED)
            status = STATUS_INTERRUPTED;
    spool_list_free(&list);
    http_close();
    *sent = pass.sent;
    if (status == STATUS_INTERRUPTED)
        return fail(why, status,
                    "interrupted: what was not sent waits in %s, and gpubench publish "
                    "--pending sends it.",
                    outbox->spool);
    if (status == STATUS_OK && pass.left > 0)
        return fail(why, STATUS_PUBLISH_FAILED,
                    "%.600s. %zu result%s in %.200s: gpubench publish --pending sends %s.",
                    pass.first.text, pass.left, pass.left == 1 ? " waits" : "s wait", outbox->spool,
                    pass.left == 1 ? "it" : "them");
    return status;
}
