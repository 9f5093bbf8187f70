/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A source of packets: a device with its queues, shared by all groups that are
 * bound to just that and want the same of it, or the file of one group. It is open as long as its
 * device is there; an ingest that must go is only put aside, to be closed once no worker uses it
 * (source_sweep()).
 */
#ifndef PFQD_SOURCE_H
#define PFQD_SOURCE_H

#include <sys/queue.h>

#include "pfqd/settings/binding.h"
#include "pfqd/host/device.h"
#include "pfqd/ingest/ingest.h"
#include "pfqd/settings/settings.h"

#define SOURCE_TEXT_MAX	(SETTINGS_PATH_MAX + PFQ_DEVICE_NAME_MAX + 16)	/* source_describe() */

struct source_set;

struct source {
	TAILQ_ENTRY(source) entry;
	struct source_set *set;
	unsigned int refs;
	struct binding binding;		/* device */
	struct settings_file file;	/* or file */
	const struct ingest_driver *driver;
	bool with_rxhash;
	bool had_cut; /* an ingest has cut frames: others have longer ones opened */
	uint32_t frame_bytes;		/* asked for when it was opened */
	enum pfq_device_state state;
	uint32_t ifindex; /* of the device that it was opened on, until that goes; 0 */
	uint32_t linktype;		/* of what is open */
	char name[DEVICE_NAME_BYTES];	/* of its device as the kernel has it by now; "": it is not
					   there */
	uint32_t lane;			/* the first of a driver that may need few */
	struct ingest **ingest;		/* [lanes], NULL: not open */
	struct ingest **closing;	/* [lanes], put aside */
	bool is_announced;		/* its state is in the log: */
	enum pfq_device_state announced;
	bool retry;			/* could not be opened, though it should: open_errno, */
					/* or what was put aside is to be closed first */
	int open_errno;			/* -errno that goes with error; 0: none */
	bool is_unsupported;		/* that is: the device's link type */
	bool is_wanted;			/* open, and a group takes its packets */
	struct pfq_error error;		/* why it is not used */
	uint64_t counters_before[PFQ_INGEST_COUNTERS_MAX];	/* of ingests closed since */
	unsigned int plan_index;	/* in the published plan; SOURCE_NOT_PLANNED */
};

#define SOURCE_NOT_PLANNED	(~0U)

TAILQ_HEAD(source_list, source);

struct source_set {
	uint32_t lanes;
	uint16_t next_fanout_id;
	uint32_t next_lane;
	unsigned int count;
	int notify_fd;			/* ingest_params.notify_fd */
	const struct devices *devices;	/* what names mean; NULL: nothing is there */
	struct source_list live;	/* refs > 0 */
	struct source_list dead;	/* till the sweep */
};

void source_set_init(struct source_set *set, uint32_t lanes, uint16_t fanout_id);

/* what a group asks for */
struct source_spec {
	const struct ingest_driver *driver;
	const struct binding *binding;	/* of a driver of devices */
	const struct settings_file *file;	/* of another one; it is not shared */
	bool with_rxhash;	/* where the driver has it */
};

/*
 * The source of @spec, with one reference more; not open yet. -EBUSY: its device is
 * tapped, or is to be and has other uses.
 */
int source_get(struct source_set *set, const struct source_spec *spec, struct source **src,
	       struct pfq_error *err);
void source_put(struct source *src);

/* Does @name mean the device that @src is on or, where that is not open, would be on? */
bool source_is_on(const struct source *src, const char *name);

/* Open it, or put it aside, as the present devices ask for. */
void source_sync(struct source *src);

/* Has its device got receive queues that it does not take, and should? */
bool source_lacks_queues(const struct source *src);

/* Have its ingests cut frames, and could be opened for longer ones? */
bool source_has_cut(const struct source *src);

/* A worker met its end: put aside. */
void source_end(struct source *src);

/* A worker met its end before all was read, and the log does not know why: put aside. */
void source_break(struct source *src);

/* Its state into the log, where that is another one than at the last time. */
void source_announce(struct source *src);

/* No worker uses what was put aside: close it. */
void source_sweep(struct source_set *set);

/* "eth0/0-3", as written, or "file:PATH" */
void source_print(const struct source *src, char *text, size_t size);
/* the same for a person: the kernel's name, and what was written where that is another one */
void source_describe(const struct source *src, char *text, size_t size);
/* the kernel's name, or where the device is not there the written one */
const char *source_device(const struct source *src);
/* what status says of it: as src->state, but for what is open and no group can use */
enum pfq_device_state source_state(const struct source *src);
/* how it takes packets: "tpacket_v3", "native zero-copy" */
const char *source_mode(const struct source *src);
void source_counters(const struct source *src, uint64_t counters[PFQ_INGEST_COUNTERS_MAX]);

static inline bool source_is_file(const struct source *src)
{
	return !src->driver->is_device;
}

#endif /* PFQD_SOURCE_H */
