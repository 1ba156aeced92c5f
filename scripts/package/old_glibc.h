/* old_glibc.h - included first in each file of the tarball's program: takes these functions in the version that glibc has always
 * had. With the version of glibc 2.29, which sets errno in another way alone, the program would not start with 2.28 (RHEL 8). */
#if defined __x86_64__
#define TAKE_OLD(name) __asm__(".symver " #name ", " #name "@GLIBC_2.2.5")
#elif defined __aarch64__
#define TAKE_OLD(name) __asm__(".symver " #name ", " #name "@GLIBC_2.17")
#endif
TAKE_OLD(exp);
TAKE_OLD(exp2);
TAKE_OLD(log);
TAKE_OLD(log2);
TAKE_OLD(pow);
