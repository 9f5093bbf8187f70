/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The listening socket and its file. */
#ifndef PFQD_LISTENER_H
#define PFQD_LISTENER_H

#include <sys/types.h>

#include "pfq.h"

struct listener {
	int sock;		/* -1: none */
	char path[108];
	dev_t dev;		/* of the file: removed only if it is still this one */
	ino_t ino;
};

void listener_init(struct listener *l);
int listener_open(struct listener *l, const char *path, struct pfq_error *err);
void listener_close(struct listener *l);

#endif /* PFQD_LISTENER_H */
