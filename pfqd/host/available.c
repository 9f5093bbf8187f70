/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "available.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/*
 * Read the number behind @key in a file of lines "key number". Returns 0; -ENODATA: there is no
 * such line; or another -errno.
 */
static int keyed_number(const char *path, const char *key, uint64_t *value)
{
	int ret = -ENODATA;
	char line[256];
	FILE *f = fopen(path, "re");

	if (!f)
		return -errno;
	while (ret && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, key, strlen(key)) &&
		    sscanf(line + strlen(key), "%" SCNu64, value) == 1)
			ret = 0;
	}
	if (ret && ferror(f))
		ret = -errno;
	fclose(f);
	return ret;
}

/*
 * Read the number in the file @name of folder @dir. Returns 0; -ENODATA: there is no number (the
 * file may hold "max"); or another -errno.
 */
static int single_number(const char *dir, const char *name, uint64_t *value)
{
	char path[PATH_MAX + 32];
	int ret = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (fscanf(f, "%" SCNu64, value) != 1)
		ret = ferror(f) ? -errno : -ENODATA;
	fclose(f);
	return ret;
}

/*
 * Does the error say that this process can see no limit? Other errors are those of a moment, and a
 * limit that is not seen would let the kernel kill pfqd.
 */
static bool is_none(int ret)
{
	return ret == -ENODATA || ret == -ENOENT || ret == -ENOTDIR || ret == -EACCES ||
	       ret == -EPERM;
}

/*
 * The bytes left in the control group @dir of limit @max. Page cache does not count as used,
 * because the kernel can drop it. Returns 0 or -errno.
 */
static int cgroup_left(const char *dir, uint64_t max, uint64_t *left)
{
	static const char *const caches[] = { "inactive_file ", "active_file " };
	char stat[PATH_MAX + 32];
	uint64_t used = 0, part;
	int ret = single_number(dir, "memory.current", &used);

	snprintf(stat, sizeof(stat), "%s/memory.stat", dir);
	for (size_t i = 0; i < 2 && (!ret || is_none(ret)); i++) {
		ret = keyed_number(stat, caches[i], &part);
		if (!ret)
			used = used > part ? used - part : 0;
	}
	*left = max > used ? max - used : 0;
	return is_none(ret) ? 0 : ret;
}

/*
 * Find the folder of this process's control group in the unified hierarchy. Returns 0; -ENODATA:
 * there is none; or another -errno.
 */
static int cgroup_dir(const char *root, char *dir, size_t size)
{
	char path[PATH_MAX], line[PATH_MAX];
	int ret = -ENODATA;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (ret && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::/", 4) && !strstr(line, "/.."))
			ret = 0;
	}
	if (ret && ferror(f))
		ret = -errno;
	fclose(f);
	if (!ret && (size_t)snprintf(dir, size, "%s" CGROUP_ROOT "%s", root, line + 3) >= size)
		ret = -ENODATA;
	return ret;
}

/*
 * Lower *least to the least of @of(dir, limit) of the control groups that have a limit, from this
 * process's group up to the root. Returns 0 or -errno.
 */
static int cgroup_least(const char *root, uint64_t *least,
			int (*of)(const char *dir, uint64_t max, uint64_t *value))
{
	size_t base = strlen(root) + strlen(CGROUP_ROOT);
	char dir[PATH_MAX];
	uint64_t max, v;
	int ret = cgroup_dir(root, dir, sizeof(dir));

	while (!ret && strlen(dir) > base) {
		ret = single_number(dir, "memory.max", &max);
		if (!ret)
			ret = of(dir, max, &v);
		if (!ret && v < *least)
			*least = v;
		if (is_none(ret))
			ret = 0;
		*strrchr(dir, '/') = '\0';
	}
	return is_none(ret) ? 0 : ret;
}

/* The limit itself, as a function for cgroup_least(). */
static int cgroup_max(const char *dir, uint64_t max, uint64_t *value)
{
	(void)dir;
	*value = max;
	return 0;
}

/*
 * The value of @key in /proc/meminfo, in bytes, or less if the control groups allow less. No linked
 * library offers these values; libhugetlbfs does not export its function for this file.
 */
static uint64_t least(const char *root, const char *key,
		      int (*of)(const char *dir, uint64_t max, uint64_t *value))
{
	char path[PATH_MAX];
	uint64_t bytes = 0;
	int ret;

	snprintf(path, sizeof(path), "%s/proc/meminfo", root);
	ret = keyed_number(path, key, &bytes);
	bytes <<= 10;
	if (!ret)
		ret = cgroup_least(root, &bytes, of);
	errno = -ret;
	return ret ? 0 : bytes;
}

uint64_t available_bytes(const char *root)
{
	return least(root, "MemAvailable:", cgroup_left);
}

uint64_t available_total_bytes(const char *root)
{
	return least(root, "MemTotal:", cgroup_max);
}
