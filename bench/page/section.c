/* section.c - adds a section to a page. */
#define _GNU_SOURCE 1 /* vasprintf */

#include "bench/page/page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct section *page_add(struct page *page, const char *heading, const char *format, ...)
{
    if (page->section_count == page->section_capacity) {
        const size_t capacity = page->section_capacity ? 2 * page->section_capacity : 16;
        struct section *sections = realloc(page->sections, capacity * sizeof *sections);
        if (!sections)
            return NULL;
        page->sections = sections;
        page->section_capacity = capacity;
    }
    struct section s = {.heading = strdup(heading), .page = page};
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&s.text, format, arguments) < 0)
        s.text = NULL;
    va_end(arguments);
    if (!s.heading || !s.text) {
        free(s.heading);
        free(s.text);
        return NULL;
    }
    page->sections[page->section_count] = s;
    return &page->sections[page->section_count++];
}
