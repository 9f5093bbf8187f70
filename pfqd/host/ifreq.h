/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Requests about a device by ioctl. They find the device by its index, even after it was renamed.
 * Any thread.
 */
#ifndef PFQD_IFREQ_H
#define PFQD_IFREQ_H

#include <stdint.h>

struct ifreq;

/* Send the ioctl @request, with the device's name in @req. Returns 0 or -errno. */
int ifreq_send(uint32_t ifindex, unsigned long request, struct ifreq *req);

/*
 * Run an ethtool command, a struct ethtool_* that the kernel reads and fills. Returns 0 or -errno.
 */
int ifreq_ethtool(uint32_t ifindex, void *command);

/* The number of receive queues; 0: the device does not tell. */
uint32_t ifreq_rx_queues(uint32_t ifindex);

#endif /* PFQD_IFREQ_H */
