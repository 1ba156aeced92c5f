/* sms.h - which multiprocessor computes other bits than the others (service/sm/trial*.cu). */
#ifndef KERNELS_SMS_H
#define KERNELS_SMS_H

#include "kernels/job/job.h"

struct sm_note;

/* Loads what a trial needs, so that it needs no memory when it is too late to find some. */
enum status sms_prepare(struct job *job, struct failure *why);

/* Lets every multiprocessor compute the tile of C with this entry again and again, for a second at
 * most, and adds the outcome to *trial. */
enum status sms_try(struct job *job, struct entry at, struct sm_trial trial[SM_UNITS],
                    struct failure *why);

/* Adds one launch's notes. A note is suspect if its digest is not that of more than half of them;
 * without such a majority all are. */
void sms_judge(const struct sm_note *notes, size_t count, struct sm_trial *trial);

#endif
