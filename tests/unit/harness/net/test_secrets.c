/* test_secrets.c - what a server says is shown without our credentials, however it writes them. */
#include "harness/net/secrets.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct http_access with_token = {.token = "s3cr/et+Token~42-of-a-user"};

static void expect(const struct http_access *access, const char *url, const char *said,
                   const char *want)
{
    char text[512];
    snprintf(text, sizeof text, "%s", said);
    secrets_mask(text, access, url);
    cr_expect_str_eq(text, want);
}

static void expect_token(const char *said, const char *want)
{
    expect(&with_token, "https://host/", said, want);
}

Test(secrets, a_token_is_masked_bare_and_in_part)
{
    expect_token("no s3cr/et+Token~42-of-a-user here", "no *** here");
    expect_token("begins with s3cr/et+To", "begins with ***");
    expect_token("ends with en~42-of-a-user.", "ends with ***.");
    expect_token("ours: s3cr/", "ours: ***"); /* cut off */
    expect_token("nothing secret in it", "nothing secret in it");
    expect_token("S3CR/ET+TOKEN~42-OF-A-USER", "***");
}

Test(secrets, a_token_is_masked_in_pieces_and_percent_encoded)
{
    expect_token("s3cr et+To ken~42 -of-a-user!", "***!");
    expect_token("s-3-c-r-e-t-T-o-k-e-n-4-2-o-f-a-u-s-e-r", "***");
    expect_token("q=s3cr%2Fet%2BToken%7E42-of-a-user&", "q=***&");
    expect_token("q=s3cr%252fet%252bToken%257e42-of-a-user&", "q=***&");
    expect_token("%73-%33-%63-%72-%65-%74-%54-%6f-%6b-%65-%6e", "***");
    expect_token("%73%33%63%72%2f%65%74%2b%54%6f%6b%65%6e%7e%34%32", "***");
}

Test(secrets, a_token_is_masked_in_base64_wherever_it_begins)
{
    /* "Bearer ", "x", "" and "xy" before it; RFC 4648's two alphabets differ in nothing here. */
    expect_token("<QmVhcmVyIHMzY3IvZXQrVG9rZW5+NDItb2YtYS11c2Vy>", "<QmVhcmVyIH***>");
    expect_token("<czNjci9ldCtUb2tlbn40Mi1vZi1hLXVzZXI=>", "<***=>");
    expect_token("<eHMzY3IvZXQrVG9rZW5-NDItb2YtYS11c2Vy>", "<eH***>");
    expect_token("<eHlzM2NyL2V0K1Rva2VufjQyLW9mLWEtdXNlcg==>", "<eHl***==>");
}

Test(secrets, values_of_the_query_are_masked_as_they_stand_and_as_they_are_meant)
{
    static const struct http_access none = {0};
    const char *url = "https://host/a?part=1&sig=abc%2Bdefghi%3D&precise_name=ns&lonelysecret";
    expect(&none, url, "sig=abc%2Bdefghi%3D, precise_name", "sig=***, precise_name");
    expect(&none, url, "sig=abc+defghi=, lonelysecret", "sig=***, ***");
    expect(&none, "https://host/", "nothing to mask", "nothing to mask");
}

Test(secrets, passwords_of_netrc_are_masked_with_their_login)
{
    static const struct http_access none = {0};
    scratch_make();
    scratch_file(".netrc", "machine a login ci password hunter2\n"
                           "machine b login \"my name\" password \"two \\\"words\\\"\"\n"
                           "default login x password p1\n");
    setenv("HOME", scratch_path(""), 1);
    unsetenv("NETRC");
    expect(&none, "https://host/", "hunter2 aHVudGVyMg== Y2k6aHVudGVyMg==", "*** ***== ***==");
    expect(&none, "https://host/",
           "not 'two \"words\"' of bXkgbmFtZTp0d28gIndvcmRzIg==", "not '***' of ***==");
    expect(&none, "https://host/", "eDpwMQ", "***");
    scratch_remove();
}

Test(secrets, a_word_of_netrc_ends_at_its_quote_or_with_the_file)
{
    static const struct http_access none = {0};
    scratch_make();
    setenv("HOME", scratch_path(""), 1);
    unsetenv("NETRC");
    static const struct {
        const char *netrc, *secret;
    } cases[] = {{"password \"left open", "left open"},
                 {"password \"left\\open", "leftopen"},
                 {"password \"left\\-", "left-"},
                 {"password \"left\\", "left\\"},
                 {"password plain\\back", "plain\\back"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char said[64];
        scratch_file(".netrc", cases[i].netrc);
        snprintf(said, sizeof said, "<%s>", cases[i].secret);
        expect(&none, "https://host/", said, "<***>");
    }
    scratch_remove();
}

Test(secrets, keys_signatures_and_passwords_of_proxies_are_masked)
{
    static const struct http_access none = {0};
    setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG", 1);
    setenv("https_proxy", "http://me:proxy%40word@proxy.example:3128", 1);
    expect(&none, "https://host/", "key wJalrXUtnFEMI/K7MDENG", "key ***");
    expect(&none, "https://host/", "proxy@word bWU6cHJveHlAd29yZA== me:proxy%40word",
           "*** ***== ***");
    expect(&none, "https://host/",
           "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.",
           "Signature=***.");
    setenv("https_proxy", "me:pw12@proxy.example", 1); /* too short to be found in "me:pw12" */
    expect(&none, "https://host/", "pw12 is wrong", "*** is wrong");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    unsetenv("https_proxy");
}

Test(secrets, a_text_with_the_header_of_credentials_is_not_shown)
{
    expect_token("you said Authorization: zzz", "");
    expect_token("Basic zzz", "");
    expect_token("a bearer zzz", "");
    expect_token("Token zzz", "");
    expect_token("tokens, basics and bearers", "tokens, basics and bearers");
}
