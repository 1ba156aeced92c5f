/* golden.c - reads and writes the files of tests/golden, and shows where a text differs first. */
#include "tests/unit/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* To be freed. */
static char *read_golden(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    cr_assert(file, "no %s: run this in the root of the repository", path);
    cr_assert(getdelim(&text, &room, '\0', file) > 0);
    fclose(file);
    return text;
}

void golden_expect(const char *path, const char *is)
{
    size_t at = 0;
    if (getenv("UPDATE_GOLDEN")) {
        FILE *file = fopen(path, "we");
        cr_assert(file && fputs(is, file) >= 0 && fclose(file) == 0);
    }
    char *was = read_golden(path);
    while (is[at] && is[at] == was[at])
        at++;
    const bool is_same = is[at] == was[at];
    /* From the last line on that is not indented, which says what the others are of. */
    while (at > 0 && (is[at] == ' ' || is[at - 1] != '\n'))
        at--;
    cr_expect(is_same,
              "is\n%.700s\nand was\n%.700s\nIf that is meant: run this test with UPDATE_GOLDEN=1, "
              "which writes %s anew.",
              is + at, was + at, path);
    free(was);
}
