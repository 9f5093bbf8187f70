/* SPDX-License-Identifier: GPL-2.0-only */
/* The device PFQ_DEVICE. Each open file is one endpoint. */
#ifndef PFQK_DEVICE_H
#define PFQK_DEVICE_H

#include <linux/compiler.h>

struct file;
struct pfq_ioc_memory;
struct pfqk_endpoint;

int pfqk_device_init(void);
void pfqk_device_exit(void);

/* The endpoint of @file; NULL: @file is not of this device. */
struct pfqk_endpoint *pfqk_device_endpoint(const struct file *file);

/* device_memory.c: the ioctl PFQ_IOC_MEMORY, in the caller's context. No lock may be held. */
long pfqk_device_memory(struct pfqk_endpoint *ep, struct pfq_ioc_memory __user *arg);

#endif /* PFQK_DEVICE_H */
