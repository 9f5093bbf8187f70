/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A capture file in memory */
#ifndef TOOLS_CAPTURE_H
#define TOOLS_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

struct packet {
	uint64_t ts_ns;
	uint32_t len, caplen;
	const uint8_t *bytes;
};

struct capture {
	const char *path;
	int linktype;
	size_t count;
	uint64_t bytes;		/* sum of len */
	struct packet *packets;
};

/* Load all packets. On an error the program prints it and ends. */
void capture_load(struct capture *c, const char *path);
void capture_free(struct capture *c);

#endif /* TOOLS_CAPTURE_H */
