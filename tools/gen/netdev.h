/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A network device, here or in another namespace: its counters, and a program on it. */
#ifndef BENCH_NETDEV_H
#define BENCH_NETDEV_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nl_sock;

struct netdev {
	char name[IF_NAMESIZE]; /* the kernel's */
	uint32_t ifindex, mtu;
	int netns_fd; /* -1: the caller's own */
	struct nl_sock *nl; /* of the device's namespace */
};

struct netdev_counters {
	uint64_t rx_packets, rx_dropped, tx_packets, tx_dropped;
};

/*
 * @spec is DEV, by any of its names, or DEV@NETNS with a name of "ip netns" or a path. -errno, and @text says
 * what is wrong. Only the calling thread visits the other namespace, and comes back.
 */
int netdev_open(struct netdev *d, const char *spec, char *text, size_t text_size);
void netdev_close(struct netdev *d);

int netdev_counters(const struct netdev *d, struct netdev_counters *c);

/*
 * Attach an XDP program in native mode. Returns a descriptor that holds it there: closed, or
 * gone with the process, the program is gone too. -EBUSY: another program is there.
 */
int netdev_attach(const struct netdev *d, int program_fd);

/* Generic receive offload: 1 on, 0 off, or -errno. */
int netdev_gro(const struct netdev *d);
int netdev_gro_set(const struct netdev *d, bool on);

#endif
