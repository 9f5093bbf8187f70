/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Builds the classic BPF program that chooses the part of a packet (PACKET_FANOUT_CBPF).
 *
 * The kernel's own choice by flow hash puts fragments of one datagram into different parts. The
 * worker that runs first would decide for all of them. A datagram could then be steered by its
 * addresses alone, away from its flow, although its first fragment came first. This program chooses
 * the part of a fragment by addresses and identification, which are equal in all fragments. It
 * chooses the part of other packets by addresses and ports, so that both directions of a flow go to
 * one part. The program looks behind one VLAN tag in the bytes (a second one, if the kernel has
 * taken one out) and behind PPPoE. It chooses the part of all other packets by their Ethernet
 * addresses. A packet that is too short for a load goes to part 0.
 */
#include "config.h"

#include <netinet/in.h>

#include "packet.h"

#define NET(offset)	((uint32_t)(SKF_NET_OFF + (offset)))
#define LINK(offset)	((uint32_t)(SKF_LL_OFF + (offset)))

#define LD_W(k)		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, k)
#define LD_H(k)		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, k)
#define LD_B(k)		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, k)
#define LD_H_X(k)	BPF_STMT(BPF_LD | BPF_H | BPF_IND, k)
#define LD_0		BPF_STMT(BPF_LD | BPF_IMM, 0)
#define LD_MEM		BPF_STMT(BPF_LD | BPF_MEM, 0)
#define ST_MEM		BPF_STMT(BPF_ST, 0)
#define TAX		BPF_STMT(BPF_MISC | BPF_TAX, 0)
#define XOR_X		BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0)
#define MUL(k)		BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, k)
#define RSH(k)		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, k)
#define JA(n)		BPF_STMT(BPF_JMP | BPF_JA, n)
#define JEQ(k, t, f)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, t, f)
#define JSET(k, t, f)	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, k, t, f)
#define RET_A		BPF_STMT(BPF_RET | BPF_A, 0)

/*
 * A holds the addresses, the scratch word holds the ports or the identification: mix both and
 * return
 */
#define MIX		MUL(0x9e3779b1), TAX, LD_MEM, MUL(0x85ebca6b), XOR_X, \
			TAX, RSH(15), XOR_X, RET_A

struct builder {
	struct sock_filter *insn;	/* room for PACKET_SPREAD_MAX */
	unsigned int count;
};

#define EMIT(b, ...) do { \
	const struct sock_filter insns_[] = { __VA_ARGS__ }; \
	memcpy((b)->insn + (b)->count, insns_, sizeof(insns_)); \
	(b)->count += ARRAY_SIZE(insns_); \
} while (0)

/* Append the choice for an IPv4 header at offset @at of the network header. */
static void emit_ipv4(struct builder *b, int at)
{
	EMIT(b,
	     LD_H(NET(at + 6)), JSET(0x3fff, 13, 0),
	     BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, NET(at)),
	     LD_B(NET(at + 9)),
	     JEQ(IPPROTO_TCP, 4, 0), JEQ(IPPROTO_UDP, 3, 0), JEQ(IPPROTO_SCTP, 2, 0),
	     LD_0, JA(7),
	     /* ports */
	     LD_H_X(NET(at)), ST_MEM, LD_H_X(NET(at + 2)),
	     BPF_STMT(BPF_LDX | BPF_MEM, 0), XOR_X, JA(1),
	     /* fragment */
	     LD_H(NET(at + 4)),
	     ST_MEM,
	     LD_W(NET(at + 12)), TAX, LD_W(NET(at + 16)), XOR_X,
	     MIX);
}

/* Append the choice for an IPv6 header at offset @at of the network header. */
static void emit_ipv6(struct builder *b, int at)
{
	EMIT(b,
	     LD_B(NET(at + 6)), JEQ(IPPROTO_FRAGMENT, 10, 0),
	     JEQ(IPPROTO_TCP, 4, 0), JEQ(IPPROTO_UDP, 3, 0), JEQ(IPPROTO_SCTP, 2, 0),
	     LD_0, JA(6),
	     /* ports */
	     LD_H(NET(at + 40)), TAX, LD_H(NET(at + 42)), XOR_X, JA(1),
	     /* fragment */
	     LD_W(NET(at + 44)),
	     ST_MEM,
	     LD_W(NET(at + 8)), TAX, LD_W(NET(at + 12)), XOR_X, TAX,
	     LD_W(NET(at + 16)), XOR_X, TAX, LD_W(NET(at + 20)), XOR_X, TAX,
	     LD_W(NET(at + 24)), XOR_X, TAX, LD_W(NET(at + 28)), XOR_X, TAX,
	     LD_W(NET(at + 32)), XOR_X, TAX, LD_W(NET(at + 36)), XOR_X,
	     MIX);
}

/* Append the choice by Ethernet addresses. */
static void emit_macs(struct builder *b)
{
	EMIT(b,
	     LD_0, ST_MEM,
	     LD_W(LINK(2)), TAX, LD_W(LINK(8)), XOR_X,
	     MIX);
}

/* Append @part, which runs if A is @value. Every @part returns, so A is unchanged behind it. */
static void emit_case(struct builder *b, uint32_t value,
		      void (*part)(struct builder *, int), int at)
{
	unsigned int jump = b->count;

	EMIT(b, JEQ(value, 0, 0));
	part(b, at);
	b->insn[jump].jf = (uint8_t)(b->count - jump - 1);
}

/* Append the choice for a VLAN tag's TCI at offset @at of the network header. */
static void emit_vlan(struct builder *b, int at)
{
	EMIT(b, LD_H(NET(at + 2)));
	emit_case(b, ETH_P_IP, emit_ipv4, at + 4);
	emit_case(b, ETH_P_IPV6, emit_ipv6, at + 4);
	emit_macs(b);
}

/* Append the choice for a PPPoE header at offset @at of the network header. */
static void emit_pppoe(struct builder *b, int at)
{
	EMIT(b, LD_H(NET(at + 6)));
	emit_case(b, 0x0021, emit_ipv4, at + 8);	/* IPv4 in PPP */
	emit_case(b, 0x0057, emit_ipv6, at + 8);	/* IPv6 in PPP */
	emit_macs(b);
}

unsigned int packet_spread_build(struct sock_filter insn[PACKET_SPREAD_MAX])
{
	struct builder b = { .insn = insn };

	EMIT(&b, LD_W((uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)));
	emit_case(&b, ETH_P_IP, emit_ipv4, 0);
	emit_case(&b, ETH_P_IPV6, emit_ipv6, 0);
	emit_case(&b, ETH_P_8021Q, emit_vlan, 0);
	emit_case(&b, ETH_P_8021AD, emit_vlan, 0);
	emit_case(&b, ETH_P_PPP_SES, emit_pppoe, 0);
	emit_macs(&b);
	return b.count;
}
