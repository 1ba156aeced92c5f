/* test_formats.c - each format of an export, byte by byte: tests/golden/runs.json has runs of all
 * states. tests/cli/export.bats writes the wanted texts again if UPDATE_GOLDEN is set. */
#include "harness/export/export.h"

#include "harness/base/durable.h"
#include "harness/base/need.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_format(const struct exporter *format, const struct export_rows *rows)
{
    char path[128], *want, *got;
    size_t want_bytes, got_bytes, same = 0;
    snprintf(path, sizeof path, "tests/golden/export.%s", format->name);
    cr_assert_eq(durable_read(path, 1 << 20, &want, &want_bytes), 0, "%s", path);
    FILE *to = need_stream(&got, &got_bytes);
    format->write(to, rows);
    need_stream_end(to);
    while (same < want_bytes && want[same] == got[same])
        same++;
    cr_expect(same == want_bytes && got_bytes == want_bytes,
              "%s, from byte %zu on: %.60s, not %.60s", format->name, same, got + same,
              want + same);
    free(want);
    free(got);
}

Test(formats, each_is_what_it_was_when_somebody_last_looked_at_it)
{
    struct readings readings = {0};
    struct failure why = {0};
    cr_assert_eq(readings_add(&readings, "tests/golden/runs.json", READ_WHOLE, &why), STATUS_OK,
                 "%s", why.text);
    struct export_rows rows;
    export_collect(&readings, false, &rows);
    for (size_t i = 0; i < exporter_count; i++)
        expect_format(&exporters[i], &rows);
    export_free(&rows);
    readings_free(&readings);
}
