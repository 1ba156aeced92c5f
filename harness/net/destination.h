/* destination.h - an address that results are published to or fetched from: read strictly, so that
 * no two readers of it can mean different hosts, and never shown with what may be a secret. */
#ifndef HARNESS_DESTINATION_H
#define HARNESS_DESTINATION_H

#include "harness/base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { URL_BYTES = 4096 };

enum destination_kind {
    TO_FILE,        /* file:///DIRECTORY/ or file:///FILE */
    TO_HTTP,        /* https://HOST/FOLDER/ or https://HOST/OBJECT: PUT of the document */
    TO_S3,          /* s3+https://HOST/BUCKET/FOLDER/: the same, signed */
    TO_PUSHGATEWAY, /* pushgateway+https://HOST/ */
    TO_INFLUX,      /* influx+https://HOST/?db=DATABASE or ?org=ORG&bucket=BUCKET */
};

struct destination {
    enum destination_kind kind;
    bool tls, is_loopback;
    char host[256];        /* lower case; "[::1]" keeps its brackets */
    char port[8];          /* "443" if none is given */
    char path[URL_BYTES];  /* from the first "/" to the "?"; a path of this machine for file:// */
    char query[URL_BYTES]; /* behind the "?", without it; "" if there is none */
    bool is_influx_v2;

    /* The address as it may be shown and recorded: a query only where it can hold no secret
     * (influx). needs_query: what was left out is needed to send. */
    char shown[URL_BYTES];
    bool needs_query;
};

/* Reads an address; STATUS_USAGE with a sentence for what is none, for a user or password in it,
 * and for http to another machine unless insecure_http. */
enum status destination_parse(const char *text, bool insecure_http, struct destination *to,
                              struct failure *why);

/* The address without what may be a secret in it, whether it can be read or not; returns out. */
char *destination_shown(const char *text, char *out, size_t bytes);

/* Whether the text is an address at all, and not the name of a file. */
bool destination_is_url(const char *text);

/* Same scheme, host and port: where credentials for one may go to the other. */
bool destination_same_server(const struct destination *a, const struct destination *b);

/* Whether it is the address of one document, and not of a folder or of a server for figures. */
bool destination_is_object(const struct destination *to);

/* "http[s]://HOST:PORT", without the port if it is the scheme's own. */
void destination_origin(const struct destination *to, char *out, size_t bytes);

/* Appends the text with everything percent-encoded that is not unreserved in a URL; false if it
 * does not fit. */
bool destination_append_encoded(char *out, size_t bytes, const char *text);

#endif
