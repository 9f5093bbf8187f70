/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The network devices of this namespace, kept up to date by rtnetlink. */
#ifndef PFQD_DEVICE_H
#define PFQD_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "pfqd/base/loop.h"
#include "pfq.h"

#define DEVICE_NAME_BYTES	16	/* IFNAMSIZ, whose two headers exclude each other */

struct device {
	uint32_t ifindex;
	char name[DEVICE_NAME_BYTES];	/* the kernel's, NUL to its end */
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

/*
 * Reads them all anew: the kernel says nothing of an alternative name that a device gets or
 * loses while it is down.
 */
int devices_refresh(struct devices *devices, struct pfq_error *err);

/*
 * The device that has @name, its first one or an alternative one. NULL: no device has.
 * Valid until the loop runs again.
 */
const struct device *devices_find(const struct devices *devices, const char *name);
/* the same by its index */
const struct device *devices_index(const struct devices *devices, uint32_t ifindex);

#endif /* PFQD_DEVICE_H */
