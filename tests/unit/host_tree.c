/* host_tree.c - makes the tree in a scratch directory. */
#include "tests/unit/host_tree.h"

#include "harness/host/host.h"
#include "tests/unit/scratch.h"

#include <stddef.h>

void host_tree_make(const struct file *files)
{
    host_set_root(scratch_make());
    for (; files->path; files++)
        scratch_file(files->path, files->text);
}

void host_tree_remove(void)
{
    host_set_root(NULL);
    scratch_remove();
}
