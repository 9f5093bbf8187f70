/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Ingest drivers: where packets come from. A driver is a file whose struct
 * ingest_driver says what it is, and a row in the table of driver.h.
 *
 * A source is one device (with its queues) or one file. It is opened once for
 * each lane that serves it; what that yields, a struct ingest, belongs to one
 * worker: rx(), done(), fd() and watermark() are called by that thread alone.
 * open() and close() are called by the control thread, while no worker uses
 * the ingest. counters() may be called by the control thread at any time.
 */
#ifndef PFQD_INGEST_H
#define PFQD_INGEST_H

#include <stdbool.h>
#include <stdint.h>
#include "core/tick.h"
#include "core/view.h"
#include "pfq.h"

#define INGEST_QUEUES_MAX	1024	/* queue numbers 0..1023 */

struct ingest_params {
	const char *device;	/* interface name; NULL for a file */
	const char *path;	/* file; NULL for a device */
	uint32_t ifindex;
	const uint64_t *queues;	/* bitmap of INGEST_QUEUES_MAX; NULL: all */
	uint32_t part, parts;	/* which ingest of its source, of how many; not the lane of a worker */
	struct ingest *const *instead;	/* @parts that are to stop when these start; NULL: none */
	bool with_rxhash;	/* a packet's hash is wanted, by a driver that has it */
	uint32_t frame_bytes;	/* a frame may be so long; see frame_bytes() */
	int notify_fd;		/* an eventfd, written when has_cut() turns true; 0: nobody asks */
	uint16_t fanout_id;	/* the same in all lanes of a source; unique in pfqd */
	enum {
		INGEST_SPEED_FULL,
		INGEST_SPEED_RECORDED,
	} speed;		/* file */
	uint32_t loops;		/* file: how often; 0: for ever */
	enum {
		INGEST_STAMP_FILE,
		INGEST_STAMP_NOW,
	} stamp;		/* file: whose time its packets have */
};

struct ingest;

struct ingest_driver {
	const char *name;	/* as in pfqd.conf and pfqctl */
	const char *mode;	/* how, for pfqctl: "tpacket_v3" */
	const char *absent;	/* why this build has only its name; NULL: it is here */
	bool is_device;		/* groups name devices for it; false: a file, ingest = NAME:PATH */
	bool only_received;	/* gives no packets that the host sends */
	bool in_kernel_engine;	/* the kernel engine takes packets in the same way, by its hooks */
	bool single_part;	/* one lane serves the whole source */
	uint64_t held_ns;	/* how old a packet may be when rx() gives it */
	bool has_rxhash;	/* can give view.rxhash, at a price */
	/*
	 * It takes packets away from the host, and mode = tap must say so: a queue feeds
	 * one source, and its device no source of another driver. Lanes get whole queues,
	 * so the first of a source is another each time.
	 */
	bool is_tap;
	bool only_ethernet;	/* devices of other link types are not even tried */
	/*
	 * Would open() take the file @path? Asked when pfqd.conf is read; -errno, and err->text
	 * says why without the path. NULL: is_device.
	 */
	int (*check_path)(const char *path, struct pfq_error *err);
	/*
	 * -errno with err->text. All the ingests of a source are opened before
	 * the first is read; they collect packets from the return of the last
	 * open() on, each packet once. -ENETDOWN: the device is down and can only
	 * be opened when it is up (kernels before 6.13, several lanes; xdp).
	 * 0 with *in NULL: nothing for this lane to do. Lane 0 always has something.
	 */
	int (*open)(struct ingest **in, const struct ingest_params *params, struct pfq_error *err);
	/* LINKTYPE_* of the packets: known from open() on */
	uint32_t (*linktype)(const struct ingest *in);
	/* readable when rx() will give packets; -1: ask rx() at next_ns */
	int (*fd)(const struct ingest *in);
	/*
	 * Append up to PFQ_BATCH_MAX packets to an empty batch; 0: none now.
	 * Their bytes stay valid until done(). *next_ns (CLOCK_MONOTONIC): when
	 * to ask again although fd is not readable; ~0: no need.
	 * -ENODATA: the end, for ever; -EIO: the same, before all has been given, see why().
	 * -ENETDOWN: the device is gone, for ever.
	 */
	int (*rx)(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns);
	void (*done)(struct ingest *in);
	/*
	 * fd is in an error state (POLLERR, POLLHUP): clear it and say what it is.
	 * -ENETDOWN: the device went down; packets come again when it is up, with
	 * nothing to be done but for a device that was deleted. NULL: has no fd.
	 */
	int (*fault)(struct ingest *in);
	/*
	 * No packet given by a later rx() will be older than this (CLOCK_REALTIME
	 * ns). Called when rx() gave none or after done(). It goes back
	 * where the clock was set back, and never else, and where nothing comes a device's is no
	 * more than PFQ_SLACK_MAX_NS behind the clock.
	 * ~0: nothing will come.
	 */
	uint64_t (*watermark)(struct ingest *in);
	/* sums since open(); rx_* are of the packets that rx() gave */
	void (*counters)(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX]);
	/* how this one goes, in the place of mode; NULL: as all. Control thread. */
	const char *(*mode_now)(const struct ingest *in);
	/*
	 * How many receive queues its device has got since open() and beyond those that are
	 * taken; they can be had by opening the source anew. NULL: it needs to know of none.
	 */
	uint32_t (*more_queues)(const struct ingest *in);
	/*
	 * Bytes of the longest frame that it gives whole. Longer ones are cut, and counted as
	 * cut_buffer. At least as many as params.frame_bytes, or as any consumer may have, but
	 * where there was no memory for that. NULL: no limit that a consumer could meet.
	 */
	uint32_t (*frame_bytes)(const struct ingest *in);
	/* Has it cut one? Control thread, at any time; goes with frame_bytes(). */
	bool (*has_cut)(const struct ingest *in);
	/* What ended it, after -EIO of rx(). The ingest owns the text. Control thread. */
	const char *(*why)(const struct ingest *in);
	/*
	 * Takes nothing more; what it has may still be read, and its watermark stands. What
	 * is unread when it is closed counts as drop_socket. Control thread, at any time.
	 * NULL: it cannot be open beside another one of its device.
	 */
	void (*stop)(struct ingest *in);
	void (*close)(struct ingest *in);
};

#define INGEST_LIST_MAX	128	/* bytes of a list of drivers, its end included */

/* rows, NULL after the last; the first one is the default */
const struct ingest_driver *ingest_driver(unsigned int i);
const struct ingest_driver *ingest_driver_find(const char *name);
/* INTERFACE promises a driver @name, which has not come. */
bool ingest_driver_is_to_come(const char *name);
/*
 * The drivers of this build for which @is_listed holds, as pfqd.conf has them:
 * "packet, xdp, file:PATH". @is_listed NULL: all.
 */
void ingest_driver_list(bool (*is_listed)(const struct ingest_driver *driver),
			char text[INGEST_LIST_MAX]);

#endif /* PFQD_INGEST_H */
