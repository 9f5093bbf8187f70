/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * For tests with real packets: a network namespace of the test's own with a veth
 * pair in it, and numbered packets to send.
 *
 *	[ va ]------[ vb ]	sent at vb, captured at va
 */
#ifndef TESTS_INGEST_NET_H
#define TESTS_INGEST_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_PACKET_BYTES	60
#define NET_FLOWS		64

/* 0: inside; 77: say why and exit with it */
int net_enter(void);
/* Run a command as of printf(); the test fails where that fails. */
void net_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* a fresh pair va, vb, both up; @queues of each */
void net_veth(unsigned int queues);
void net_veth_del(void);
/* Set the pair up; on return it carries packets. */
void net_up(void);

/* a socket that sends at device @name */
int net_sender(const char *name);
void net_send(int fd, const void *frame, size_t len);
/*
 * lo, up and with @mtu, carries frames of @len bytes of a packet socket: some kernels (6.1) take
 * no more than 17 pages of one.
 */
bool net_lo_takes(unsigned int mtu, size_t len);
/* Ethernet, IPv4, UDP, @seq: of flow seq % NET_FLOWS. Returns NET_PACKET_BYTES. */
size_t net_packet(uint8_t *frame, uint32_t seq);
/* its number, or -1: none of ours */
int64_t net_seq(const uint8_t *frame, size_t len);

/* A thread that sends 0, 1, 2, ... at @name, @burst at a time, and @pause_us between. */
struct net_flood {
	unsigned long thread;
	int fd;
	unsigned int burst, pause_us;
	uint32_t sent;		/* read with net_flood_sent() */
	uint32_t max;		/* 0: until it is stopped */
	uint32_t credit;	/* it waits at this number; net_flood_credit() */
	bool stop;
};

void net_flood_start(struct net_flood *flood, const char *name, unsigned int burst,
		     unsigned int pause_us, uint32_t max);
/* From now on it sends no more than @credit in all: nobody need fall behind. */
void net_flood_credit(struct net_flood *flood, uint32_t credit);
uint32_t net_flood_sent(const struct net_flood *flood);
void net_flood_stop(struct net_flood *flood);

uint64_t net_clock_ns(int clock);

#endif /* TESTS_INGEST_NET_H */
