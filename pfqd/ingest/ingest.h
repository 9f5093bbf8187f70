/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Ingest drivers: they take packets from devices and files. A driver is a file with a struct
 * ingest_driver that describes it, and a row in the table of driver.h.
 *
 * A source is one device (with its queues) or one file. The control thread opens it in parts, one
 * for each worker that reads it. Each part is a struct ingest, which belongs to one worker. Only
 * that worker calls rx(), done(), fd(), fault() and watermark(). The control thread calls open()
 * and close() while no worker uses the ingest. It may call counters() at any time.
 */
#ifndef PFQD_INGEST_H
#define PFQD_INGEST_H

#include <stdbool.h>
#include <stdint.h>
#include "core/tick.h"
#include "core/view.h"
#include "pfq.h"

#define INGEST_QUEUES_MAX	1024	/* queue numbers are 0 to 1023 */

struct ingest_params {
	const char *device;	/* the device's name; NULL for a file */
	const char *path;	/* NULL for a device */
	uint32_t ifindex;
	const uint64_t *queues;	/* bitmap of INGEST_QUEUES_MAX bits; NULL: all queues */
	/* number of this part, which is not a worker's lane; and how many parts the source has */
	uint32_t part, parts;
	/* [parts]: open ingests that stop when these start; NULL: none */
	struct ingest *const *instead;
	bool with_rxhash;	/* the driver shall fill view.rxhash, if it can */
	/* longest frame to expect, in bytes; see frame_bytes(). copies_long: frame on the wire */
	uint32_t frame_bytes;
	int notify_fd;		/* eventfd, written when has_cut() turns true; 0: none */
	uint16_t fanout_id;	/* the same in all parts of a source; unique in pfqd */
	enum {
		INGEST_SPEED_FULL,
		INGEST_SPEED_RECORDED,
	} speed;		/* for a file */
	uint32_t loops;		/* for a file: how often it is replayed; 0: without end */
	enum {
		INGEST_STAMP_FILE,
		INGEST_STAMP_NOW,
	} stamp;		/* for a file: timestamps of the file, or of the replay */
};

struct ingest;

struct ingest_driver {
	const char *name;	/* as in pfqd.conf and pfqctl */
	const char *mode;	/* how it takes packets, for pfqctl: "tpacket_v3" */
	const char *absent;	/* reason why this build lacks the driver; NULL: it is built in */
	bool is_device;		/* groups name devices for it; false: a file, ingest = NAME:PATH */
	bool only_received;	/* does not give packets that the host sends */
	bool in_kernel_engine;	/* the kernel engine's hooks take packets in the same way */
	bool single_part;	/* one worker reads the whole source */
	uint64_t held_ns;	/* maximum age of a packet when rx() returns it */
	bool has_rxhash;	/* can fill view.rxhash, which takes time */
	/*
	 * The driver takes packets away from the host, so groups must say mode = tap. A queue feeds
	 * one source, and the device feeds no source of another driver. A part gets whole queues.
	 * The first part of each new source starts one lane further.
	 */
	bool is_tap;
	/*
	 * The driver that takes this one's place for groups with a member in immediate mode: it
	 * hands over each packet at once. NULL: this driver does so itself, or cannot.
	 */
	const struct ingest_driver *immediate;
	bool is_immediate;	/* another driver names this one so */
	/*
	 * A frame that is longer than a buffer comes whole in another way, which takes more time.
	 * So the buffers hold frames as they are on the wire, and need not hold joined ones.
	 */
	bool copies_long;
	bool only_ethernet;	/* open() is not tried for devices of other link types */
	/*
	 * Check whether open() would take the file @path, when pfqd.conf is read. Returns 0 or
	 * -errno; err->text tells why, without the path. NULL if is_device.
	 */
	int (*check_path)(const char *path, struct pfq_error *err);
	/*
	 * Open one part of a source. All parts are opened before the first one is read. From the
	 * return of the last open() on, they collect packets, each packet once. Returns 0, or
	 * -errno with err->text. Returns 0 and sets *in to NULL if there is nothing for this part
	 * to do; part 0 always has something. -ENETDOWN: the device must be up to be opened
	 * (kernels before 6.13 with several parts; xdp).
	 */
	int (*open)(struct ingest **in, const struct ingest_params *params, struct pfq_error *err);
	/* LINKTYPE_* of the packets, known after open(). */
	uint32_t (*linktype)(const struct ingest *in);
	/* A descriptor that is readable when rx() has packets. -1: none; call rx() at next_ns. */
	int (*fd)(const struct ingest *in);
	/*
	 * Append up to PFQ_BATCH_MAX packets to an empty batch, and return their number. Their
	 * bytes stay valid until done(). *next_ns (CLOCK_MONOTONIC): when to call again even if
	 * fd() is not readable; ~0: only when readable. 0: no packet now. -ENODATA: the source has
	 * ended. -EIO: an error has ended it early, see why(). -ENETDOWN: the device is gone for
	 * good.
	 */
	int (*rx)(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns);
	/* Give back the memory of the packets that the last rx() returned. */
	void (*done)(struct ingest *in);
	/*
	 * Clear an error of fd() (POLLERR, POLLHUP) and return its cause. -ENETDOWN: the device
	 * went down; packets come again when it is up, unless it was deleted. NULL: the driver has
	 * no descriptor.
	 */
	int (*fault)(struct ingest *in);
	/*
	 * A lower limit (CLOCK_REALTIME ns) for the timestamps of all packets that later rx()
	 * return. The worker calls it when rx() returned no packets, or after done(). The value
	 * falls only when the clock was set back. On a device without packets it is at most
	 * PFQ_SLACK_MAX_NS behind the clock. ~0: no packets will come.
	 */
	uint64_t (*watermark)(struct ingest *in);
	/* Sums since open(). rx_* count the packets that rx() returned. */
	void (*counters)(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX]);
	/*
	 * mark() remembers how many packets the kernel has put into the ingest so far, and
	 * is_past_mark() tells whether rx() has returned them. Control thread. NULL: never called,
	 * because no group changes from this driver or to it.
	 */
	void (*mark)(struct ingest *in);
	bool (*is_past_mark)(const struct ingest *in);
	/*
	 * How this ingest takes packets, instead of mode. NULL: always as mode says. Control
	 * thread.
	 */
	const char *(*mode_now)(const struct ingest *in);
	/*
	 * The number of receive queues that the device has now and that this source does not take,
	 * because it did not have them at open(). A new open() takes them. NULL: the driver needs
	 * no such check. Control thread.
	 */
	uint32_t (*more_queues)(const struct ingest *in);
	/*
	 * The longest frame in bytes that is not cut. Longer frames are cut and counted as
	 * cut_buffer. It is at least params.frame_bytes, or the most that a consumer may have; less
	 * only if memory was missing. copies_long: longer frames are not cut, and it is the most
	 * that a consumer may have if longer buffers are of no use. NULL: no limit that a consumer
	 * can notice.
	 */
	uint32_t (*frame_bytes)(const struct ingest *in);
	/*
	 * Has the ingest cut a frame that a longer buffer would have held? Control thread, at any
	 * time. NULL: never.
	 */
	bool (*has_cut)(const struct ingest *in);
	/* The reason after rx() returned -EIO. The ingest owns the text. Control thread. */
	const char *(*why)(const struct ingest *in);
	/*
	 * Take no further packets. The worker may still read those taken so far, and the watermark
	 * does not change any more. Packets that are unread at close() count as drop_socket.
	 * Control thread, at any time. NULL: two ingests of one device cannot be open together.
	 */
	void (*stop)(struct ingest *in);
	void (*close)(struct ingest *in);
};

/*
 * Can @driver read packets of @device, which has this link type (LINKTYPE_*; 0: not supported) and
 * this ARPHRD_*? Returns 0, or -EOPNOTSUPP with text.
 */
int ingest_check_linktype(const struct ingest_driver *driver, const char *device,
			  uint32_t linktype, uint16_t arphrd, struct pfq_error *err);

#define INGEST_LIST_MAX	128	/* bytes for a list of drivers, including the final NUL */

/* Row @i of the table, NULL after the last one. The first row is the default driver. */
const struct ingest_driver *ingest_driver(unsigned int i);
/* The driver of that name; NULL: none. */
const struct ingest_driver *ingest_driver_find(const char *name);
/* Is @name a planned driver that does not exist yet? */
bool ingest_driver_is_to_come(const char *name);
/*
 * Print the drivers of this build for which @is_listed is true, as pfqd.conf writes them: "packet,
 * xdp, file:PATH". @is_listed NULL: all drivers.
 */
void ingest_driver_list(bool (*is_listed)(const struct ingest_driver *driver),
			char text[INGEST_LIST_MAX]);

#endif /* PFQD_INGEST_H */
