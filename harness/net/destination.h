/* destination.h - addresses that results are published to or fetched from. They are parsed
 * strictly, so that an address can mean one host only, and shown without anything that may be a
 * secret. */
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
    char query[URL_BYTES]; /* the part after the "?"; "" if there is none */
    bool is_influx_v2;

    /* The address as it may be shown and recorded. The query is left out unless it cannot contain a
     * secret (influx); needs_query says that the missing query is needed to send. */
    char shown[URL_BYTES];
    bool needs_query;
};

/* Parses an address. Returns STATUS_USAGE with a message if it is invalid, if it has a user or a
 * password in it, or if it is http to another machine and insecure_http is not set. */
enum status destination_parse(const char *text, bool insecure_http, struct destination *to,
                              struct failure *why);

/* Writes the address without anything that may be a secret to out, also if it is invalid, and
 * returns out. */
char *destination_shown(const char *text, char *out, size_t bytes);

/* Whether the text is an address, not the name of a file. */
bool destination_is_url(const char *text);

/* Whether both have the same scheme, host and port, so that credentials for one may be sent to the
 * other. */
bool destination_same_server(const struct destination *a, const struct destination *b);

/* Whether it is the address of one document, not of a folder or of a time-series database. */
bool destination_is_object(const struct destination *to);

/* "http[s]://HOST:PORT", without the port if it is the scheme's default. */
void destination_origin(const struct destination *to, char *out, size_t bytes);

/* Appends the text to a URL, percent-encoded except for unreserved characters; false if it does not
 * fit. */
bool destination_append_encoded(char *out, size_t bytes, const char *text);

#endif
