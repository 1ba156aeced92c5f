/* inject.c - failures on demand, so that tests reach every error path of the program.
 *
 *   FAKECUDA_FAIL=cuMemAlloc_v2:3:2           the third call of cuMemAlloc_v2 returns 2
 *   FAKECUDA_FAIL=cuMemcpyDtoH_v2:*:700,…     every call does; several, separated by commas
 *   FAKECUDA_SKIP=fill_philox:2               the second launch of that kernel does nothing;
 *                                             fill_philox:2+: nor does any later one
 *   FAKECUDA_SPOIL=register_tile:1:77:1.5     after each launch of that kernel entry 77 of the
 *                                             float32 matrix at its argument 1 is 1.5 times as
 *                                             large; of register_tile_f64 the float64
 *   FAKECUDA_FLIP=matmul_tile:7:1:100:20      after the seventh launch of that kernel bit 20 of
 *                                             word 100 behind its argument 1 is another one
 *   FAKECUDA_SM=3:matmul_tile:60,3:trial_fma:1+
 *                                             multiprocessor 3 gets the last bit of multiply-adds
 *                                             wrong in the sixtieth launch of the one kernel, and
 *                                             in every launch of the other
 *   FAKECUDA_FAULTY=2,5                       FAIL, SKIP, SPOIL, FLIP and HANG are for these
 *                                             devices alone
 *   FAKECUDA_ELAPSED=nan                      every time between two events is this many ms
 *   FAKECUDA_HANG=cuStreamSynchronize:3       the third call never returns; without a number the
 *                                             first
 *   FAKECUDA_EXIT=cuInit                      the first call ends the program with exit(0), or with
 *                                             _exit(0) if there is FAKECUDA_EXIT_AT_ONCE
 *   FAKECUDA_TRACE=FILE                       every call adds its name, a line each */
#include "tests/fakecuda/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RULES_MAX = 16 };
static struct rule {
    char name[64], which[16];
    int error;
    unsigned long calls;
} rules[RULES_MAX];
static size_t rule_count;

static void read_rules(const char *text)
{
    for (int used; text && *text; text += used + (text[used] == ',')) {
        struct rule *r = &rules[rule_count];
        if (rule_count == RULES_MAX ||
            sscanf(text, "%63[^:]:%15[^:]:%d%n", r->name, r->which, &r->error, &used) != 3) {
            fprintf(stderr, "fakecuda: FAKECUDA_FAIL is not name:call:error: \"%s\"\n", text);
            _Exit(99);
        }
        rule_count++;
    }
}

static void trace(const char *path, const char *name)
{
    FILE *file = fopen(path, "a");
    if (!file || fprintf(file, "%s\n", name) < 0 || fclose(file) != 0) {
        fprintf(stderr, "fakecuda: cannot write FAKECUDA_TRACE=%s\n", path);
        _Exit(99);
    }
}

static bool is_faulty(void)
{
    const char *list = getenv("FAKECUDA_FAULTY");
    for (const char *c = list; c; c = strchr(c, ',')) {
        c += *c == ',';
        if (atoi(c) == fake_current_device())
            return true;
    }
    return !list;
}

static void hang_if_asked(const char *name)
{
    static unsigned long calls;
    const char *hang = getenv("FAKECUDA_HANG");
    const size_t length = hang ? strcspn(hang, ":") : 0;
    if (!hang || strncmp(hang, name, length) != 0 || name[length])
        return;
    const unsigned long which = hang[length] ? strtoul(hang + length + 1, NULL, 10) : 1;
    while (calls + 1 == which)
        pause();
    calls++;
}

CUresult inject(const char *name)
{
    static bool is_read;
    if (!is_read)
        read_rules(getenv("FAKECUDA_FAIL"));
    is_read = true;
    if (getenv("FAKECUDA_TRACE"))
        trace(getenv("FAKECUDA_TRACE"), name);
    if (!is_faulty())
        return CUDA_SUCCESS;
    hang_if_asked(name);
    if (getenv("FAKECUDA_EXIT") && strcmp(getenv("FAKECUDA_EXIT"), name) == 0) {
        if (getenv("FAKECUDA_EXIT_AT_ONCE"))
            _exit(0);
        exit(0);
    }
    for (struct rule *r = rules; r < rules + rule_count; r++)
        if (!strcmp(r->name, name) &&
            (r->calls++, *r->which == '*' || strtoul(r->which, NULL, 10) == r->calls))
            return (CUresult)r->error;
    return CUDA_SUCCESS;
}

bool inject_skip(const char *kernel)
{
    static unsigned long launches;
    const char *skip = getenv("FAKECUDA_SKIP");
    const size_t length = strlen(kernel);
    char *end;
    if (!skip || !is_faulty() || strncmp(skip, kernel, length) != 0 || skip[length] != ':')
        return false;
    const unsigned long which = strtoul(skip + length + 1, &end, 10);
    return ++launches == which || (*end == '+' && launches > which);
}

int inject_sick_sm(const char *kernel)
{
    enum { KERNELS = 8 };
    static unsigned long launches[KERNELS];
    const char *c = getenv("FAKECUDA_SM");
    for (int i = 0, used; c && *c && i < KERNELS; c += used + (c[used] == ','), i++) {
        char name[64], which[16], *end;
        int sm;
        if (sscanf(c, "%d:%63[^:]:%15[^,]%n", &sm, name, which, &used) != 3) {
            fprintf(stderr, "fakecuda: FAKECUDA_SM is not sm:kernel:launch: \"%s\"\n", c);
            _Exit(99);
        }
        const unsigned long first = strtoul(which, &end, 10);
        if (strcmp(name, kernel) == 0 && is_faulty() &&
            (++launches[i] == first || (*end == '+' && launches[i] > first)))
            return sm;
    }
    return -1;
}

void inject_spoil(const char *kernel, void **parameters)
{
    const char *spoil = getenv("FAKECUDA_SPOIL");
    char name[64];
    unsigned argument;
    size_t at;
    double factor;
    if (!spoil || !is_faulty() ||
        sscanf(spoil, "%63[^:]:%u:%zu:%lf", name, &argument, &at, &factor) != 4 ||
        strcmp(name, kernel) != 0)
        return;
    void *matrix;
    memcpy(&matrix, parameters[argument], sizeof matrix);
    if (strstr(kernel, "_f64"))
        ((double *)matrix)[at] *= factor;
    else
        ((float *)matrix)[at] *= (float)factor;
}

void inject_flip(const char *kernel, void *const *parameters)
{
    static unsigned long launches;
    char name[64];
    unsigned long which, argument, word, bit;
    uint32_t *at;
    const char *flip = getenv("FAKECUDA_FLIP");
    if (!flip || !is_faulty() ||
        sscanf(flip, "%63[^:]:%lu:%lu:%lu:%lu", name, &which, &argument, &word, &bit) != 5 ||
        strcmp(name, kernel) != 0 || ++launches != which)
        return;
    memcpy(&at, parameters[argument], sizeof at);
    at[word] ^= (uint32_t)1 << bit;
}
