/* words.c - numbers as people write and read them. */
#include "bench/terminal/words.h"

#include "harness/contract/plan.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Decimals that leave x, already below 1000 in its unit, with four digits. */
static int decimals_of_four(double x)
{
    return x >= 999.95 ? 0 : x >= 99.995 ? 1 : x >= 9.9995 ? 2 : 3;
}

/* The first unit in which x stays below 1000 once rounded; units grow by a factor of 1000. */
static char *with_unit(char *out, double x, const char *const *units, size_t count,
                       const char *tail)
{
    size_t u = 0;
    while (u + 1 < count && x >= 999.95) {
        x /= 1000;
        u++;
    }
    snprintf(out, WORDS_BYTES, "%.*f %s%s", decimals_of_four(x), x, units[u], tail);
    return out;
}

char *words_time(char *out, double seconds)
{
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    return with_unit(out, seconds * 1e9, units, sizeof units / sizeof *units, "");
}

char *words_rate(char *out, double per_second, const char *unit)
{
    static const char *const prefixes[] = {"M", "G", "T", "P"};
    return with_unit(out, per_second / 1e6, prefixes, sizeof prefixes / sizeof *prefixes, unit);
}

char *words_clock(char *out, nanos ns)
{
    uint64_t us = (ns + 500) / 1000, s = us / 1000000;
    snprintf(out, WORDS_BYTES, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64 ".%06" PRIu64, s / 3600,
             s / 60 % 60, s % 60, us % 1000000);
    return out;
}

char *words_bytes(char *out, uint64_t bytes)
{
    return amount_of_bytes(out, bytes);
}

char *words_sum(char *out, double sum)
{
    snprintf(out, WORDS_BYTES, "%.7g", (double)(float)sum);
    return out;
}

char *words_percent(char *out, double share)
{
    double percent = share * 100;
    snprintf(out, WORDS_BYTES, "%.*f %%", fabs(percent) < 9.95 ? 1 : 0, percent);
    return out;
}

char *words_error(char *out, double error)
{
    snprintf(out, WORDS_BYTES, "%+.1e", error);
    return out;
}

size_t words_width(const char *text)
{
    size_t columns = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '\033') { /* ESC [ … m */
            while (c[1] && *c != 'm')
                c++;
            continue;
        }
        if (((unsigned char)*c & 0xC0) != 0x80)
            columns++;
    }
    return columns;
}

static void spaces(FILE *to, size_t count)
{
    while (count-- > 0)
        putc(' ', to);
}

void words_left(FILE *to, const char *text, size_t columns)
{
    size_t width = words_width(text);
    fputs(text, to);
    spaces(to, columns > width ? columns - width : 0);
}

void words_right(FILE *to, const char *text, size_t columns)
{
    size_t width = words_width(text);
    spaces(to, columns > width ? columns - width : 0);
    fputs(text, to);
}

void words_path(char *out, size_t bytes, const char *path)
{
    const char *home = getenv("HOME");
    size_t length = home ? strlen(home) : 0;
    if (length > 1 && strncmp(path, home, length) == 0 && path[length] == '/')
        snprintf(out, bytes, "~%s", path + length);
    else
        snprintf(out, bytes, "%s", path);
}

static bool all_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* What a number such as 1e4 or 10_000 stands for, as digits; false if it stands for no whole number
 * in range. */
static bool meant_n(const char *text, char *out, size_t bytes)
{
    char digits[32];
    size_t used = 0;
    for (const char *c = text; *c; c++) {
        if (strchr("_,' ", *c))
            continue;
        if (used + 1 == sizeof digits)
            return false;
        digits[used++] = *c;
    }
    digits[used] = '\0';
    if (used == 0 || !isdigit((unsigned char)digits[0]) || strpbrk(digits, "xXpP"))
        return false;
    char *end;
    double value = strtod(digits, &end);
    if ((*end == 'k' || *end == 'K') && end[1] == '\0') {
        value *= 1000;
        end++;
    }
    if (*end || !(value >= 1) || value > PROBLEM_MAX_N || value != floor(value))
        return false;
    snprintf(out, bytes, "%.0f", value);
    return true;
}

enum status words_parse_n(const char *text, uint64_t *n, struct failure *why)
{
    if (*text == '\0')
        return fail(why, STATUS_USAGE,
                    "N is empty: give the order of the matrix as digits, for example 10000.");
    if (!all_digits(text)) {
        char meant[32];
        if (text[0] == '-' && all_digits(text + 1))
            return fail(why, STATUS_USAGE,
                        "N = %.40s: the order of a matrix is at least 1; for example 10000.", text);
        if (meant_n(text, meant, sizeof meant))
            return fail(why, STATUS_USAGE, "N = \"%.40s\": digits only; write %s.", text, meant);
        return fail(why, STATUS_USAGE,
                    "N = \"%.40s\" is not a whole number: give the order of the matrix as digits, "
                    "for example 10000.",
                    text);
    }
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno || value > PROBLEM_MAX_N)
        return fail(why, STATUS_USAGE,
                    "N = %.40s is more than can be indexed: the largest order is %u.", text,
                    PROBLEM_MAX_N);
    if (value == 0)
        return fail(why, STATUS_USAGE,
                    "N = %.40s: the order of a matrix is at least 1; for example 10000.", text);
    *n = value;
    return STATUS_OK;
}

enum status words_parse_whole(const char *option, const char *text, uint64_t least, uint64_t most,
                              uint64_t *value, struct failure *why)
{
    errno = 0;
    unsigned long long parsed = all_digits(text) ? strtoull(text, NULL, 10) : 0;
    if (!all_digits(text) || errno || parsed < least || parsed > most)
        return fail(why, STATUS_USAGE,
                    "--%s %.40s: give a whole number from %" PRIu64 " to %" PRIu64 ".", option,
                    *text ? text : "\"\"", least, most);
    *value = parsed;
    return STATUS_OK;
}

enum status words_parse_bytes(const char *option, const char *text, uint64_t *bytes,
                              struct failure *why)
{
    static const char suffixes[] = "KMG";
    char *end = NULL;
    errno = 0;
    const unsigned long long number = isdigit((unsigned char)*text) ? strtoull(text, &end, 10) : 0;
    const char *suffix = end && *end ? strchr(suffixes, toupper((unsigned char)*end)) : NULL;
    const unsigned shift = suffix ? 10 * (unsigned)(suffix - suffixes + 1) : 0;
    if (number == 0 || errno || number > UINT64_MAX >> shift || end[suffix != NULL])
        return fail(why, STATUS_USAGE,
                    "--%s %.40s: give bytes, a whole number above 0 that K, M or G may follow, for "
                    "example 1G.",
                    option, *text ? text : "\"\"");
    *bytes = (uint64_t)number << shift;
    return STATUS_OK;
}

/* A decimal number in (0, most]; `wanted` says what to give. */
static enum status parse_decimal(const char *option, const char *text, double most,
                                 const char *wanted, double *value, struct failure *why)
{
    char *end = NULL;
    const double parsed = text[strspn(text, "0123456789.")] == '\0' ? strtod(text, &end) : NAN;
    if (!end || end == text || *end || !(parsed > 0) || parsed > most)
        return fail(why, STATUS_USAGE, "--%s %.40s: give %s.", option, *text ? text : "\"\"",
                    wanted);
    *value = parsed;
    return STATUS_OK;
}

enum status words_parse_seconds(const char *option, const char *text, double *seconds,
                                struct failure *why)
{
    return parse_decimal(option, text, 86400,
                         "seconds, more than 0 and at most 86400, for example 2.5", seconds, why);
}

enum status words_parse_threshold(const char *option, const char *text, double *share,
                                  struct failure *why)
{
    const enum status status = parse_decimal(
        option, text, 1000, "percent, more than 0 and at most 1000, for example 2.5", share, why);
    if (status == STATUS_OK)
        *share /= 100;
    return status;
}

/* Edits (insert, delete, replace, swap neighbours) between two words; both short. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    size_t la = strlen(a), lb = strlen(b);
    if (la > LONGEST || lb > LONGEST)
        return LONGEST;
    size_t before[LONGEST + 1] = {0}, last[LONGEST + 1], now[LONGEST + 1];
    for (size_t j = 0; j <= lb; j++)
        last[j] = j;
    for (size_t i = 1; i <= la; i++) {
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        memcpy(before, last, sizeof before);
        memcpy(last, now, sizeof last);
    }
    return last[lb];
}

const char *words_nearest(const char *text, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    size_t best = strlen(text) / 3 + 2; /* one edit in "gpu", four in "syrk-fused" */
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(text, words[i]);
        const char *part = text[0] ? strstr(words[i], text) : NULL;
        if (part && (part == words[i] || text[1]))
            d = 1; /* the start of a word is near to it, or any part but a single letter */
        if (d < best) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}
