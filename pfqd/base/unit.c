/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#define ADVICE "; choose another path, or change that by `systemctl edit pfqd`"

/* Part of the root of a mount, as /proc/self/mountinfo shows it, and the setting that makes it. */
static const struct {
	const char *part, *text;
} mounts[] = {
	{ "/systemd-private-",
	  "outside of the view of pfqd's unit: PrivateTmp= gives pfqd folders /tmp and /var/tmp "
	  "of its own" ADVICE },
	{ "/systemd/inaccessible/",
	  "outside of the view of pfqd's unit: ProtectHome= or InaccessiblePaths= hides it"
	  ADVICE },
};

static const char read_only[] =
	"pfqd's unit lets pfqd only read it: ProtectSystem=, ProtectHome= or ReadOnlyPaths=" ADVICE;

/*
 * Has systemd started this process for a unit? It sets the variable to the number of the process
 * that it starts. Processes that this one starts inherit the variable, and are not the unit's.
 */
static bool is_unit(void)
{
	const char *pid = getenv("SYSTEMD_EXEC_PID");

	return pid && atoi(pid) == getpid();
}

/* Is @path the folder @mount or below it? */
static bool is_below(const char *path, const char *mount)
{
	size_t n = strlen(mount);

	if (n == 1)
		return *path == '/';
	return !strncmp(path, mount, n) && (!path[n] || path[n] == '/');
}

/*
 * Set @from to the root of the mount that holds @path: the longest mount point, the last of several
 * at one place. No linked library reads this file.
 */
static bool mount_root(const char *root, const char *path, char from[PATH_MAX])
{
	char file[PATH_MAX], line[3 * PATH_MAX], source[PATH_MAX], mount[PATH_MAX];
	size_t best = 0;
	FILE *f;

	snprintf(file, sizeof(file), "%s/proc/self/mountinfo", root);
	f = fopen(file, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*u %*u %*s %4095s %4095s", source, mount) != 2 ||
		    !is_below(path, mount) || strlen(mount) < best)
			continue;
		best = strlen(mount);
		strcpy(from, source);
	}
	if (f)
		fclose(f);
	return best;
}

const char *unit_hides(const char *root, const char *path)
{
	char from[PATH_MAX];

	if (!is_unit() || !mount_root(root, path, from))
		return NULL;
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (strstr(from, mounts[i].part))
			return mounts[i].text;
	}
	return NULL;
}

const char *unit_explains(const char *root, const char *path, int error)
{
	if (abs(error) == EROFS && is_unit())
		return read_only;
	return unit_hides(root, path);
}
