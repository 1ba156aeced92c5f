/* complete.h - completion of command lines in shells. */
#ifndef BENCH_COMPLETE_H
#define BENCH_COMPLETE_H

#include "harness/base/status.h"

/* Prints what may replace the last of words[0 … count), the words behind "gpubench": one candidate
 * a line, and a description after a tab where there is one. Prints nothing where the shell should
 * offer file names. */
void complete_print(char **words, int count);

/* Prints the script that a shell ("bash", "zsh", "fish") loads; it calls `gpubench --complete`. */
enum status complete_script(const char *shell, struct failure *why);

#endif
