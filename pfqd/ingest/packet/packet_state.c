/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The common part of both forms of the ring: counters, slack, errors of the socket. */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "packet_view.h"

#define LEARN_NS	1000000000ULL

/* Count cut frames. At the first one, wake the control thread, which can open larger blocks. */
static noinline void count_cut(struct ingest *in, uint64_t cut)
{
	uint64_t one = 1;
	bool is_first = !in->counters[PFQ_INGEST_cut_buffer];

	ingest_count(&in->counters[PFQ_INGEST_cut_buffer], cut);
	if (is_first && in->notify_fd > 0) {
		ssize_t unused = write(in->notify_fd, &one, sizeof(one));

		(void)unused;
	}
}

void packet_count(struct ingest *in, const struct pfq_batch *batch, const struct packet_tally *t)
{
	if (t->malformed)
		ingest_count(&in->counters[PFQ_INGEST_drop_malformed], t->malformed);
	if (unlikely(t->cut))
		count_cut(in, t->cut);
	if (!batch->n)
		return;
	ingest_count(&in->counters[PFQ_INGEST_rx_packets], batch->n);
	ingest_count(&in->counters[PFQ_INGEST_rx_bytes], t->bytes);
}

uint64_t packet_slack_ns(struct ingest *in, uint64_t now_ns, uint64_t least_ns)
{
	if (in->is_learned)
		return max_t(uint64_t, in->slack_ns, least_ns);
	if (!in->learn_until_ns)
		in->learn_until_ns = now_ns + LEARN_NS;
	in->is_learned = now_ns >= in->learn_until_ns;
	return PACKET_SLACK_QUEUED_NS;
}

int packet_fault(struct ingest *in)
{
	int ret = 0;
	socklen_t size = sizeof(ret);
	struct sockaddr_ll addr;

	if (getsockopt(in->fd, SOL_SOCKET, SO_ERROR, &ret, &size) < 0)
		ret = errno;
	size = sizeof(addr);
	if (getsockname(in->fd, (struct sockaddr *)&addr, &size) < 0 || addr.sll_ifindex <= 0)
		in->gone = true;
	return ret || in->gone ? -ENETDOWN : 0;
}

uint32_t packet_linktype(const struct ingest *in)
{
	return in->linktype;
}

int packet_fd(const struct ingest *in)
{
	return in->fd;
}

bool packet_has_cut(const struct ingest *in)
{
	return READ_ONCE(in->counters[PFQ_INGEST_cut_buffer]);
}

/* Reading the kernel's counters clears them, so only the control thread calls this. */
static void fetch_counters(struct ingest *in)
{
	struct tpacket_stats_v3 stats;
	socklen_t size = sizeof(stats);

	if (getsockopt(in->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size))
		return;
	ingest_count(&in->counters[PFQ_INGEST_drop_socket], stats.tp_drops);
	in->filled += stats.tp_packets - stats.tp_drops;
}

/* The packets that rx() has taken out of the ring. */
static uint64_t taken(const uint64_t *counters)
{
	return READ_ONCE(counters[PFQ_INGEST_rx_packets]) +
		READ_ONCE(counters[PFQ_INGEST_drop_malformed]);
}

void packet_counters(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX])
{
	fetch_counters(in);
	for (unsigned int i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++)
		counters[i] = READ_ONCE(in->counters[i]);
	/* the worker may have read packets after the kernel was asked */
	if (in->is_stopped && in->filled > taken(counters))
		counters[PFQ_INGEST_drop_socket] += in->filled - taken(counters);
}

void packet_mark(struct ingest *in)
{
	fetch_counters(in);
	in->mark = in->filled;
}

bool packet_is_past_mark(const struct ingest *in)
{
	return taken(in->counters) >= in->mark;
}
