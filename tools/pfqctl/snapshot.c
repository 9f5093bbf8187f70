/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "pfqctl.h"

/* Make room for one more in an array that grows by doubling. */
static int grow(void **array, size_t count, size_t bytes)
{
	void *p;

	if (count & (count - 1) || (count && count < 8))
		return 0;
	p = reallocarray(*array, count ? 2 * count : 8, bytes);
	if (!p)
		return -ENOMEM;
	*array = p;
	return 0;
}

static int add_ingest(const struct pfq_ingest_info *in, void *arg)
{
	struct snapshot *s = arg;
	int ret = grow((void **)&s->ingest, s->ingests, sizeof(*in));

	if (!ret)
		s->ingest[s->ingests++] = *in;
	return ret;
}

static int add_group(const struct pfq_group_info *g, void *arg)
{
	struct snapshot *s = arg;
	int ret = grow((void **)&s->group, s->groups, sizeof(*g));

	if (!ret)
		s->group[s->groups++] = *g;
	return ret;
}

static int add_endpoint(const struct pfq_endpoint_info *e, void *arg)
{
	struct snapshot *s = arg;
	int ret = grow((void **)&s->endpoint, s->endpoints, sizeof(*e));

	if (!ret)
		s->endpoint[s->endpoints++] = *e;
	return ret;
}

static int add_refusal(const struct pfq_refusal_info *r, void *arg)
{
	struct snapshot *s = arg;
	int ret = grow((void **)&s->refusal, s->refusals, sizeof(*r));

	if (!ret)
		s->refusal[s->refusals++] = *r;
	return ret;
}

int snapshot_take(struct snapshot *s, struct pfq_ctl *ctl, unsigned int parts, const char *group,
		  struct pfq_error *err)
{
	struct timespec t;
	int ret = 0;

	memset(s, 0, sizeof(*s));
	clock_gettime(CLOCK_MONOTONIC, &t);
	s->time_ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	if (parts & SNAPSHOT_STATUS)
		ret = pfq_ctl_status(ctl, &s->engine, add_ingest, s, err);
	if (!ret && (parts & SNAPSHOT_GROUPS))
		ret = pfq_ctl_groups(ctl, group, add_group, s, err);
	if (!ret && (parts & SNAPSHOT_ENDPOINTS))
		ret = pfq_ctl_endpoints(ctl, group, add_endpoint, s, err);
	if (!ret && (parts & SNAPSHOT_REFUSALS))
		ret = pfq_ctl_refusals(ctl, &s->all_refusals, add_refusal, s, err);
	return ret;
}

void snapshot_free(struct snapshot *s)
{
	free(s->ingest);
	free(s->group);
	free(s->endpoint);
	free(s->refusal);
	memset(s, 0, sizeof(*s));
}

/*
 * Compare what stays the same when a device is renamed. A source keeps the name written in
 * the configuration; a hook of the kernel engine keeps the device's index.
 */
static bool is_same_ingest(const struct pfq_ingest_info *a, const struct pfq_ingest_info *b)
{
	if (strcmp(a->driver, b->driver) || strcmp(a->queues, b->queues))
		return false;
	if (!strcmp(a->driver, "kernel"))
		return a->ifindex == b->ifindex;
	return !strcmp(*a->written ? a->written : a->device, *b->written ? b->written : b->device);
}

const struct pfq_ingest_info *snapshot_ingest(const struct snapshot *s,
					      const struct pfq_ingest_info *in)
{
	size_t i;

	for (i = 0; s && i < s->ingests; i++) {
		if (is_same_ingest(&s->ingest[i], in))
			return &s->ingest[i];
	}
	return NULL;
}

const struct pfq_group_info *snapshot_group(const struct snapshot *s,
					    const struct pfq_group_info *g)
{
	size_t i;

	for (i = 0; s && i < s->groups; i++) {
		if (s->group[i].id == g->id && !strcmp(s->group[i].name, g->name))
			return &s->group[i];
	}
	return NULL;
}

const struct pfq_endpoint_info *snapshot_endpoint(const struct snapshot *s,
						  const struct pfq_endpoint_info *e)
{
	size_t i;

	for (i = 0; s && i < s->endpoints; i++) {
		if (s->endpoint[i].id == e->id)
			return &s->endpoint[i];
	}
	return NULL;
}
