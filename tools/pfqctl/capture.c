/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "capture.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <linux/if_ether.h>
#include "core/linktype.h"
#include "core/untag.h"

__attribute__((format(printf, 3, 4)))
static int say(struct pfq_error *err, int ret, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return ret;
}

/* The engine's link type of the file; 0: it has none. */
static uint16_t linktype_of(int datalink)
{
	switch (datalink) {
	case DLT_EN10MB:
		return PFQ_LINKTYPE_ETHERNET;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return PFQ_LINKTYPE_RAW;
	default:
		return pfq_linktype_is_supported((uint32_t)datalink) ? (uint16_t)datalink : 0;
	}
}

static int refuse_linktype(const char *path, int datalink, struct pfq_error *err)
{
	const char *name = pcap_datalink_val_to_name(datalink);

	return say(err, -EOPNOTSUPP, "%.100s: its link type, %.32s (%d), is not supported; "
		   "allowed: " PFQ_LINKTYPES_ALLOWED, path, name ? name : "unknown", datalink);
}

int capture_open(struct capture *c, const char *path, const char *prefix, struct pfq_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int datalink;

	*c = (struct capture){ .path = path, .prefix = prefix };
	c->pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!c->pcap)
		return say(err, -EINVAL, "%.100s: %.140s", path, text);
	datalink = pcap_datalink(c->pcap);
	c->linktype = linktype_of(datalink);
	if (!c->linktype)
		return refuse_linktype(path, datalink, err);
	c->shape = pcap_open_dead_with_tstamp_precision(datalink, pcap_snapshot(c->pcap),
							PCAP_TSTAMP_PRECISION_NANO);
	c->frame = malloc(PFQ_SNAPLEN_MAX);
	return c->shape && c->frame ? 0 : -ENOMEM;
}

static void fill(const struct capture *c, struct pfq_view *v)
{
	uint32_t caplen = min_t(uint32_t, c->hdr->caplen, PFQ_SNAPLEN_MAX);

	*v = (struct pfq_view){
		.data = c->frame,
		.caplen = caplen,
		.len = max_t(uint32_t, c->hdr->len, caplen),
		.ts_ns = (uint64_t)c->hdr->ts.tv_sec * 1000000000ULL + (uint64_t)c->hdr->ts.tv_usec,
		.queue = PFQ_QUEUE_UNKNOWN,
		.linktype = c->linktype,
	};
	memcpy(c->frame, c->data, caplen);
	if (c->linktype != PFQ_LINKTYPE_ETHERNET)
		return;
	pfq_untag(v, c->frame);
	v->protocol = get_unaligned_be16(v->data + 2 * ETH_ALEN);
}

int capture_next(struct capture *c, struct pfq_view *v, struct pfq_error *err)
{
	int ret;

	do {
		ret = pcap_next_ex(c->pcap, &c->hdr, &c->data);
		if (ret == PCAP_ERROR_BREAK)
			return 0;
		c->is_broken = ret != 1;
		if (c->is_broken)
			return say(err, -EIO, "%.100s: %.140s", c->path, pcap_geterr(c->pcap));
		/* an engine refuses a frame without a whole link header */
	} while (c->linktype == PFQ_LINKTYPE_ETHERNET && c->hdr->caplen < ETH_HLEN);
	fill(c, v);
	return 1;
}

/* Is the file at @path the one that is read? To open it for writing would empty it. */
static bool is_input(const struct capture *c, const char *path)
{
	struct stat in, out;

	return !fstat(fileno(pcap_file(c->pcap)), &in) && !stat(path, &out) &&
	       S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

static int open_output(struct capture *c, unsigned int output, struct pfq_error *err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s-class-%u.pcap", c->prefix, output) >= PATH_MAX)
		return say(err, -ENAMETOOLONG, "-w: the path is too long");
	if (is_input(c, path))
		return say(err, -EINVAL, "-w: %.200s is the capture that is read; give another "
			   "beginning of names", path);
	c->output[output] = pcap_dump_open(c->shape, path);
	return c->output[output] ? 0 : say(err, -EIO, "%.240s", pcap_geterr(c->shape));
}

int capture_write(struct capture *c, unsigned int output, uint32_t bytes, struct pfq_error *err)
{
	struct pcap_pkthdr hdr = *c->hdr;
	int ret;

	if (!c->prefix)
		return 0;
	if (!c->output[output]) {
		ret = open_output(c, output, err);
		if (ret)
			return ret;
	}
	if (hdr.caplen > bytes)
		hdr.caplen = bytes;
	pcap_dump((u_char *)c->output[output], &hdr, c->data);
	return 0;
}

int capture_close(struct capture *c, struct pfq_error *err)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < CAPTURE_OUTPUTS; i++) {
		if (!c->output[i])
			continue;
		if (pcap_dump_flush(c->output[i]) || ferror(pcap_dump_file(c->output[i])))
			ret = say(err, -EIO, "%.200s-class-%u.pcap: %s", c->prefix, i,
				  strerror(errno));
		pcap_dump_close(c->output[i]);
	}
	if (c->pcap)
		pcap_close(c->pcap);
	if (c->shape)
		pcap_close(c->shape);
	free(c->frame);
	return ret;
}
