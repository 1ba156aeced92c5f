/* sanitizers.h - the entry points of ASan and TSan that fibers need, as weak symbols: the runtime
 * is compiled without -fsanitize, and one source serves the plain, ASan and TSan builds. */
#ifndef FAKECUDA_SANITIZERS_H
#define FAKECUDA_SANITIZERS_H

#include <stddef.h>

#define WEAK __attribute__((weak))
extern "C" {
WEAK void __sanitizer_start_switch_fiber(void **fake_stack, const void *bottom, size_t bytes);
WEAK void __sanitizer_finish_switch_fiber(void *fake_stack, const void **old_bottom,
                                          size_t *old_bytes);
WEAK void __sanitizer_set_death_callback(void (*callback)(void));
WEAK void __asan_unpoison_memory_region(void const volatile *p, size_t bytes);
WEAK void *__asan_region_is_poisoned(void *p, size_t bytes);
WEAK void *__tsan_get_current_fiber(void);
WEAK void *__tsan_create_fiber(unsigned flags);
WEAK void __tsan_destroy_fiber(void *fiber);
WEAK void __tsan_switch_to_fiber(void *fiber, unsigned flags);
WEAK void __tsan_set_fiber_name(void *fiber, const char *name);
WEAK void __tsan_acquire(void *p);
WEAK void __tsan_release(void *p);
}
#undef WEAK

enum { TSAN_SWITCH_ORDERS_NOTHING = 1 };

/* Tells TSan about an order of memory accesses: a release of an address happens before a later
 * acquire of it. */
static inline void order_acquire(void *p)
{
    if (__tsan_acquire)
        __tsan_acquire(p);
}
static inline void order_release(void *p)
{
    if (__tsan_release)
        __tsan_release(p);
}

/* Has every sanitizer in the process call this after a report (NULL: nothing). */
void sanitizers_set_last_words(void (*callback)(void));

#endif
