/* identity.h - which facts decide whether two results are comparable.
 *
 *   hard        The machines differ: results are only compared on request. The fingerprint is made
 *               of these fields.
 *   soft        Results are compared, and the difference is shown.
 *   volatile    State of the moment: recorded, never a reason.
 *   provenance  Which build, and where it ran.
 *
 * The class depends on the backend that computed: the number of OpenBLAS threads changes a CPU
 * result and not a GPU result. */
#ifndef HARNESS_IDENTITY_H
#define HARNESS_IDENTITY_H

#include <jansson.h>
#include <stddef.h>

enum identity_class { IDENTITY_HARD, IDENTITY_SOFT, IDENTITY_VOLATILE, IDENTITY_PROVENANCE };

struct identity_field {
    const char *path;             /* "device.name"; "env.*" covers every path with that beginning */
    enum identity_class gpu, cpu; /* in a result of that backend */
};

/* The table of all classes; an exact path comes before a "*" that covers it. */
const struct identity_field *identity_fields(size_t *count);

/* The class of a fact in a result of a backend ("gpu", "cpu"). A path without a row is soft. */
enum identity_class identity_class_of(const char *path, const char *backend);

/* The text whose SHA-256 is the fingerprint: a heading, then path=value for each hard field of the
 * document, in the order of the table. The caller frees it. */
char *identity_text(const json_t *document);

#endif
