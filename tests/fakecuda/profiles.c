/* profiles.c - the table of devices. Clocks and sizes are those of the real cards. */
#include "tests/fakecuda/profiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STUB_LIBRARY = 34, NO_DEVICE = 100 };

/* clang-format off */
static const struct profile profiles[] = {
    /* word        name                                              cc SMs clock kHz  memory   bus
     * L2 KiB  shared    MiB driver PTX watchdog ECC cuInit */
    {"gt750m",     "GeForce GT 750M (simulated)",                    30,   2,  926000, 2508000,  128,   256,  49152,  1999, 10010, 64, true,  false, 0},
    {"k80",        "Tesla K80 (simulated)",                          37,  13,  823500, 2505000,  384,  1536,  49152, 11441, 11040, 74, false, true,  0},
    {"gtx980",     "NVIDIA GeForce GTX 980 (simulated)",             52,  16, 1216000, 3505000,  256,  2048,  49152,  4043, 12020, 82, true,  false, 0},
    {"p100",       "Tesla P100-SXM2-16GB (simulated)",               60,  56, 1480500,  715000, 4096,  4096,  49152, 16280, 12040, 84, false, true,  0},
    {"v100",       "Tesla V100-SXM2-16GB (simulated)",               70,  80, 1530000,  877000, 4096,  6144,  98304, 16160, 12020, 82, false, true,  0},
    {"t4",         "Tesla T4 (simulated)",                           75,  40, 1590000, 5001000,  256,  4096,  65536, 15109, 12040, 84, false, true,  0},
    {"a100",       "NVIDIA A100-SXM4-80GB (simulated)",              80, 108, 1410000, 1593000, 5120, 40960, 166912, 81050, 12020, 82, false, true,  0},
    {"h100",       "NVIDIA H100 80GB HBM3 (simulated)",              90, 132, 1980000, 2619000, 5120, 51200, 232448, 81089, 13000, 90, false, true,  0},
    {"b200",       "NVIDIA B200 (simulated)",                       100, 148, 1965000, 3996000, 8192,129024, 232448, 183359, 13000, 90, false, true,  0},
    {"rtx5090",    "NVIDIA GeForce RTX 5090 (simulated)",           120, 170, 2407000,14001000,  512, 98304, 101376, 32607, 13000, 90, true,  false, 0},
    {"mig",        "NVIDIA H100 80GB HBM3 MIG 1g.10gb (simulated)",  90,  16, 1980000, 2619000,  640,  6400, 232448,  9984, 13000, 90, false, true,  0},
    {"orin",       "Orin (simulated)",                               87,  16, 1300000, 3199000,  256,  4096, 166912, 30697, 12060, 85, false, false, 0},
    {"gh200",      "NVIDIA GH200 480GB (simulated)",                 90, 132, 1980000, 2619000, 6144, 61440, 232448, 97871, 12080, 87, false, true,  0},
    {"cc21",       "GeForce GTX 460 (simulated)",                    21,   7, 1350000, 1800000,  256,   512,  49152,  1023,  9010, 61, true,  false, 0},
    {"old-driver", "GeForce GT 750M (simulated)",                    30,   2,  926000, 2508000,  128,   256,  49152,  1999,  8000, 50, true,  false, 0},
    {"none",       "no device",                                       0,   0,       0,       0,    0,     0,      0,     0, 13000, 90, false, false, NO_DEVICE},
    {"stub",       "the toolkit's stub",                              0,   0,       0,       0,    0,     0,      0,     0, 13000, 90, false, false, STUB_LIBRARY},
};
/* clang-format on */

const struct profile *profile_get(void)
{
    const char *word = getenv("FAKECUDA_PROFILE");
    if (!word)
        return &profiles[0];
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (!strcmp(profiles[i].word, word))
            return &profiles[i];
    fprintf(stderr, "fakecuda: unknown FAKECUDA_PROFILE \"%s\"; see tests/fakecuda/profiles.c\n",
            word);
    _Exit(99);
}
