/* isa.c - detects the vector instructions of this CPU and names their level. */
#include "cpu/chip/isa.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif

static enum isa limit = ISA_AVX512;

static enum isa detect(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("fma"))
        return ISA_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return ISA_AVX2;
#endif
    return ISA_BASELINE;
}

enum isa isa_level(void)
{
    enum isa best = detect(); /* a few loads: the compiler's runtime has asked the CPU once */

    return best < limit ? best : limit;
}

void isa_limit(enum isa most)
{
    limit = most;
}

int isa_sve_bytes(void)
{
#if defined(__aarch64__)
    enum { HAS_SVE = 1 << 22, LENGTH = 0xffff }; /* HWCAP_SVE, PR_SVE_VL_LEN_MASK */
    const int length = getauxval(AT_HWCAP) & HAS_SVE ? prctl(PR_SVE_GET_VL) : 0;
    return length > 0 ? length & LENGTH : 0;
#else
    return 0;
#endif
}

const char *isa_name(enum isa isa)
{
    switch (isa) {
    case ISA_AVX512:
        return "avx512f";
    case ISA_AVX2:
        return "avx2+fma";
    default:
#if defined(__x86_64__)
        return "sse2";
#elif defined(__aarch64__)
        return "neon";
#else
        return "baseline";
#endif
    }
}
