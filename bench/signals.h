/* signals.h - what ends the program early: Ctrl-C, a crash, a library that exits. */
#ifndef BENCH_SIGNALS_H
#define BENCH_SIGNALS_H

/* To be called before any thread is made and any library is loaded. */
void signals_catch(void);

/* An exit from here on is main()'s own. */
void signals_main_has_ended(void);

#endif
