/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <hugetlbfs.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "../lib/area.h"
#include "../lib/clock.h"
#include "error.h"
#include "hugepage.h"
#include "log.h"
#include "value.h"

/* a program waits to join, and others wait for us; ordinary pages are quick to find */
#define GATHER_MAX_NS	(250 * NS_PER_MS)

/* headers may be older than the kernel: Linux 6.1 */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

static uint64_t pool_value(uint64_t page_bytes, const char *name)
{
	char path[128];
	uint64_t pages = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/%s",
		 page_bytes >> 10, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%" SCNu64, &pages) != 1)
		pages = 0;
	fclose(f);
	return pages;
}

uint64_t hugepage_free_bytes(uint64_t page_bytes)
{
	uint64_t unused = pool_value(page_bytes, "free_hugepages");
	uint64_t promised = pool_value(page_bytes, "resv_hugepages");

	return unused > promised ? (unused - promised) * page_bytes : 0;
}

/* sizes that this machine knows, the largest first; returns how many */
static int sizes(uint64_t out[HUGEPAGE_SIZES_MAX])
{
	long size[HUGEPAGE_SIZES_MAX];
	int n = gethugepagesizes(size, HUGEPAGE_SIZES_MAX), i, j;
	uint64_t v;

	if (n < 0)
		return 0;
	for (i = 0; i < n; i++) {
		v = size[i];
		for (j = i; j > 0 && out[j - 1] < v; j--)
			out[j] = out[j - 1];
		out[j] = v;
	}
	return n;
}

static uint64_t rounded(uint64_t bytes, uint64_t page)
{
	return (bytes + page - 1) / page * page;
}

static uint64_t choose_auto(uint64_t bytes)
{
	uint64_t size[HUGEPAGE_SIZES_MAX], need;
	int n = sizes(size), i;

	for (i = 0; i < n; i++) {
		need = rounded(bytes, size[i]);
		if (need - bytes <= bytes / 8 && need <= hugepage_free_bytes(size[i]))
			return size[i];
	}
	return 0;
}

static int refuse_choice(const char *choice, struct pfq_error *err)
{
	uint64_t size[HUGEPAGE_SIZES_MAX];
	char list[128] = "";
	int n = sizes(size), i, used = 0;

	for (i = 0; i < n; i++)
		used += snprintf(list + used, sizeof(list) - used, ", %" PRIu64 "K", size[i] >> 10);
	return error_set(err, -EINVAL, "hugepages \"%.31s\" is not allowed here; allowed: auto, "
			 "off%s", choice, list);
}

static int choose_size(const char *choice, uint64_t bytes, uint64_t *page_bytes,
		       struct pfq_error *err)
{
	uint64_t size[HUGEPAGE_SIZES_MAX], want, need;
	int n = sizes(size), i;

	if (value_bytes(choice, &want))
		return refuse_choice(choice, err);
	for (i = 0; i < n && size[i] != want; i++)
		;
	if (i == n)
		return refuse_choice(choice, err);
	need = rounded(bytes, want);
	if (need > hugepage_free_bytes(want))
		return error_set(err, -ENOMEM, "no room for %" PRIu64 " bytes in hugepages of %s: "
				 "the pool has %" PRIu64 "; enlarge it (vm.nr_hugepages) or choose "
				 "auto", need, choice, hugepage_free_bytes(want));
	*page_bytes = want;
	return 0;
}

int hugepage_choose(const char *choice, uint64_t bytes, uint64_t *page_bytes,
		    struct pfq_error *err)
{
	*page_bytes = 0;
	if (!strcmp(choice, "off"))
		return 0;
	if (strcmp(choice, "auto"))
		return choose_size(choice, bytes, page_bytes, err);
	*page_bytes = choose_auto(bytes);
	return 0;
}

/*
 * The kernel makes a large page of small ones, but none of no page at all. What there is none
 * of comes as zeros: one small page has to be there, and to be copied.
 */
static int gather_one(int fd, char *map, uint64_t at)
{
	if (fallocate(fd, 0, (off_t)at, 1))
		return -errno;
	return madvise(map + at, PFQ_LARGE_PAGE_BYTES, MADV_COLLAPSE) ? -errno : 0;
}

bool hugepage_gather(int fd, void *map, uint64_t bytes)
{
	uint64_t whole = bytes - bytes % PFQ_LARGE_PAGE_BYTES, at;
	uint64_t until = clock_monotonic_ns() + GATHER_MAX_NS;
	int err = 0;

	for (at = 0; at < whole && !err; at += PFQ_LARGE_PAGE_BYTES)
		err = clock_monotonic_ns() < until ? gather_one(fd, map, at) : -ETIME;
	if (err)
		log_debug("ring: large pages up to %" PRIu64 " of %" PRIu64 " bytes: %s",
			  at - PFQ_LARGE_PAGE_BYTES, bytes, strerror(-err));
	return whole && !err;
}
