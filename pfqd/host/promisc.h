/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Promiscuity, the union of what groups ask for: memberships of one socket
 * that receives nothing, so that no ingest has to be opened anew for it, and
 * the kernel takes them back when pfqd dies.
 */
#ifndef PFQD_PROMISC_H
#define PFQD_PROMISC_H

#include <stdint.h>

#include "pfq.h"

struct promisc;

int promisc_open(struct promisc **promisc);
void promisc_close(struct promisc *promisc);

/* Exactly these @count devices from now on. Those that refuse are said in the log. */
void promisc_set(struct promisc *promisc, const uint32_t *ifindex, unsigned int count);

#endif /* PFQD_PROMISC_H */
