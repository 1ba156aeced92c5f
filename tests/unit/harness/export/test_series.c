/* The texts for time-series databases, where a server would not tell us of a mistake. */
#include "harness/export/series.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A document with everything odd that a text can have in it. */
static json_t *odd(void)
{
    json_t *document = json_pack(
        "{s:s, s:{s:s}, s:{s:s, s:s, s:s}, s:{s:s, s:I, s:s}, s:[{s:s, s:s, s:s, s:s, s:I, s:s, "
        "s:{s:f, s:n, s:I}}, {s:s, s:s}], s:{s:f, s:[{s:s, s:f}]}}",
        "started", "2026-11-24T10:15:02Z", "host", "name", "a, b=\\\"c\n#", "device", "name", "X Y",
        "place", "/gpu:0", "backend", "gpu", "problem", "op", "sum-aat", "n", (json_int_t)100,
        "range", "[0,1)", "results", "state", "ok", "backend", "gpu", "op", "sum-aat", "variant",
        "v", "n", (json_int_t)100, "arithmetic", "f32", "summary", "median_s", 0.25, "low_s",
        "count", (json_int_t)3, "state", "waived", "variant", "w", "job", "time_taken_s", 1.5,
        "phases", "name", "matmul + sum", "seconds", 1.0);
    cr_assert_not_null(document);
    return document;
}

Test(influx, escapes_tags_and_keeps_counts_whole)
{
    size_t bytes;
    json_t *document = odd();
    char *text = influx_lines(document, "0000000affffffff", &bytes);
    cr_assert_str_eq(
        text, "gpubench,arithmetic=f32,backend=gpu,n=100,op=sum-aat,variant=v,device=X\\ Y,"
              "host=a\\,\\ b\\=/\"c\\ #,place=/gpu:0,range=[0\\,1) ok=1i,median_s=0.25,samples=3i "
              "1795515302000000010\n"
              "gpubench_job,backend=gpu,n=100,op=sum-aat,device=X\\ Y,host=a\\,\\ b\\=/\"c\\ #,"
              "place=/gpu:0,range=[0\\,1) time_taken_s=1.5,phase_matmul\\ +\\ sum_s=1.0 "
              "1795515302000000010\n");
    cr_assert_eq(bytes, strlen(text));
    free(text);
    json_decref(document);
}

Test(influx, gives_two_runs_of_one_second_two_times_and_the_same_run_one)
{
    size_t bytes;
    json_t *document = odd();
    char *a = influx_lines(document, "00000001", &bytes),
         *b = influx_lines(document, "00000002", &bytes),
         *c = influx_lines(document, "00000001", &bytes);
    cr_assert_str_neq(a, b);
    cr_assert_str_eq(a, c);
    char *last = influx_lines(document, "ffffffff", &bytes); /* 4294967295 */
    cr_expect(strstr(last, " 1795515302294967295\n"), "%s", last);
    free(last);
    free(a);
    free(b);
    free(c);
    json_decref(document);
}

Test(prometheus, escapes_labels_and_leaves_out_what_is_unknown)
{
    size_t bytes;
    json_t *document = odd();
    char *text = prometheus_text(document, &bytes);
    cr_assert(strstr(
        text,
        "gpubench_time_seconds{instance=\"a, b=\\\\\\\"c #\",device=\"gpu:0\","
        "arithmetic=\"f32\",backend=\"gpu\",n=\"100\",op=\"sum-aat\",variant=\"v\",model=\"X Y\",stat=\"median\"} 0.25\n"));
    cr_assert(!strstr(text, "stat=\"low\""));
    cr_assert(!strstr(text, "variant=\"w\""));
    cr_assert(strstr(
        text, "\ngpubench_job_seconds{instance=\"a, b=\\\\\\\"c #\",device=\"gpu:0\"} 1.5\n"));
    cr_assert(strstr(text, "device=\"gpu:0\"} 1795515302.0\n"));
    cr_expect(strstr(text,
                     "\ngpubench_phase_seconds{instance=\"a, b=\\\\\\\"c #\",device=\"gpu:0\","
                     "phase=\"matmul + sum\"} 1.0\n"),
              "%s", text);
    cr_expect(strstr(text, "\ngpubench_info{instance=\"a, b=\\\\\\\"c #\",device=\"gpu:0\","
                           "simulated=\"false\",name=\"X Y\"} 1.0\n"),
              "%s", text);
    cr_assert_str_eq(text + bytes - 6, "# EOF\n");
    free(text);
    json_decref(document);
}

Test(prometheus, a_place_has_no_slash)
{
    static const char *const places[][2] = {
        {"/gpu:0", "gpu:0"}, {"/a/b/c", "a_b_c"}, {"n/0", "n_0"}, {"x", "x"}, {"", ""}, {"/", ""},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t bytes;
        char want[64];
        json_t *document = odd();
        json_object_set_new(json_object_get(document, "device"), "place",
                            json_string(places[i][0]));
        char *text = prometheus_text(document, &bytes);
        snprintf(want, sizeof want, "c #\",device=\"%s\"} 1.5\n", places[i][1]);
        cr_expect(strstr(text, want), "%s: %s", places[i][0], text);
        free(text);
        json_decref(document);
    }
}

/* Whether the head of a metric ("# TYPE name gauge") is in the text before `at`, and nowhere else.
 */
static bool has_head_before(const char *text, const char *at, const char *word, const char *name,
                            size_t length)
{
    char head[160];
    snprintf(head, sizeof head, "# %s %.*s ", word, (int)length, name);
    const char *first = strstr(text, head);
    return first && first < at && !strstr(first + 1, head);
}

Test(prometheus, every_metric_has_its_type_and_a_line_of_help_once_and_before_it)
{
    size_t bytes, count = 0;
    json_t *document = odd();
    char *text = prometheus_text(document, &bytes);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        const size_t length = strcspn(line, "{ ");
        if (*line == '#')
            continue;
        count++;
        cr_expect(has_head_before(text, line, "TYPE", line, length), "%.*s", (int)length, line);
        cr_expect(has_head_before(text, line, "HELP", line, length), "%.*s", (int)length, line);
    }
    cr_expect_gt(count, 5);
    free(text);
    json_decref(document);
}

Test(series, only_a_right_result_is_ok_in_both_formats)
{
    static const struct {
        const char *state, *metric, *point;
    } cases[] = {
        {"ok", "} 1.0\n", " ok=1i"},
        {"failed", "} 0.0\n", " ok=0i"},
        {"wrong", "} 0.0\n", " ok=0i"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t bytes;
        json_t *document = odd();
        json_t *result = json_array_get(json_object_get(document, "results"), 0);
        json_object_set_new(result, "state", json_string(cases[i].state));
        char *metrics = prometheus_text(document, &bytes), want[200];
        snprintf(want, sizeof want,
                 ",device=\"gpu:0\",arithmetic=\"f32\",backend=\"gpu\",n=\"100\",op=\"sum-aat\","
                 "variant=\"v\",model=\"X Y\"%s",
                 cases[i].metric);
        cr_expect(strstr(metrics, want), "%s:\n%s", want, metrics);
        char *points = influx_lines(document, "0000000affffffff", &bytes);
        cr_expect(strstr(points, cases[i].point), "%s:\n%s", cases[i].point, points);
        free(metrics);
        free(points);
        json_decref(document);
    }
}

Test(prometheus, samples_held_back_are_counted_by_reason)
{
    size_t bytes;
    json_t *document = odd();
    json_t *entry = json_array_get(json_object_get(document, "results"), 0);
    json_object_set_new(json_object_get(entry, "summary"), "throttled",
                        json_pack("{s:i, s:s, s:i}", "sw_power_cap", 3, "odd", "x", "bit_\"11", 1));
    char *text = prometheus_text(document, &bytes);
    cr_expect(strstr(text, ",model=\"X Y\",reason=\"sw_power_cap\"} 3.0\n"), "%s", text);
    cr_expect(strstr(text, ",model=\"X Y\",reason=\"bit_\\\"11\"} 1.0\n"), "%s", text);
    cr_expect(!strstr(text, "reason=\"odd\""), "%s", text);
    cr_expect(strstr(text, "# TYPE gpubench_throttled_samples gauge\n"), "%s", text);
    free(text);
    json_decref(document);
}

Test(prometheus, several_ranks_are_the_machines_and_no_card)
{
    char url[400] = "http://h";
    size_t bytes;
    json_t *document = odd();
    json_t *device = json_object_get(document, "device");
    json_object_set_new(json_object_get(document, "host"), "machine", json_string("aa"));
    json_object_set_new(device, "uuid", json_string("GPU-1"));
    json_object_set_new(device, "place", json_string("2 ranks"));
    json_object_set_new(document, "ranks", json_pack("{s:i}", "count", 2));
    cr_assert(prometheus_group(document, url, sizeof url));
    cr_expect_str_eq(url, "http://h/metrics/job/gpubench/machine/aa/device/2%20ranks/op/sum-aat/"
                          "n/100/range/%5B0%2C1%29");
    char *text = prometheus_text(document, &bytes);
    cr_expect(strstr(text, ",model=\"X Y\",ranks=\"2\",stat=\"median\"} 0.25\n"), "%s", text);
    free(text);
    /* A file that does not say where it ran. */
    json_object_del(device, "place");
    url[8] = '\0';
    cr_assert(prometheus_group(document, url, sizeof url));
    cr_expect(strstr(url, "/uuid/GPU-1/op/"), "%s", url);
    json_decref(document);
}

Test(prometheus, group_is_an_address)
{
    char url[400] = "http://h";
    json_t *document = odd();
    cr_assert(prometheus_group(document, url, sizeof url));
    cr_assert_str_eq(url, "http://h/metrics/job/gpubench/instance/a%2C%20b%3D%5C%22c%20%23/device/"
                          "gpu%3A0/op/sum-aat/n/100/range/%5B0%2C1%29");
    /* A machine keeps its series when its name changes, and a card when it moves to another
     * machine. */
    json_object_set_new(json_object_get(document, "host"), "machine", json_string("aa"));
    url[8] = '\0';
    cr_assert(prometheus_group(document, url, sizeof url));
    cr_assert_str_eq(url,
                     "http://h/metrics/job/gpubench/machine/aa/device/gpu%3A0/op/sum-aat/n/100/"
                     "range/%5B0%2C1%29");
    json_object_set_new(json_object_get(document, "device"), "uuid", json_string("GPU-1"));
    url[8] = '\0';
    cr_assert(prometheus_group(document, url, sizeof url));
    cr_assert_str_eq(url, "http://h/metrics/job/gpubench/uuid/GPU-1/op/sum-aat/n/100/"
                          "range/%5B0%2C1%29");
    size_t bytes;
    char *lines = influx_lines(document, "0000000affffffff", &bytes);
    cr_assert(strstr(lines, ",machine=aa,place=/gpu:0,range=[0\\,1),uuid=GPU-1 ok=1i"), "%s",
              lines);
    free(lines);
    url[8] = '\0';
    cr_assert(!prometheus_group(document, url, 60));
    json_decref(document);
}

Test(series, started_is_a_time_or_none)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {"2026-11-24T10:15:02Z", 1795515302},
        {"2026-11-24", 0},
        {"", 0},
        {"9999-12-31T23:59:59Z", 0},
        {"2026-11-24T10:15:02Zx", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *document = json_pack("{s:s}", "started", cases[i].text);
        cr_expect_eq(series_started(document), cases[i].seconds, "%s", cases[i].text);
        json_decref(document);
    }
}
