/* section.c - adds a section to a page. */
#include "bench/page/page.h"

#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <stdarg.h>
#include <stdio.h>

struct section *page_add(struct page *page, const struct group *group, const char *heading,
                         const char *format, ...)
{
    struct section s = {.heading = clean_utf8(need_text(heading)), .group = group};
    size_t bytes;
    FILE *to = need_stream(&s.text, &bytes);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(to, format, arguments);
    va_end(arguments);
    need_stream_end(to);
    clean_utf8(s.text);
    page->sections = need_room(page->sections, page->section_count, sizeof s);
    page->sections[page->section_count] = s;
    return &page->sections[page->section_count++];
}
