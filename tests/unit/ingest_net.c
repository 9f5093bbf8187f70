/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "ingest_net.h"

#define MAGIC		0x70667131
#define IP_OFFSET	14
#define UDP_OFFSET	34
#define DATA_OFFSET	42

uint64_t net_clock_ns(int clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		ssize_t unused = write(fd, text, strlen(text));

		(void)unused;
		close(fd);
	}
}

int net_enter(void)
{
	if (geteuid()) {
		fprintf(stderr, "skipped: needs root, for a network namespace\n");
		return 77;
	}
	if (unshare(CLONE_NEWNET) < 0) {
		fprintf(stderr, "skipped: no network namespace: %s\n", strerror(errno));
		return 77;
	}
	/* receive rings last for milliseconds: other tests of a parallel make must not matter */
	setpriority(PRIO_PROCESS, 0, -10);
	/* no packets but ours */
	write_text("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	write_text("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	if (system("ip link set lo up && ip link add va type veth peer name vb && "
		   "ip link del va")) {
		fprintf(stderr, "skipped: no veth pair can be made here\n");
		return 77;
	}
	return 0;
}

void net_run(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	assert_int_equal(system(command), 0);
}

static void wait_running(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { .ifr_flags = 0 };

	strcpy(req.ifr_name, name);
	for (int i = 0; i < 5000 && !(req.ifr_flags & IFF_RUNNING); i++) {
		usleep(1000);
		assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &req), 0);
	}
	assert_true(req.ifr_flags & IFF_RUNNING);
	close(fd);
}

void net_up(void)
{
	net_run("ip link set vb up && ip link set va up");
	wait_running("va");
	wait_running("vb");
	/*
	 * Running is what a device is called just before its transmit queue takes
	 * packets, which is over when another change to a device is.
	 */
	net_run("ip link set vb up");
}

void net_veth(unsigned int queues)
{
	/* what a failed test left */
	net_run("ip link del va 2>/dev/null || true");
	net_run("ip link add va numtxqueues %u numrxqueues %u type veth "
		"peer name vb numtxqueues %u numrxqueues %u", queues, queues, queues, queues);
	net_up();
}

void net_veth_del(void)
{
	net_run("ip link del va");
}

int net_sender(const char *name)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

bool net_lo_takes(unsigned int mtu, size_t len)
{
	int fd, room = 8 << 20;
	void *frame = calloc(1, len);
	ssize_t n;

	net_run("ip link set lo mtu %u up", mtu);
	assert_non_null(frame);
	fd = net_sender("lo");
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)), 0);
	n = send(fd, frame, len, 0);
	assert_true(n == (ssize_t)len || errno == EMSGSIZE);
	close(fd);
	free(frame);
	return n == (ssize_t)len;
}

void net_send(int fd, const void *frame, size_t len)
{
	ssize_t rc;

	do
		rc = send(fd, frame, len, 0);
	while (rc < 0 && (errno == ENOBUFS || errno == EINTR));
	assert_int_equal(rc, len);
}

static uint16_t checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	v = htonl(v);
	memcpy(p, &v, sizeof(v));
}

size_t net_packet(uint8_t *frame, uint32_t seq)
{
	uint32_t flow = seq % NET_FLOWS;

	memset(frame, 0, NET_PACKET_BYTES);
	memset(frame, 0xff, ETH_ALEN);
	frame[6] = 2;
	put16(frame + 12, ETH_P_IP);
	frame[IP_OFFSET] = 0x45;
	put16(frame + IP_OFFSET + 2, NET_PACKET_BYTES - IP_OFFSET);
	frame[IP_OFFSET + 8] = 64;
	frame[IP_OFFSET + 9] = IPPROTO_UDP;
	put32(frame + IP_OFFSET + 12, 0xc6120000 | flow);	/* 198.18.0.0/15 */
	put32(frame + IP_OFFSET + 16, 0xc6130001);
	put16(frame + IP_OFFSET + 10, checksum(frame + IP_OFFSET, 20));
	put16(frame + UDP_OFFSET, (uint16_t)(10000 + flow));
	put16(frame + UDP_OFFSET + 2, 9);
	put16(frame + UDP_OFFSET + 4, NET_PACKET_BYTES - UDP_OFFSET);
	put32(frame + DATA_OFFSET, MAGIC);
	put32(frame + DATA_OFFSET + 4, seq);
	return NET_PACKET_BYTES;
}

int64_t net_seq(const uint8_t *frame, size_t len)
{
	uint32_t word[2];

	if (len < DATA_OFFSET + sizeof(word))
		return -1;
	memcpy(word, frame + DATA_OFFSET, sizeof(word));
	return ntohl(word[0]) == MAGIC ? (int64_t)ntohl(word[1]) : -1;
}

static void *flood_run(void *arg)
{
	struct net_flood *flood = arg;
	uint8_t frame[NET_PACKET_BYTES];

	while (!__atomic_load_n(&flood->stop, __ATOMIC_RELAXED)) {
		for (unsigned int i = 0; i < flood->burst; i++) {
			if (flood->max && flood->sent == flood->max)
				return NULL;
			if (flood->sent >= __atomic_load_n(&flood->credit, __ATOMIC_RELAXED))
				break;
			net_packet(frame, flood->sent);
			while (send(flood->fd, frame, sizeof(frame), 0) < 0)
				;
			__atomic_store_n(&flood->sent, flood->sent + 1, __ATOMIC_RELEASE);
		}
		if (flood->pause_us)
			usleep(flood->pause_us);
	}
	return NULL;
}

void net_flood_start(struct net_flood *flood, const char *name, unsigned int burst,
		     unsigned int pause_us, uint32_t max)
{
	pthread_t thread;

	*flood = (struct net_flood){
		.fd = net_sender(name),
		.burst = burst,
		.pause_us = pause_us,
		.max = max,
		.credit = UINT32_MAX,
	};
	assert_int_equal(pthread_create(&thread, NULL, flood_run, flood), 0);
	flood->thread = (unsigned long)thread;
}

void net_flood_credit(struct net_flood *flood, uint32_t credit)
{
	__atomic_store_n(&flood->credit, credit, __ATOMIC_RELAXED);
}

uint32_t net_flood_sent(const struct net_flood *flood)
{
	return __atomic_load_n(&flood->sent, __ATOMIC_ACQUIRE);
}

/* stops it, or waits until it has sent max */
void net_flood_stop(struct net_flood *flood)
{
	if (!flood->max)
		__atomic_store_n(&flood->stop, true, __ATOMIC_RELAXED);
	pthread_join((pthread_t)flood->thread, NULL);
	close(flood->fd);
}
