/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Driver "file": replays a pcap or pcapng file, which libpcap reads. Packets keep their timestamps,
 * or get the time of the replay (stamp = now). Each further loop is shifted by the time span of the
 * file, so that time rises. The file stays open through one descriptor, so that renaming or
 * replacing the file changes nothing.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pfqd/base/error.h"
#include "pfqd/base/unit.h"
#include "driver.h"
#include "file_check.h"
#include "file_text.h"

/* room for one packet of the largest size and a usual batch */
#define FILE_BUFFER_BYTES	(2 * PFQ_SNAPLEN_MAX)
/* a replay at recorded speed that is later than this was paused */
#define FILE_PAUSE_NS		500000000ULL
/* packets looked at in one rx() */
#define FILE_TRIES_MAX		256
/* time between the last packet of a loop and the first of the next one */
#define FILE_LOOP_GAP_NS	1000ULL

struct ingest {
	char path[PATH_MAX];
	int fd;
	pcap_t *pcap;
	uint32_t linktype;
	bool recorded_speed;
	bool stamps_now;
	uint32_t loops, loop;	/* loops 0: without end; loop: loops finished so far */
	uint64_t records;	/* records read in this loop */
	bool ended;
	char why[256];		/* why the replay ended early; "": it did not */

	/* the packet that libpcap holds; data is NULL if there is none */
	const u_char *data;
	struct pcap_pkthdr hdr;
	uint64_t ts_ns;		/* its timestamp plus shift_ns; the pace follows it */

	uint64_t shift_ns;	/* added to the timestamps of this loop */
	uint64_t min_ns, max_ns; /* lowest and highest timestamp of the file, without the shift */
	bool seen;		/* min_ns and max_ns are valid */
	bool unordered;		/* a timestamp was lower than one before: the watermark stays */
	uint64_t start_ns;	/* CLOCK_MONOTONIC of the first packet; 0: not started */
	uint64_t first_ns;	/* timestamp of the first packet */
	uint64_t watermark_ns;

	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
	uint8_t buffer[FILE_BUFFER_BYTES];
};

/* Start reading the file from its beginning. Returns 0 or -errno and a reason in @text. */
static int rewind_file(struct ingest *in, char *text)
{
	FILE *file;
	int fd;

	if (in->pcap)
		pcap_close(in->pcap);
	in->pcap = NULL;
	in->data = NULL;
	in->records = 0;
	fd = lseek(in->fd, 0, SEEK_SET) < 0 ? -1 : fcntl(in->fd, F_DUPFD_CLOEXEC, 0);
	file = fd < 0 ? NULL : fdopen(fd, "rb");
	if (!file) {
		int ret = -errno;

		snprintf(text, PCAP_ERRBUF_SIZE, "%m");
		if (fd >= 0)
			close(fd);
		return ret;
	}
	in->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!in->pcap) {
		fclose(file);
		return -EINVAL;
	}
	return 0;
}

/*
 * Open in->path, which must be a regular file. Returns 0, or -errno with text. The caller closes
 * in->fd, also after an error.
 */
static int open_regular(struct ingest *in, struct pfq_error *err)
{
	const char *why;
	struct stat st;

	/* O_NONBLOCK: open() does not wait for the writer of a FIFO, which is refused below */
	in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (in->fd < 0 || fstat(in->fd, &st) < 0) {
		int error = errno;

		why = unit_explains("", in->path, error);
		return error_set(err, -error, "file %s: %s", file_text_path(in->path),
				 why ? why : strerror(error));
	}
	if (!S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "file %s: not a regular file",
				 file_text_path(in->path));
	return 0;
}

/* Learn the link type of the file. Returns 0, or -EOPNOTSUPP with text. */
static int learn_linktype(struct ingest *in, struct pfq_error *err)
{
	struct pfq_error why;
	int ret = file_check_linktype(in->pcap, &in->linktype, &why);

	return ret ? error_set(err, ret, "file %s: %.128s", file_text_path(in->path), why.text) : 0;
}

static void file_close(struct ingest *in)
{
	if (!in)
		return;
	if (in->pcap)
		pcap_close(in->pcap);
	if (in->fd >= 0)
		close(in->fd);
	free(in);
}

static int file_open(struct ingest **out, const struct ingest_params *params,
		     struct pfq_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct ingest *in;
	int ret;

	if (!params->path || strlen(params->path) >= sizeof(in->path))
		return error_set(err, -EINVAL, "file: a path of 1 to %zu bytes is needed",
				 sizeof(in->path) - 1);
	if (params->parts != 1)
		return error_set(err, -EINVAL, "file %s: is read by one worker, not by %u",
				 params->path, params->parts);
	in = calloc(1, sizeof(*in));
	if (!in)
		return error_set(err, -ENOMEM, "file %s: no memory", params->path);
	strcpy(in->path, params->path);
	in->recorded_speed = params->speed == INGEST_SPEED_RECORDED;
	in->loops = params->loops;
	in->stamps_now = params->stamp == INGEST_STAMP_NOW;
	ret = open_regular(in, err);
	if (!ret) {
		ret = rewind_file(in, text);
		if (ret == -EINVAL)
			file_text_refuse(in->path, in->fd, text, err);
		else if (ret)
			error_set(err, ret, "file %s: %s", file_text_path(in->path), text);
	}
	if (!ret)
		ret = learn_linktype(in, err);
	if (ret) {
		file_close(in);
		return ret;
	}
	*out = in;
	return 0;
}

static void end(struct ingest *in)
{
	in->ended = true;
	in->data = NULL;
}

/* End the replay early, with a reason as for printf(). */
static void __attribute__((format(printf, 2, 3))) break_off(struct ingest *in, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(in->why, sizeof(in->why), fmt, ap);
	va_end(ap);
	end(in);
}

/* End the replay at a damaged packet. Further loops are not read. */
static void break_off_here(struct ingest *in)
{
	long long at = ftello(pcap_file(in->pcap));
	struct stat st = { .st_size = 0 };
	char loop[32] = "";

	fstat(in->fd, &st);
	if (in->loop)
		snprintf(loop, sizeof(loop), " of loop %llu", in->loop + 1ULL);
	break_off(in, "file %s: ended early, in packet %llu%s, at byte %lld of %lld: %s",
		  file_text_path(in->path), in->records + 1ULL, loop, at, (long long)st.st_size,
		  pcap_geterr(in->pcap));
}

/* Start the next loop, or end after the last one. */
static void next_loop(struct ingest *in)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct pfq_error err;
	uint32_t linktype;

	in->loop++;
	/* the file has lost its packets; loops over an empty file would never end */
	if (in->seen && !in->records) {
		break_off(in, "file %s: ended early, in loop %u: it has no packets any more",
			  file_text_path(in->path), in->loop);
		return;
	}
	if ((in->loops && in->loop >= in->loops) || !in->seen) {
		end(in);
		return;
	}
	in->shift_ns += in->max_ns - in->min_ns + FILE_LOOP_GAP_NS;
	if (rewind_file(in, text))
		break_off(in, "file %s: ended early, after loop %u: it cannot be read again: %s",
			  file_text_path(in->path), in->loop, text);
	else if (file_check_linktype(in->pcap, &linktype, &err) || linktype != in->linktype)
		break_off(in, "file %s: ended early, after loop %u: its link type has changed",
			  file_text_path(in->path), in->loop);
}

static uint64_t timestamp_ns(const struct pcap_pkthdr *hdr)
{
	/* before libpcap 1.10.5, seconds after 2038 are negative */
	uint64_t sec = hdr->ts.tv_sec < 0 ? (uint32_t)hdr->ts.tv_sec : (uint64_t)hdr->ts.tv_sec;

	return sec * 1000000000ULL + (uint64_t)hdr->ts.tv_usec;
}

/*
 * The next packets have the timestamp @ns: raise the watermark to it. A lower timestamp than one
 * before marks the file as unordered, and the watermark then stays.
 */
static void note_stamp(struct ingest *in, uint64_t ns)
{
	if (ns < in->watermark_ns)
		in->unordered = true;
	else if (!in->unordered)
		in->watermark_ns = ns;
}

/*
 * A packet of the file has the timestamp @ns: extend the file's time span, and set in->ts_ns to the
 * packet's time in this loop.
 */
static void note_time(struct ingest *in, uint64_t ns)
{
	if (!in->seen || ns < in->min_ns)
		in->min_ns = ns;
	if (!in->seen || ns > in->max_ns)
		in->max_ns = ns;
	in->seen = true;
	in->ts_ns = ns + in->shift_ns;
	if (!in->stamps_now)
		note_stamp(in, in->ts_ns);
}

/*
 * The timestamp of all packets of this rx() (stamp = now). If the clock was set back by less than
 * FILE_PAUSE_NS, the last timestamp is used again. If it was set back further, the timestamp
 * follows it.
 */
static uint64_t now_stamp(struct ingest *in)
{
	uint64_t ns = ingest_clock_ns(CLOCK_REALTIME);

	if (ns < in->watermark_ns && in->watermark_ns - ns < FILE_PAUSE_NS)
		ns = in->watermark_ns;
	return ns;
}

/* Read the next packet into in->data if it is empty. false: the file has ended. */
static bool fetch(struct ingest *in)
{
	struct pcap_pkthdr *hdr;
	int ret;

	while (!in->data) {
		if (in->ended)
			return false;
		ret = pcap_next_ex(in->pcap, &hdr, &in->data);
		if (ret == 1) {
			in->records++;
			in->hdr = *hdr;
			note_time(in, timestamp_ns(hdr));
			return true;
		}
		in->data = NULL;
		if (ret == PCAP_ERROR)
			break_off_here(in);
		else
			next_loop(in);
	}
	return true;
}

/*
 * The CLOCK_MONOTONIC time at which the packet in in->data is due. If it is more than FILE_PAUSE_NS
 * overdue, replay was paused and continues from now.
 */
static uint64_t due_ns(struct ingest *in, uint64_t now_ns)
{
	uint64_t since_ns = in->ts_ns > in->first_ns ? in->ts_ns - in->first_ns : 0;

	if (!in->start_ns) {
		in->start_ns = now_ns;
		in->first_ns = in->ts_ns;
		since_ns = 0;
	}
	if (in->start_ns + since_ns + FILE_PAUSE_NS < now_ns)
		in->start_ns = now_ns - since_ns;
	return in->start_ns + since_ns;
}

/*
 * Copy the packet in in->data to @frame, and describe the copy in @v. An Ethernet frame's VLAN tag
 * goes from the bytes into @v.
 */
static void view_fill(struct ingest *in, struct pfq_view *v, uint64_t ts_ns, uint8_t *frame,
		      uint32_t caplen)
{
	*v = (struct pfq_view){
		.data = frame,
		.caplen = caplen,
		.len = max_t(uint32_t, in->hdr.len, caplen),
		.ts_ns = ts_ns,
		.queue = PFQ_QUEUE_UNKNOWN,
		.linktype = (uint16_t)in->linktype,
	};
	memcpy(frame, in->data, caplen);
	if (in->linktype == PFQ_LINKTYPE_ETHERNET) {
		pfq_untag(v, frame);
		v->protocol = ingest_ethertype(v);
	} else if (in->linktype == PFQ_LINKTYPE_RAW) {
		v->protocol = frame[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP;
	}
}

static bool is_malformed(const struct ingest *in)
{
	return in->hdr.caplen < (in->linktype == PFQ_LINKTYPE_ETHERNET ? ETH_HLEN : 1);
}

static int file_rx(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns)
{
	uint64_t now_ns = in->recorded_speed ? ingest_clock_ns(CLOCK_MONOTONIC) : 0;
	uint64_t stamp_ns = in->stamps_now ? now_stamp(in) : 0;
	uint64_t bytes = 0, malformed = 0;
	size_t used = 0;

	*next_ns = 0;
	for (int i = 0; i < FILE_TRIES_MAX && batch->n < PFQ_BATCH_MAX && fetch(in); i++) {
		uint32_t caplen = min_t(uint32_t, in->hdr.caplen, PFQ_SNAPLEN_MAX);

		if (in->recorded_speed && due_ns(in, now_ns) > now_ns) {
			*next_ns = due_ns(in, now_ns);
			break;
		}
		if (used + caplen > sizeof(in->buffer))
			break;
		if (is_malformed(in)) {
			malformed++;
		} else {
			view_fill(in, &batch->view[batch->n++],
				  in->stamps_now ? stamp_ns : in->ts_ns, in->buffer + used, caplen);
			bytes += max_t(uint32_t, in->hdr.len, caplen);
			used += caplen;
		}
		in->data = NULL;
	}
	if (in->stamps_now && batch->n)
		note_stamp(in, stamp_ns);
	if (malformed)
		ingest_count(&in->counters[PFQ_INGEST_drop_malformed], malformed);
	if (!batch->n)
		return !in->ended ? 0 : in->why[0] ? -EIO : -ENODATA;
	ingest_count(&in->counters[PFQ_INGEST_rx_packets], batch->n);
	ingest_count(&in->counters[PFQ_INGEST_rx_bytes], bytes);
	return (int)batch->n;
}

static void file_done(struct ingest *in)
{
	(void)in;
}

/*
 * The timestamp of the packet in in->data, or of the last one. It is right if timestamps rise, and
 * for stamp = now. Once a timestamp falls, the watermark stays at the highest one.
 */
static uint64_t file_watermark(struct ingest *in)
{
	return in->ended && !in->data ? ~0ULL : in->watermark_ns;
}

static uint32_t file_linktype(const struct ingest *in)
{
	return in->linktype;
}

static int file_fd(const struct ingest *in)
{
	(void)in;
	return -1;
}

static const char *file_why(const struct ingest *in)
{
	return in->why;
}

static void file_counters(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX])
{
	for (unsigned int i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++)
		counters[i] = READ_ONCE(in->counters[i]);
}

const struct ingest_driver ingest_file = {
	.name = "file",
	.mode = "replay",
	.check_path = file_check_path,
	.single_part = true,
	.open = file_open,
	.linktype = file_linktype,
	.fd = file_fd,
	.rx = file_rx,
	.done = file_done,
	.watermark = file_watermark,
	.counters = file_counters,
	.why = file_why,
	.close = file_close,
};
