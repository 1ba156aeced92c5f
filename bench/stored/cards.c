/* cards.c - reads the stored results of this machine for the UUIDs of its GPUs. */
#include "bench/stored/cards.h"

#include "harness/reading/readings.h"
#include "harness/result/store.h"
#include "harness/text/json_text.h"

#include <stdlib.h>
#include <string.h>

/* Whether the run saw the GPUs that this process sees. */
static bool sees_alike(const json_t *document)
{
    const char *now = getenv("CUDA_VISIBLE_DEVICES");
    const char *then = json_string_value(json_at(document, "env.CUDA_VISIBLE_DEVICES"));
    return strcmp(now ? now : "", then ? then : "") == 0;
}

/* Adds the card of a run, unless a later run had this card or this device number. */
static void take(struct known_cards *known, const struct reading *r)
{
    json_t *document = readings_document(r, false);
    const json_t *index = json_at(document, "device.index");
    size_t i = 0;
    if (sees_alike(document) && json_is_integer(index) && strlen(r->card) < DEVICE_UUID_BYTES) {
        while (i < known->count && known->list[i].index != json_integer_value(index) &&
               strcmp(known->list[i].uuid, r->card) != 0)
            i++;
        if (i == known->count && i < CARDS_MAX) {
            known->list[known->count].index = (int)json_integer_value(index);
            strcpy(known->list[known->count++].uuid, r->card);
        }
    }
    json_decref(document);
}

/* The last runs first. */
static int by_start(const void *a, const void *b)
{
    const struct reading *x = a, *y = b;
    return strcmp(y->started, x->started);
}

void cards_known(const struct options *options, const char *machine, struct known_cards *known)
{
    char directory[4096];
    struct failure why;
    struct readings stored = {0};
    known->count = 0;
    if (!*machine ||
        store_directory(options->results, directory, sizeof directory, &why) != STATUS_OK ||
        readings_add(&stored, directory, READ_AGAIN, &why) != STATUS_OK)
        return;
    qsort(stored.list, stored.count, sizeof *stored.list, by_start);
    const char *seen[2 * CARDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < stored.count && count < 2 * CARDS_MAX; i++) {
        const struct reading *r = &stored.list[i];
        size_t k = 0;
        if (!*r->card || strcmp(r->machine, machine) != 0)
            continue;
        while (k < count && strcmp(seen[k], r->card) != 0)
            k++;
        if (k == count) {
            seen[count++] = r->card;
            take(known, r);
        }
    }
    readings_free(&stored);
}

static bool is_found(const struct cards *found, const char *uuid)
{
    for (int i = 0; i < found->count; i++)
        if (strcmp(found->uuid[i], uuid) == 0)
            return true;
    return false;
}

const char *cards_failed(const struct cards *found, const struct known_cards *known, int index)
{
    const char *missing = NULL;
    size_t count = 0;
    if (index < found->count && found->uuid[index][0])
        return found->uuid[index];
    const bool has_its_number = found->count == 0 || index < found->count;
    for (size_t i = 0; i < known->count; i++) {
        const struct known_card *card = &known->list[i];
        if (is_found(found, card->uuid))
            continue;
        if (has_its_number && card->index == index)
            return card->uuid;
        missing = card->uuid;
        count++;
    }
    return !has_its_number && count == 1 && index < (int)known->count ? missing : NULL;
}
