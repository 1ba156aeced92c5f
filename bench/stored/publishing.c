/* publishing.c - turns options into an outbox. */
#include "bench/stored/publishing.h"

#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/baseline/baseline.h"
#include "harness/text/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(void *user, const char *name, const char *to, const struct failure *why)
{
    const struct publishing *p = user;
    char *line = why ? need_format("not published    %s to %s: %s", name, to, why->text)
                     : need_format("published        %s to %s", name, to);
    char *clean = clean_copy(line);
    if (p->people && (!why || p->is_list))
        fprintf(p->people, "%s\n", clean);
    free(clean);
    free(line);
}

static enum status take_access(const struct options *options, struct http_access *access,
                               struct failure *why)
{
    *access = (struct http_access){.ca_file = options->ca_file,
                                   .insecure_http = options->insecure_http,
                                   .offline = options->offline,
                                   .timeout_s = options->timeout_s};
    if (options->ca_file && faccessat(AT_FDCWD, options->ca_file, R_OK, 0) != 0)
        return fail(why, STATUS_USAGE, "--ca-file %s cannot be read: %s", options->ca_file,
                    strerror(errno));
    return http_access_token(access, options->token_file, why);
}

enum status publishing_baseline(const struct options *options, const char *name,
                                struct readings *to, struct failure *why)
{
    struct http_access access = {0};
    enum status status = STATUS_OK;
    if (destination_is_url(name))
        status = take_access(options, &access, why);
    if (status == STATUS_OK)
        status = baseline_load(name, &access, to, why);
    http_access_free(&access);
    return status;
}

enum status publishing_begin(struct publishing *p, const struct options *options, const char *url,
                             FILE *people, struct failure *why)
{
    *p = (struct publishing){.people = people};
    p->outbox = (struct outbox){
        .spool = p->spool, .to = url ? &p->to : NULL, .access = &p->access, .say = say, .user = p};
    enum status status = STATUS_OK;
    if (url)
        status = destination_parse(url, options->insecure_http, &p->to, why);
    if (status == STATUS_OK)
        status = take_access(options, &p->access, why);
    if (status == STATUS_OK)
        status = publish_spool(options->results, p->spool, sizeof p->spool, why);
    if (status == STATUS_OK && url && p->to.kind != TO_FILE)
        status = http_open(why);
    return status;
}

void publishing_end(struct publishing *p)
{
    http_access_free(&p->access);
}

enum status publishing_add(const struct publishing *p, const json_t *document, bool redact,
                           struct failure *why)
{
    return publish_add(&p->outbox, document, redact, why);
}

enum status publishing_send(const struct publishing *p, enum status status, struct failure *why)
{
    struct failure not_sent = {0};
    size_t sent = 0;
    if (publish_send(&p->outbox, &sent, &not_sent) == STATUS_OK)
        return status;
    const bool is_worse = status_worse(status, not_sent.status) != status;
    if (status != STATUS_OK)
        words_warn("%s", is_worse ? why->text : not_sent.text);
    if (is_worse)
        *why = not_sent;
    return status_worse(status, not_sent.status);
}

void publishing_send_failures(const struct publishing *p)
{
    struct failure not_sent = {0};
    size_t sent = 0;
    if (publish_send(&p->outbox, &sent, &not_sent) != STATUS_OK)
        words_warn("%s", not_sent.text);
}

/* The address may follow an option: "--publish=https://…". */
static char *shown_argument(const char *word)
{
    const char *value = word[0] == '-' ? strchr(word, '=') : NULL;
    value = value ? value + 1 : word;
    if (!destination_is_url(value))
        return need_text(word);
    const size_t before = (size_t)(value - word), bytes = strlen(word) + 4;
    char *out = need(bytes);
    memcpy(out, word, before);
    destination_shown(value, out + before, bytes - before);
    return out;
}

char **publishing_arguments(int argc, char **argv)
{
    char **out = need_array((size_t)argc + 1, sizeof *out);
    for (int i = 0; i < argc; i++)
        out[i] = shown_argument(argv[i]);
    return out;
}

void publishing_free_arguments(char **arguments)
{
    for (char **word = arguments; word && *word; word++)
        free(*word);
    free(arguments);
}
