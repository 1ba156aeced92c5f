/* integer_wgmma_sm90.cuh - support/sm90/wgmma.cuh for unsigned bytes: int32 sums, exact, no
 * promotion ever. Accumulators that do not fit into 31 bits wrap and are read as unsigned. */
#ifndef KERNELS_SUPPORT_INTEGER_WGMMA_SM90_CUH
#define KERNELS_SUPPORT_INTEGER_WGMMA_SM90_CUH

#include "kernels/support/sm90/wgmma.cuh"

/* clang-format off */
#define WGMMA_8(i)  "+r"(d[i]), "+r"(d[i + 1]), "+r"(d[i + 2]), "+r"(d[i + 3]), "+r"(d[i + 4]), "+r"(d[i + 5]), "+r"(d[i + 6]), "+r"(d[i + 7])
#define WGMMA_32(i) WGMMA_8(i), WGMMA_8(i + 8), WGMMA_8(i + 16), WGMMA_8(i + 24)
#define WGMMA_NAMES_32 \
    "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31"
#define WGMMA_NAMES_64 WGMMA_NAMES_32 \
    ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63"
#define WGMMA_NAMES_128 WGMMA_NAMES_64 \
    ",%64,%65,%66,%67,%68,%69,%70,%71,%72,%73,%74,%75,%76,%77,%78,%79,%80,%81,%82,%83,%84,%85,%86,%87,%88,%89,%90,%91,%92,%93,%94,%95" \
    ",%96,%97,%98,%99,%100,%101,%102,%103,%104,%105,%106,%107,%108,%109,%110,%111,%112,%113,%114,%115,%116,%117,%118,%119,%120,%121,%122,%123,%124,%125,%126,%127"
#define WGMMA_U8(n, names, a_at, b_at, keep_at, ...) \
    asm volatile("{\n.reg .pred keep;\nsetp.ne.b32 keep, %" keep_at ", 0;\n" \
                 "wgmma.mma_async.sync.aligned.m64n" n "k32.s32.u8.u8 {" names "}, %" a_at ", %" b_at ", keep;\n}" \
                 : __VA_ARGS__ : "l"(a), "l"(b), "r"(keep))
/* clang-format on */

/* d = a·bᵀ + (keep ? d : 0), a 64 rows and b COLS rows of 32 bytes each; the entries as wgmma() has
 * them, in the first COLS / 2 of d. */
template <int COLS>
static __device__ __forceinline__ void wgmma_u8(int (&d)[128], unsigned long long a,
                                                unsigned long long b, int keep)
{
    static_assert(COLS == 64 || COLS == 128 || COLS == 256, "the widths that tiles have");
    if constexpr (COLS == 256)
        WGMMA_U8("256", WGMMA_NAMES_128, "128", "129", "130", WGMMA_32(0), WGMMA_32(32),
                 WGMMA_32(64), WGMMA_32(96));
    if constexpr (COLS == 128)
        WGMMA_U8("128", WGMMA_NAMES_64, "64", "65", "66", WGMMA_32(0), WGMMA_32(32));
    if constexpr (COLS == 64)
        WGMMA_U8("64", WGMMA_NAMES_32, "32", "33", "34", WGMMA_32(0));
}

#undef WGMMA_U8
#undef WGMMA_8
#undef WGMMA_32
#undef WGMMA_NAMES_32
#undef WGMMA_NAMES_64
#undef WGMMA_NAMES_128

#endif
