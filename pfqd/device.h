/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The network devices of this namespace, kept up to date by rtnetlink. */
#ifndef PFQD_DEVICE_H
#define PFQD_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"
#include "pfq.h"

struct device {
	uint32_t ifindex;
	bool up;		/* IFF_UP */
	uint32_t linktype;	/* PFQ_LINKTYPE_*, 0: none that is supported */
	uint16_t arphrd;
	uint32_t frame_bytes;	/* what a frame may have, as the device says; others may give it longer ones */
};

struct devices;

/* Reads them all; @changed is called from @loop after each change (NULL: nobody listens). */
int devices_open(struct devices **devices, struct loop *loop, void (*changed)(void *arg),
		 void *arg, struct pfq_error *err);
void devices_close(struct devices *devices);

/* NULL: no device of that name. Valid until the loop runs again. */
const struct device *devices_find(const struct devices *devices, const char *name);

#endif /* PFQD_DEVICE_H */
