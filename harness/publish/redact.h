/* redact.h - a copy of a result without the names that identify the machine. */
#ifndef HARNESS_REDACT_H
#define HARNESS_REDACT_H

#include <jansson.h>

/* A copy in which the host's name, UUIDs, PCI ids (wherever they stand in a text) and the command
 * line are "redacted-" and 12 digits of a SHA-256; the same name on the same host always gives the
 * same digits. $GPUBENCH_REDACT_SALT goes into them; without it, anyone can check a guess of a
 * host's name. The fingerprint does not change. */
json_t *redact_document(const json_t *document);

#endif
