/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A source of packets is a device with some of its queues, or a file. Groups that bind the same
 * queues and want the same of them share one source; a file belongs to one group. A source is open
 * while its device exists. An ingest that has to go is put aside first; source_sweep() closes it
 * once no worker uses it. Control thread only.
 */
#ifndef PFQD_SOURCE_H
#define PFQD_SOURCE_H

#include <sys/queue.h>

#include "pfqd/settings/binding.h"
#include "pfqd/host/device.h"
#include "pfqd/ingest/ingest.h"
#include "pfqd/settings/settings.h"

/* bytes for source_describe() */
#define SOURCE_TEXT_MAX	(SETTINGS_PATH_MAX + PFQ_DEVICE_NAME_MAX + 16)

struct source_set;

struct source {
	TAILQ_ENTRY(source) entry;
	struct source_set *set;
	unsigned int refs;
	unsigned int leaving;	/* of refs, those that a change in preparation drops */
	/* to be closed before this one opens; only compared with sources that are closed */
	const struct source *behind;
	bool has_yielded;		/* source_yield() */
	struct binding binding;		/* of a device */
	struct settings_file file;	/* of a file */
	const struct ingest_driver *driver;
	bool with_rxhash;
	bool lacks_rxhash;	/* with_rxhash, but the ingests were opened without it */
	bool had_cut; /* frames were cut: the next ingests are opened for the longest frames */
	uint32_t frame_bytes;		/* the frame length that the ingests were opened for */
	enum pfq_device_state state;
	uint32_t ifindex; /* the source was opened on this device; 0: none, or it is gone */
	uint32_t linktype;		/* LINKTYPE_* of the open ingests */
	char name[DEVICE_NAME_BYTES];	/* the device's present name; "": no such device */
	/* the lane of its first ingest, if the driver uses fewer lanes than there are */
	uint32_t lane;
	struct ingest **ingest;		/* [lanes]; NULL: not open */
	struct ingest **closing;	/* [lanes], put aside for the sweep; NULL: none */
	bool is_announced;		/* the log has the state in announced */
	enum pfq_device_state announced;
	/* open again later: opening failed (open_errno), or closing must be swept first */
	bool retry;
	int open_errno;			/* -errno of error; 0: no error */
	bool is_unsupported;		/* the error is the device's link type */
	bool lacks_queue;	/* open, without a queue that it names; the error names that */
	bool is_wanted;			/* a group takes its packets */
	struct pfq_error error;		/* why the source or one of its queues is not used */
	/* sums of closed ingests, and of sources that this one has replaced */
	uint64_t counters_before[PFQ_INGEST_COUNTERS_MAX];
	struct source *heir;	/* gets the counters of this source; NULL: none */
	uint64_t passed_on[PFQ_INGEST_COUNTERS_MAX];	/* the part that heir has */
	bool is_read;		/* nobody misses the packets that are unread at close() */
	unsigned int plan_index;	/* index in the published plan, or SOURCE_NOT_PLANNED */
};

#define SOURCE_NOT_PLANNED	(~0U)

TAILQ_HEAD(source_list, source);

struct source_set {
	uint32_t lanes;
	uint16_t next_fanout_id;
	uint32_t next_lane;
	unsigned int count;
	int notify_fd;			/* ingest_params.notify_fd */
	const struct devices *devices;	/* to look up names; NULL: there are no devices */
	struct source_list live;	/* sources with refs > 0 */
	struct source_list dead;	/* unused sources, until the sweep */
};

/*
 * Make an empty set for @lanes workers. @fanout_id is the first id for PACKET_FANOUT. The caller
 * sets devices and notify_fd.
 */
void source_set_init(struct source_set *set, uint32_t lanes, uint16_t fanout_id);

/* the source that a group asks for */
struct source_spec {
	const struct ingest_driver *driver;
	const struct binding *binding;	/* NULL for a file */
	const struct settings_file *file;	/* NULL for a device; a file is not shared */
	bool with_rxhash;	/* give view.rxhash, if the driver can */
	/* a device that another source excludes is no error: it is not used until it can open */
	bool may_conflict;
	/* for a driver for immediate mode: the lane of a new source, modulo their number */
	uint32_t lane;
};

/*
 * Get the source of @spec, with one more reference. A new source is not open yet. Returns 0, or
 * -errno with text. -EBUSY: the device is tapped, or shall be tapped and has other users.
 */
int source_get(struct source_set *set, const struct source_spec *spec, struct source **src,
	       struct pfq_error *err);
/* Drop one reference. The next sweep frees a source without references. NULL: nothing. */
void source_put(struct source *src);

/*
 * source_mark.c: remember which packets the kernel has put into the open source so far, and tell
 * whether the workers have read them. A source that is not open has none. For drivers with
 * immediate, and those that it names.
 */
void source_mark(struct source *src);
bool source_is_past_mark(const struct source *src);

/* source_heir.c */
/*
 * The caller drops its reference of @src, and has @heir in its place. If it is the last reference,
 * the counters of @heir include those of @src from now on. @is_read: packets that are unread in
 * @src come from @heir, or nobody wants them.
 */
void source_leave_to(struct source *src, struct source *heir, bool is_read);
/* Let the heir of @src, if it has one, count what @src has counted since the last call. */
void source_pass_on(struct source *src);

/*
 * A change in preparation drops one reference of @src, or no longer does. A source that loses all
 * of its references conflicts with no new source; the new one opens after it was closed. NULL:
 * nothing.
 */
void source_leaving(struct source *src, bool leaves);
/*
 * Close @src, so that sources which wait for that can open. It does not open again before
 * source_reclaim(), which may be called for any source: then after sources that are closed until
 * the next sweep. The next two updates bring either about.
 */
void source_yield(struct source *src);
void source_reclaim(struct source *src);
/* Does a source wait until @src is closed? */
bool source_is_awaited(const struct source *src);
/* Give view.rxhash from now on, if the driver can. Takes effect with source_sync(). */
void source_want_rxhash(struct source *src);

/*
 * Does @name mean the device that @src is open on? If @src is not open: the device that it would
 * open?
 */
bool source_is_on(const struct source *src, const char *name);

/* Open the source or put its ingests aside, as the present devices require. */
void source_sync(struct source *src);

/* source_queues.c */
/*
 * Has the device @ifindex of the source all queues that @b names? Some devices do not tell how many
 * they have: then each queue passes. Returns 0, or -EINVAL with text.
 */
int source_check_queues(const struct source *src, const struct binding *b, uint32_t ifindex,
			struct pfq_error *err);
/*
 * Can the source be open on the device @ifindex, which may lack queues that the source names? One
 * that is there is enough, except for a tap. Returns 0, or -EINVAL. @err names the lowest queue
 * that is missing; empty: none is.
 */
int source_find_queues(const struct source *src, uint32_t ifindex, struct pfq_error *err);
/*
 * The open source lacks the queue that @lacking names; empty: none. Log that, unless it @lacked one
 * before.
 */
void source_note_queues(struct source *src, const struct pfq_error *lacking, bool lacked);

/* Has the device more receive queues than the ingests take? */
bool source_lacks_queues(const struct source *src);

/* Have ingests cut frames, and would larger buffers hold more of them? */
bool source_has_cut(const struct source *src);

/* A worker has read the source to its end: put it aside. */
void source_end(struct source *src);

/* A worker met an error in the source: log the reason and put the source aside. */
void source_break(struct source *src);

/* Does the source wait for the sweep to close another one? It opens by the update after that. */
bool source_waits(const struct source *src);

/* Log the state of the source if it differs from the one logged last. */
void source_announce(struct source *src);

/*
 * Close all ingests that were put aside, and free unused sources. No worker may use them any more.
 */
void source_sweep(struct source_set *set);

/* Print the source as it was written: "eth0/0-3" or "file:PATH". */
void source_print(const struct source *src, char *text, size_t size);
/*
 * Print the source for a person: by the kernel's name, followed by the written name if that
 * differs.
 */
void source_describe(const struct source *src, char *text, size_t size);
/* The kernel's name of the device; if there is no such device, the written name. */
const char *source_device(const struct source *src);
/*
 * The state for STATUS_GET: src->state, or PFQ_DEVICE_UNUSED if it is open and no group can use it.
 */
enum pfq_device_state source_state(const struct source *src);
/* How the source takes packets: "tpacket_v3", "native zero-copy". */
const char *source_mode(const struct source *src);
/* The sums of all ingests so far, closed ones included. May run while workers count. */
void source_counters(const struct source *src, uint64_t counters[PFQ_INGEST_COUNTERS_MAX]);

static inline bool source_is_file(const struct source *src)
{
	return !src->driver->is_device;
}

#endif /* PFQD_SOURCE_H */
