/* isa.h - one loop, compiled for several vector widths, chosen when the program runs.
 *
 * A binary built for any x86-64 must still use AVX2 and AVX-512 where they are. The body of a loop
 * is written once, in plain C or with vector types, as an inline function; ISA_VERSIONS makes one
 * copy of it for each level and a function that calls the right one. Not target_clones: that needs
 * ifunc resolvers, which run before a sanitizer is ready and which not every libc has. */
#ifndef CPU_ISA_H
#define CPU_ISA_H

enum isa { ISA_BASELINE, ISA_AVX2, ISA_AVX512 };

/* The best level of this machine, or the limit set below if that is lower. */
enum isa isa_level(void);

/* For tests: use no more than this. ISA_AVX512 restores the default. */
void isa_limit(enum isa most);

/* "avx512f", "avx2+fma", or the baseline of the build: "sse2", "neon", "baseline". */
const char *isa_name(enum isa isa);

/* The bytes of one of AArch64's SVE registers, which may be wider than NEON's 16; 0 without SVE. */
int isa_sve_bytes(void);

#define ISA_BODY static inline __attribute__((always_inline))

#define ISA_TARGET_SVE __attribute__((target("+sve")))
#if defined(__x86_64__)
#define ISA_TARGET_AVX2   __attribute__((target("avx2,fma")))
#define ISA_TARGET_AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma")))

/* From `ISA_BODY void NAME_body PARAMETERS`, makes `static void NAME PARAMETERS`. The name may be a
 * macro. */
#define ISA_VERSIONS(name, parameters, arguments) ISA_VERSIONS_OF(name, parameters, arguments)
#define ISA_VERSIONS_OF(name, parameters, arguments)                                               \
    ISA_TARGET_AVX512 static void name##_avx512 parameters                                         \
    {                                                                                              \
        name##_body arguments;                                                                     \
    }                                                                                              \
    ISA_TARGET_AVX2 static void name##_avx2 parameters                                             \
    {                                                                                              \
        name##_body arguments;                                                                     \
    }                                                                                              \
    static void name##_baseline parameters                                                         \
    {                                                                                              \
        name##_body arguments;                                                                     \
    }                                                                                              \
    static void name parameters                                                                    \
    {                                                                                              \
        switch (isa_level()) {                                                                     \
        case ISA_AVX512:                                                                           \
            name##_avx512 arguments;                                                               \
            break;                                                                                 \
        case ISA_AVX2:                                                                             \
            name##_avx2 arguments;                                                                 \
            break;                                                                                 \
        default:                                                                                   \
            name##_baseline arguments;                                                             \
        }                                                                                          \
    }
#else
#define ISA_VERSIONS(name, parameters, arguments) ISA_VERSIONS_OF(name, parameters, arguments)
#define ISA_VERSIONS_OF(name, parameters, arguments)                                               \
    static void name parameters                                                                    \
    {                                                                                              \
        name##_body arguments;                                                                     \
    }
#endif

#endif
