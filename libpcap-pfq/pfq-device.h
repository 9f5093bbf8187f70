/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Device names: pfq[@GROUP][:DEV[,DEV]...], where DEV is eth0, eth0/2 or
 * eth0/0-3. This file does not depend on libpcap.
 */
#ifndef PFQ_DEVICE_H
#define PFQ_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/pfq.h>

#define PFQ_DEVICE_QUEUE_MAX	1023
#define PFQ_DEVICE_BINDINGS_MAX	32	/* devices of one handle */

struct pfq_device {
	char	group[PFQ_NAME_MAX + 1];	/* empty: the name has no group */
	char	bindings[1024];			/* eth0,eth1/0-3; empty: none */
	unsigned int count;			/* of bindings */
};

/* true for pfq, pfq@... and pfq:...; other names are not pfq devices */
bool pfq_device_is_pfq(const char *name);

/*
 * Parse @name, the name of a pfq device. -EINVAL: it is malformed; -ENODEV: an
 * interface's name is too long. Then @err (of @err_size bytes) says where it is
 * wrong and what is allowed.
 */
int pfq_device_parse(struct pfq_device *dev, const char *name, char *err, size_t err_size);

/* Can @text, of @len bytes, be an interface's name (first or alternative) in a list of devices? */
bool pfq_device_interface_valid(const char *text, size_t len);

/* Is @text, of @len bytes, a group's name or id? */
bool pfq_device_group_valid(const char *text, size_t len);

/* The name of interface @i of dev->bindings, without its queues. */
void pfq_device_interface(const struct pfq_device *dev, unsigned int i,
			  char name[PFQ_DEVICE_NAME_MAX + 1]);

#endif /* PFQ_DEVICE_H */
