/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/reason.h"
#include "endpoint.h"
#include "pfqd/base/error.h"

#define PRODUCER_ALIGN	128 /* bytes; two lanes share neither a cache line nor a pair of lines */

/* Read the name of process @pid; "" if unknown. Bytes that cannot be printed become "?". */
void endpoint_comm_read(pid_t pid, char *comm, size_t size)
{
	char path[64];
	FILE *f = NULL;

	*comm = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	if (pid > 0)
		f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(comm, size, f))
		*comm = '\0';
	fclose(f);
	comm[strcspn(comm, "\n")] = '\0';
	/* a process can write any bytes to its comm, and tools print it */
	for (; *comm; comm++) {
		if (*comm < ' ' || *comm > '~')
			*comm = '?';
	}
}

/* Make the socket pair of the doorbell. The consumer's end can only read. Returns 0 or -errno. */
static int create_doorbell(struct endpoint *ep)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	ep->doorbell = fds[0];
	ep->doorbell_peer = fds[1];
	/*
	 * each end has its own file description: flags that the consumer sets do not change this
	 * end
	 */
	if (fcntl(ep->doorbell, F_SETFL, O_NONBLOCK))
		return -errno;
	return shutdown(ep->doorbell_peer, SHUT_WR) ? -errno : 0;
}

/*
 * Make the producers of all lanes, in memory that no other data shares a cache line with. Returns 0
 * or -ENOMEM.
 */
static int create_producers(struct endpoint *ep)
{
	size_t bytes = ep->lanes * sizeof(*ep->producer);
	uint32_t lane;

	bytes = (bytes + PRODUCER_ALIGN - 1) / PRODUCER_ALIGN * PRODUCER_ALIGN;
	ep->producer = aligned_alloc(PRODUCER_ALIGN, bytes);
	if (!ep->producer)
		return -ENOMEM;
	memset(ep->producer, 0, bytes);
	for (lane = 0; lane < ep->lanes; lane++)
		pfq_producer_init(&ep->producer[lane], ep->memory.data, ep->lanes,
				  ep->memory.lane_bytes, ep->memory.reader, lane);
	return 0;
}

struct endpoint *endpoint_create(const struct endpoint_params *params,
				 const struct access_cred *cred, uint32_t lanes)
{
	struct endpoint *ep = calloc(1, sizeof(*ep));

	if (!ep)
		return NULL;
	ep->params = *params;
	ep->pid = cred->pid;
	ep->uid = cred->uid;
	ep->lanes = lanes;
	ep->direction = PFQ_DIRECTION_INOUT;
	ep->doorbell = ep->doorbell_peer = ep->memory.data_fd = ep->memory.reader_fd = -1;
	endpoint_comm_read(cred->pid, ep->comm, sizeof(ep->comm));
	return ep;
}

int endpoint_fill(struct endpoint *ep, uint32_t linktype, struct pfq_error *err)
{
	const struct endpoint_params *p = &ep->params;
	const struct memory_wish wish = {
		.lane_bytes = memory_lane_bytes(p->ring_bytes, ep->lanes, p->snaplen),
		.lanes = ep->lanes,
		.snaplen = p->snaplen,
		.linktype = linktype,
		.hugepages = p->hugepages,
		.stop = &ep->stop,
	};
	int ret;

	ret = memory_create(&ep->memory, &wish, err);
	if (ret)
		return ret;
	ret = create_doorbell(ep);
	if (ret)
		return error_set(err, ret, "doorbell: %s", pfq_reason(PFQ_REASON_PFQD, ret));
	ret = create_producers(ep);
	return ret ? error_set(err, ret, "no memory") : 0;
}

void endpoint_stop(struct endpoint *ep)
{
	__atomic_store_n(&ep->stop, true, __ATOMIC_RELAXED);
}

void endpoint_close_peer_fds(struct endpoint *ep)
{
	memory_close_fds(&ep->memory);
	if (ep->doorbell_peer >= 0)
		close(ep->doorbell_peer);
	ep->doorbell_peer = -1;
}

static struct endpoint *of_job(struct maker_job *job)
{
	return (struct endpoint *)((char *)job - offsetof(struct endpoint, job));
}

static void free_memory(struct maker_job *job)
{
	memory_destroy(&of_job(job)->memory);
}

static void free_endpoint(struct maker_job *job)
{
	free(of_job(job));
}

void endpoint_destroy(struct endpoint *ep, struct maker *maker)
{
	if (!ep)
		return;
	endpoint_close_peer_fds(ep);
	if (ep->doorbell >= 0)
		close(ep->doorbell);
	free(ep->producer);
	free(ep->filter);
	if (!ep->memory.data) {
		free(ep);
		return;
	}
	ep->job = (struct maker_job){ .uid = ep->uid, .work = free_memory, .done = free_endpoint };
	maker_add(maker, &ep->job);
}

void endpoint_counters(const struct endpoint *ep, uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX])
{
	uint32_t lane;
	unsigned int i;

	memset(counters, 0, PFQ_ENDPOINT_COUNTERS_MAX * sizeof(*counters));
	for (lane = 0; lane < ep->lanes; lane++) {
		for (i = 0; i < PFQ_ENDPOINT_COUNTERS_MAX; i++)
			counters[i] += READ_ONCE(ep->producer[lane].counters[i]);
	}
}

uint64_t endpoint_read_packets(const struct endpoint *ep, uint64_t delivered)
{
	const struct pfq_reader_lane *r;
	uint64_t sum = 0;
	uint32_t lane;

	for (lane = 0; lane < ep->lanes; lane++) {
		r = (const void *)((const char *)ep->memory.reader + PFQ_READER_LANE_OFFSET(lane));
		/* the consumer can write any value here */
		if (__builtin_add_overflow(sum, READ_ONCE(r->read), &sum))
			return delivered;
	}
	return sum < delivered ? sum : delivered;
}

void endpoint_positions(const struct endpoint *ep, uint64_t positions[PFQ_LANES_MAX])
{
	uint32_t lane;

	for (lane = 0; lane < ep->lanes; lane++)
		positions[lane] = READ_ONCE(ep->producer[lane].prod);
}
