/* words.h - numbers as people write and read them: parses what the user typed and formats what
 * gpubench prints.
 *
 * A formatter fills a buffer of at least WORDS_BYTES and returns it, so that the call can be an
 * argument of printf(). */
#ifndef BENCH_WORDS_H
#define BENCH_WORDS_H

#include "harness/base/clock.h"
#include "harness/base/status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { WORDS_BYTES = 64 };

/* "18.41 ms", "1.204 s", "5.210 µs": four digits in the unit that suits them. */
char *words_time(char *out, double seconds);

/* "0:00:00.341208": hours, minutes, seconds and microseconds, as Python prints a timedelta. */
char *words_clock(char *out, nanos ns);

/* "108.6 TFLOP/s", "3.210 GB/s": `unit` follows the prefix; powers of 1000. */
char *words_rate(char *out, double per_second, const char *unit);

/* "13.4 GiB": powers of 1024. */
char *words_bytes(char *out, uint64_t bytes);

/* "2.500152e+11": a float32 sum with the seven digits it holds. */
char *words_sum(char *out, double sum);

/* "0.2 %", "85 %": a share, one decimal below 10 %. */
char *words_percent(char *out, double share);

/* "2.20", "0.0043": a ratio, two digits below 0.1; "< 0.0001". */
char *words_ratio(char *out, double ratio);

/* "-3.1e-08": an error, always with its sign. */
char *words_error(char *out, double error);

/* The columns that UTF-8 text takes on a terminal: one per code point, none for colour escapes. */
size_t words_width(const char *text);

/* Writes text, padded with spaces to `columns` on the right or the left. Wider text is not cut. */
void words_left(FILE *to, const char *text, size_t columns);
void words_right(FILE *to, const char *text, size_t columns);

/* Writes text in lines of at most `columns`, broken at spaces where possible. Each line but the
 * first begins with `indent` spaces; the first continues a line that already has `at` columns. */
void words_wrap(FILE *to, const char *text, size_t at, size_t indent, size_t columns);

/* Prints a message on standard error, after "gpubench: "; it may quote names of files and words of
 * a server, which are cleaned. */
void words_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A path, with "~" in place of the home directory. */
void words_path(char *out, size_t bytes, const char *path);

/* The order of the matrix, 1 … PROBLEM_MAX_N. Whole numbers may be written as 10000, 10_000, 1e4 or
 * 10k. Returns STATUS_USAGE with a message for anything else. */
enum status words_parse_n(const char *text, uint64_t *n, struct failure *why);

/* A whole number in [least, most], the value of --`option`. */
enum status words_parse_whole(const char *option, const char *text, uint64_t least, uint64_t most,
                              uint64_t *value, struct failure *why);

/* Bytes: a whole number above 0, optionally followed by K, M or G (powers of 1024). */
enum status words_parse_bytes(const char *option, const char *text, uint64_t *bytes,
                              struct failure *why);

/* Seconds in (0, most]: a decimal number, optionally followed by s, ms, m, min, h or d. */
enum status words_parse_seconds(const char *option, const char *text, unsigned most,
                                double *seconds, struct failure *why);

/* A threshold in percent, in (0, 1000] and optionally followed by %; *share is a hundredth of it.
 */
enum status words_parse_threshold(const char *option, const char *text, double *share,
                                  struct failure *why);

/* The word nearest to text by edit distance; NULL if none is near enough to be a typing error. */
const char *words_nearest(const char *text, const char *const *words, size_t count);

#endif
