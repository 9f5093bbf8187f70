/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ifreq.h"

int ifreq_send(uint32_t ifindex, unsigned long request, struct ifreq *req)
{
	/* any family serves; the unit of pfqd does not allow AF_INET */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret;

	if (fd < 0)
		return -errno;
	if (!if_indextoname(ifindex, req->ifr_name)) {
		close(fd);
		return -ENODEV;
	}
	ret = ioctl(fd, request, req) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int ifreq_ethtool(uint32_t ifindex, void *command)
{
	struct ifreq req = { .ifr_data = command };

	return ifreq_send(ifindex, SIOCETHTOOL, &req);
}

uint32_t ifreq_rx_queues(uint32_t ifindex)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };

	if (ifreq_ethtool(ifindex, &channels))
		return 0;
	return channels.rx_count + channels.combined_count;
}
