/* tool.c - version, commit and compiler, from the macros that the Makefile and the compiler define.
 */
#include "harness/result/tool.h"

#ifndef GPUBENCH_VERSION
#define GPUBENCH_VERSION "unknown"
#endif
#ifndef GPUBENCH_COMMIT
#define GPUBENCH_COMMIT "unknown"
#endif
#ifndef GPUBENCH_DIRTY
#define GPUBENCH_DIRTY 0
#endif

#ifndef GPUBENCH_MADE
#define GPUBENCH_MADE 0
#endif

/* clang 19 reports sanitizers only through __has_feature. */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define BUILD "sanitized"
#elif defined __OPTIMIZE__
#define BUILD "release"
#else
#define BUILD "unoptimised"
#endif

/* clang's __VERSION__ begins with its name, gcc's is only a number. */
#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char *tool_version(void)
{
    return GPUBENCH_VERSION;
}

const char *tool_commit(void)
{
    return GPUBENCH_COMMIT;
}

int64_t tool_made(void)
{
    return GPUBENCH_MADE;
}

bool tool_is_dirty(void)
{
    return GPUBENCH_DIRTY;
}

const char *tool_build(void)
{
    return BUILD;
}

void tool_facts(struct facts *facts)
{
    facts_text(facts, "tool.version", tool_version());
    facts_text(facts, "tool.commit", tool_commit());
    facts_boolean(facts, "tool.dirty", tool_is_dirty());
    facts_text(facts, "tool.build", tool_build());
    facts_text(facts, "tool.compiler", COMPILER);
}
