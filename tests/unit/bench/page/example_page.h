/* example_page.h - pages of invented runs, and all that they say as text. */
#ifndef TESTS_EXAMPLE_PAGE_H
#define TESTS_EXAMPLE_PAGE_H

#include "bench/page/page.h"

enum { MADE_LIBRARY = 1, MADE_SYMMETRIC = 2, MADE_NOISY = 4, MADE_WRONG = 8, MADE_FAILED = 16 };

/* One run of one or several results. */
struct made {
    const char *host, *device; /* another device makes another class of machine */
    const char *started;
    const char *key; /* "gpu/sum-aat/f32/ffma/n=1000" */
    double seconds;  /* the median; 0: waived. The samples are up to 0.3 % away, or 30 % if noisy */
    double error;    /* of the sum */
    int what;        /* MADE_… */
    const char *more;      /* JSON that goes into the document, or NULL */
    const char *of_result; /* … into the result */
    bool is_next;          /* another result of the same run as the one before */
};

/* Writes the documents, a line each, to a file of the scratch directory. */
void example_write(const char *path, const struct made *list, size_t count);

/* The page of the files; `words` ends with NULL. To be freed with page_free(). */
void example_make(struct page *page, const char *const *words);

/* All of a page: sections, tables, pictures in three forms with their labels; of the sections only
 * those whose first word is in `only`, unless that is NULL. To be freed. */
char *example_page_text(const struct page *page, const char *only);

/* Whether the text is that of tests/golden/NAME; writes the file anew if UPDATE_GOLDEN is set. */
void example_expect(const char *name, const char *text);

/* All of that for one list: the page of these runs is the golden one of that name, of which it
 * keeps no memory. */
void example_is_golden(const char *name, const char *only, const struct made *list, size_t count);

#endif
