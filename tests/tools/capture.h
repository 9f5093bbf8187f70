/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A capture file, whole, in memory. */
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

/* Ends the program with a text when the file cannot be read to its end. */
void capture_load(struct capture *c, const char *path);
void capture_free(struct capture *c);

#endif /* TOOLS_CAPTURE_H */
