/* tool.h - which build of gpubench this is. The Makefile passes version and commit, the compiler
 * the rest. */
#ifndef HARNESS_TOOL_H
#define HARNESS_TOOL_H

#include "harness/contract/facts.h"

#include <stdint.h>

const char *tool_version(void); /* "0.1.0", "unknown" outside the Makefile */
const char *tool_commit(void);  /* "1a2b3c4d5e6f", "unknown" outside git */
bool tool_is_dirty(void);       /* built from files that differ from that commit */

/* A time before which this build cannot have run, in seconds since 1970: its commit's; 0 if
 * unknown.
 */
int64_t tool_made(void);

/* "release", "unoptimised" or "sanitized". Only times of a release build are worth quoting. */
const char *tool_build(void);

/* Adds tool.version, tool.commit, tool.dirty, tool.build and tool.compiler. */
void tool_facts(struct facts *facts);

#endif
