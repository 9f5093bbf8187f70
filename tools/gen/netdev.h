/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A network device, in the caller's namespace or in another: its counters, and a program on
 * it.
 */
#ifndef BENCH_NETDEV_H
#define BENCH_NETDEV_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nl_sock;

struct netdev {
	char name[IF_NAMESIZE]; /* as the kernel has it */
	uint32_t ifindex, mtu;
	int netns_fd; /* -1: the caller's own namespace */
	struct nl_sock *nl; /* in the device's namespace */
};

struct netdev_counters {
	uint64_t rx_packets, rx_dropped, tx_packets, tx_dropped;
};

/*
 * Open the device @spec: DEV (any of its names) or DEV@NETNS. NETNS is a name of "ip netns"
 * or a path. Returns 0 or -errno; @text then says what is wrong. The calling thread alone
 * enters the other namespace, and comes back before the return.
 */
int netdev_open(struct netdev *d, const char *spec, char *text, size_t text_size);
void netdev_close(struct netdev *d);

/* Read the kernel's counters of the device. Returns 0 or -errno. */
int netdev_counters(const struct netdev *d, struct netdev_counters *c);

/*
 * Attach an XDP program in native mode. Returns a descriptor, or -errno. The program stays
 * attached until the descriptor is closed. -EBUSY: the device has another program.
 */
int netdev_attach(const struct netdev *d, int program_fd);

/* Read and set generic receive offload: 1 on, 0 off, or -errno. */
int netdev_gro(const struct netdev *d);
int netdev_gro_set(const struct netdev *d, bool on);

#endif
