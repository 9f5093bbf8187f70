/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The parts of pfqctl, which knows the engine through libpfq alone. */
#ifndef PFQD_PFQCTL_H
#define PFQD_PFQCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "pfq.h"

/* --- what was asked for ----------------------------------------------------- */

struct request {
	const char *socket;	/* NULL: the default */
	const char *name;	/* of a group; NULL: all */
	bool is_json;
	uint64_t watch_ns;	/* 0: once */
};

/* --- what the engine has, at one moment ---------------------------------------- */

struct snapshot {
	uint64_t time_ns;	/* monotonic */
	struct pfq_engine_info engine;
	struct pfq_ingest_info *ingest;
	struct pfq_group_info *group;
	struct pfq_endpoint_info *endpoint;
	size_t ingests, groups, endpoints;
};

enum {
	SNAPSHOT_STATUS		= 1 << 0,
	SNAPSHOT_GROUPS		= 1 << 1,
	SNAPSHOT_ENDPOINTS	= 1 << 2,
};

/* @parts of it; @group NULL: all */
int snapshot_take(struct snapshot *s, struct pfq_ctl *ctl, unsigned int parts, const char *group,
		  struct pfq_error *err);
void snapshot_free(struct snapshot *s);

/* The same one in another snapshot (NULL: none), or NULL. */
const struct pfq_ingest_info *snapshot_ingest(const struct snapshot *s,
					      const struct pfq_ingest_info *in);
const struct pfq_group_info *snapshot_group(const struct snapshot *s,
					    const struct pfq_group_info *g);
const struct pfq_endpoint_info *snapshot_endpoint(const struct snapshot *s,
						  const struct pfq_endpoint_info *e);

/* --- words ------------------------------------------------------------------------ */

#define COUNTER_LISTS	3
extern const char *const counter_list_name[COUNTER_LISTS];	/* by enum pfq_counter_list */
const char *counter_kind_name(enum pfq_counter_kind kind);
const char *device_state_name(uint32_t state);

/* Printable ASCII of what others have named, in one of a few buffers used in turn. */
const char *word_clean(const char *s);

/* --- output ------------------------------------------------------------------------ */

struct table;

/* @columns: names, separated by spaces; one that begins with + is of numbers, right-aligned */
struct table *table_new(const char *columns);
void table_add(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void table_print(struct table *t);	/* and free it */

json_t *json_status(const struct snapshot *s, const struct snapshot *before);
json_t *json_groups(const struct snapshot *s, const struct snapshot *before);
json_t *json_endpoints(const struct snapshot *s, const struct snapshot *before);
json_t *json_counters(void);
/* print and free */
int json_print(json_t *j, bool is_compact);

/* human: totals, or per second since @before where that is not NULL */
void show_status(const struct snapshot *s);
void show_groups(const struct snapshot *s, const char *name);
void show_endpoints(const struct snapshot *s);
void show_stats(const struct snapshot *s, const struct snapshot *before);
void show_counters(void);

#endif /* PFQD_PFQCTL_H */
