/* SPDX-License-Identifier: GPL-2.0-only */
/* PFQ_DEVICE: one open file, one endpoint. */
#ifndef PFQK_DEVICE_H
#define PFQK_DEVICE_H

#include <linux/compiler.h>

struct file;
struct pfq_ioc_memory;
struct pfqk_endpoint;

int pfqk_device_init(void);
void pfqk_device_exit(void);

/* the endpoint of @file; NULL: it is none of ours */
struct pfqk_endpoint *pfqk_device_endpoint(const struct file *file);

/* device_memory.c: PFQ_IOC_MEMORY. In the caller's context, with no lock of anybody's held. */
long pfqk_device_memory(struct pfqk_endpoint *ep, struct pfq_ioc_memory __user *arg);

#endif /* PFQK_DEVICE_H */
