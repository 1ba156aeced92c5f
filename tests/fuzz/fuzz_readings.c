/* fuzz_readings.c - any bytes at all as a result file: read whole and lean, compared with
 * themselves, written as a baseline and read again. libFuzzer looks for a crash, a leak or a hang.
 */
#include "harness/compare/compare.h"
#include "harness/compare/fleet.h"
#include "harness/reading/identity_diff.h"
#include "harness/reading/readings.h"
#include "harness/text/json_text.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything that is done with readings between a file and a verdict. */
static void use(const struct readings *r)
{
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison c;
    struct fleet f;
    struct failure why;
    struct difference list[4];
    if (compare(r, r, &rules, &c, &why) == STATUS_OK) {
        comparison_outcome(&c, &rules, true, &why);
        comparison_free(&c);
    }
    if (fleet_gather(r, NULL, &f, &why) == STATUS_OK)
        fleet_free(&f);
    for (size_t i = 1; i < r->count; i++) {
        identity_hard_differences(r->list[0].identity, r->list[i].identity, list, 4);
        if (r->list[0].document)
            identity_soft_differences(&r->list[0], &r->list[i], list, 4);
    }
}

/* What was read is written and read again: it has to be what it was. */
static void write_and_read(const struct reading *one)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return;
    const int rc = json_text_write(one->document, to);
    struct readings again = {0};
    if (fclose(to) != 0 || rc != 0 ||
        readings_add_text(&again, "again", text, bytes, READ_WHOLE, NULL) != STATUS_OK ||
        again.count != 1 || !json_equal(again.list[0].document, one->document))
        abort();
    readings_free(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int flags = READ_WHOLE; flags <= READ_LEAN; flags++) {
        struct readings r = {0};
        struct failure why = {0};
        const enum status status =
            readings_add_text(&r, "fuzz", (const char *)data, size, (enum read_flags)flags, &why);
        if (status == STATUS_OK)
            use(&r);
        else if (r.count != 0 || !why.text[0])
            abort();
        for (size_t i = 0; i < r.count && flags == READ_WHOLE; i++)
            write_and_read(&r.list[i]);
        readings_free(&r);
    }
    return 0;
}
