/* rows_json.h - the rows of a page as JSON, for programs that read the page. */
#ifndef BENCH_ROWS_JSON_H
#define BENCH_ROWS_JSON_H

#include "bench/page/page.h"

/* Gives each row's object, one at a time, to `put`, which owns it; `before` goes before it. */
void rows_to_json(FILE *to, const struct page *page,
                  void (*put)(FILE *to, json_t *row, const char *before));

/* All of them as an array on standard output; main() checks that it arrived. */
void rows_print(const struct page *page);

#endif
