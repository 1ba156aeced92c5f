/* gate.c - turns options into rules, and rows into an exit status. */
#include "bench/gate/gate.h"

#include "bench/cli/verb.h"
#include "bench/terminal/color.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/baseline/baseline.h"
#include "harness/host/host.h"
#include "harness/result/store.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void gate_begin(struct gate *g, const struct options *o, double alpha)
{
    *g = (struct gate){
        .options = o,
        .rules = {.alpha = alpha, .threshold = o->threshold, .is_cross_host = o->cross_host}};
}

void gate_end(struct gate *g)
{
    comparison_free(&g->comparison);
    noise_free(&g->noise);
}

void gate_look_up_noise(struct gate *g, const struct readings *now)
{
    char directory[PATH_MAX];
    g->rules.noise = &g->noise;
    if (store_directory(g->options->results, directory, sizeof directory, NULL) != STATUS_OK)
        return;
    for (size_t i = 0; i < now->count; i++)
        if (i == 0 || strcmp(now->list[i].fingerprint, now->list[i - 1].fingerprint) != 0)
            noise_load(&g->noise, directory, now->list[i].fingerprint);
}

enum status gate_judge(struct gate *g, struct readings *base, struct readings *now,
                       struct failure *why)
{
    gate_look_up_noise(g, now);
    comparison_free(&g->comparison);
    readings_mark_copies(base, now);
    return compare(base, now, &g->rules, &g->comparison, why);
}

void gate_remember(struct gate *g)
{
    char directory[PATH_MAX], path[PATH_MAX];
    const char *saved = "";
    if (store_directory(g->options->results, directory, sizeof directory, NULL) != STATUS_OK)
        return;
    for (size_t i = 0; i < g->comparison.count; i++) {
        struct compare_row *row = &g->comparison.rows[i];
        if (row->state != ROW_JUDGED)
            continue;
        const char *fingerprint = row->now.reading->fingerprint;
        const struct noise_entry *known = noise_of(&g->noise, fingerprint, row->key);
        struct noise_entry e = {.key = (char *)row->key, .noise = NAN, .smallest = NAN};
        if (known)
            e = *known;
        e.unsure = row->change == CHANGE_UNSURE ? e.unsure + 1 : 0;
        row->unsure_checks = e.unsure;
        if (!known && !e.unsure)
            continue;
        snprintf(e.fingerprint, sizeof e.fingerprint, "%s", fingerprint);
        noise_put(&g->noise, &e);
    }
    for (size_t i = 0; i < g->noise.count; i++)
        if (strcmp(saved, g->noise.entries[i].fingerprint) != 0) {
            saved = g->noise.entries[i].fingerprint;
            noise_save(&g->noise, saved, directory, path, sizeof path, NULL);
        }
}

static enum status print(const struct gate *g, const struct verdicts *v, struct failure *why)
{
    const struct options *o = g->options;
    FILE *people = o->json ? stderr : stdout;
    if (!o->quiet)
        verdicts_print(people, v, color_wanted(people, o->color));
    if (!o->json)
        return STATUS_OK;
    return store_print(verdicts_to_json(v), why);
}

enum status gate_tell(struct gate *g, const char *base_name, const char *now_name,
                      struct failure *why)
{
    const struct options *o = g->options;
    struct failure sentence = {0}, problem = {0};
    const struct verdicts v = {
        .comparison = &g->comparison,
        .rules = &g->rules,
        .base_name = base_name,
        .now_name = now_name,
        .verb = o->verb->name,
        .outcome = comparison_outcome(&g->comparison, &g->rules, o->strict, &sentence),
        .sentence = sentence.text,
        .seconds = g->seconds,
    };
    enum status told = print(g, &v, &problem);
    if (o->junit && told == STATUS_OK)
        told = verdicts_write_junit(&v, o->junit, &problem);
    verdicts_tell_github(o->json ? stderr : stdout, &v);

    const size_t unsure = comparison_count(&g->comparison, CHANGE_UNSURE);
    if (v.outcome == STATUS_OK && unsure > 0 && !o->quiet) {
        fflush(stdout); /* in a log of both, the table comes first */
        fprintf(stderr,
                "gpubench: %zu of %zu cannot be distinguished from noise; exit status 4 with "
                "--strict.\n",
                unsure, g->comparison.count);
    }
    const enum status worst = status_worse(v.outcome, told);
    *why = worst == v.outcome ? sentence : problem;
    return worst;
}

static enum status new_directory(const struct options *o, char *path, size_t bytes,
                                 struct failure *why)
{
    char results[PATH_MAX - 64], stamp[32];
    const time_t now = time(NULL);
    struct tm utc;
    enum status status = store_directory(o->results, results, sizeof results, why);
    if (status == STATUS_OK) {
        snprintf(path, bytes, "%s/gates", results);
        status = store_make_directories(path, why);
    }
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    for (unsigned number = 1; status == STATUS_OK; number++) {
        snprintf(path, bytes, "%s/gates/%s-%s-%u", results, stamp, o->verb->name, number);
        if (mkdir(path, 0777) == 0)
            break;
        if (errno != EEXIST)
            status = fail(why, STATUS_FAILED,
                          "cannot make the directory %s: %s; name another "
                          "place with --results DIR, or use --no-save.",
                          path, strerror(errno));
    }
    return status;
}

enum status gate_keep(const struct options *o, enum status so_far, const struct gate_side *sides,
                      size_t count, struct failure *why)
{
    char directory[PATH_MAX], file[PATH_MAX + 32];
    struct failure problem = {0};
    if (o->discard || sides[0].runs->count == 0) /* the first side is measured first */
        return so_far;
    enum status status = new_directory(o, directory, sizeof directory, &problem);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        snprintf(file, sizeof file, "%s/%s.json", directory, sides[i].name);
        if (sides[i].runs->count > 0)
            status = baseline_keep(file, sides[i].runs, &problem);
    }
    if (status == STATUS_OK && !o->quiet) {
        words_path(file, sizeof file, directory);
        lines_printf(o->json ? stderr : stdout, "saved   %s", file);
    }
    if (status_worse(so_far, status) != so_far)
        *why = problem;
    return status_worse(so_far, status);
}

void gate_warn_load(const struct options *o)
{
    const double load = host_load() / (double)sysconf(_SC_NPROCESSORS_ONLN);
    /* A run of gpubench just before may account for a load of one per CPU. */
    if (!o->quiet && load > 1.25)
        fprintf(stderr,
                "gpubench: other programs are running: the load is %.1f per CPU, and times of the "
                "CPU can be too long.\n",
                load);
}
