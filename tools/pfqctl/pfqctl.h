/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The parts of pfqctl. It talks to the engine through libpfq only. */
#ifndef PFQD_PFQCTL_H
#define PFQD_PFQCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "pfq.h"

/* --- the request -------------------------------------------------------------- */

#define ARGS_MAX	64	/* arguments of a command */

struct request {
	const char *socket;	/* NULL: the default */
	const char *name;	/* the first argument, a group's name; NULL: all groups */
	unsigned int args;
	const char *arg[ARGS_MAX];	/* [args] */
	bool is_json;
	uint64_t watch_ns;	/* 0: print once */
	const char *text;	/* -e of lang; NULL: none */
	const char *prefix;	/* -w of lang try; NULL: none */
	unsigned int profile_s;	/* --profile of lang show, in seconds; 0: none */
};

/* --- the engine's state at one moment ------------------------------------------- */

struct snapshot {
	uint64_t time_ns;	/* monotonic clock */
	struct pfq_engine_info engine;
	struct pfq_ingest_info *ingest;
	struct pfq_group_info *group;
	struct pfq_endpoint_info *endpoint;
	struct pfq_refusal_info *refusal;
	size_t ingests, groups, endpoints, refusals;
	uint32_t all_refusals;	/* the engine's number; it may have told less */
};

enum {
	SNAPSHOT_STATUS		= 1 << 0,
	SNAPSHOT_GROUPS		= 1 << 1,
	SNAPSHOT_ENDPOINTS	= 1 << 2,
	SNAPSHOT_REFUSALS	= 1 << 3,
	SNAPSHOT_STATS		= SNAPSHOT_STATUS | SNAPSHOT_GROUPS | SNAPSHOT_ENDPOINTS,
};

/*
 * Ask the engine for @parts of its state. @group NULL: all groups. Returns 0, or -errno
 * with text. The caller calls snapshot_free() also after an error.
 */
int snapshot_take(struct snapshot *s, struct pfq_ctl *ctl, unsigned int parts, const char *group,
		  struct pfq_error *err);
void snapshot_free(struct snapshot *s);

/* Find the same source, group or endpoint in snapshot @s. NULL: @s is NULL or has none. */
const struct pfq_ingest_info *snapshot_ingest(const struct snapshot *s,
					      const struct pfq_ingest_info *in);
const struct pfq_group_info *snapshot_group(const struct snapshot *s,
					    const struct pfq_group_info *g);
const struct pfq_endpoint_info *snapshot_endpoint(const struct snapshot *s,
						  const struct pfq_endpoint_info *e);

/* --- words ------------------------------------------------------------------------ */

#define COUNTER_LISTS	3
extern const char *const counter_list_name[COUNTER_LISTS];	/* by enum pfq_counter_list */
/*
 * The word for a kind of counter or a device's state; "unknown" for a state of a later
 * engine.
 */
const char *counter_kind_name(enum pfq_counter_kind kind);
const char *device_state_name(uint32_t state);

/* "absent", "started" (takes flows) or "joined" */
const char *endpoint_state_name(const struct pfq_endpoint_info *e);
/* The word of pfqd.conf for enum pfq_linger_to; "unknown" for one of a later engine. */
const char *linger_to_name(uint32_t linger_to);

/*
 * Copy @s, which comes from another program, with "?" for each byte that is not printable
 * UTF-8. The copy lies in one of four buffers, which are used in turn.
 */
const char *word_clean(const char *s);
/* The same for a text of several lines. */
const char *word_clean_lines(const char *s);

/* --- output ------------------------------------------------------------------------ */

struct table;

/*
 * Make a table. @columns holds names separated by spaces. A name that begins with + is a
 * column of numbers, aligned to the right.
 */
struct table *table_new(const char *columns);
/*
 * Add one cell, in the order of the columns. The last cell of a row ends the row. An
 * empty cell is printed as -.
 */
void table_add(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void table_print(struct table *t);	/* and free it */
void table_free(struct table *t);	/* NULL: do nothing */

/*
 * Make JSON of a snapshot, with rates per second since @before if it is not NULL.
 * json_print() frees it. NULL: no memory.
 */
json_t *json_status(const struct snapshot *s, const struct snapshot *before);
json_t *json_groups(const struct snapshot *s, const struct snapshot *before);
json_t *json_endpoints(const struct snapshot *s, const struct snapshot *before);
json_t *json_counters(void);
/*
 * Print @j and free it. Returns 0; -EIO if standard output refuses it; -ENOMEM if @j is
 * NULL.
 */
int json_print(json_t *j, bool is_compact);

/*
 * Print for people. show_stats() prints totals, or rates per second since @before if it is not
 * NULL. show_groups() prints the details of the group if @name is not NULL.
 */
void show_status(const struct snapshot *s);
void show_groups(const struct snapshot *s, const char *name);
void show_endpoints(const struct snapshot *s);
void show_stats(const struct snapshot *s, const struct snapshot *before);
void show_counters(void);

/* --- changes ------------------------------------------------------------------------ */

/*
 * Commands that change the configuration. They print a line for each difference. Each returns 0,
 * or -errno with text.
 */
/* Change @group; frees @settings, lines of pfqd.conf(5), NULL if there was no memory. */
int change_group(struct pfq_ctl *ctl, const struct request *r, const char *group, char *settings,
		 struct pfq_error *err);
int run_reload(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
/* Are the words after "group" allowed? Returns 0, or -EINVAL with text. run_group() needs it. */
int check_group(const struct request *r, struct pfq_error *err);
int run_group(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
int run_bind(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
int run_unbind(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
/* Change or list a live set; check its words first. */
int check_set_of_group(const struct request *r, struct pfq_error *err);
int run_set_of_group(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
/* Print the configuration that runs now. */
int run_save(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);

#endif /* PFQD_PFQCTL_H */
