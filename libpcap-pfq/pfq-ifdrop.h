/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The packets that the devices of a handle dropped, from sysfs. Each device's directory stays
 * open: the descriptor stays valid when the device is renamed, and after a chroot.
 */
#ifndef PFQ_IFDROP_H
#define PFQ_IFDROP_H

#include <stdint.h>
#include "pfq-lib.h"

struct pfq_ifdrop {
	unsigned int count;
	int fd[PFQ_GROUP_DEVICES_MAX];
};

/* Open each device of @q once. Leaves out absent devices, and devices without a free descriptor. */
void pfq_ifdrop_open(struct pfq_ifdrop *d, const struct pfq_lib *lib, const struct pfq *q);
void pfq_ifdrop_close(struct pfq_ifdrop *d);
uint64_t pfq_ifdrop_sum(const struct pfq_ifdrop *d);

#endif /* PFQ_IFDROP_H */
