/* result.c - the key of a result, and the phases of a run. */
#include "harness/result/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void result_key(const struct result *r, const struct variant *v, char *key, size_t key_bytes)
{
    static const char *const ranges[] = {
        [RANGE_UNIT] = "", [RANGE_SIGNED] = "/signed", [RANGE_WIDE] = "/wide"};
    char ranks[48] = "";
    if (r->ranks)
        snprintf(ranks, sizeof ranks, "/ranks=%d/%s%s", r->ranks->count, r->ranks->exchange,
                 strcmp(r->ranks->balance, "measured") == 0 ? "/measured" : "");
    snprintf(key, key_bytes, "%s/%s/%s/%s/n=%llu%s%s%s%s", r->backend_name, op_name(v->op),
             arithmetic_name(v->arithmetic), v->name, (unsigned long long)r->problem.n,
             ranges[r->problem.range], r->is_cold ? "/cold" : "", r->is_soak ? "/soak" : "", ranks);
}

bool result_in_cache(const struct result *r)
{
    return !r->is_cold && problem_bytes(&r->problem) <= (double)r->device.cache_bytes;
}

/* Beyond PHASES_MAX the time is added to the last phase, so that the phases still add up to the
 * whole. */
void result_add_phase(struct result *r, const char *name, nanos ns, const char *place,
                      const char *what, ...)
{
    if (r->phase_count == PHASES_MAX) {
        r->phases[PHASES_MAX - 1].ns += ns;
        return;
    }
    struct phase *phase = &r->phases[r->phase_count++];
    *phase = (struct phase){.name = name, .ns = ns};
    snprintf(phase->place, sizeof phase->place, "%s", place ? place : "");
    if (what) {
        va_list arguments;
        va_start(arguments, what);
        vsnprintf(phase->what, sizeof phase->what, what, arguments);
        va_end(arguments);
    }
}

void result_name_ranks(struct result *r, int ranks)
{
    snprintf(r->device.place, sizeof r->device.place, "%d rank%s", ranks, ranks == 1 ? "" : "s");
}
