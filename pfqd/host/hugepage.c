/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
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

/* Limit for the time spent on large pages: clients wait meanwhile. Ordinary pages come quickly. */
#define GATHER_MAX_NS	(250 * NS_PER_MS)

/*
 * Large pages are made in parts of this size. Each part begins with a wait for all CPUs, in which
 * no other thread of pfqd can map memory.
 */
#define GATHER_BYTES	(16ULL << 20)

/* since Linux 6.1; headers may be older than the kernel */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

static uint64_t rounded(uint64_t bytes, uint64_t page)
{
	return (bytes + page - 1) / page * page;
}

struct sizes {
	unsigned int n;
	uint64_t bytes[PFQ_POOLS_MAX];	/* largest first */
};

static void sizes_insert(struct sizes *s, uint64_t bytes)
{
	unsigned int i;

	for (i = s->n++; i > 0 && s->bytes[i - 1] < bytes; i--)
		s->bytes[i] = s->bytes[i - 1];
	s->bytes[i] = bytes;
}

static struct sizes known;

static void sizes_read(void)
{
	long size[PFQ_POOLS_MAX];
	int n, i;

	n = gethugepagesizes(size, PFQ_POOLS_MAX);
	for (i = 0; i < n; i++)
		sizes_insert(&known, (uint64_t)size[i]);
}

/*
 * The sizes of huge pages, which do not change after boot. They are read once: libhugetlbfs writes
 * to standard error if no descriptor is left to read them.
 */
static const struct sizes *sizes_known(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, sizes_read);
	return &known;
}

/*
 * The largest size that wastes at most an eighth of @bytes and that the pool has room for; 0: none.
 */
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

/* Set the error for a pool without room. The sysctl is only for the default size. */
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
 * Make large pages of a part of the file. MADV_COLLAPSE needs at least one small page for each, and
 * copies it; it fills the rest with zeros.
 */
static int gather_part(int fd, char *map, uint64_t at, uint64_t end, uint64_t until)
{
	uint64_t page;

	for (page = at; page < end; page += PFQ_LARGE_PAGE_BYTES) {
		if (fallocate(fd, 0, (off_t)page, 1))
			return -errno;
	}
	while (madvise(map + at, end - at, MADV_COLLAPSE)) {
		/* another user of a page was in the way: try again */
		if (errno != EAGAIN || clock_monotonic_ns() >= until)
			return -errno;
		sched_yield();
	}
	return 0;
}

bool hugepage_gather(int fd, void *map, uint64_t bytes)
{
	uint64_t whole = bytes - bytes % PFQ_LARGE_PAGE_BYTES, at, end, done = 0;
	uint64_t until = clock_monotonic_ns() + GATHER_MAX_NS;
	int ret = 0;

	for (at = 0; at < whole && !ret; at = end) {
		done = at;
		end = at + GATHER_BYTES < whole ? at + GATHER_BYTES : whole;
		ret = clock_monotonic_ns() < until ? gather_part(fd, map, at, end, until) : -ETIME;
	}
	if (ret)
		log_debug("ring: large pages up to %" PRIu64 " of %" PRIu64 " bytes: %s",
			  done, bytes, strerror(-ret));
	return whole && !ret;
}
