/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A capture file, in the form in which an engine's ingest gives packets to programs */
#ifndef PFQCTL_CAPTURE_H
#define PFQCTL_CAPTURE_H

#include <pcap/pcap.h>
#include "core/view.h"
#include "pfq.h"

#define CAPTURE_OUTPUTS	64

struct capture {
	const char *path;
	pcap_t *pcap, *shape;	/* the file that is read; the form of the files that are written */
	uint16_t linktype;	/* PFQ_LINKTYPE_* */
	struct pcap_pkthdr *hdr;	/* of the packet that was read last */
	const u_char *data;
	uint8_t *frame;		/* its copy, without the outer VLAN tag */
	bool is_broken;		/* the file ends within a packet, or cannot be read further */
	const char *prefix;	/* of the files that are written; NULL: none */
	pcap_dumper_t *output[CAPTURE_OUTPUTS];
};

/* Open the file. Returns 0, or -errno with text. The caller always calls capture_close(). */
int capture_open(struct capture *c, const char *path, const char *prefix, struct pfq_error *err);

/* Read a packet into @v. Returns 1; 0 at the end; or -errno with text. */
int capture_next(struct capture *c, struct pfq_view *v, struct pfq_error *err);

/* Write at most @bytes bytes of the last packet to "PREFIX-class-@output.pcap". */
int capture_write(struct capture *c, unsigned int output, uint32_t bytes, struct pfq_error *err);

/* Returns -EIO with text if a file that was written is not whole. */
int capture_close(struct capture *c, struct pfq_error *err);

#endif /* PFQCTL_CAPTURE_H */
