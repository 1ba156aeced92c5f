/* manual.h - the manual page. */
#ifndef BENCH_MANUAL_H
#define BENCH_MANUAL_H

/* Prints docs/gpubench.1 on stdout. */
void manual_print(void);

#endif
