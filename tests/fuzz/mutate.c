/* mutate.c - libFuzzer's mutator for result files: changes one value of a parsed document, so that
 * most inputs are still JSON, and get past the checks of the reader. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static uint64_t state;

/* splitmix64, below `limit` */
static size_t below(size_t limit)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ z >> 31) % limit);
}

static json_t *odd_value(void)
{
    static const double numbers[] = {0,    1,     -1,    2,      0.5,   1e-9, 1e-12,    1e-320, 1e9,
                                     1e19, 1e300, -1e19, 100000, 1e-13, 4096, 9.007e15, 0.001};
    static const char *const texts[] = {
        "",
        "ok",
        "wrong",
        "failed",
        "waived",
        "gpu",
        "cpu",
        "reduce",
        "matmul",
        "sum-aat",
        "f32",
        "\x1b[2J",
        "::error::x",
        "=1+1",
        "\xc2\x9b",
        "\xe2\x80\xae",
        "\xef\xbf\xbf",
        "<b>&\"'|`",
        "NVIDIA H100 80GB HBM3 and a name of 45 columns",
        "2026-11-24T10:15:02Z",
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5",
        "[-1,1)"};
    switch (below(6)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(below(2));
    case 2:
        return json_array();
    case 3:
        return json_integer((json_int_t)below(20000));
    case 4:
        return json_real(numbers[below(sizeof numbers / sizeof *numbers)]);
    default:
        return json_string(texts[below(sizeof texts / sizeof *texts)]);
    }
}

/* Finds a place below `here`, each equally likely: its container, and its key or index. */
struct place {
    json_t *container;
    const char *key;
    size_t index, seen;
};

static void walk(json_t *here, struct place *found)
{
    const char *key;
    json_t *member;
    size_t i;
    json_object_foreach(here, key, member)
    {
        if (below(++found->seen) == 0)
            *found = (struct place){here, key, 0, found->seen};
        walk(member, found);
    }
    json_array_foreach(here, i, member)
    {
        if (below(++found->seen) == 0)
            *found = (struct place){here, NULL, i, found->seen};
        walk(member, found);
    }
}

static json_t *at(const struct place *p)
{
    return p->key ? json_object_get(p->container, p->key) : json_array_get(p->container, p->index);
}

static void put(const struct place *p, json_t *value)
{
    if (p->key)
        json_object_set_new(p->container, p->key, value);
    else
        json_array_set_new(p->container, p->index, value);
}

static void change(json_t *document)
{
    struct place to = {0}, from = {0};
    walk(document, &to);
    walk(document, &from);
    if (!to.container)
        return;
    switch (below(5)) {
    case 0:
        put(&to, json_deep_copy(at(&from)));
        break;
    case 1:
        if (to.key)
            json_object_del(to.container, to.key);
        else
            json_array_remove(to.container, to.index);
        break;
    case 2:
        if (!to.key)
            json_array_append_new(to.container, json_deep_copy(at(&to)));
        break;
    case 3:
        if (json_is_number(at(&to))) {
            const double factors[] = {0.9, 1.1, -1, 2, 0.5, 1e6, 1e-6};
            put(&to, json_real(json_number_value(at(&to)) * factors[below(7)]));
            break;
        }
        put(&to, odd_value());
        break;
    default:
        put(&to, odd_value());
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    state = seed;
    json_t *document =
        below(10) ? json_loadb((const char *)data, size, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
    if (!document)
        return LLVMFuzzerMutate(data, size, most);
    for (size_t times = 1 + below(3); times > 0; times--)
        change(document);
    /* One document, or this one and the one that it was: two runs to compare. */
    char *text = json_dumps(document, JSON_COMPACT);
    const size_t bytes = text ? strlen(text) : 0;
    json_decref(document);
    size_t used = 0;
    if (bytes && below(3) == 0 && size + bytes + 1 <= most) {
        data[size] = '\n';
        used = size + 1;
    }
    if (bytes && used + bytes <= most) {
        memcpy(data + used, text, bytes);
        used += bytes;
    } else {
        used = 0;
    }
    free(text);
    return used ? used : LLVMFuzzerMutate(data, size, most);
}
