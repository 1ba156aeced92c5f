/* test_select.c - which variants the words of the command line name. */
#include "bench/run/select.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct variant table[] = {
    {.op = OP_SUM_AAT, .name = "naive", .arithmetic = ARITH_F32},
    {.op = OP_SUM_AAT, .name = "syrk-fused", .arithmetic = ARITH_F32},
    {.op = OP_SUM_AAT, .name = "cublas", .arithmetic = ARITH_F32},
    {.op = OP_SUM_AAT, .name = "cublas", .arithmetic = ARITH_TF32, .library = true},
    {.op = OP_SUM_AAT, .name = "wgmma", .arithmetic = ARITH_F32_3XF16},
    {.op = OP_MATMUL, .name = "tiled", .arithmetic = ARITH_F32},
    {.op = OP_MATMUL, .name = "b-syrk", .arithmetic = ARITH_F32, .blas = "b"},
    {.op = OP_MATMUL, .name = "b-gemm", .arithmetic = ARITH_F32, .blas = "b"},
    {.op = OP_MATMUL, .name = "c-syrk", .arithmetic = ARITH_F32, .blas = "c"},
    {.op = OP_MATMUL, .name = "c-gemm", .arithmetic = ARITH_F32, .blas = "c"},
};
enum { COUNT = sizeof table / sizeof *table };

static const struct backend backend = {.name = "gpu", .variants = table, .variant_count = COUNT};

/* "naive/f32 cublas/tf32 auto/f32": the chosen ones, and the arithmetics of automatic choices. */
static void chosen_text(const struct variant **chosen, size_t count, unsigned automatic, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        strcat(text, i ? " " : "");
        strcat(text, chosen[i]->name);
        strcat(text, "/");
        strcat(text, arithmetic_name(chosen[i]->arithmetic));
    }
    for (unsigned a = 0; a < ARITH_COUNT; a++)
        if (automatic & 1u << a) {
            strcat(text, *text ? " auto/" : "auto/");
            strcat(text, arithmetic_name((enum arithmetic)a));
        }
}

Test(select, words_name_variants_in_the_order_of_the_table)
{
    static const struct {
        enum op op;
        const char *variants, *arithmetics;
        bool all;
        const char *want;
    } cases[] = {
        {OP_SUM_AAT, NULL, NULL, false, "auto/f32"},
        {OP_SUM_AAT, "naive", NULL, false, "naive/f32"},
        {OP_SUM_AAT, "cublas,naive", NULL, false, "naive/f32 cublas/f32"},
        {OP_SUM_AAT, "*-fused", NULL, false, "syrk-fused/f32"},
        {OP_SUM_AAT, "*", NULL, false, "naive/f32 syrk-fused/f32 cublas/f32"},
        {OP_SUM_AAT, "auto,naive", NULL, false, "naive/f32 auto/f32"},
        {OP_SUM_AAT, "auto", NULL, false, "auto/f32"},
        {OP_SUM_AAT, "auto", "f32*", false, "auto/f32 auto/f32-3xf16"},
        {OP_SUM_AAT, "auto", "f32-3xf16", false, "auto/f32-3xf16"},
        {OP_SUM_AAT, NULL, "f32-3xf16", false, "auto/f32-3xf16"},
        {OP_SUM_AAT, NULL, "f32", false, "auto/f32"},
        {OP_SUM_AAT, NULL, "tf32,f32-*", false, "cublas/tf32 auto/f32-3xf16"}, /* only a library */
        {OP_SUM_AAT, "cublas", "f32,tf32", false, "cublas/f32 cublas/tf32"},
        {OP_SUM_AAT, NULL, NULL, true,
         "naive/f32 syrk-fused/f32 cublas/f32 cublas/tf32 wgmma/f32-3xf16"},
        {OP_SUM_AAT, "cu*", NULL, true, "cublas/f32 cublas/tf32"},
        {OP_SUM_AAT, NULL, "f32", true, "naive/f32 syrk-fused/f32 cublas/f32"},
        {OP_MATMUL, NULL, NULL, true, "tiled/f32 b-syrk/f32 b-gemm/f32 c-syrk/f32 c-gemm/f32"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct variant *chosen[COUNT];
        size_t count = 0;
        unsigned automatic = 0;
        char text[256];
        struct failure why = {0};
        cr_expect_eq(select_variants(&backend, cases[i].op, ELEMENT_F32, cases[i].variants,
                                     cases[i].arithmetics, NULL, cases[i].all, chosen, &count,
                                     &automatic, &why),
                     STATUS_OK, "case %zu: %s", i, why.text);
        chosen_text(chosen, count, automatic, text);
        cr_expect_str_eq(text, cases[i].want, "case %zu", i);
    }
}

Test(select, a_word_that_names_nothing_is_refused_with_the_way_out)
{
    static const struct {
        enum op op;
        const char *variants, *arithmetics;
        const char *part; /* of the sentence */
    } cases[] = {
        {OP_SUM_AAT, "syrk-fusd", NULL, "did you mean \"syrk-fused\"?"},
        {OP_SUM_AAT, "naive,syrk-fusd", NULL, "did you mean \"syrk-fused\"?"},
        {OP_SUM_AAT, "quantum", NULL, "unknown variant \"quantum\""},
        {OP_SUM_AAT, "", NULL, "unknown variant \"\""},
        {OP_SUM_AAT, "naive,", NULL, "unknown variant \"\""},
        {OP_SUM_AAT, "tiled", NULL, "add --op matmul"},
        {OP_SUM_AAT, "tilled", NULL, "sum-aat has no variant \"tilled\", but matmul has \"tiled\""},
        {OP_SUM_AAT, "wgmma", NULL, "add --arith f32-3xf16"},
        {OP_SUM_AAT, NULL, "tf23", "did you mean \"tf32\"?"},
        {OP_SUM_AAT, NULL, "bf16", "no variant of sum-aat on the gpu is in bf16"},
        {OP_REDUCE, "*", NULL, "unknown variant \"*\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct variant *chosen[COUNT];
        size_t count;
        unsigned automatic;
        struct failure why = {0};
        cr_expect_eq(select_variants(&backend, cases[i].op, ELEMENT_F32, cases[i].variants,
                                     cases[i].arithmetics, NULL, false, chosen, &count, &automatic,
                                     &why),
                     STATUS_USAGE, "case %zu", i);
        cr_expect(strstr(why.text, cases[i].part), "case %zu: %s", i, why.text);
    }
}

/* The first library is the table's first row's, and others are compared with it. */
Test(select, libraries_narrow_the_choice)
{
    static const struct variant of_libraries[] = {
        {.op = OP_MATMUL, .name = "a-syrk", .blas = "a"},
        {.op = OP_MATMUL, .name = "own"},
        {.op = OP_MATMUL, .name = "b-syrk", .blas = "b"},
        {.op = OP_MATMUL, .name = "b-gemm", .blas = "b"},
        {.op = OP_MATMUL, .name = "c-syrk", .blas = "c"},
        {.op = OP_MATMUL, .name = "c-gemm", .blas = "c"},
    };
    static const struct backend libraries = {
        .name = "cpu", .variants = of_libraries, .variant_count = 6};
    static const struct {
        const char *libraries, *variants;
        bool all;
        enum op op;
        const char *want; /* chosen, or a part of the sentence */
    } cases[] = {
        {"b", NULL, false, OP_MATMUL, "b-syrk/f32"},
        {"c,b", NULL, false, OP_MATMUL, "b-syrk/f32 c-syrk/f32"},
        {"c", NULL, true, OP_MATMUL, "a-syrk/f32 own/f32 c-syrk/f32 c-gemm/f32"},
        {"c", "*gemm,own", false, OP_MATMUL, "own/f32 c-gemm/f32"},
        {"c", "b-syrk", false, OP_MATMUL,
         "is of the library b, which is not among those of --blas"},
        {"c", NULL, false, OP_REDUCE, "no variant of reduce is of a library"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct variant *chosen[6];
        size_t count = 0;
        unsigned automatic = 0;
        char text[256];
        struct failure why = {0};
        if (select_variants(&libraries, cases[i].op, ELEMENT_F32, cases[i].variants, NULL,
                            cases[i].libraries, cases[i].all, chosen, &count, &automatic,
                            &why) == STATUS_OK)
            chosen_text(chosen, count, automatic, text);
        else {
            cr_expect_eq(why.status, STATUS_USAGE);
            snprintf(text, sizeof text, "%.255s", why.text);
        }
        cr_expect(strstr(text, cases[i].want), "case %zu: %s", i, text);
    }
}

Test(select, a_list_matches_by_any_of_its_words)
{
    cr_expect(select_matches("a,b*", "bee"));
    cr_expect(select_matches("a", "a"));
    cr_expect_not(select_matches("a,b", "ab"));
    cr_expect_not(select_matches("", "a"));
    cr_expect(select_matches("a*c", "a/c"), "an asterisk is any text");
    static const char letters[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    cr_expect_eq(strlen(letters), 64);
    cr_expect(select_matches(letters, letters + 1), "words are cut to 63 letters");
    cr_expect(select_matches(letters + 1, letters + 1));
}

/* A name of both types is explained by the arithmetic it has for the type that is asked for. */
Test(select, a_variant_for_entries_of_another_type_is_refused_with_that_type)
{
    static const struct variant both[] = {
        {.op = OP_MATMUL, .name = "tiles", .arithmetic = ARITH_F32},
        {.op = OP_MATMUL, .name = "moduli", .arithmetic = ARITH_F32},
        {.op = OP_MATMUL, .name = "moduli", .arithmetic = ARITH_F64_INT8},
    };
    static const struct backend gpu = {.name = "gpu", .variants = both, .variant_count = 3};
    static const char *const cases[][2] = {
        {"tiles", "variant \"tiles\" is for f32 entries: give --type f32."},
        {"moduli", "variant \"moduli\" is in f64-int8 arithmetic, not in what was asked for: add "
                   "--arith f64-int8."}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct variant *chosen[3];
        size_t count;
        unsigned automatic;
        struct failure why = {0};
        cr_expect_eq(select_variants(&gpu, OP_MATMUL, ELEMENT_F64, cases[i][0], NULL, NULL, false,
                                     chosen, &count, &automatic, &why),
                     STATUS_USAGE);
        cr_expect_str_eq(why.text, cases[i][1]);
    }
}
