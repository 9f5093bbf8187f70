/* SPDX-License-Identifier: GPL-2.0-only */
/* PFQ_DEVICE: one open file, one endpoint. */
#ifndef PFQK_DEVICE_H
#define PFQK_DEVICE_H

struct file;
struct pfqk_endpoint;

int pfqk_device_init(void);
void pfqk_device_exit(void);

/* the endpoint of @file; NULL: it is none of ours */
struct pfqk_endpoint *pfqk_device_endpoint(const struct file *file);

#endif /* PFQK_DEVICE_H */
