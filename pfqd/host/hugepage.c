/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stddef.h>	/* hugetlbfs.h uses size_t */
#include <hugetlbfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/area.h"
#include "lib/clock.h"
#include "lib/pool.h"
#include "pfqd/base/error.h"
#include "hugepage.h"
#include "pfqd/base/log.h"
#include "pfqd/base/value.h"

/* a program waits to join, and others wait for us; ordinary pages are quick to find */
#define GATHER_MAX_NS	(250 * NS_PER_MS)

/* headers may be older than the kernel: Linux 6.1 */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

static uint64_t rounded(uint64_t bytes, uint64_t page)
{
	return (bytes + page - 1) / page * page;
}

struct sizes {
	unsigned int n;
	uint64_t bytes[PFQ_POOLS_MAX];	/* the largest first */
};

static void sizes_insert(struct sizes *s, uint64_t bytes)
{
	unsigned int i;

	for (i = s->n++; i > 0 && s->bytes[i - 1] < bytes; i--)
		s->bytes[i] = s->bytes[i - 1];
	s->bytes[i] = bytes;
}

/*
 * The sizes stay as they are from boot on. They are asked for once, because libhugetlbfs
 * complains on standard error when no descriptor is left to read them with.
 */
static const struct sizes *sizes_known(void)
{
	static struct sizes known;
	long size[PFQ_POOLS_MAX];
	int n, i;

	if (known.n)
		return &known;
	n = gethugepagesizes(size, PFQ_POOLS_MAX);
	for (i = 0; i < n; i++)
		sizes_insert(&known, (uint64_t)size[i]);
	return &known;
}

static uint64_t choose_auto(uint64_t bytes)
{
	const struct sizes *s = sizes_known();
	uint64_t need;
	unsigned int i;

	for (i = 0; i < s->n; i++) {
		need = rounded(bytes, s->bytes[i]);
		if (need - bytes <= bytes / 8 && need <= pfq_pool_free_bytes(s->bytes[i]))
			return s->bytes[i];
	}
	return 0;
}

static int refuse_choice(const char *choice, struct pfq_error *err)
{
	const struct sizes *s = sizes_known();
	char list[128] = "";
	unsigned int i;
	int used = 0;

	for (i = 0; i < s->n; i++)
		used += snprintf(list + used, sizeof(list) - used, ", %" PRIu64 "K",
				 s->bytes[i] >> 10);
	return error_set(err, -EINVAL, "hugepages \"%.31s\" is not allowed here; allowed: auto, "
			 "off%s", choice, list);
}

/* The sysctl is about pages of the default size only. */
static int refuse_room(const char *choice, uint64_t need, uint64_t page_bytes,
		       struct pfq_error *err)
{
	char where[96] = "vm.nr_hugepages";

	if ((uint64_t)gethugepagesize() != page_bytes)
		snprintf(where, sizeof(where),
			 "/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/nr_hugepages",
			 page_bytes >> 10);
	return error_set(err, -ENOMEM, "no room for %" PRIu64 " bytes in hugepages of %s: the pool "
			 "has %" PRIu64 "; enlarge it (%s) or choose auto", need, choice,
			 pfq_pool_free_bytes(page_bytes), where);
}

static int choose_size(const char *choice, uint64_t bytes, uint64_t *page_bytes,
		       struct pfq_error *err)
{
	const struct sizes *s = sizes_known();
	uint64_t want, need;
	unsigned int i;

	if (value_bytes(choice, &want))
		return refuse_choice(choice, err);
	for (i = 0; i < s->n && s->bytes[i] != want; i++)
		;
	if (i == s->n)
		return refuse_choice(choice, err);
	need = rounded(bytes, want);
	if (need > pfq_pool_free_bytes(want))
		return refuse_room(choice, need, want, err);
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
static int gather_one(int fd, char *map, uint64_t at, uint64_t until)
{
	if (fallocate(fd, 0, (off_t)at, 1))
		return -errno;
	while (madvise(map + at, PFQ_LARGE_PAGE_BYTES, MADV_COLLAPSE)) {
		/* somebody else's look at the page was in the way */
		if (errno != EAGAIN || clock_monotonic_ns() >= until)
			return -errno;
		sched_yield();
	}
	return 0;
}

bool hugepage_gather(int fd, void *map, uint64_t bytes)
{
	uint64_t whole = bytes - bytes % PFQ_LARGE_PAGE_BYTES, at;
	uint64_t until = clock_monotonic_ns() + GATHER_MAX_NS;
	int ret = 0;

	for (at = 0; at < whole && !ret; at += PFQ_LARGE_PAGE_BYTES)
		ret = clock_monotonic_ns() < until ? gather_one(fd, map, at, until) : -ETIME;
	if (ret)
		log_debug("ring: large pages up to %" PRIu64 " of %" PRIu64 " bytes: %s",
			  at - PFQ_LARGE_PAGE_BYTES, bytes, strerror(-ret));
	return whole && !ret;
}
