/* words.c - numbers as people write and read them. */
#include "bench/terminal/words.h"

#include "harness/contract/plan.h"
#include "harness/text/clean.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The number of decimals with which x, which is below 1000, has four digits. */
static int decimals_of_four(double x)
{
    return x >= 999.95 ? 0 : x >= 99.995 ? 1 : x >= 9.9995 ? 2 : 3;
}

/* The first unit in which x stays below 1000 once rounded; units grow by a factor of 1000. */
static char *with_unit(char *out, double x, const char *const *units, size_t count,
                       const char *tail)
{
    size_t u = 0;
    if (!isfinite(x)) /* a file does not have the figure */
        return strcpy(out, "-");
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

char *words_ratio(char *out, double ratio)
{
    if (ratio < 0.0001)
        snprintf(out, WORDS_BYTES, "< 0.0001");
    else
        snprintf(out, WORDS_BYTES, ratio < 0.0995 ? "%.2g" : "%.2f", ratio);
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

void words_wrap(FILE *to, const char *text, size_t at, size_t indent, size_t columns)
{
    char word[1024];
    bool is_first = true;
    while (*text) {
        size_t bytes = strcspn(text, " ");
        if (bytes == 0 && *++text)
            continue;
        bytes = bytes < sizeof word ? bytes : sizeof word - 1;
        snprintf(word, sizeof word, "%.*s", (int)bytes, text);
        size_t width = words_width(word);
        const size_t before = is_first ? 0 : 1;
        if (at + before + width > columns && at > indent) {
            fputc('\n', to);
            spaces(to, indent);
            at = indent;
        } else if (before) {
            fputc(' ', to);
            at++;
        }
        for (; at + width > columns && columns > indent + 8; width = words_width(word)) {
            size_t cut = 0; /* a word longer than a line, such as a path */
            for (size_t shown = 0; word[cut] && shown < columns - at; shown++)
                for (cut++; ((unsigned char)word[cut] & 0xC0) == 0x80; cut++)
                    ;
            fprintf(to, "%.*s\n", (int)cut, word);
            spaces(to, indent);
            memmove(word, word + cut, strlen(word + cut) + 1);
            at = indent;
        }
        fputs(word, to);
        at += width;
        is_first = false;
        text += bytes;
    }
}

void words_warn(const char *format, ...)
{
    char text[4096], clean[sizeof text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "gpubench: %s\n", clean_text(clean, sizeof clean, text));
}

void words_path(char *out, size_t bytes, const char *path)
{
    const char *home = getenv("HOME");
    size_t length = home ? strlen(home) : 0;
    const bool is_below = length > 1 && strncmp(path, home, length) == 0 && path[length] == '/';
    out[0] = '~';
    clean_text(out + is_below, bytes - is_below, is_below ? path + length : path);
}

static bool all_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* Copies the number at the start of a text, such as 10000, 10_000, 2.5 or 1e4, without its
 * underscores, and returns what follows it. */
static const char *take_number(const char *text, char *number, size_t bytes)
{
    const char *c = text;
    size_t used = 0;
    for (; used + 1 < bytes; c++) {
        const bool after_digit = c > text && isdigit((unsigned char)c[-1]);
        if (*c == '_' && after_digit && isdigit((unsigned char)c[1]))
            continue;
        const bool is_power = tolower((unsigned char)*c) == 'e' && after_digit &&
                              isdigit((unsigned char)c[c[1] == '+' ? 2 : 1]);
        const bool is_sign = *c == '+' && c > text && tolower((unsigned char)c[-1]) == 'e';
        if (!isdigit((unsigned char)*c) && *c != '.' && !is_power && !is_sign)
            break;
        number[used++] = *c;
    }
    number[used] = '\0';
    return c;
}

/* Reads a whole number such as 10000, 10_000, 1e4, 10k or 1M; `kilo` is 1000 or 1024. *rest points
 * behind it. Returns false if the text does not begin with such a number or it exceeds 64 bits. */
static bool read_whole(const char *text, uint64_t kilo, uint64_t *value, const char **rest)
{
    static const char suffixes[] = "KMG";
    char number[40], *end;
    *rest = take_number(text, number, sizeof number);
    const char *suffix = **rest ? strchr(suffixes, toupper((unsigned char)**rest)) : NULL;
    uint64_t unit = 1;
    for (const char *s = suffixes; suffix && s <= suffix; s++)
        unit *= kilo;
    *rest += suffix != NULL;
    errno = 0;
    if (all_digits(number)) {
        *value = strtoull(number, NULL, 10);
        if (errno || *value > UINT64_MAX / unit)
            return false;
        *value *= unit;
        return true;
    }
    const double real = strtod(number, &end) * (double)unit;
    if (end == number || *end || !(real < 9007199254740992.0) || real != floor(real)) /* 2⁵³ */
        return false;
    *value = (uint64_t)real;
    return true;
}

/* Copies a number with separators that are not accepted, such as 10,000, without them. */
static bool meant_n(const char *text, uint64_t *meant)
{
    char digits[32];
    size_t used = 0;
    const char *rest;
    for (const char *c = text; *c && used + 1 < sizeof digits; c++)
        if (!strchr(",' ", *c))
            digits[used++] = *c;
    digits[used] = '\0';
    return read_whole(digits, 1000, meant, &rest) && !*rest && *meant > 0;
}

enum status words_parse_n(const char *text, uint64_t *n, struct failure *why)
{
    const char *rest;
    uint64_t value = 0;
    if (*text == '\0')
        return fail(why, STATUS_USAGE, "N is empty: give the order of the matrix, such as 10000.");
    if (text[0] == '-' && all_digits(text + 1))
        return fail(why, STATUS_USAGE,
                    "N = %.40s: the order of a matrix is at least 1; for example 10000.", text);
    if (!read_whole(text, 1000, &value, &rest) || *rest) {
        if (all_digits(text)) /* more than 64 bits */
            value = UINT64_MAX;
        else if (meant_n(text, &value))
            return fail(why, STATUS_USAGE, "N = \"%.40s\": digits only; write %" PRIu64 ".", text,
                        value);
        else
            return fail(why, STATUS_USAGE,
                        "N = \"%.40s\" is not a whole number: give the order of the matrix, for "
                        "example 10000 or 10k.",
                        text);
    }
    if (value > PROBLEM_MAX_N)
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
    const char *rest;
    uint64_t parsed;
    if (!read_whole(text, 1000, &parsed, &rest) || *rest || parsed < least || parsed > most)
        return fail(why, STATUS_USAGE,
                    "--%s %.40s: give a whole number from %" PRIu64 " to %" PRIu64 ".", option,
                    *text ? text : "\"\"", least, most);
    *value = parsed;
    return STATUS_OK;
}

enum status words_parse_bytes(const char *option, const char *text, uint64_t *bytes,
                              struct failure *why)
{
    const char *rest;
    const bool is_whole = read_whole(text, 1024, bytes, &rest);
    if (!is_whole || *bytes == 0 || (*rest && strcmp(rest, "B") != 0 && strcmp(rest, "iB") != 0))
        return fail(why, STATUS_USAGE,
                    "--%s %.40s: give bytes, a whole number above 0 that K, M or G may follow, for "
                    "example 1G.",
                    option, *text ? text : "\"\"");
    return STATUS_OK;
}

struct unit {
    const char *name;
    double size;
};

/* Reads a decimal number in (0, most] with an optional unit and converts it to the first unit of
 * the list. `wanted` says in the message what to give. */
static enum status parse_decimal(const char *option, const char *text, const struct unit *units,
                                 double most, const char *wanted, double *value,
                                 struct failure *why)
{
    char number[40], *end;
    const char *rest = take_number(text, number, sizeof number);
    const double parsed = strtod(number, &end);
    rest += *rest == ' ' && rest[1];
    for (const struct unit *u = units; u->name && end != number && !*end; u++)
        if ((!*rest || strcmp(rest, u->name) == 0) && parsed > 0 && parsed * u->size <= most) {
            *value = parsed * u->size;
            return STATUS_OK;
        } else if (!*rest) {
            break;
        }
    return fail(why, STATUS_USAGE, "--%s %.40s: give %s.", option, *text ? text : "\"\"", wanted);
}

enum status words_parse_seconds(const char *option, const char *text, unsigned most,
                                double *seconds, struct failure *why)
{
    static const struct unit units[] = {{"s", 1},    {"ms", 1e-3}, {"m", 60}, {"min", 60},
                                        {"h", 3600}, {"d", 86400}, {NULL, 0}};
    char wanted[96];
    snprintf(wanted, sizeof wanted, "seconds, more than 0 and at most %u, for example 2.5 or 2m",
             most);
    return parse_decimal(option, text, units, most, wanted, seconds, why);
}

enum status words_parse_threshold(const char *option, const char *text, double *share,
                                  struct failure *why)
{
    static const struct unit units[] = {{"%", 1}, {NULL, 0}};
    const enum status status =
        parse_decimal(option, text, units, 1000,
                      "percent, more than 0 and at most 1000, for example 2.5", share, why);
    if (status == STATUS_OK)
        *share /= 100;
    return status;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The edit distance of two short words: insert, delete, replace, swap neighbours. */
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
            best = least(best, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, before[j - 2] + 1);
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
        if (d > 1 && part && (part == words[i] || text[1]))
            d = 1; /* a prefix, or any part longer than one letter, is near */
        if (d < best) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}
