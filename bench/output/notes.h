/* notes.h - the lines below a table that explain its figures. */
#ifndef BENCH_NOTES_H
#define BENCH_NOTES_H

#include "harness/result/result.h"

#include <stdio.h>

/* Prints a line for each of these that applies: the library that a row's ratio refers to, if rows
 * have different ones; the accuracy of an emulated arithmetic; the measured clock; why the device
 * reduced its clock, and in how many samples; a load of a CPU's host that other programs caused. */
void notes_print(FILE *to, const struct result *r);

#endif
