#include "harness/doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>

void doctor_add(struct doctor_sheet *sheet, const char *what, enum doctor_state state,
                const char *advice, const char *found, ...)
{
    if (sheet->count == sheet->max)
        return;
    struct doctor_line *line = &sheet->line[sheet->count++];
    line->state = state;
    snprintf(line->what, sizeof line->what, "%s", what);
    snprintf(line->advice, sizeof line->advice, "%s", advice);
    va_list arguments;
    va_start(arguments, found);
    vsnprintf(line->found, sizeof line->found, found, arguments);
    va_end(arguments);
}

const char *doctor_word(enum doctor_state state)
{
    static const char *const words[] = {
        [DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "fail"};
    return words[state];
}
