/* clean.h - makes text from outside safe to print. It is used wherever the machine's words become
 * facts, and wherever a file's words reach a terminal or another format. */
#ifndef HARNESS_CLEAN_H
#define HARNESS_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The longest name, in bytes, that a result may hold. */
enum { CLEAN_NAME_MAX = 512 };

/* Copies a text, made safe to print, into `out`, which has room for `bytes`, and returns `out`. A
 * longer text is cut between two characters. Control characters (C0, DEL, C1), line and paragraph
 * separators, characters that change the direction of writing, and noncharacters become spaces;
 * invalid UTF-8 becomes U+FFFD. In a "::" that begins a word, and in any "##[" or "##name[", one
 * character becomes a space, because CI runners take a line of a log that contains them for a
 * command. */
char *clean_text(char *out, size_t bytes, const char *text);

/* The same as a new text of any length; the caller frees it. */
char *clean_copy(const char *text);

/* Removes bytes that are not UTF-8, such as half a character where a text was cut; returns the
 * text. */
char *clean_utf8(char *text);

/* Writes a JSON text whose strings keep their values: what clean_text() replaces, and the character
 * `also`, become \u escapes. */
void clean_json(FILE *to, const char *json, char also);

/* Whether clean_text() would change nothing, given enough room. */
bool clean_is(const char *text);

#endif
