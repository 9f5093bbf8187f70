/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What the devices of a handle dropped, as sysfs tells it. Each device's directory is held
 * open: it stays that device's when it is renamed, and can be read after a chroot.
 */
#ifndef PFQ_IFDROP_H
#define PFQ_IFDROP_H

#include <stdint.h>
#include "pfq-lib.h"

struct pfq_ifdrop {
	unsigned int count;
	int fd[PFQ_GROUP_DEVICES_MAX];
};

/* The devices of @q, each once. Those that are not there, or for which no descriptor is left, are left out. */
void pfq_ifdrop_open(struct pfq_ifdrop *d, const struct pfq_lib *lib, const struct pfq *q);
void pfq_ifdrop_close(struct pfq_ifdrop *d);
uint64_t pfq_ifdrop_sum(const struct pfq_ifdrop *d);

#endif /* PFQ_IFDROP_H */
