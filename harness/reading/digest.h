/* digest.h - identifies a run, so that copies count once, and the place where it ran. */
#ifndef HARNESS_DIGEST_H
#define HARNESS_DIGEST_H

#include <jansson.h>
#include <stdint.h>

/* A number that two result documents share only if they are of one run: two processes never share
 * the start, the place and all samples. Documents without samples must be equal in everything. */
uint64_t digest_of(const json_t *document);

/* Identifies the card of a document, or the host of a CPU's, whatever their names are: the UUID,
 * else the digest of the machine, else the host's name; "" without any. */
const char *read_place(const json_t *document);

/* The host's name; if that is a container's identifier, which changes each time, read_place(). */
const char *read_label(const json_t *document);

/* The verdict of a soak, "" if the document has none; one that was interrupted while OK has this:
 */
#define SOAK_CUT_SHORT "CUT SHORT"
const char *read_soak_verdict(const json_t *document);

/* The same of the samples alone, in their order. Two measurements never share three different times
 * or more; 0 for fewer, which clocks of low resolution may repeat. */
uint64_t digest_of_samples(const json_t *seconds);

#endif
