/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/netlink.h>
#include "conn.h"
#include "error.h"
#include "memory.h"
#include "number.h"
#include "pool.h"
#include "reason.h"

#define RING_USUAL_BYTES	(64ULL << 20)

/* linux/memfd.h may be older than the kernel */
#ifndef MFD_HUGE_SHIFT
#define MFD_HUGE_SHIFT		26
#endif

static int refuse_choice(const char *choice, const uint64_t *size, unsigned int n,
			 struct pfq_error *err)
{
	char list[128] = "";
	unsigned int i;
	int used = 0;

	for (i = 0; i < n; i++)
		used += snprintf(list + used, sizeof(list) - (size_t)used, ", %" PRIu64 "K",
				 size[i] >> 10);
	return pfq_error_set(err, -EINVAL,
			     "hugepages \"%.31s\" is not allowed here; allowed: auto, off%s",
			     choice, list);
}

/*
 * The largest page size that wastes little and has a free page; 0 if none. The engine knows how
 * many pages it needs.
 */
static uint64_t choose_auto(const uint64_t *size, unsigned int n, uint64_t ring_bytes)
{
	uint64_t bytes = ring_bytes ? ring_bytes : RING_USUAL_BYTES;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (size[i] <= bytes / 8 && pfq_pool_free_bytes(size[i]))
			return size[i];
	}
	return 0;
}

static int open_file(struct pfq_memory *m, struct pfq_error *err)
{
	unsigned int huge = (unsigned int)__builtin_ctzll(m->page_bytes) << MFD_HUGE_SHIFT;

	m->fd = memfd_create("pfq-data", MFD_CLOEXEC | MFD_HUGETLB | huge);
	if (m->fd >= 0)
		return 0;
	return pfq_error_set(err, -errno, "cannot make a file of huge pages of %" PRIu64 "K: %s",
			     m->page_bytes >> 10, pfq_reason(PFQ_REASON_PROCESS, errno));
}

int pfq_memory_open(struct pfq_memory *m, const char *hugepages, uint64_t ring_bytes,
		    struct pfq_error *err)
{
	const char *choice = hugepages ? hugepages : "auto";
	uint64_t size[PFQ_POOLS_MAX];
	unsigned int n, i;

	m->fd = -1;
	m->page_bytes = 0;
	m->must = false;
	m->why_none = "no huge pages were requested";
	if (!strcmp(choice, "off"))
		return 0;
	n = pfq_pool_sizes(size);
	if (strcmp(choice, "auto")) {
		m->must = true;
		if (pfq_number_parse_unit(choice, &pfq_number_bytes, 1, UINT64_MAX, &m->page_bytes))
			return refuse_choice(choice, size, n, err);
		for (i = 0; i < n && size[i] != m->page_bytes; i++)
			;
		return i < n ? open_file(m, err) : refuse_choice(choice, size, n, err);
	}
	m->why_none = "no pool of huge pages has free pages";
	m->page_bytes = choose_auto(size, n, ring_bytes);
	/* without a file the engine allocates */
	if (m->page_bytes && open_file(m, err))
		m->why_none = "a file of huge pages cannot be made";
	return 0;
}

static int read_group(const struct pfq_msg *m, void *arg)
{
	struct pfq_ioc_memory *want = arg;
	uint32_t snaplen = pfq_attrs_u32(&m->attrs, PFQ_A_SNAPLEN);

	if (!want->ring_bytes)
		want->ring_bytes = pfq_attrs_u64(&m->attrs, PFQ_A_RING_BYTES);
	if (!want->snaplen || want->snaplen > snaplen)
		want->snaplen = snaplen;
	return 0;
}

/*
 * Add the ring size and snaplen of the group that the JOIN names, if it exists. Without them @want
 * still works.
 */
static void ask_group(struct pfq_ioc_memory *want, struct pfq_conn *c, const char *group)
{
	struct pfq_error ignored;
	struct pfq_msg_out o;

	if (!group || strlen(group) > PFQ_NAME_MAX)
		return;
	pfq_msg_begin(&o, PFQ_CMD_GROUP_GET, NLM_F_REQUEST | NLM_F_DUMP, pfq_conn_seq(c));
	pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	(void)pfq_conn_dump(c, &o, PFQ_CMD_GROUP_GET, read_group, want, &ignored);
}

#define REASON_TEXT(name, text)	[PFQ_MEMORY_##name] = text,

static const char *const reasons[__PFQ_MEMORY_MAX] = { PFQ_MEMORY_REASONS(REASON_TEXT) };

int pfq_memory_bring(struct pfq_memory *m, struct pfq_conn *c, const struct pfq_params *p,
		     struct pfq_error *err)
{
	struct pfq_ioc_memory want = { .fd = m->fd, .ring_bytes = p->ring_bytes,
				       .snaplen = p->snaplen,
				       .flags = m->must ? PFQ_MEMORY_F_LESS : 0 };
	const char *why;
	int ret;

	ask_group(&want, c, p->group);
	ret = c->transport->bring(c, &want);
	if (!ret)
		return 0;
	/* the engine may be newer than this library, or not know the call */
	why = want.reason && want.reason < __PFQ_MEMORY_MAX ? reasons[want.reason] :
		pfq_reason(PFQ_REASON_PROCESS, ret);
	if (m->must)
		return pfq_error_set(err, ret, "hugepages \"%.31s\": %s", p->hugepages, why);
	/* the engine's memory will do; the JOIN reports any other error */
	pfq_memory_close(m);
	m->why_none = why;
	return 0;
}

void pfq_memory_close(struct pfq_memory *m)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}
