/* fake_library.h - the fake driver, NVML and cuBLAS, which are built beside the unit tests'
 * program. */
#ifndef TESTS_FAKE_LIBRARY_H
#define TESTS_FAKE_LIBRARY_H

/* Loads build/tests/fakecuda/NAME: what is loaded is found by its soname again. The test is skipped
 * if it is not built. */
void fake_library_load(const char *name);

#endif
