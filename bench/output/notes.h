/* notes.h - what has to be said of measured rows beyond their figures. */
#ifndef BENCH_NOTES_H
#define BENCH_NOTES_H

#include "harness/result/result.h"

#include <stdio.h>

/* One line each, and none if there is nothing to say: what rows are quoted against, where that is
 * not one and the same for all; what an emulation is good for; the clock that
 * was measured; why the device held its clocks back, and in how many samples. */
void notes_print(FILE *to, const struct result *r);

#endif
