/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The network devices of this namespace, kept up to date by rtnetlink. Control thread only. */
#ifndef PFQD_DEVICE_H
#define PFQD_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "pfqd/base/loop.h"
#include "pfq.h"

#define DEVICE_NAME_BYTES	16	/* IFNAMSIZ, whose two headers exclude each other */

struct device {
	uint32_t ifindex;
	char name[DEVICE_NAME_BYTES];	/* the kernel's name; the rest is NUL */
	bool up;		/* IFF_UP */
	uint32_t linktype;	/* LINKTYPE_*; 0: not supported */
	uint16_t arphrd;
	/* longest frame by the device's settings; others may send it longer ones */
	uint32_t frame_bytes;
	/* the same without frames that are joined on reception, or split on sending */
	uint32_t wire_bytes;
};

struct devices;

/*
 * Read all devices. @loop calls @changed after each change; NULL: no changes are followed. Returns
 * 0, or -errno with text.
 */
int devices_open(struct devices **devices, struct loop *loop, void (*changed)(void *arg),
		 void *arg, struct pfq_error *err);
/* Stop following changes and free all devices. NULL: nothing. */
void devices_close(struct devices *devices);

/*
 * Read all devices again. The kernel does not report an alternative name that a device gets or
 * loses while it is down. Returns 0, or -EIO with text.
 */
int devices_refresh(struct devices *devices, struct pfq_error *err);

/*
 * Find the device with the name @name, which may be an alternative one. Returns NULL if there is
 * none, or if @devices is NULL. The pointer is valid until the loop runs again.
 */
const struct device *devices_find(const struct devices *devices, const char *name);
/* Find a device by its index, in the same way. */
const struct device *devices_index(const struct devices *devices, uint32_t ifindex);

#endif /* PFQD_DEVICE_H */
