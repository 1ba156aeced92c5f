/* host_tree.h - a directory tree that harness/host/files.h reads in place of this machine's
 * files. */
#ifndef TESTS_HOST_TREE_H
#define TESTS_HOST_TREE_H

#define MEMINFO   "MemTotal: 16777216 kB\nMemFree: 1 kB\nMemAvailable:   8388608 kB\n"
#define V2_MOUNTS "30 25 0:27 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

struct file {
    const char *path, *text; /* NULL text: a directory, which opens but cannot be read */
};

/* Makes them, up to one without a path, in the scratch directory; scratch_file() adds more. */
void host_tree_make(const struct file *files);
void host_tree_remove(void);

#endif
