/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Builds the classic BPF filter of a packet socket. It accepts the wanted queues. On the loopback
 * device, it rejects sent packets, because each of them is received again.
 *
 * In a packet, the kernel notes receive queue q as q + 1. It notes 0 if the driver did not tell the
 * queue. The filter treats 0 as queue 0, because most such devices have only that queue. A few
 * drivers, for example veth, leave the sender's transmit queue there; the filter uses it as the
 * kernel does. A sent packet has its transmit queue in the same place, so a source of queues takes
 * received packets only.
 */
#include "config.h"

#include <errno.h>
#include <net/if_arp.h>
#include <sys/socket.h>

#include "packet.h"

#define ACCEPT	BPF_STMT(BPF_RET | BPF_K, 0xffffffff)
#define REJECT	BPF_STMT(BPF_RET | BPF_K, 0)

static bool queue_wanted(const uint64_t *queues, uint32_t q)
{
	return q < INGEST_QUEUES_MAX && queues[q / 64] >> (q % 64) & 1;
}

static void emit(struct ingest *in, struct sock_filter insn)
{
	in->filter[in->filter_count++] = insn;
}

/* Accept the queue numbers @first to @last, as the kernel notes them. */
static void emit_range(struct ingest *in, uint32_t first, uint32_t last)
{
	emit(in, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2));
	emit(in, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0));
	emit(in, (struct sock_filter)ACCEPT);
}

static void emit_ingress_only(struct ingest *in)
{
	emit(in, (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
					      SKF_AD_OFF + SKF_AD_PKTTYPE));
	emit(in, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1));
	emit(in, (struct sock_filter)REJECT);
}

void packet_filter_build(struct ingest *in, const uint64_t *queues)
{
	unsigned int count = 0;

	in->filter_count = 0;
	in->queue = PFQ_QUEUE_UNKNOWN;
	if (!queues && in->hatype != ARPHRD_LOOPBACK)
		return;
	emit_ingress_only(in);
	if (!queues) {
		emit(in, (struct sock_filter)ACCEPT);
		return;
	}
	emit(in, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_QUEUE));
	for (uint32_t q = 0; q < INGEST_QUEUES_MAX; q++) {
		uint32_t first = q;

		if (!queue_wanted(queues, q))
			continue;
		while (queue_wanted(queues, q + 1))
			q++;
		emit_range(in, first ? first + 1 : 0, q + 1);
		count += q - first + 1;
		in->queue = (uint16_t)q;
	}
	emit(in, (struct sock_filter)REJECT);
	if (count != 1)
		in->queue = PFQ_QUEUE_UNKNOWN;
}

static int set_filter(const struct ingest *in, const struct sock_filter *insns, unsigned int count)
{
	struct sock_fprog prog = {
		.len = (unsigned short)count,
		.filter = (struct sock_filter *)insns,
	};
	int unused = 0;

	if (count)
		return setsockopt(in->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0 ?
			-errno : 0;
	if (setsockopt(in->fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)) < 0 &&
	    errno != ENOENT)
		return -errno;
	return 0;
}

int packet_filter_attach(const struct ingest *in)
{
	return set_filter(in, in->filter, in->filter_count);
}

int packet_filter_reject(const struct ingest *in)
{
	static const struct sock_filter all[] = { REJECT };

	return set_filter(in, all, ARRAY_SIZE(all));
}

void packet_stop(struct ingest *in)
{
	WRITE_ONCE(in->is_stopped, true);
	packet_filter_reject(in);
}

/*
 * No packet is in an old and a new ring, because the kernel shows each packet to the newer socket
 * first. A packet between the calls of old and new filters is in neither.
 */
void packet_stop_others(const struct ingest_params *params)
{
	for (uint32_t i = 0; params->instead && i < params->parts; i++) {
		if (params->instead[i])
			packet_stop(params->instead[i]);
	}
}
