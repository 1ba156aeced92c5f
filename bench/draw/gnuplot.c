/* gnuplot.c - see gnuplot.h. */
#define _GNU_SOURCE 1 /* memmem */

#include "bench/draw/gnuplot.h"

#include "bench/terminal/words.h"
#include "harness/base/process.h"
#include "harness/text/markup.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LABEL_COLUMNS_MAX = 44, LABELS_MAX = 1000, OUTPUT_MAX = 64 << 20 };

const char *canvas_label(struct canvas *c, const char *text)
{
    char *out = c->placeholder[c->turn++ % 8];
    size_t columns = words_width(text);
    *out = '\0';
    if (c->label_count == c->label_capacity) {
        const size_t capacity = c->label_capacity ? 2 * c->label_capacity : 32;
        char **labels = realloc(c->labels, capacity * sizeof *labels);
        if (!labels)
            return out;
        c->labels = labels;
        c->label_capacity = capacity;
    }
    char *copy = strdup(text);
    if (!copy || c->label_count == LABELS_MAX) {
        free(copy);
        return out;
    }
    if (columns > LABEL_COLUMNS_MAX) {
        columns = 0;
        for (char *at = copy; *at; at++)
            if (((unsigned char)*at & 0xC0) != 0x80 && columns++ == LABEL_COLUMNS_MAX - 1) {
                strcpy(at, "…"); /* three bytes, and there are more than that left or it fits */
                break;
            }
    }
    c->labels[c->label_count] = copy;
    int length = snprintf(out, 16, "Z%03zu", c->label_count++);
    while ((size_t)length < columns)
        out[length++] = 'z';
    out[length] = '\0';
    return out;
}

const char *canvas_shade(enum shade shade)
{
    static const char *const colours[] = {"rgb \"#0a0000\"", "rgb \"#0a0001\"", "rgb \"#0a0002\"",
                                          "rgb \"#0a0003\"", "rgb \"#0a0004\"", "rgb \"#0a0005\"",
                                          "rgb \"#0a0006\"", "rgb \"#0a0007\"", "rgb \"#0a0008\"",
                                          "rgb \"#0a0009\"", "rgb \"#0a000a\""};
    _Static_assert(sizeof colours / sizeof *colours == SHADE_LAST + 1, "one a shade");
    return colours[shade];
}

void canvas_free(struct canvas *c)
{
    for (size_t i = 0; i < c->label_count; i++)
        free(c->labels[i]);
    free(c->labels);
    c->labels = NULL;
    c->label_count = c->label_capacity = 0;
}

/* Copies gnuplot's output with the labels put in. */
static enum status put_labels(const struct canvas *c, const char *text, bool html, char **out,
                              struct failure *why)
{
    size_t bytes;
    FILE *to = open_memstream(out, &bytes);
    if (!to)
        return fail(why, STATUS_NO_MEMORY, "no memory for the pictures.");
    while (*text) {
        if (text[0] != 'Z' || !isdigit((unsigned char)text[1]) ||
            !isdigit((unsigned char)text[2]) || !isdigit((unsigned char)text[3])) {
            putc(*text++, to);
            continue;
        }
        const size_t i = (size_t)atoi((char[]){text[1], text[2], text[3], 0});
        const char *label = i < c->label_count ? c->labels[i] : "";
        text += 4 + strspn(text + 4, "z");
        if (html)
            markup_xml(to, label);
        else
            fputs(label, to);
    }
    if (fclose(to) == 0)
        return STATUS_OK;
    free(*out);
    *out = NULL;
    return fail(why, STATUS_NO_MEMORY, "no memory for the pictures.");
}

/* Runs `gnuplot -d`, without start-up files. Errors of its own go nowhere: they would be about the
 * script, which is ours. */
enum status gnuplot_run(const struct canvas *c, const char *script, size_t bytes, bool html,
                        char **out, struct failure *why)
{
    char *const command[] = {"gnuplot", "-d", NULL};
    struct process_output output;
    *out = NULL;
    FILE *file = tmpfile();
    if (!file || fwrite(script, 1, bytes, file) != bytes || fflush(file) != 0 ||
        lseek(fileno(file), 0, SEEK_SET) != 0) {
        const int error = errno;
        if (file)
            fclose(file);
        return fail(why, STATUS_FAILED, "no place for gnuplot's script: %s", strerror(error));
    }
    const int error = process_read(command, fileno(file), true, OUTPUT_MAX, &output);
    fclose(file);
    if (error)
        return fail(why, STATUS_FAILED,
                    error == ENOENT ? "there is no gnuplot, which draws the pictures: install it "
                                      "(Debian: gnuplot-nox)"
                                    : "gnuplot cannot be started: %s",
                    strerror(error));
    const int how = output.ended;
    enum status status = STATUS_FAILED;
    if (output.bytes && WIFEXITED(how) && WEXITSTATUS(how) == 0)
        status = put_labels(c, output.bytes, html, out, why);
    else
        fail(why, status, "gnuplot failed (status %d)", WIFEXITED(how) ? WEXITSTATUS(how) : how);
    free(output.bytes);
    return status;
}

/* "rgb( 10,   0,   3)" as the style sheet's variable of that role, from inside the parentheses. Any
 * other colour is as it was. Returns what follows. */
static const char *put_colour(FILE *to, const char *at)
{
    int red, green, blue, length = 0;
    if (sscanf(at, "rgb( %d , %d , %d )%n", &red, &green, &blue, &length) == 3 && length > 0 &&
        red == 10 && green == 0) {
        fprintf(to, "var(--s%d)", blue);
        return at + length;
    }
    putc(*at, to);
    return at + 1;
}

/* Whether what is at `at` begins with the word; then it is stepped over. */
static bool takes(const char **at, const char *word)
{
    const size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

const char *gnuplot_svg(FILE *to, const char *output, unsigned number, const char *title)
{
    static const char head_end[] = "</desc>", end[] = "</svg>";
    const char *box = strstr(output, "viewBox="), *from = box ? strstr(box, head_end) : NULL;
    const char *until = from ? strstr(from, end) : NULL;
    if (!until)
        return NULL;
    const char *quote = strchr(box + 9, '"');
    fprintf(to, "<svg role=\"img\" aria-label=\"");
    markup_xml(to, title);
    fprintf(to,
            "\" viewBox=\"%.*s\" xmlns=\"http://www.w3.org/2000/svg\" "
            "xmlns:xlink=\"http://www.w3.org/1999/xlink\">",
            (int)(quote - box - 9), box + 9);
    for (const char *at = from + sizeof head_end - 1; at < until;) {
        if (takes(&at, "id='") || takes(&at, "id=\""))
            fprintf(to, "id=%cp%u-", at[-1], number);
        else if (takes(&at, "href='#"))
            fprintf(to, "href='#p%u-", number);
        else if (strncmp(at, "rgb(", 4) == 0)
            at = put_colour(to, at);
        else
            putc(*at++, to);
    }
    fputs("</svg>\n", to);
    return until + sizeof end - 1;
}
