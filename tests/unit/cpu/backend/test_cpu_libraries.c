/* test_cpu_libraries.c - which BLAS libraries of a request are loaded, and all that is shown of
 * them, to the last word. The libraries are of plain loops (tests/unit/stand_ins.mk). */
#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/libraries.h"
#include "cpu/backend/table.h"
#include "cpu/blas/load.h"
#include "harness/contract/facts.h"
#include "tests/unit/cpu/backend/opened.h"
#include "tests/unit/cpu/blas/stand_in.h"

#include <math.h>

static struct device d;
static char line[512];

/* Every row of the table is absent but OpenBLAS, BLIS and ATLAS; MKL is broken. */
static void put(size_t row, const char *file)
{
    blas_rows[row].marker = NULL;
    memset(blas_rows[row].files, 0, sizeof blas_rows[row].files);
    blas_rows[row].files[0] = file;
}

enum { BLIS = 4, MKL = 6, ATLAS = 8 };

static void load_with_core_type(int threads, const char *names, const char *core)
{
    struct failure why = {.text = ""};
    d = (struct device){.threads = threads};
    clean_environment();
    if (core)
        setenv("OPENBLAS_CORETYPE", core, 1);
    setenv("SHIM_OWN", "SomethingNewer", 1);
    for (size_t row = 0; row < BLAS_NAMED; row++)
        put(row, "libno-such-blas.so");
    put(BLAS_OPENBLAS, stand_in("libopenblas.so"));
    put(BLIS, stand_in("libblis.so"));
    put(MKL, stand_in("libnosyrk.so"));
    put(ATLAS, stand_in("libplain.so.3.10.3"));
    cr_assert_eq(cpu_libraries_load(&d, names, &why), STATUS_OK, "%s", why.text);
}

static void load(int threads, const char *names)
{
    load_with_core_type(threads, names, NULL);
}

static const char *described(void)
{
    strcpy(line, "x");
    cpu_libraries_describe(&d, line, sizeof line);
    return line;
}

Test(cpu_libraries, those_that_are_named_are_loaded_and_openblas_always_is)
{
    load(1, NULL);
    cr_expect_str_eq(described(), "x · OpenBLAS 0.0.9 SomethingNewer");
    cr_expect_not(d.loads_all);
    load(1, "blis");
    cr_expect_str_eq(described(), "x · OpenBLAS 0.0.9 SomethingNewer · BLIS 1.2.3");
    cr_expect_eq(load_state(ATLAS), LOAD_UNASKED);
}

Test(cpu_libraries, names_may_be_several_or_a_pattern)
{
    load(1, "nvpl,a?las");
    cr_expect_str_eq(described(), "x · OpenBLAS 0.0.9 SomethingNewer · ATLAS 3.10.3");
    cr_expect_eq(load_state(7), LOAD_ABSENT);
    cr_expect_eq(load_state(5), LOAD_UNASKED, "aocl was not asked for");
    cr_expect_not(d.loads_all);
}

Test(cpu_libraries, all_of_them_is_a_request_of_its_own)
{
    load(2, "*");
    cr_expect(d.loads_all);
    cr_expect_str_eq(described(), "x · OpenBLAS 0.0.9 SomethingNewer · BLIS 1.2.3 · ATLAS 3.10.3 "
                                  "in 1 thread");
    d.threads = 1;
    cr_expect_str_eq(described(), "x · OpenBLAS 0.0.9 SomethingNewer in 2 threads · BLIS 1.2.3 in "
                                  "2 threads · ATLAS 3.10.3");
}

Test(cpu_libraries, a_line_without_openblas_says_so)
{
    load(1, "blis");
    d.blas = NULL;
    cr_expect_str_eq(described(), "x · BLIS 1.2.3 · no OpenBLAS");
    line[8] = 'y';
    strcpy(line, "x");
    cpu_libraries_describe(&d, line, 8);
    cr_expect_lt(strlen(line), 8, "within its room");
    cr_expect_eq(line[8], 'y');
}

Test(cpu_libraries, the_users_core_type_is_said_beside_openblas_alone)
{
    struct facts facts = {0};
    load_with_core_type(1, "blis", "Haswell");
    cr_expect_str_eq(described(), "x · OpenBLAS 0.0.9 Haswell (OPENBLAS_CORETYPE) · BLIS 1.2.3");
    cpu_libraries_facts(&d, &facts);
    cr_expect_str_eq(facts_get_text(&facts, "blas.core_by"), "OPENBLAS_CORETYPE");
    cr_expect_null(facts_get(&facts, "blas.core_of_openblas"));
    facts_free(&facts);
}

static const struct variant *variant_of(size_t library, enum op op, enum arithmetic arithmetic)
{
    for (size_t i = 0; i < cpu_backend.variant_count; i++) {
        const struct variant *v = &cpu_backend.variants[i];
        const struct cpu_variant *row = v->row;
        if (row->is_blas && row->library == library && v->op == op && v->arithmetic == arithmetic)
            return v;
    }
    cr_assert_fail("no variant of library %zu", library);
    return NULL;
}

static const char *why_not(size_t library, enum arithmetic arithmetic, uint64_t n)
{
    static char reason[512];
    const struct problem p = {.op = OP_SUM_AAT, .n = n, .element = element_of(arithmetic)};
    const struct variant *v = variant_of(library, OP_SUM_AAT, arithmetic);
    strcpy(reason, "runs");
    const bool runs = cpu_library_can_run(&d, v, &p, reason, sizeof reason);
    cr_expect_eq(runs, strcmp(reason, "runs") == 0);
    return reason;
}

Test(cpu_libraries, what_cannot_run_says_why)
{
    load(1, "blis,mkl,nvpl");
    cr_expect_str_eq(why_not(BLAS_OPENBLAS, ARITH_F32, 10), "runs");
    cr_expect_str_eq(why_not(BLIS, ARITH_F64, 10), "runs");
    cr_expect_str_eq(why_not(ATLAS, ARITH_F32, 10),
                     "is loaded only if asked for: add --blas atlas");
    cr_expect_str_eq(why_not(MKL, ARITH_F32, 10), load_reason(MKL));
    cr_expect(strstr(load_reason(MKL), "has no cblas_ssyrk, so it is not Intel MKL"));
    cr_expect_eq(strncmp(why_not(7, ARITH_F32, 10), "NVPL BLAS cannot be loaded (", 28), 0);

    struct blas single = *d.blas;
    single.dgemm = NULL;
    d.blas = &single;
    cr_expect_str_eq(why_not(BLAS_OPENBLAS, ARITH_F64, 10),
                     "this OpenBLAS was built without double precision");
    cr_expect_str_eq(why_not(BLAS_OPENBLAS, ARITH_F32, 10), "runs");
    d.blas = NULL;
    snprintf(d.no_blas.text, sizeof d.no_blas.text, "OpenBLAS is missing");
    cr_expect_str_eq(why_not(BLAS_OPENBLAS, ARITH_F32, 10), "OpenBLAS is missing");
    cr_expect_str_eq(why_not(BLIS, ARITH_F32, 10), "runs");
}

/* ssyrk does n²·(n+1) FLOP, on two threads of the speed that the trial had on one. */
Test(cpu_libraries, a_run_of_more_than_two_minutes_must_be_asked_for_by_name)
{
    load(2, "blis");
    const double in_two_minutes = 120 * 2 * load_flops(BLIS);
    const uint64_t most = (uint64_t)cbrt(in_two_minutes);
    char want[128];
    d.loads_all = true;
    cr_expect_str_eq(why_not(BLIS, ARITH_F32, most - 1), "runs");
    const double seconds =
        (double)(most + 1) * (double)(most + 1) * (double)(most + 2) / (2 * load_flops(BLIS));
    snprintf(want, sizeof want, "would take %.0f s a run: add --blas blis to run it all the same",
             seconds);
    cr_expect_str_eq(why_not(BLIS, ARITH_F32, most + 1), want);
    cr_expect_str_eq(why_not(BLAS_OPENBLAS, ARITH_F32, 8 * most), "runs");
    d.loads_all = false;
    cr_expect_str_eq(why_not(BLIS, ARITH_F32, most + 1), "runs");
}

Test(cpu_libraries, a_variant_knows_the_state_of_its_library)
{
    load(1, "blis,mkl,nvpl");
    cr_expect_eq(cpu_library_state(&d, variant_of(BLIS, OP_MATMUL, ARITH_F32)), LIBRARY_READY);
    cr_expect_eq(cpu_library_state(&d, variant_of(MKL, OP_MATMUL, ARITH_F32)), LIBRARY_BROKEN);
    cr_expect_eq(cpu_library_state(&d, variant_of(7, OP_MATMUL, ARITH_F32)), LIBRARY_ABSENT);
    cr_expect_eq(cpu_library_state(&d, variant_of(ATLAS, OP_MATMUL, ARITH_F32)), LIBRARY_ABSENT);
    const struct variant *own = find_variant(OP_REDUCE, "plain");
    cr_expect_eq(cpu_library_state(&d, own), LIBRARY_READY);
    cr_expect_null(cpu_library_of(&d, own));
    cr_expect_eq(cpu_library_of(&d, variant_of(BLIS, OP_MATMUL, ARITH_F64)), load_get(BLIS));
    cr_expect_eq(cpu_library_of(&d, variant_of(0, OP_MATMUL, ARITH_F64)), d.blas);
}

/* The rows behind OpenBLAS and the own loops are another library's. */
Test(cpu_libraries, auto_never_takes_another_library)
{
    const struct problem p = {.op = OP_SUM_AAT, .n = 10};
    const bool wanted[BLAS_MAX] = {true, true};
    struct failure why;
    load(1, NULL);
    put(1, stand_in("libblis.so"));
    cr_assert_eq(load_libraries(wanted, 1, NULL, &why), STATUS_OK);
    cr_assert_eq(load_state(1), LOAD_READY);
    d.blas = NULL;
    cr_expect_str_eq(cpu_backend.auto_variant(&d, &p, ARITH_F32)->name, "fused-triangle");
    d.share.of = 2;
    cr_expect_null(cpu_backend.auto_variant(&d, &p, ARITH_F32));
}

/* ---- warnings and facts */

Test(cpu_libraries, sentences_of_a_warning_are_lines_and_stay_within_their_room)
{
    struct device_facts f = {.warning = ""};
    char text[600];
    cpu_warn(&f, "%s", "");
    cr_expect_str_empty(f.warning);
    cpu_warn(&f, "one %d", 1);
    cpu_warn(&f, "%s", "");
    cpu_warn(&f, "two");
    cr_expect_str_eq(f.warning, "one 1\ntwo");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 3; i++)
        cpu_warn(&f, "%s", text);
    cr_expect_eq(strlen(f.warning), sizeof f.warning - 1);
    cr_expect_str_empty(f.note);
}

Test(cpu_libraries, one_built_for_fewer_threads_is_warned_of_and_one_without_threads_noted)
{
    load(1, "blis,atlas");
    d.threads = 3;
    cpu_libraries_warn(&d);
    cr_expect_str_eq(d.facts.warning,
                     "OpenBLAS 0.0.9 runs 1 of the 3 threads: it was built for no more, so its "
                     "figures are those of 1; other builds allow more\n"
                     "BLIS 1.2.3 runs 1 of the 3 threads: it was built for no more, so its figures "
                     "are those of 1; other builds allow more");
    cr_expect_str_eq(d.facts.note, "ATLAS runs 1 of the 3 threads");
    strcpy(d.facts.note, "a note");
    cpu_libraries_warn(&d);
    cr_expect_str_eq(d.facts.note, "a note, ATLAS runs 1 of the 3 threads");
}

Test(cpu_libraries, nothing_is_said_where_all_threads_run)
{
    load(1, "blis,atlas");
    cpu_libraries_warn(&d);
    cr_expect(!*d.facts.warning && !*d.facts.note);
    d.blas = NULL;
    cpu_libraries_warn(&d);
    cr_expect(!*d.facts.warning && !*d.facts.note);
}

static const char *text_of(const struct facts *facts, const char *path)
{
    return facts_get(facts, path) ? facts_get_text(facts, path) : "nothing";
}

Test(cpu_libraries, facts_are_those_of_openblas_and_of_each_other)
{
    struct facts facts = {0};
    load(2, "blis,atlas");
    cpu_libraries_facts(&d, &facts);
    cr_expect_str_eq(text_of(&facts, "blas.name"), "OpenBLAS");
    cr_expect_str_eq(text_of(&facts, "blas.version"), "0.0.9");
    cr_expect_str_eq(text_of(&facts, "blas.core"), "SomethingNewer");
    cr_expect_str_eq(text_of(&facts, "blas.core_by"), "OpenBLAS");
    cr_expect_str_eq(text_of(&facts, "blas.core_of_openblas"), "SomethingNewer");
    cr_expect_str_eq(text_of(&facts, "blas.threading"), "pthreads");
    cr_expect_str_eq(text_of(&facts, "blas.file"), "libopenblas.so");
    cr_expect_str_eq(text_of(&facts, "blas.config"), "OpenBLAS 0.0.9 shim");
    cr_expect_eq(facts_get(&facts, "blas.threads")->integer, 2);
    cr_expect_eq(facts_get(&facts, "blas.integer_bits")->integer, 32);
    cr_expect_null(facts_get(&facts, "blas.trials.SomethingNewer.flops"), "it was not timed");
    cr_expect_str_eq(text_of(&facts, "blas.others.blis.version"), "1.2.3");
    cr_expect_str_eq(text_of(&facts, "blas.others.blis.core"), "nothing");
    cr_expect_str_eq(text_of(&facts, "blas.others.blis.core_by"), "nothing");
    cr_expect_eq(facts_get(&facts, "blas.others.blis.threads")->integer, 2);
    cr_expect_null(facts_get(&facts, "blas.others.blis.integer_bits"));
    cr_expect_str_eq(text_of(&facts, "blas.others.atlas.file"), "libplain.so.3.10.3");
    cr_expect_eq(facts_get(&facts, "blas.others.atlas.threads")->integer, 1);
    cr_expect_null(facts_get(&facts, "blas.others.nvpl.threads"));
    facts_free(&facts);

    facts = (struct facts){0};
    d.blas = NULL;
    cpu_libraries_facts(&d, &facts);
    cr_expect_null(facts_get(&facts, "blas.name"));
    cr_expect_str_eq(text_of(&facts, "blas.others.blis.version"), "1.2.3");
    facts_free(&facts);
}

/* A second build of OpenBLAS has none of the choice of the first. */
Test(cpu_libraries, the_choice_of_a_core_type_belongs_to_the_first_openblas)
{
    struct facts facts = {0};
    load(1, NULL);
    cpu_libraries_facts(&d, &facts);
    cr_expect_str_eq(text_of(&facts, "blas.core_by"), "OpenBLAS", "of the first alone");
    facts_free(&facts);
    facts = (struct facts){0};
    put(1, stand_in("libsingle.so"));
    const bool wanted[BLAS_MAX] = {true, true};
    struct failure why;
    cr_assert_eq(load_libraries(wanted, 1, NULL, &why), STATUS_OK);
    cpu_libraries_facts(&d, &facts);
    cr_expect_str_eq(text_of(&facts, "blas.core_by"), "OpenBLAS");
    cr_expect_str_eq(text_of(&facts, "blas.others.openblas-pthread.core"), "SomethingNewer");
    cr_expect_str_eq(text_of(&facts, "blas.others.openblas-pthread.core_by"), "nothing");
    facts_free(&facts);
}
