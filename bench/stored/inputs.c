/* inputs.c - reads the files and directories that a verb is given. */
#include "bench/stored/inputs.h"

#include "bench/terminal/words.h"
#include "harness/result/store.h"

#include <limits.h>

enum status inputs_read(const struct options *o, size_t first, enum read_flags flags,
                        struct readings *readings, struct failure *why)
{
    char directory[PATH_MAX];
    enum status status = STATUS_OK;
    if (o->word_count <= first) {
        status = store_directory(o->results, directory, sizeof directory, why);
        if (status == STATUS_OK)
            status = readings_add(readings, directory, flags, why);
    }
    for (size_t i = first; status == STATUS_OK && i < o->word_count; i++)
        status = readings_add(readings, o->words[i], flags, why);
    readings_label(readings);
    return status;
}

void inputs_tell_skipped(const struct options *o, const struct readings *readings)
{
    if (o->quiet)
        return;
    if (readings->skipped)
        words_warn("%zu file%s left out; the first: %s", readings->skipped,
                   readings->skipped == 1 ? " was" : "s were", readings->skipped_why);
    if (readings->copies)
        fprintf(stderr, "gpubench: %zu %s of a run that is given already, and not counted again.\n",
                readings->copies,
                readings->copies == 1 ? "result is a copy" : "results are copies");
}
