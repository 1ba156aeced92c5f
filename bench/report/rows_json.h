/* rows_json.h - the rows of a page as JSON, for programs that read the page. */
#ifndef BENCH_ROWS_JSON_H
#define BENCH_ROWS_JSON_H

#include "bench/page/page.h"

/* An array with an object for each row; NULL if memory runs out. */
json_t *rows_to_json(const struct page *page);

#endif
