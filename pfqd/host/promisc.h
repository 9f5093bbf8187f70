/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Promiscuous mode of the devices whose groups ask for it. The memberships belong to one socket
 * that receives no packets. So a change opens no ingest again, and the kernel drops the memberships
 * when pfqd dies. Control thread only.
 */
#ifndef PFQD_PROMISC_H
#define PFQD_PROMISC_H

#include <stdbool.h>
#include <stdint.h>

#include "pfq.h"

struct promisc;

/* Returns 0 or -ENOMEM. */
int promisc_open(struct promisc **promisc);
/* Release all devices and free @promisc. NULL: nothing. */
void promisc_close(struct promisc *promisc);

/*
 * Set exactly these @count devices to promiscuous mode, and release all others. Returns false if
 * this has to be tried again, for a reason that is logged once.
 */
bool promisc_set(struct promisc *promisc, const uint32_t *ifindex, unsigned int count);

#endif /* PFQD_PROMISC_H */
