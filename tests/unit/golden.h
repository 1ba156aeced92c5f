/* golden.h - compares a text with a file of tests/golden. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

/* Fails the test if the file, by its path from the root of the repository, has another text; with
 * UPDATE_GOLDEN=1 in the environment it is written anew instead. */
void golden_expect(const char *path, const char *text);

#endif
