/* change.h - SAME, FAST, SLOW or UNSURE: the verdict about a difference between two measurements.
 *
 * Values are logarithms of process medians, so a shift is a ratio. SLOW needs a shift that chance
 * does not explain and that is at least the threshold. SAME needs the whole interval inside the
 * threshold, with 0 in it. Everything else is UNSURE. */
#ifndef HARNESS_CHANGE_H
#define HARNESS_CHANGE_H

#include "harness/stats/rank.h"

enum change { CHANGE_SAME, CHANGE_FAST, CHANGE_SLOW, CHANGE_UNSURE };

/* The word for a change: "SAME", "FAST", "SLOW" or "UNSURE". */
const char *change_name(enum change change);

/* The probability of calling noise a change, over all rows of one comparison. A gate that decides
 * twice, after CHANGE_PROCESSES processes and after twice as many, uses half of it each time. */
#define CHANGE_ALPHA      0.01
#define CHANGE_LOOK_ALPHA 0.005
enum { CHANGE_PROCESSES = 10 };

/* Thresholds: the smallest change that matters. */
#define CHANGE_GPU   0.03
#define CHANGE_CPU   0.05
#define CHANGE_CARDS 0.10 /* between two cards, or two hosts, of one model */

/* A shift of logarithms as a change of time: 0.032 is 3.2 % slower. */
double change_of(double shift);

/* `p` is the shift's own, or corrected by rank_holm(). */
enum change change_judge(const struct shift *s, double p, double alpha, double threshold);

#endif
