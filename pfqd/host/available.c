/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "available.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/* the number behind @key in a file of "key number" lines; false: not there */
static bool keyed_number(const char *path, const char *key, uint64_t *value)
{
	char line[256];
	bool found = false;
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = !strncmp(line, key, strlen(key)) &&
			sscanf(line + strlen(key), "%" SCNu64, value) == 1;
	fclose(f);
	return found;
}

/* a file with one number; "max" is none */
static bool single_number(const char *dir, const char *name, uint64_t *value)
{
	char path[PATH_MAX + 32];
	bool ok;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fscanf(f, "%" SCNu64, value) == 1;
	fclose(f);
	return ok;
}

/* What is left in the control group at @dir; its page cache can go. */
static uint64_t cgroup_left(const char *dir, uint64_t max)
{
	char stat[PATH_MAX + 32];
	uint64_t used = 0, cache = 0, part;

	single_number(dir, "memory.current", &used);
	snprintf(stat, sizeof(stat), "%s/memory.stat", dir);
	if (keyed_number(stat, "inactive_file ", &part))
		cache += part;
	if (keyed_number(stat, "active_file ", &part))
		cache += part;
	used = used > cache ? used - cache : 0;
	return max > used ? max - used : 0;
}

/* the folder of this process in the unified hierarchy; false: there is none */
static bool cgroup_dir(const char *root, char *dir, size_t size)
{
	char path[PATH_MAX], line[PATH_MAX];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, "0::/", 4) && !strstr(line, "/..");
	}
	fclose(f);
	return found && (size_t)snprintf(dir, size, "%s" CGROUP_ROOT "%s", root, line + 3) < size;
}

/* Up from our own group: the least of @least and what @of says for each that has a limit. */
static uint64_t cgroup_least(const char *root, uint64_t least,
			     uint64_t (*of)(const char *dir, uint64_t max))
{
	size_t base = strlen(root) + strlen(CGROUP_ROOT);
	char dir[PATH_MAX];
	uint64_t max, v;
	char *slash;

	if (!cgroup_dir(root, dir, sizeof(dir)))
		return least;
	while (strlen(dir) > base) {
		if (single_number(dir, "memory.max", &max)) {
			v = of(dir, max);
			if (v < least)
				least = v;
		}
		slash = strrchr(dir, '/');
		*slash = '\0';
	}
	return least;
}

static uint64_t cgroup_max(const char *dir, uint64_t max)
{
	(void)dir;
	return max;
}

/* No library here publishes these values: libhugetlbfs keeps its own reader of the file private. */
static uint64_t meminfo(const char *root, const char *key)
{
	char path[PATH_MAX];
	uint64_t kb = 0;

	snprintf(path, sizeof(path), "%s/proc/meminfo", root);
	keyed_number(path, key, &kb);
	return kb << 10;
}

uint64_t available_bytes(const char *root)
{
	return cgroup_least(root, meminfo(root, "MemAvailable:"), cgroup_left);
}

uint64_t available_total_bytes(const char *root)
{
	return cgroup_least(root, meminfo(root, "MemTotal:"), cgroup_max);
}
