/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pfqd/base/error.h"
#include "limit.h"
#include "pfqd/base/log.h"
#include "source.h"
#include "source_conflict.h"

#define READING_NS	1000000L	/* a worker reads a packet that is there within this time */

/* The ingest of the first lane that has one; NULL: not open. */
static const struct ingest *first_ingest(const struct source *src, struct ingest *const *ingest)
{
	uint32_t lane = 0;

	if (!ingest)
		return NULL;
	while (lane + 1 < src->set->lanes && !ingest[lane])
		lane++;
	return ingest[lane];
}

const char *source_mode(const struct source *src)
{
	const struct ingest *in = first_ingest(src, src->ingest);

	return in && src->driver->mode_now ? src->driver->mode_now(in) : src->driver->mode;
}

/* Find the source of a device that a new user with these wishes can share. NULL: there is none. */
static struct source *find(const struct source_set *set, const struct ingest_driver *driver,
			   const struct binding *binding, bool with_rxhash)
{
	struct source *src;

	TAILQ_FOREACH(src, &set->live, entry) {
		if (!source_is_file(src) && src->driver == driver &&
		    src->with_rxhash == with_rxhash && binding_equal(&src->binding, binding) &&
		    /* the open source's device may have been renamed */
		    source_is_on(src, binding->device))
			return src;
	}
	return NULL;
}

int source_get(struct source_set *set, const struct source_spec *spec, struct source **out,
	       struct pfq_error *err)
{
	const struct ingest_driver *driver = spec->driver;
	bool with_rxhash = spec->with_rxhash && driver->has_rxhash;
	const struct settings_file *file = spec->file;
	struct source *src;
	int ret = 0;

	if (driver->absent)
		return error_set(err, -EOPNOTSUPP, "this pfqd has no ingest driver \"%s\": %s",
				 driver->name, driver->absent);
	src = file ? NULL : find(set, driver, spec->binding, with_rxhash);
	*out = src;
	if (src) {
		src->refs++;
		return 0;
	}
	if (set->count >= LIMIT_SOURCES_TOTAL)
		return error_set(err, -EDQUOT,
				 "too many devices (with their queues) and files are in "
				 "use; allowed: %d",
				 LIMIT_SOURCES_TOTAL);
	if (!file && !spec->may_conflict)
		ret = source_conflict(set, NULL, driver, spec->binding, err);
	if (ret)
		return ret;
	src = calloc(1, sizeof(*src));
	if (!src)
		return error_set(err, -ENOMEM, "no memory");
	src->driver = driver;
	src->with_rxhash = with_rxhash;
	src->set = set;
	src->refs = 1;
	src->plan_index = SOURCE_NOT_PLANNED;
	src->behind = file ? NULL : source_conflict_leaving(set, driver, spec->binding);
	src->state = file ? PFQ_DEVICE_DOWN : PFQ_DEVICE_ABSENT;
	if (file)
		src->file = *file;
	else
		src->binding = *spec->binding;
	/* records of one lane are not merged, and merging delays them: a group has one lane */
	src->lane = (driver->is_immediate ? spec->lane : set->next_lane++) % set->lanes;
	set->count++;
	TAILQ_INSERT_TAIL(&set->live, src, entry);
	*out = src;
	return 0;
}

/* Close the ingests of *ingest, and add their counters to counters_before. */
static void close_all(struct source *src, struct ingest ***ingest)
{
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
	uint32_t lane;
	unsigned int i;

	for (lane = 0; *ingest && lane < src->set->lanes; lane++) {
		if (!(*ingest)[lane])
			continue;
		memset(counters, 0, sizeof(counters));
		if (src->driver->stop && !src->is_read)
			src->driver->stop((*ingest)[lane]);
		src->driver->counters((*ingest)[lane], counters);
		for (i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++)
			src->counters_before[i] += counters[i];
		src->driver->close((*ingest)[lane]);
	}
	free(*ingest);
	*ingest = NULL;
}

/*
 * Stop reading: the next sweep closes the ingests. At most one set of ingests waits for the sweep.
 */
static void put_aside(struct source *src)
{
	if (!src->ingest)
		return;
	src->closing = src->ingest;
	src->ingest = NULL;
}

static uint16_t new_fanout_id(struct source_set *set)
{
	/* a new id for each opening: old and new sets of sockets never share one */
	return set->next_fanout_id++;
}

/* Open each part into its lane of @ingest. Returns 0, or -errno with text in src->error. */
static int open_parts(struct source *src, struct ingest_params *params, struct ingest **ingest)
{
	uint32_t part, first = src->driver->single_part || src->driver->is_tap ? src->lane : 0;
	struct ingest **at;
	int ret;

	params->parts = src->driver->single_part ? 1 : src->set->lanes;
	for (part = 0; part < params->parts; part++) {
		params->part = part;
		at = &ingest[(first + part) % src->set->lanes];
		ret = src->driver->open(at, params, &src->error);
		if (ret) {
			*at = NULL;
			return ret;
		}
	}
	return 0;
}

/*
 * Open all ingests. After an error none is open, and src->error has the text. Returns 0 or -errno.
 */
static int open_source(struct source *src, uint32_t ifindex, uint32_t frame_bytes)
{
	bool is_file = source_is_file(src);
	struct ingest_params params = {
		.device = is_file ? NULL : src->name,
		.path = is_file ? src->file.path : NULL,
		.ifindex = ifindex,
		.queues = is_file || src->binding.all ? NULL : src->binding.queues,
		.with_rxhash = src->with_rxhash,
		.instead = src->driver->stop ? src->closing : NULL,
		.frame_bytes = frame_bytes,
		.notify_fd = src->set->notify_fd,
		.fanout_id = new_fanout_id(src->set),
		.speed = src->file.speed,
		.loops = src->file.loops,
		.stamp = src->file.stamp,
	};
	struct ingest **ingest = calloc(src->set->lanes, sizeof(*ingest));
	int ret;

	if (!ingest)
		return error_set(&src->error, -ENOMEM, "no memory");
	ret = is_file ? 0 : source_conflict(src->set, src, src->driver, &src->binding, &src->error);
	if (ret) {
		free(ingest);
		return ret;
	}
	ret = open_parts(src, &params, ingest);
	if (ret) {
		close_all(src, &ingest);
		return ret;
	}
	src->ingest = ingest;
	src->lacks_rxhash = false;
	src->ifindex = ifindex;
	src->frame_bytes = frame_bytes;
	src->linktype = src->driver->linktype(first_ingest(src, ingest));
	return 0;
}

void source_announce(struct source *src)
{
	static const char *const words[__PFQ_DEVICE_STATE_MAX] = {
		[PFQ_DEVICE_ABSENT]	= "does not exist: pfqd waits for it",
		[PFQ_DEVICE_DOWN]	= "is down: pfqd waits for it",
		[PFQ_DEVICE_UP]		= "is bound",
		[PFQ_DEVICE_ENDED]	= "has ended",
	};
	enum pfq_device_state state = source_state(src);
	bool is_missing = state == PFQ_DEVICE_ABSENT || state == PFQ_DEVICE_DOWN;
	char text[SOURCE_TEXT_MAX];

	/* a refused source has been logged already; one that waits for the sweep opens soon */
	if ((src->is_announced && src->announced == state) || src->retry || !words[state])
		return;
	src->is_announced = true;
	src->announced = state;
	source_describe(src, text, sizeof(text));
	log_device(is_missing ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, source_device(src), "%s %s",
		   text, words[state]);
}

static void forget_error(struct source *src)
{
	src->retry = false;
	src->open_errno = 0;
	src->is_unsupported = false;
	src->lacks_queue = false;
	src->error.text[0] = '\0';
}

/* Mark the source as not usable, for the reason in src->error. A new reason is logged once. */
static void refuse(struct source *src, const struct pfq_error *before, int open_errno)
{
	src->open_errno = open_errno;
	src->state = open_errno == -ENETDOWN ? PFQ_DEVICE_DOWN : PFQ_DEVICE_UNUSED;
	if (strcmp(before->text, src->error.text))
		log_device(LOG_LEVEL_ERROR, source_device(src), "%s%s", src->error.text,
			   src->state == PFQ_DEVICE_UNUSED ? "; it is not used" : "");
	src->is_announced = false;
}

/*
 * Open the ingests if they are not open, or put them aside if the device has lost their queues.
 * Sets state and retry by the result.
 */
static void want_open(struct source *src, uint32_t ifindex, uint32_t frame_bytes)
{
	struct pfq_error before = src->error, lacking;
	bool lacked = src->lacks_queue;
	int ret = source_find_queues(src, ifindex, &lacking);

	src->lacks_queue = false;
	if (ret) {
		put_aside(src);
		src->error = lacking;
	} else if (!src->ingest) {
		ret = open_source(src, ifindex, frame_bytes);
	}
	src->retry = ret;
	if (ret) {
		refuse(src, &before, ret);
		return;
	}
	forget_error(src);
	src->state = PFQ_DEVICE_UP;
	source_note_queues(src, &lacking, lacked);
}

bool source_lacks_queues(const struct source *src)
{
	const struct ingest *in = first_ingest(src, src->ingest);

	return in && src->driver->more_queues && src->driver->more_queues(in);
}

bool source_has_cut(const struct source *src)
{
	uint32_t lane;

	if (!src->ingest || !src->driver->has_cut || src->frame_bytes >= PFQ_SNAPLEN_MAX)
		return false;
	for (lane = 0; lane < src->set->lanes; lane++) {
		if (src->ingest[lane] && src->driver->has_cut(src->ingest[lane]))
			return true;
	}
	return false;
}

/*
 * The frame length to open for, in bytes: the longest frame that buffers shall hold, or the most
 * that consumers get.
 */
static uint32_t frame_bytes(const struct source *src, const struct device *dev)
{
	uint32_t bytes = src->driver->copies_long ? dev->wire_bytes : dev->frame_bytes;

	return src->had_cut || bytes > PFQ_SNAPLEN_MAX ? PFQ_SNAPLEN_MAX : bytes;
}

/* May the device have longer frames than the ingests were opened for and can hold? */
static bool lacks_room(const struct source *src, const struct device *dev)
{
	const struct ingest *in = first_ingest(src, src->ingest);
	uint32_t bytes = frame_bytes(src, dev);

	return in && src->driver->frame_bytes && bytes > src->frame_bytes &&
	       bytes > src->driver->frame_bytes(in);
}

/*
 * Why must the source be opened again? Returns a text for the log, or NULL. Remembers that frames
 * were cut.
 */
static const char *outgrown(struct source *src, const struct device *dev)
{
	if (source_lacks_queues(src))
		return "it has more receive queues than before";
	if (source_has_cut(src) && !src->had_cut) {
		src->had_cut = true;
		return "frames were longer than the buffers and have been cut, counted as "
		       "cut_buffer";
	}
	if (src->ingest && src->lacks_rxhash)
		return "a group steers by the device's hash now";
	return lacks_room(src, dev) ? "its frames may be longer than before" : NULL;
}

/*
 * Give the workers time to read the stopped ingests to their end. The workers get the new ingests
 * with the next plan.
 */
static void finish_reading(const struct source *src)
{
	long held_ns = src->driver->held_ns > READING_NS ? (long)src->driver->held_ns : READING_NS;
	const struct timespec t = { .tv_nsec = 3 * held_ns };

	nanosleep(&t, NULL);
}

/*
 * Open new ingests. If the driver has stop(), they open beside the old ones, so that no packet is
 * lost. Otherwise they open after the sweep has closed the old sockets.
 */
static void open_anew(struct source *src, const struct device *dev, const char *why)
{
	log_device(LOG_LEVEL_WARNING, source_device(src), "device %s: %s: pfqd opens it again%s",
		   source_device(src), why,
		   src->driver->stop ? "" : "; packets that come meanwhile are not captured");
	put_aside(src);
	src->retry = true;
	if (!src->driver->stop)
		return;
	want_open(src, dev->ifindex, frame_bytes(src, dev));
	finish_reading(src);
}

static void refuse_linktype(struct source *src, const struct device *dev)
{
	struct pfq_error before = src->error;

	refuse(src, &before, ingest_check_linktype(src->driver, dev->name, dev->linktype,
						   dev->arphrd, &src->error));
	src->is_unsupported = true;
	/* the link type changes only with an event, so a timer does not help */
	src->retry = false;
}

/* Can the driver read packets of the device's link type? */
static bool can_take(const struct source *src, const struct device *dev)
{
	struct pfq_error err;

	return !ingest_check_linktype(src->driver, dev->name, dev->linktype, dev->arphrd, &err);
}

/*
 * Find the device of @src. A source that was open stays with its device until the device goes, even
 * under a new name. Other sources take the device that has the written name now.
 */
static const struct device *find_device(struct source *src)
{
	const struct device *dev = devices_index(src->set->devices, src->ifindex);

	if (src->ifindex && !dev) {
		put_aside(src);
		src->ifindex = 0;
	}
	if (!dev)
		dev = devices_find(src->set->devices, src->binding.device);
	if (src->ifindex && strcmp(src->name, dev->name))
		log_device(LOG_LEVEL_INFO, dev->name, "device %s is called %s now: it stays bound",
			   src->name, dev->name);
	strcpy(src->name, dev ? dev->name : "");
	return dev;
}

/* Open, keep or put aside the ingests, as the present device requires. Sets the state. */
static void sync_device(struct source *src)
{
	const struct device *dev = find_device(src);
	const char *why = NULL;

	/* a device may change its type while down; open ingests still have the old type */
	if (dev && src->ingest && src->linktype != dev->linktype)
		put_aside(src);
	if (dev && can_take(src, dev) && dev->up)
		why = outgrown(src, dev);
	if (dev && !can_take(src, dev)) {
		put_aside(src);
		refuse_linktype(src, dev);
	} else if (why) {
		open_anew(src, dev, why);
	} else if (dev && dev->up) {
		want_open(src, dev->ifindex, frame_bytes(src, dev));
	} else {
		/* open ingests stay open: their sockets work again when the device is up */
		forget_error(src);
		src->state = dev ? PFQ_DEVICE_DOWN : PFQ_DEVICE_ABSENT;
	}
}

void source_sync(struct source *src)
{
	if (src->has_yielded)
		return;
	/* only one set may wait for the sweep: try again after it */
	if (src->closing || src->behind)
		src->retry = true;
	else if (!source_is_file(src))
		sync_device(src);
	else if (!src->ingest && src->state != PFQ_DEVICE_ENDED && src->state != PFQ_DEVICE_BROKEN)
		want_open(src, 0, 0);
}

void source_end(struct source *src)
{
	put_aside(src);
	src->state = PFQ_DEVICE_ENDED;
}

void source_break(struct source *src)
{
	const struct ingest *in = first_ingest(src, src->ingest);

	/* copy the reason, which the ingest owns */
	error_set(&src->error, -EIO, "%s", in && src->driver->why ? src->driver->why(in) : "");
	log_error("%s", src->error.text);
	put_aside(src);
	src->state = PFQ_DEVICE_BROKEN;
	/* logged above */
	src->is_announced = true;
	src->announced = src->state;
}

void source_put(struct source *src)
{
	if (!src || --src->refs)
		return;
	if (!src->closing)
		put_aside(src);
	src->set->count--;
	TAILQ_REMOVE(&src->set->live, src, entry);
	TAILQ_INSERT_TAIL(&src->set->dead, src, entry);
}

/* @gone is closed: sources that waited for this can open. */
static void let_open(const struct source_set *set, const struct source *gone)
{
	struct source *src;

	TAILQ_FOREACH(src, &set->live, entry) {
		if (src->behind == gone)
			src->behind = NULL;
	}
}

void source_sweep(struct source_set *set)
{
	struct source *src;

	TAILQ_FOREACH(src, &set->live, entry) {
		close_all(src, &src->closing);
		if (src->has_yielded)
			let_open(set, src);
	}
	while ((src = TAILQ_FIRST(&set->dead))) {
		close_all(src, &src->closing);
		close_all(src, &src->ingest);
		source_pass_on(src);
		let_open(set, src);
		TAILQ_REMOVE(&set->dead, src, entry);
		free(src);
	}
}
