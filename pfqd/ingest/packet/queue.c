/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The classic BPF filter of a packet socket: the queues that are wanted, and on
 * the loopback device no copies of what is sent (it all comes in again).
 *
 * The kernel notes receive queue q as q + 1 in the packet and leaves 0 where the
 * driver has not said: that counts as queue 0, the only one of most such devices. (A
 * few, veth among them, leave the sender's transmit queue there: it is taken for what
 * the kernel takes it for.) What is sent has a transmit queue in the same place,
 * so a source of queues has what comes in only.
 */
#include "config.h"

#include <net/if_arp.h>

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

/* first..last as the kernel notes them */
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
