/* user.c - checks the user, which in a container is often a number without a name or a home. */
#define _GNU_SOURCE 1 /* fgetpwent */

#include "harness/doctor/doctor.h"
#include "harness/host/files.h"
#include "harness/host/host.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Whether /etc/passwd has the user. Reads the file instead of asking getpwuid(), which on a host
 * may also ask other services. */
static bool has_entry(uid_t user)
{
    FILE *file = host_open("/etc/passwd");
    const struct passwd *entry = NULL;
    if (!file)
        return false;
    do
        entry = fgetpwent(file);
    while (entry && entry->pw_uid != user);
    fclose(file);
    return entry != NULL;
}

void user_doctor(struct doctor_sheet *sheet)
{
    const uid_t user = geteuid();
    const char *home = getenv("HOME");
    const bool is_known = !host_container() || has_entry(user);
    const bool has_home = home && *home;
    if (is_known && has_home && host_can_write(home))
        return;
    doctor_add(sheet, "user", DOCTOR_OK, "", "%u%s, %s%.80s%s", (unsigned)user,
               is_known ? "" : ", not in /etc/passwd", has_home ? "HOME=" : "HOME is not set",
               has_home ? home : "", !has_home || host_can_write(home) ? "" : " is not writable");
}
