/* Redaction: names of machines go, everything else stays. */
#include "harness/publish/redact.h"
#include "harness/result/store.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "{\"schema\": \"gpubench-result/1\", \"argv\": [\"gpubench\", \"gpu\", \"10\", \"--output\", "
    "\"/home/jane/x\"],"
    "\"host\": {\"name\": \"node7\", \"machine\": \"35880e4181d9486f\", \"kernel\": \"6.1\", \"cpu\": {\"model\": \"node7 CPU\"}},"
    "\"container\": {\"note\": \"on node7, not node70, xnode7, node7-a, node7_b, c-node7 or d_node7\"},"
    "\"env\": {\"CUDA_VISIBLE_DEVICES\": \"GPU-dfae42cb-c058-76fd-fb21-0aeda91051a8\"},"
    "\"device\": {\"backend\": \"gpu\", \"name\": \"Example\", \"pci\": \"0000:00:06.0\", "
    "\"uuid\": \"GPU-dfae42cb-c058-76fd-fb21-0aeda91051a8\", \"sms\": 132},"
    "\"problem\": {\"n\": 10}, \"results\": [{\"key\": \"gpu/node7\", \"x\": [1, 2.5, null, "
    "true]}]}";

static json_t *redacted(const char *salt)
{
    if (salt)
        setenv("GPUBENCH_REDACT_SALT", salt, 1);
    else
        unsetenv("GPUBENCH_REDACT_SALT");
    json_t *document = json_loads(text, 0, NULL), *out = redact_document(document);
    json_decref(document);
    cr_assert_not_null(out);
    return out;
}

static const char *at(json_t *document, const char *outer, const char *inner)
{
    return json_string_value(json_object_get(json_object_get(document, outer), inner));
}

Test(redact, hides_host_uuid_pci_id_and_command_line)
{
    json_t *out = redacted(NULL);
    char *all = json_dumps(out, 0);
    cr_assert(!strstr(all, "jane"));
    cr_assert(!strstr(all, "dfae42cb"));
    cr_assert(!strstr(all, "00:06"));
    cr_assert(!strstr(all, "35880e41"));
    cr_assert_eq(strncmp(at(out, "host", "name"), "redacted-", 9), 0);
    cr_assert_eq(strncmp(at(out, "device", "uuid"), "GPU-redacted-", 13), 0);
    cr_assert_str_eq(at(out, "device", "uuid"), at(out, "env", "CUDA_VISIBLE_DEVICES"));
    cr_assert_eq(json_array_size(json_object_get(out, "argv")), 1);
    free(all);
    json_decref(out);
}

Test(redact, replaces_whole_words_and_only_where_text_is_free)
{
    json_t *out = redacted(NULL);
    const char *note = at(out, "container", "note");
    cr_assert(!strstr(note, "on node7,"));
    cr_assert(strstr(note, "node70"));
    cr_assert(strstr(note, "xnode7"));
    cr_expect(strstr(note, "node7-a, node7_b, c-node7 or d_node7"), "%s", note);
    char *results = json_dumps(json_object_get(out, "results"), JSON_COMPACT);
    cr_assert_str_eq(results, "[{\"key\":\"gpu/node7\",\"x\":[1,2.5,null,true]}]");
    free(results);
    json_decref(out);
}

Test(redact, changes_neither_the_fingerprint_nor_from_time_to_time)
{
    json_t *before = json_loads(text, 0, NULL), *one = redacted(NULL), *two = redacted(NULL),
           *salted = redacted("pepper");
    char a[72], b[72];
    store_fingerprint(before, a);
    store_fingerprint(one, b);
    cr_assert_str_eq(a, b);
    cr_assert(json_equal(one, two));
    cr_assert_str_neq(at(one, "host", "name"), at(salted, "host", "name"));
    json_decref(before);
    json_decref(one);
    json_decref(two);
    json_decref(salted);
}

/* The containers of one card have other names, and the receiver is to see one card. */
Test(redact, a_card_and_a_machine_have_one_digest_whatever_the_host_is_called)
{
    json_t *document = json_loads(text, 0, NULL);
    json_object_set_new(json_object_get(document, "host"), "name", json_string("node8"));
    json_t *one = redacted(NULL), *two = redact_document(document);
    cr_assert_str_eq(at(one, "device", "uuid"), at(two, "device", "uuid"));
    cr_assert_str_eq(at(one, "host", "machine"), at(two, "host", "machine"));
    cr_assert_str_neq(at(one, "host", "name"), at(two, "host", "name"));
    cr_assert_str_neq(at(one, "device", "pci"), at(two, "device", "pci"));
    json_decref(document);
    json_decref(one);
    json_decref(two);
}

/* Results that were redacted before must still be the same card's, so the digests stay what they
 * are. */
Test(redact, digests_stay_the_same_wherever_a_name_stands)
{
    setenv("GPUBENCH_REDACT_SALT", "pepper", 1);
    json_t *document = json_loads(text, 0, NULL);
    json_object_set_new(json_object_get(document, "env"), "CUDA_VISIBLE_DEVICES",
                        json_string("0, GPU-dfae42cb-c058-76fd-fb21-0aeda91051a8 on 0000:00:06.0"));
    json_object_set_new(json_object_get(document, "container"), "note",
                        json_string("a node7, node7"));
    json_t *out = redact_document(document);
    cr_expect_str_eq(at(out, "host", "name"), "redacted-a4cf8ece4377");
    cr_expect_str_eq(at(out, "host", "machine"), "redacted-eed08aedb400");
    cr_expect_str_eq(at(out, "device", "uuid"), "GPU-redacted-e849592b1247");
    cr_expect_str_eq(at(out, "device", "pci"), "redacted-1091517043e7");
    cr_expect_str_eq(at(out, "env", "CUDA_VISIBLE_DEVICES"),
                     "0, GPU-redacted-e849592b1247 on redacted-1091517043e7");
    cr_expect_str_eq(at(out, "container", "note"),
                     "a redacted-a4cf8ece4377, redacted-a4cf8ece4377");
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(out, "argv"), 0)),
                     "redacted-70c3b257c739");
    json_decref(document);
    json_decref(out);
}

Test(redact, each_run_of_a_baseline_is_redacted_by_its_own_host)
{
    setenv("GPUBENCH_REDACT_SALT", "pepper", 1);
    json_t *one = json_loads(text, 0, NULL), *other = json_loads(text, 0, NULL);
    json_object_set_new(json_object_get(other, "host"), "name", json_string("node8"));
    json_t *baseline =
        json_pack("{s:s, s:[o, o]}", "schema", "gpubench-baseline/1", "runs", one, other);
    json_t *out = redact_document(baseline), *runs = json_object_get(out, "runs");
    cr_assert_eq(json_array_size(runs), 2);
    cr_expect_str_eq(at(json_array_get(runs, 0), "host", "name"), "redacted-a4cf8ece4377");
    const char *second = at(json_array_get(runs, 1), "host", "name");
    cr_expect(strncmp(second, "redacted-", 9) == 0, "%s", second);
    cr_expect_str_neq(second, "redacted-a4cf8ece4377");
    json_decref(baseline);
    json_decref(out);
}
