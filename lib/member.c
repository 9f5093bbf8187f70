/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "error.h"
#include "member.h"

/*
 * Write where the ring's memory is, and why it is not in huge pages, or is smaller than asked for.
 */
static void describe_ring(struct pfq_member *m, const struct pfq_attrs *attrs, const char *why_none,
			  uint64_t asked)
{
	const char *why = pfq_attrs_string(attrs, PFQ_A_MEMORY_TEXT);
	uint64_t bytes = m->ring.lanes * m->ring.lane_size;
	char less[64] = "";

	if (bytes < asked)
		snprintf(less, sizeof(less), " instead of %" PRIu64 " KiB", asked >> 10);
	if (pfq_attrs_has(attrs, PFQ_A_MEMORY_PINNED))
		snprintf(m->ring_text, sizeof(m->ring_text),
			 "%" PRIu64 " KiB%s in huge pages of this process, %zu KiB locked",
			 bytes >> 10, less, m->ring.area_bytes >> 10);
	else
		snprintf(m->ring_text, sizeof(m->ring_text), "%" PRIu64 " KiB%s in the engine's "
			 "memory%s%s", bytes >> 10, less, why || why_none ? ": " : "",
			 why ? why : why_none ? why_none : "");
}

static void learn_ticket(struct pfq_member *m, const struct pfq_attrs *attrs)
{
	size_t bytes;
	const void *ticket = pfq_attrs_binary(attrs, PFQ_A_TICKET, &bytes);

	m->has_ticket = bytes == sizeof(m->ticket);
	if (m->has_ticket)
		memcpy(m->ticket, ticket, sizeof(m->ticket));
}

static int learn_devices(struct pfq_member *m, const struct pfq_conn *c,
			 const struct pfq_attrs *attrs, struct pfq_error *err)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_attrs device;

	while (m->devices < PFQ_GROUP_DEVICES_MAX &&
	       (nest = pfq_attrs_next(attrs, PFQ_A_DEVICE_BOUND, nest))) {
		if (pfq_attrs_parse(&device, nest, text))
			return pfq_error_set(err, -EPROTO,
					     "JOIN: %s sent a malformed list of devices: %s",
					     c->where, text);
		m->device[m->devices].ifindex = pfq_attrs_u32(&device, PFQ_A_IFINDEX);
		pfq_attrs_copy(&device, PFQ_A_DEVICE, m->device[m->devices].name,
			       sizeof(m->device[0].name));
		m->devices++;
	}
	return 0;
}

/* Use the answer to JOIN. Closes the answer's descriptors except the doorbell. */
static int attach(struct pfq_member *m, struct pfq_conn *c, struct pfq_answer *a,
		  struct pfq_error *err)
{
	const struct pfq_attrs *attrs = &a->msg.attrs;
	unsigned int i;
	int ret;

	ret = c->transport->attach(c, a, &m->ring, &m->doorbell, err);
	if (!ret && pfq_attrs_u32(attrs, PFQ_A_LANES) != m->ring.lanes)
		ret = pfq_error_set(
			err, -EPROTO, "JOIN: pfqd on %s said %u lanes, the ring has %u",
			c->where, pfq_attrs_u32(attrs, PFQ_A_LANES), m->ring.lanes);
	for (i = 0; i < a->fds; i++) {
		if (a->fd[i] != m->doorbell)
			close(a->fd[i]);
	}
	if (ret)
		return ret;
	pfq_attrs_copy(attrs, PFQ_A_GROUP, m->group, sizeof(m->group));
	pfq_attrs_copy(attrs, PFQ_A_NAME, m->name, sizeof(m->name));
	pfq_attrs_copy(attrs, PFQ_A_BINDINGS, m->bindings, sizeof(m->bindings));
	m->is_adapter_time = pfq_attrs_u32(attrs, PFQ_A_TSTAMP) == PFQ_TSTAMP_ADAPTER;
	m->is_kept = pfq_attrs_u32(attrs, PFQ_A_KEPT);
	learn_ticket(m, attrs);
	m->page_bytes = pfq_attrs_u64(attrs, PFQ_A_PAGE_BYTES);
	return learn_devices(m, c, attrs, err);
}

int pfq_member_make(struct pfq_member **out, struct pfq_conn *c, struct pfq_answer *a,
		    const char *why_none, uint64_t asked, struct pfq_error *err)
{
	struct pfq_member *m = calloc(1, sizeof(*m));
	unsigned int i;
	int ret;

	if (!m) {
		for (i = 0; i < a->fds; i++)
			close(a->fd[i]);
		return pfq_error_set(err, -ENOMEM, "no memory for an endpoint");
	}
	m->doorbell = -1;
	ret = attach(m, c, a, err);
	if (ret) {
		pfq_member_free(m);
		return ret;
	}
	describe_ring(m, &a->msg.attrs, why_none, asked);
	*out = m;
	return 0;
}

void pfq_member_free(struct pfq_member *m)
{
	if (!m)
		return;
	if (m->doorbell >= 0)
		close(m->doorbell);
	pfq_ring_unmap(&m->ring);
	explicit_bzero(m->ticket, sizeof(m->ticket));
	free(m);
}

/* The ring's own sums. */
static void ring_stats(const struct pfq_ring *r, struct pfq_stats *stats)
{
	const struct pfq_lane *lane;
	uint32_t i, c;

	memset(stats, 0, sizeof(*stats));
	for (i = 0; i < r->lanes; i++) {
		lane = &r->lane[i];
		stats->read += load_acquire(&lane->reader->read);
		for (c = 0; c < PFQ_ENDPOINT_COUNTERS_MAX; c++)
			stats->counters[c] += load_relaxed(&lane->hdr->counters[c]);
	}
}

void pfq_member_stats(const struct pfq_member *m, struct pfq_stats *stats)
{
	uint32_t c;

	ring_stats(&m->ring, stats);
	/*
	 * the engine publishes counters after records, so that more may have been read than are
	 * counted
	 */
	if (stats->read > stats->counters[PFQ_ENDPOINT_delivered])
		stats->read = stats->counters[PFQ_ENDPOINT_delivered];
	stats->unread = stats->counters[PFQ_ENDPOINT_delivered] - stats->read;
	stats->read += m->before.read;
	for (c = 0; c < PFQ_ENDPOINT_COUNTERS_MAX; c++)
		stats->counters[c] += m->before.counters[c];
}

void pfq_member_follow(struct pfq_member *m, const struct pfq_member *old)
{
	struct pfq_stats *sum = &m->before, last;
	uint64_t uncounted = 0;
	uint32_t c;

	/* an engine that gives none may know the one before */
	if (!m->has_ticket) {
		memcpy(m->ticket, old->ticket, sizeof(m->ticket));
		m->has_ticket = old->has_ticket;
	}
	ring_stats(&old->ring, &last);
	/* an engine that was killed between records and counters has not counted the last ones */
	if (last.read > last.counters[PFQ_ENDPOINT_delivered])
		uncounted = last.read - last.counters[PFQ_ENDPOINT_delivered];
	*sum = old->before;
	sum->read += last.read;
	for (c = 0; c < PFQ_ENDPOINT_COUNTERS_MAX; c++)
		sum->counters[c] += last.counters[c];
	sum->counters[PFQ_ENDPOINT_offered] += uncounted;
	sum->counters[PFQ_ENDPOINT_delivered] += uncounted;
}
