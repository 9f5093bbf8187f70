/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "available.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/* Read the number behind @key in a file of lines "key number". false: there is no such line. */
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

/*
 * Read the number in the file @name of folder @dir. false: there is no number (the file may hold
 * "max").
 */
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

/*
 * The bytes left in the control group @dir of limit @max. Page cache does not count as used,
 * because the kernel can drop it.
 */
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

/*
 * Find the folder of this process's control group in the unified hierarchy. false: there is none.
 */
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

/*
 * The least of @least and of @of(dir, limit) for each control group that has a limit, from this
 * process's group up to the root.
 */
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

/* The limit itself, as a function for cgroup_least(). */
static uint64_t cgroup_max(const char *dir, uint64_t max)
{
	(void)dir;
	return max;
}

/*
 * The value of @key in /proc/meminfo, in bytes; 0: there is no such line. No linked library offers
 * these values; libhugetlbfs does not export its function for this file.
 */
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
