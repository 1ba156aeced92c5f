/* sanitizers.cc - what sanitizers ask of the program they watch. */
#include "tests/fakecuda/sanitizers.h"

#include <dlfcn.h>

/* With "distinguish volatile", TSan calls these for volatile accesses: like atomic ones, they are
 * no race. */
#define VOLATILE(n)                                                                                \
    extern "C" void __tsan_volatile_read##n(void *) {}                                             \
    extern "C" void __tsan_volatile_write##n(void *) {}
VOLATILE(1)
VOLATILE(2)
VOLATILE(4)
VOLATILE(8)
VOLATILE(16)

void sanitizers_set_last_words(void (*callback)(void))
{
    typedef void set_callback(void (*)(void));
    void *ubsan =
        dlopen("libubsan.so.1",
               RTLD_NOW | RTLD_NOLOAD); /* g++: a library of its own, with its own callback */
    set_callback *set =
        ubsan ? (set_callback *)dlsym(ubsan, "__sanitizer_set_death_callback") : nullptr;
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(callback);
    if (set)
        set(callback);
}
