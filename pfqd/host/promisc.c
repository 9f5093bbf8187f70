/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/log.h"
#include "promisc.h"

struct promisc {
	int sock;		/* opened for the first device; -1 before */
	unsigned int count;
	uint32_t *ifindex;	/* [count] */
	int error;		/* of the last promisc_set(): -errno, or 0 */
};

int promisc_open(struct promisc **promisc)
{
	*promisc = calloc(1, sizeof(**promisc));
	if (!*promisc)
		return -ENOMEM;
	(*promisc)->sock = -1;
	return 0;
}

void promisc_close(struct promisc *p)
{
	if (!p)
		return;
	if (p->sock >= 0)
		close(p->sock);
	free(p->ifindex);
	free(p);
}

static bool contains(const uint32_t *list, unsigned int count, uint32_t ifindex)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (list[i] == ifindex)
			return true;
	}
	return false;
}

/*
 * Add or drop the promiscuous membership of a device: @option is PACKET_ADD_MEMBERSHIP or
 * PACKET_DROP_MEMBERSHIP. Opens the socket at the first call. Returns 0 or -errno.
 */
static int membership(struct promisc *p, int option, uint32_t ifindex)
{
	struct packet_mreq mreq = { .mr_ifindex = ifindex, .mr_type = PACKET_MR_PROMISC };

	if (p->sock < 0)
		p->sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (p->sock < 0)
		return -errno;
	return setsockopt(p->sock, SOL_PACKET, option, &mreq, sizeof(mreq)) ? -errno : 0;
}

bool promisc_set(struct promisc *p, const uint32_t *ifindex, unsigned int count)
{
	uint32_t *now = calloc(count + 1, sizeof(*now));
	int ret, before = p->error;
	unsigned int i, n = 0;

	p->error = 0;
	if (!now) {
		log_error("promiscuous mode: no memory");
		return false;
	}
	for (i = 0; i < count; i++) {
		if (contains(now, n, ifindex[i]))
			continue;
		ret = contains(p->ifindex, p->count, ifindex[i]) ? 0 :
			membership(p, PACKET_ADD_MEMBERSHIP, ifindex[i]);
		if (!ret)
			now[n++] = ifindex[i];
		if (!ret || ret == -ENODEV)	/* the device is gone */
			continue;
		if (ret != before)
			log_warning("promiscuous mode of device %u: %s: trying again", ifindex[i],
				    pfq_reason(PFQ_REASON_PFQD, ret));
		p->error = ret;
	}
	for (i = 0; i < p->count; i++) {
		/* dropping fails harmlessly if the device is gone */
		if (!contains(now, n, p->ifindex[i]))
			membership(p, PACKET_DROP_MEMBERSHIP, p->ifindex[i]);
	}
	free(p->ifindex);
	p->ifindex = now;
	p->count = n;
	return !p->error;
}
