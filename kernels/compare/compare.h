/* compare.h - answers kept on the device, and later ones compared with them (service/compare.cu).
 */
#ifndef KERNELS_COMPARE_H
#define KERNELS_COMPARE_H

#include "kernels/job/job.h"

enum { COMPARE_LAUNCHES_MAX = CHECKED_LAUNCHES_MAX }; /* between two calls of compare_read() */

/* Copies the result of v's last run, C or the sum; compare_launch() compares with it. */
enum status compare_keep(struct job *job, const struct variant *v, struct failure *why);

/* Puts on the stream, after launch number `launch` of v: its comparison with what was kept. Parts
 * of the answer are NaN afterwards, so that a launch that does nothing shows. */
enum status compare_launch(struct job *job, const struct variant *v, unsigned launch,
                           struct failure *why);

/* Waits, and adds what differed in launches 0 … launches - 1 to *found. */
enum status compare_read(struct job *job, const struct variant *v, unsigned launches,
                         struct mismatches *found, struct failure *why);

#endif
