/* test_isa.c - the levels of vector instructions, their limit and their names. */
#include "cpu/chip/isa.h"

#include <criterion/criterion.h>
#include <string.h>

Test(isa, the_level_is_what_the_cpu_has_within_the_limit)
{
    const enum isa best = isa_level();
    for (int most = ISA_BASELINE; most <= ISA_AVX512; most++) {
        isa_limit((enum isa)most);
        cr_expect_eq((int)isa_level(), (int)best < most ? (int)best : most);
    }
}

Test(isa, levels_have_the_names_of_their_instructions)
{
    cr_expect_str_eq(isa_name(ISA_AVX512), "avx512f");
    cr_expect_str_eq(isa_name(ISA_AVX2), "avx2+fma");
#if defined(__x86_64__)
    cr_expect_str_eq(isa_name(ISA_BASELINE), "sse2");
#elif defined(__aarch64__)
    cr_expect_str_eq(isa_name(ISA_BASELINE), "neon");
#endif
}

/* A vector of SVE has 16 bytes or a multiple of them. */
Test(isa, only_an_arm_has_vectors_of_sve)
{
#if defined(__aarch64__)
    cr_expect_eq(isa_sve_bytes() % 16, 0);
#else
    cr_expect_eq(isa_sve_bytes(), 0);
#endif
}
