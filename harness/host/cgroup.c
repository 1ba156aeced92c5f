#include "harness/host/cgroup.h"

#include "harness/host/files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The group of this process in one hierarchy. */
struct group {
    char directory[PATH_MAX]; /* in the file system; cut shorter while walking up */
    size_t mount_length;      /* of the mount point it starts with */
};

/* Whether a comma-separated list has the word. */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length) {
        bool starts = at == list || at[-1] == ',';
        bool ends = at[length] == '\0' || at[length] == ',';
        if (starts && ends)
            return true;
    }
    return false;
}

/* The path of our group in the hierarchy of a v1 controller, or in v2's if controller is NULL. */
static bool own_path(const char *controller, char *path, size_t bytes)
{
    FILE *file = host_open("/proc/self/cgroup");
    if (!file)
        return false;
    bool found = false;
    char *line = NULL;
    size_t capacity = 0;
    while (!found && getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *value = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!value)
            continue;
        *controllers++ = *value++ = '\0';
        if (controller ? list_has(controllers, controller)
                       : *controllers == '\0' && strcmp(line, "0") == 0) {
            found = (size_t)snprintf(path, bytes, "%s", value) < bytes;
        }
    }
    free(line);
    fclose(file);
    return found;
}

/* Decodes the escapes of mountinfo in place, such as \040 for a space. */
static void unescape(char *text)
{
    char *out = text;
    for (const char *in = text; *in; out++) {
        if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] >= '0' && in[2] <= '7' &&
            in[3] >= '0' && in[3] <= '7') {
            *out = (char)((in[1] - '0') * 64 + (in[2] - '0') * 8 + (in[3] - '0'));
            in += 4;
        } else {
            *out = *in++;
        }
    }
    *out = '\0';
}

struct mount {
    char *root, *point;
};

/* Splits a line of mountinfo: "31 23 0:28 root point options … - type source super-options".
 * Returns false if it does not mount the hierarchy. */
static bool mount_of(char *line, const char *controller, struct mount *mount)
{
    char *separator = strstr(line, " - ");
    if (!separator)
        return false;
    *separator = '\0';
    char *save = NULL;
    const char *type = strtok_r(separator + 3, " \n", &save);
    strtok_r(NULL, " \n", &save);
    const char *options = strtok_r(NULL, " \n", &save);
    if (!type || strcmp(type, controller ? "cgroup" : "cgroup2") != 0)
        return false;
    if (controller && (!options || !list_has(options, controller)))
        return false;

    char *field[5];
    for (int i = 0; i < 5; i++) {
        field[i] = strtok_r(i == 0 ? line : NULL, " ", &save);
        if (!field[i])
            return false;
    }
    mount->root = field[3];
    mount->point = field[4];
    unescape(mount->root);
    unescape(mount->point);
    return true;
}

/* The part of path below root ("" or "/…"), or NULL if it is not below. */
static const char *below(const char *path, const char *root)
{
    if (strcmp(root, "/") == 0)
        root = "";
    size_t length = strlen(root);
    if (strncmp(path, root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return NULL;
    return strcmp(path + length, "/") == 0 ? "" : path + length;
}

static bool find_group(const char *controller, struct group *group)
{
    char path[PATH_MAX];
    if (!own_path(controller, path, sizeof path))
        return false;
    FILE *file = host_open("/proc/self/mountinfo");
    if (!file)
        return false;
    bool found = false, exact = false;
    char *line = NULL;
    size_t capacity = 0;
    while (!exact && getline(&line, &capacity, file) > 0) {
        struct mount mount;
        if (!mount_of(line, controller, &mount))
            continue;
        const char *rest = below(path, mount.root);
        exact = rest && !strstr(rest, "/..");
        if (found && !exact)
            continue; /* use the first mount, unless our path exists in a later one */
        int length = snprintf(group->directory, sizeof group->directory, "%s%s", mount.point,
                              exact ? rest : "");
        if (length < 0 || (size_t)length >= sizeof group->directory) {
            exact = false;
            continue;
        }
        group->mount_length = strlen(mount.point);
        found = true;
    }
    free(line);
    fclose(file);
    return found;
}

/* Moves to the parent group; false at the mount's root. */
static bool go_up(struct group *group)
{
    if (strlen(group->directory) <= group->mount_length)
        return false;
    *strrchr(group->directory, '/') = '\0';
    return true;
}

static const char *in_group(const struct group *group, const char *name)
{
    static _Thread_local char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", group->directory, name);
    return path;
}

static void take_least(uint64_t *least, uint64_t value)
{
    if (value < *least)
        *least = value;
}

/* The quota of one group in CPUs, 0 if it has none. */
static double quota_of(const struct group *group, bool v2)
{
    uint64_t quota = 0, period = 0;
    if (v2) {
        char text[64], *end;
        if (!host_read(in_group(group, "cpu.max"), text, sizeof text))
            return 0;
        quota = strtoull(text, &end, 10); /* "max 100000" leaves end at text */
        if (end == text)
            return 0;
        period = strtoull(end, NULL, 10);
    } else if (!host_read_number(in_group(group, "cpu.cfs_quota_us"), &quota) ||
               !host_read_number(in_group(group, "cpu.cfs_period_us"), &period)) {
        return 0;
    }
    return quota && period ? (double)quota / (double)period : 0;
}

double cgroup_cpu_quota(void)
{
    double least = 0;
    struct group group;
    for (int v2 = 0; v2 <= 1; v2++) {
        if (!find_group(v2 ? NULL : "cpu", &group))
            continue;
        do {
            double quota = quota_of(&group, v2);
            if (quota > 0 && (least == 0 || quota < least))
                least = quota;
        } while (go_up(&group));
    }
    return least;
}

/* The memory limit of one group in bytes, UINT64_MAX if it has none. */
static uint64_t limit_of(const struct group *group, bool v2)
{
    static const char *const files[2][2] = {{"memory.limit_in_bytes", NULL},
                                            {"memory.max", "memory.high"}};
    uint64_t limit = UINT64_MAX;
    for (int i = 0; i < 2 && files[v2][i]; i++) {
        uint64_t value;
        if (host_read_number(in_group(group, files[v2][i]), &value)) /* "max" is not a number */
            take_least(&limit, value);
    }
    return limit;
}

/* The bytes that one group uses and that cannot be reclaimed. */
static uint64_t used_by(const struct group *group, bool v2)
{
    uint64_t usage = 0, cache = 0;
    host_read_number(in_group(group, v2 ? "memory.current" : "memory.usage_in_bytes"), &usage);
    host_read_keyed(in_group(group, "memory.stat"), v2 ? "inactive_file" : "total_inactive_file",
                    &cache);
    return usage > cache ? usage - cache : 0;
}

uint64_t cgroup_memory_left(uint64_t *limit)
{
    uint64_t least_left = UINT64_MAX, least_limit = UINT64_MAX;
    struct group group;
    for (int v2 = 0; v2 <= 1; v2++) {
        if (!find_group(v2 ? NULL : "memory", &group))
            continue;
        do {
            uint64_t here = limit_of(&group, v2);
            if (here == UINT64_MAX)
                continue;
            uint64_t used = used_by(&group, v2);
            take_least(&least_limit, here);
            take_least(&least_left, here > used ? here - used : 0);
        } while (go_up(&group));
    }
    if (limit)
        *limit = least_limit;
    return least_left;
}

const char *cgroup_version(void)
{
    struct group group;
    bool v1 = find_group("memory", &group) || find_group("cpu", &group);
    bool v2 = find_group(NULL, &group);
    return v1 && v2 ? "hybrid" : v1 ? "v1" : v2 ? "v2" : NULL;
}
