/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include "pool.h"

/*
 * Why this file reads sysfs, although libhugetlbfs exists:
 * No call of libhugetlbfs tells how many pages of a pool are free: it publishes sizes only.
 * pfqd therefore takes the sizes from there, and the free pages from here.
 * A consumer takes both from here, because libhugetlbfs does harm in a program that is not
 * its own. Its constructor obeys variables without secure_getenv(), also in a program with
 * file capabilities. It writes to standard error where a profile or a sandbox hides /proc.
 * It exports a shmget() of its own.
 */
#define POOLS	"/sys/kernel/mm/hugepages"

static uint64_t pool_value(uint64_t page_bytes, const char *name)
{
	char path[128];
	uint64_t pages = 0;
	FILE *f;

	snprintf(path, sizeof(path), POOLS "/hugepages-%" PRIu64 "kB/%s", page_bytes >> 10, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%" SCNu64, &pages) != 1)
		pages = 0;
	fclose(f);
	return pages;
}

uint64_t pfq_pool_free_bytes(uint64_t page_bytes)
{
	uint64_t unused = pool_value(page_bytes, "free_hugepages");
	uint64_t promised = pool_value(page_bytes, "resv_hugepages");

	return unused > promised ? (unused - promised) * page_bytes : 0;
}

static void insert(uint64_t *sizes, unsigned int n, uint64_t v)
{
	for (; n > 0 && sizes[n - 1] < v; n--)
		sizes[n] = sizes[n - 1];
	sizes[n] = v;
}

unsigned int pfq_pool_sizes(uint64_t page_bytes[PFQ_POOLS_MAX])
{
	DIR *dir = opendir(POOLS);
	struct dirent *entry;
	unsigned int n = 0;
	uint64_t kib;

	if (!dir)
		return 0;
	while (n < PFQ_POOLS_MAX && (entry = readdir(dir))) {
		if (sscanf(entry->d_name, "hugepages-%" SCNu64 "kB", &kib) == 1)
			insert(page_bytes, n++, kib << 10);
	}
	closedir(dir);
	return n;
}
