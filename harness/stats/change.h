/* change.h - what a difference between two measurements amounts to: the rules of the gate.
 *
 * Values are the logarithms of process medians, so that a shift is a ratio. SLOW needs both: a
 * shift that chance does not explain, and one large enough to matter. SAME needs the whole interval
 * inside the threshold. All else is UNSURE. */
#ifndef HARNESS_CHANGE_H
#define HARNESS_CHANGE_H

#include "harness/stats/rank.h"

enum change { CHANGE_SAME, CHANGE_FAST, CHANGE_SLOW, CHANGE_UNSURE };

/* "SAME", "FAST", "SLOW", "UNSURE" */
const char *change_name(enum change change);

/* Chances taken of calling noise a change, over all that is asked of one comparison. A gate that
 * looks twice, after CHANGE_PROCESSES and after twice as many, halves it for each look. */
#define CHANGE_ALPHA      0.01
#define CHANGE_LOOK_ALPHA 0.005
enum { CHANGE_PROCESSES = 10 };

/* Thresholds: the smallest change that matters. */
#define CHANGE_GPU   0.03
#define CHANGE_CPU   0.05
#define CHANGE_CARDS 0.10 /* between two cards, or two hosts, of one model */

/* A shift of logarithms as a change of time: 0.032 is 3.2 % slower. */
double change_of(double shift);

/* `p` is the shift's own, or what rank_holm() makes of it among others. */
enum change change_judge(const struct shift *s, double p, double alpha, double threshold);

#endif
