/* save.c - saves a measured result as --output and in the results directory. */
#include "bench/output/save.h"

#include "harness/result/store.h"

enum status save_document(const struct options *o, json_t *document, char *saved, size_t bytes,
                          struct failure *why)
{
    enum status status = STATUS_OK;
    *saved = '\0';
    if (o->output)
        status = store_write(o->output, document, why);
    if (!o->discard) {
        struct failure other = {0};
        char directory[4096];
        enum status second = store_directory(o->results, directory, sizeof directory, &other);
        if (second == STATUS_OK)
            second = store_save(directory, document, saved, bytes, &other);
        if (second != STATUS_OK) {
            *saved = '\0';
            if (status == STATUS_OK)
                *why = other;
            status = second;
        }
    }
    return status;
}
