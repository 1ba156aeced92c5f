#include "harness/base/need.h"
#include "harness/base/status.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(need, memory_is_zeroed)
{
    unsigned char *memory = need_array(100, 3);
    for (size_t i = 0; i < 300; i++)
        cr_assert_eq(memory[i], 0);
    free(memory);
}

Test(need, nothing_is_a_pointer_too)
{
    void *nothing = need(0), *none = need_array(0, 8), *copy = need_copy(NULL, 0);
    cr_expect(nothing && none && copy);
    free(nothing);
    free(none);
    free(copy);
}

Test(need, a_list_that_grows_one_by_one_keeps_its_elements)
{
    size_t *list = NULL, count = 0;
    for (size_t i = 0; i < 5000; i++) {
        list = need_room(list, count, sizeof *list);
        list[count++] = i;
        if (i == 2000)
            count = 17; /* shorter lists may grow again */
    }
    for (size_t i = 0; i < 17; i++)
        cr_assert_eq(list[i], i);
    for (size_t i = 17; i < count; i++)
        cr_assert_eq(list[i], i + 2001 - 17);
    free(list);
}

Test(need, a_stream_becomes_a_text)
{
    char *text;
    size_t bytes;
    FILE *stream = need_stream(&text, &bytes);
    for (int i = 0; i < 1000; i++)
        fputs("twelve bytes", stream);
    need_stream_end(stream);
    cr_expect_eq(bytes, 12000);
    cr_expect_eq(strlen(text), 12000);
    free(text);
}

Test(need, ends_the_program_when_there_is_no_memory, .exit_code = 1)
{
    need(SIZE_MAX / 2);
}

/* An array that no machine can hold. */
struct array {
    size_t count, size;
};

static void allocate(const void *context)
{
    const struct array *a = context;
    free(need_array(a->count, a->size));
}

/* A stream that could not take all that was written, as one in memory without more of it. */
static void end_a_short_stream(const void *context)
{
    FILE *stream = fopen("/dev/null", "r");
    fputs(context, stream);
    need_stream_end(stream);
}

/* Prints a row, which stays in the buffer of a stream that is no terminal. */
static void print_and_allocate(const void *context)
{
    dup2(STDERR_FILENO, STDOUT_FILENO);
    fputs("a row\n", stdout);
    allocate(context);
}

/* What a process that runs out of memory says before it ends. */
static void expect_words(void (*run_out)(const void *context), const void *context,
                         const char *want)
{
    int ends[2];
    char said[300] = "";
    cr_assert_eq(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        run_out(context);
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t used = 0, got;
         (got = read(ends[0], said + used, sizeof said - 1 - (size_t)used)) > 0;)
        used += got;
    close(ends[0]);
    int ended = 0;
    waitpid(child, &ended, 0);
    cr_expect(WIFEXITED(ended) && WEXITSTATUS(ended) == exit_code(STATUS_NO_MEMORY));
    cr_expect_str_eq(said, want);
}

Test(need, the_number_of_bytes_is_said)
{
    const struct array large = {SIZE_MAX / 16, 8}, beyond_counting = {SIZE_MAX / 4, 8};
    expect_words(allocate, &large,
                 "gpubench: out of memory: the host refused 9223372036854775800 bytes; end other "
                 "programs or raise the memory limit.\n");
    expect_words(allocate, &beyond_counting,
                 "gpubench: out of memory: the host refused 18446744073709551615 bytes; end other "
                 "programs or raise the memory limit.\n");
}

Test(need, what_was_printed_before_is_not_lost)
{
    const struct array large = {SIZE_MAX / 16, 8};
    expect_words(print_and_allocate, &large,
                 "a row\n"
                 "gpubench: out of memory: the host refused 9223372036854775800 bytes; end other "
                 "programs or raise the memory limit.\n");
}

Test(need, a_stream_that_lacks_memory_ends_the_program_without_saying_how_much)
{
    expect_words(end_a_short_stream, "text",
                 "gpubench: out of memory: the host refused 0 bytes; end other programs or raise "
                 "the memory limit.\n");
}

Test(need, an_overflowing_product_is_not_a_small_allocation, .exit_code = 1)
{
    need_array(SIZE_MAX / 4, 8);
}

static void save(void *context)
{
    _exit(*(int *)context);
}

Test(need, saves_before_it_ends_the_program, .exit_code = 42)
{
    static int code = 42;
    need_on_failure(save, &code);
    need_more(NULL, SIZE_MAX / 2);
}

static void save_without_memory(void *context)
{
    (void)context;
    need(SIZE_MAX / 2);
    _exit(43);
}

Test(need, ends_the_program_when_saving_needs_memory_too, .exit_code = 1)
{
    need_on_failure(save_without_memory, NULL);
    need(SIZE_MAX / 2);
}
