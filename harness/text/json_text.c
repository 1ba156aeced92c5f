/* json_text.c - makes JSON values, and prints JSON text. */
#include "harness/text/json_text.h"

#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

json_t *json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_words(const char *text)
{
    if (!text)
        return json_null();
    char *clean = clean_copy(text);
    json_t *string = json_string(clean);
    free(clean);
    return string;
}

json_t *json_at(const json_t *object, const char *path)
{
    json_t *here = NULL;
    while (object) {
        char key[64];
        const size_t length = strcspn(path, ".");
        if (length >= sizeof key)
            return NULL;
        memcpy(key, path, length);
        key[length] = '\0';
        here = json_object_get(object, key);
        if (!path[length])
            break;
        path += length + 1;
        object = here;
    }
    return object ? here : NULL;
}

enum { LINE_MAX_COLUMNS = 100, SHORT_MEMBERS = 4 };

struct writer {
    FILE *to;
    size_t column;
};

static void put(struct writer *w, const char *text)
{
    w->column += strlen(text);
    fputs(text, w->to);
}

static void new_line(struct writer *w, int depth)
{
    fprintf(w->to, "\n%*s", 2 * depth, "");
    w->column = 2 * (size_t)depth;
}

char *json_real_text(char *text, double value)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, JSON_REAL_BYTES, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (!strpbrk(text, ".e"))
        strcat(text, ".0");
    return text;
}

static void put_string(struct writer *w, const char *text)
{
    json_t *string = json_string(text);
    char *quoted = json_dumps(string, JSON_ENCODE_ANY);
    w->column += strlen(quoted);
    clean_json(w->to, quoted, '\0');
    free(quoted);
    json_decref(string);
}

static void put_scalar(struct writer *w, const json_t *value)
{
    char text[JSON_REAL_BYTES];
    switch (json_typeof(value)) {
    case JSON_STRING:
        put_string(w, json_string_value(value));
        break;
    case JSON_INTEGER:
        snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        put(w, text);
        break;
    case JSON_REAL:
        put(w, json_real_text(text, json_real_value(value)));
        break;
    case JSON_TRUE:
        put(w, "true");
        break;
    case JSON_FALSE:
        put(w, "false");
        break;
    default:
        put(w, "null");
    }
}

static bool is_container(const json_t *value)
{
    return json_is_object(value) || json_is_array(value);
}

static bool holds_containers(const json_t *value)
{
    const char *key;
    json_t *member;
    size_t index;
    json_object_foreach((json_t *)value, key, member) if (is_container(member)) return true;
    json_array_foreach(value, index, member) if (is_container(member)) return true;
    return false;
}

static void put_value(struct writer *w, const json_t *value, int depth, bool in_array);

static void put_object(struct writer *w, const json_t *object, int depth, bool in_array)
{
    const size_t members = json_object_size(object);
    const bool one_line =
        members == 0 || (in_array && members <= SHORT_MEMBERS && !holds_containers(object));
    const char *key;
    json_t *member;
    bool first = true;
    put(w, "{");
    json_object_foreach((json_t *)object, key, member)
    {
        if (!first)
            put(w, one_line ? ", " : ",");
        if (!one_line)
            new_line(w, depth + 1);
        put_string(w, key);
        put(w, ": ");
        put_value(w, member, depth + 1, false);
        first = false;
    }
    if (!one_line)
        new_line(w, depth);
    put(w, "}");
}

static void put_array(struct writer *w, const json_t *array, int depth)
{
    const bool fill = !holds_containers(array);
    json_t *member;
    size_t index;
    put(w, "[");
    json_array_foreach(array, index, member)
    {
        if (index > 0)
            put(w, ",");
        if (!fill || w->column >= LINE_MAX_COLUMNS - JSON_REAL_BYTES / 2)
            new_line(w, depth + 1);
        else if (index > 0)
            put(w, " ");
        put_value(w, member, depth + 1, true);
    }
    if (!fill)
        new_line(w, depth);
    put(w, "]");
}

static void put_value(struct writer *w, const json_t *value, int depth, bool in_array)
{
    if (json_is_object(value))
        put_object(w, value, depth, in_array);
    else if (json_is_array(value))
        put_array(w, value, depth);
    else
        put_scalar(w, value);
}

int json_text_write(const json_t *document, FILE *to)
{
    /* printf and strtod follow LC_NUMERIC; JSON always has a decimal point. */
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    locale_t before = uselocale(plain); /* without memory for `plain`, nothing changes */
    struct writer w = {.to = to};
    put_value(&w, document, 0, false);
    fputs("\n", to);
    uselocale(before);
    if (plain)
        freelocale(plain);
    return ferror(to) ? -1 : 0;
}

char *json_text(const json_t *document, size_t *bytes)
{
    char *text;
    FILE *to = need_stream(&text, bytes);
    json_text_write(document, to);
    need_stream_end(to);
    return text;
}
