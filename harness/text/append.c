/* append.c - adds to the end of a text. */
#include "harness/text/append.h"

#include "harness/text/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool append(char *text, size_t bytes, const char *format, va_list arguments)
{
    const size_t used = strlen(text);
    const int length = vsnprintf(text + used, bytes - used, format, arguments);
    if (length >= 0 && (size_t)length < bytes - used)
        return true;
    clean_utf8(text + used);
    return false;
}

bool append_text(char *text, size_t bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const bool fits = append(text, bytes, format, arguments);
    va_end(arguments);
    return fits;
}

bool append_item(char *text, size_t bytes, const char *separator, const char *format, ...)
{
    va_list arguments;
    char *const end = text + strlen(text);
    append_text(text, bytes, "%s", *text ? separator : "");
    char *const item = text + strlen(text);
    va_start(arguments, format);
    const bool fits = append(text, bytes, format, arguments);
    va_end(arguments);
    if (!*item)
        *end = '\0';
    return fits;
}
