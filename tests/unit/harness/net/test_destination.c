/* Addresses: which are read, as what, and what is never shown of them. */
#include "harness/net/destination.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static enum status parse(const char *text, struct destination *to)
{
    return destination_parse(text, false, to, NULL);
}

Test(destination, is_read_into_its_parts)
{
    struct destination to;
    cr_assert_eq(parse("https://Node1.Example:8443/a/b/?x=1&y=2", &to), STATUS_OK);
    cr_assert_eq(to.kind, TO_HTTP);
    cr_assert(to.tls && !to.is_loopback);
    cr_assert_str_eq(to.host, "node1.example");
    cr_assert_str_eq(to.port, "8443");
    cr_assert_str_eq(to.path, "/a/b/");
    cr_assert_str_eq(to.query, "x=1&y=2");
    cr_assert(to.needs_query);
    cr_assert_str_eq(to.shown, "https://Node1.Example:8443/a/b/");

    cr_assert_eq(parse("pushgateway+http://[::1]:9091", &to), STATUS_OK);
    cr_assert_eq(to.kind, TO_PUSHGATEWAY);
    cr_assert_str_eq(to.host, "[::1]");
    cr_assert_str_eq(to.path, "/");

    cr_assert_eq(parse("influx+https://h/?org=o&bucket=b", &to), STATUS_OK);
    cr_assert(to.is_influx_v2 && !to.needs_query);
    cr_assert_str_eq(to.shown, "influx+https://h/?org=o&bucket=b");
    cr_assert_eq(parse("influx+https://h/?db=d", &to), STATUS_OK);
    cr_assert(!to.is_influx_v2);

    cr_assert_eq(parse("file:///a%20b/c", &to), STATUS_OK);
    cr_assert_eq(to.kind, TO_FILE);
    cr_assert_str_eq(to.path, "/a b/c");
}

Test(destination, refuses_what_two_readers_could_read_differently)
{
    static const char *const bad[] = {
        "",
        "https://",
        "https:///x",
        "https://user@host/",
        "https://user:secret@host/",
        "https://!host/",
        "https://:80/",
        "https://host:/",
        "https://host:123456/",
        "https://host:65536/",
        "https://host:0/",
        "https://host:12x/",
        "https://ho st/",
        "https://host\\@evil/",
        "https://host#@evil/",
        "https://[::1/",
        "https://[zz]/",
        "https://host/a b",
        "https://host/\n",
        "https://host/a\"b",
        "ftp://host/",
        "HTTPS://host/",
        "influx+https://host/",
        "influx+https://host/?db=",
        "influx+https://host/?db=a&u=me&p=secret",
        "influx+https://host/?db=a&bucket=b",
        "file://host/x",
        "file:///a%zz",
        "file:///a%4z",
        "file:///a%00b",
        "host",
    };
    struct destination to;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct failure why = {0};
        cr_expect_eq(destination_parse(bad[i], true, &to, &why), STATUS_USAGE, "%s", bad[i]);
        cr_expect(!strstr(why.text, "secret"), "%s", why.text);
        cr_expect(why.text[0]);
    }
}

Test(destination, an_address_is_shorter_than_two_kibibytes)
{
    char text[2100], want[200];
    struct destination to;
    struct failure why = {0};
    snprintf(text, sizeof text, "https://h/%0*d", 2047 - 10, 0);
    cr_expect_eq(destination_parse(text, false, &to, &why), STATUS_OK, "%s", why.text);
    snprintf(text, sizeof text, "https://h/%0*d", 2048 - 10, 0);
    snprintf(want, sizeof want, "the address %.100s... is too long (2048 bytes, at most 2047).",
             text);
    cr_expect_eq(destination_parse(text, false, &to, &why), STATUS_USAGE);
    cr_expect_str_eq(why.text, want);
}

Test(destination, allows_http_to_this_machine_alone)
{
    static const char *const here[] = {"http://127.0.0.1/", "http://127.9.8.7:80/x",
                                       "http://localhost:1/", "http://[::1]/"};
    static const char *const elsewhere[] = {
        "http://127.0.0.1.evil.example/", "http://127.1/",      "http://10.0.0.1/",
        "http://localhost.example/",      "http://2130706433/", "http://[::2]/"};
    struct destination to;
    for (size_t i = 0; i < sizeof here / sizeof *here; i++)
        cr_expect_eq(parse(here[i], &to), STATUS_OK, "%s", here[i]);
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        cr_expect_eq(parse(elsewhere[i], &to), STATUS_USAGE, "%s", elsewhere[i]);
        cr_expect_eq(destination_parse(elsewhere[i], true, &to, NULL), STATUS_OK, "%s",
                     elsewhere[i]);
    }
}

Test(destination, is_shown_without_what_may_be_a_secret)
{
    char shown[200];
    cr_assert_str_eq(destination_shown("https://h/o?X-Amz-Signature=secret", shown, sizeof shown),
                     "https://h/o");
    cr_assert_str_eq(destination_shown("https://me:secret@h/o", shown, sizeof shown),
                     "https://...@h/o");
    cr_assert_str_eq(destination_shown("https://a@secret@h/#secret", shown, sizeof shown),
                     "https://...@h/");
    cr_assert_str_eq(destination_shown("https://@h/o", shown, sizeof shown), "https://...@h/o");
}

Test(destination, is_the_same_server_only_with_scheme_host_and_port)
{
    struct destination a, b;
    parse("https://h/x", &a);
    parse("https://H:443/y", &b);
    cr_assert(destination_same_server(&a, &b));
    parse("https://h:8443/x", &b);
    cr_assert(!destination_same_server(&a, &b));
    parse("https://h.example/x", &b);
    cr_assert(!destination_same_server(&a, &b));
    destination_parse("http://h:443/x", true, &b, NULL);
    cr_assert(!destination_same_server(&a, &b));
}
