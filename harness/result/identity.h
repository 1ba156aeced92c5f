/* identity.h - which facts make two results comparable.
 *
 * hard        differ: two different machines, never compared unaware; the fingerprint is made of
 * these soft        differ: compared, and shown first volatile    state of the moment: recorded,
 * never a reason provenance  which build, when, where from
 *
 * What a fact means depends on who computed: OpenBLAS's threads make a cpu result another one, and
 * a gpu result not. */
#ifndef HARNESS_IDENTITY_H
#define HARNESS_IDENTITY_H

#include <jansson.h>
#include <stddef.h>

enum identity_class { IDENTITY_HARD, IDENTITY_SOFT, IDENTITY_VOLATILE, IDENTITY_PROVENANCE };

struct identity_field {
    const char *path;             /* "device.name", or "env.*" for all that begin so */
    enum identity_class gpu, cpu; /* in a result of that backend */
};

/* The one table; an exact path stands before a "*" that covers it. */
const struct identity_field *identity_fields(size_t *count);

/* The class of a fact in a result of a backend ("gpu", "cpu"). A path that no row covers is soft:
 * worth showing, no reason to refuse. */
enum identity_class identity_class_of(const char *path, const char *backend);
const char *identity_class_name(enum identity_class class);

/* The text that the fingerprint is the SHA-256 of: a heading, then path=value for each hard field
 * that the document has, in the table's order. To be freed by the caller; NULL if memory runs out.
 */
char *identity_text(const json_t *document);

#endif
