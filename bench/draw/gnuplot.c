/* gnuplot.c - runs gnuplot and fits its SVG into a page. */
#include "bench/draw/gnuplot.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/base/process.h"
#include "harness/text/markup.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 64 << 20 };

/* Copies gnuplot's output and replaces the placeholders by their labels. */
static char *put_labels(const struct canvas *c, const char *text, bool html)
{
    char *out;
    size_t bytes;
    FILE *to = need_stream(&out, &bytes);
    while (*text) {
        if (text[0] != 'Z' || !isdigit((unsigned char)text[1]) ||
            !isdigit((unsigned char)text[2]) || !isdigit((unsigned char)text[3])) {
            if (*text != '\f') /* before each picture of characters */
                putc(*text, to);
            text++;
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
    need_stream_end(to);
    return out;
}

/* -d: without start-up files. gnuplot's own messages are dropped, because they are about the
 * script, which the reader did not write. */
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
        return fail(why, STATUS_FAILED, "cannot store gnuplot's script: %s", strerror(error));
    }
    const int error = process_read(command, fileno(file), PROCESS_TOOL, OUTPUT_MAX, &output);
    fclose(file);
    if (error)
        return fail(why, STATUS_FAILED,
                    error == ENOENT
                        ? "gnuplot, which draws the pictures, is not installed (Debian: "
                          "gnuplot-nox)"
                        : "gnuplot cannot be started: %s",
                    strerror(error));
    const int how = output.ended;
    enum status status = interrupt_check(why);
    if (status == STATUS_OK && output.bytes && WIFEXITED(how) && WEXITSTATUS(how) == 0)
        *out = put_labels(c, output.bytes, html);
    else if (status == STATUS_OK)
        status = fail(why, STATUS_FAILED, "gnuplot failed (status %d)",
                      WIFEXITED(how) ? WEXITSTATUS(how) : how);
    free(output.bytes);
    return status;
}

/* If a colour of the form "rgb( 10,   0,   3)" is at `at`, writes the style sheet's variable for
 * it, "var(--s3)"; otherwise copies one character. Returns the position after what it read. */
static const char *put_colour(FILE *to, const char *at)
{
    int red, green, blue, length = 0;
    char head[32]; /* sscanf() reads its text to the end first, and the picture is long */
    snprintf(head, sizeof head, "%.*s", (int)sizeof head - 1, at);
    if (sscanf(head, "rgb( %d , %d , %d )%n", &red, &green, &blue, &length) == 3 && length > 0 &&
        red == 10 && green == 0) {
        fprintf(to, "var(--s%d)", blue);
        return at + length;
    }
    putc(*at, to);
    return at + 1;
}

/* Steps over `word` if the text at *at begins with it. */
static bool skip(const char **at, const char *word)
{
    const size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

/* gnuplot names each plot without a title "gnuplot_plot_3", which a browser would show under the
 * mouse. Steps over such an element. */
static bool skip_title(const char **at)
{
    const char *end =
        strncmp(*at, "<title>gnuplot_plot_", 20) == 0 ? strstr(*at, "</title>") : NULL;
    if (end)
        *at = end + sizeof "</title>" - 1;
    return end != NULL;
}

const char *gnuplot_svg(FILE *to, const char *output, unsigned number, const char *title,
                        const char *finding)
{
    static const char head_end[] = "</desc>", end[] = "</svg>";
    const char *box = strstr(output, "viewBox="), *from = box ? strstr(box, head_end) : NULL;
    const char *until = from ? strstr(from, end) : NULL;
    if (!until)
        return NULL;
    const char *quote = strchr(box + 9, '"');
    fprintf(to,
            "<svg role=\"img\" aria-labelledby=\"t%u d%u\" viewBox=\"%.*s\" "
            "xmlns=\"http://www.w3.org/2000/svg\" "
            "xmlns:xlink=\"http://www.w3.org/1999/xlink\"><title id=\"t%u\">",
            number, number, (int)(quote - box - 9), box + 9, number);
    markup_xml(to, title);
    fprintf(to, "</title><desc id=\"d%u\">", number);
    markup_xml(to, finding);
    fputs("</desc>", to);
    for (const char *at = from + sizeof head_end - 1; at < until;) {
        if (skip_title(&at))
            continue;
        if (skip(&at, "id='") || skip(&at, "id=\""))
            fprintf(to, "id=%cp%u-", at[-1], number);
        else if (skip(&at, "href='#"))
            fprintf(to, "href='#p%u-", number);
        else if (strncmp(at, "rgb(", 4) == 0)
            at = put_colour(to, at);
        else
            putc(*at++, to);
    }
    fputs("</svg>\n", to);
    return until + sizeof end - 1;
}
