/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include "core/linktype.h"
#include "pfqctl.h"

/* Set @key to @value, of which only printable UTF-8 stays. */
static void set_string(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, json_string(word_clean(value)));
}

static void set_number(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

/* Set @key to the text that @fmt makes of @value. */
static void set_text(json_t *o, const char *key, const char *fmt, uint64_t value)
{
	json_object_set_new(o, key, json_sprintf(fmt, (unsigned long long)value));
}

/* Set "counters" to an object with a number for each counter of @list. */
static void set_counters(json_t *o, enum pfq_counter_list list, const uint64_t *counters)
{
	const struct pfq_counter *c;
	json_t *all = json_object();
	unsigned int i;

	for (i = 0; (c = pfq_counter_get(list, i)); i++)
		set_number(all, c->name, counters[i]);
	json_object_set_new(o, "counters", all);
}

/* Set rates per second, if there is an earlier snapshot to compare with. */
static void set_rates(json_t *o, const struct snapshot *s, const struct snapshot *before,
		      enum pfq_counter_list list, const uint64_t *counters, const uint64_t *old)
{
	const struct pfq_counter *c;
	double seconds;
	unsigned int i;
	json_t *all;

	if (!before || !old || s->time_ns <= before->time_ns)
		return;
	seconds = (double)(s->time_ns - before->time_ns) / 1e9;
	all = json_object();
	for (i = 0; (c = pfq_counter_get(list, i)); i++)
		json_object_set_new(all, c->name,
				    json_real((double)(int64_t)(counters[i] - old[i]) / seconds));
	json_object_set_new(o, "rates", all);
}

static json_t *json_ingest(const struct snapshot *s, const struct pfq_ingest_info *in,
			   const struct snapshot *before)
{
	const struct pfq_ingest_info *old = snapshot_ingest(before, in);
	json_t *o = json_object();

	set_string(o, "device", in->device);
	set_string(o, "driver", in->driver);
	set_string(o, "mode", in->mode);
	set_string(o, "queues", in->queues);
	set_string(o, "state", device_state_name(in->state));
	set_number(o, "ifindex", in->ifindex);
	set_string(o, "written", in->written);
	set_string(o, "why", in->why);
	set_counters(o, PFQ_COUNTER_LIST_INGEST, in->counters);
	set_rates(o, s, before, PFQ_COUNTER_LIST_INGEST, in->counters,
		  old ? old->counters : NULL);
	return o;
}

json_t *json_status(const struct snapshot *s, const struct snapshot *before)
{
	json_t *o = json_object(), *sources = json_array();
	size_t i;

	set_string(o, "engine", s->engine.engine);
	set_string(o, "version", s->engine.version);
	set_number(o, "pid", s->engine.pid);
	set_number(o, "netns_dev", s->engine.netns_dev);
	set_number(o, "netns_ino", s->engine.netns_ino);
	set_number(o, "workers", s->engine.workers);
	set_string(o, "cpus", s->engine.cpus);
	set_number(o, "uptime_ns", s->engine.uptime_ns);
	set_string(o, "socket", s->engine.socket);
	for (i = 0; i < s->ingests; i++)
		json_array_append_new(sources, json_ingest(s, &s->ingest[i], before));
	/* the name until 0.1; to go with the version after the next */
	json_object_set(o, "ingests", sources);
	json_object_set_new(o, "sources", sources);
	return o;
}

static json_t *json_devices(const struct pfq_group_info *g)
{
	json_t *all = json_array(), *o;
	unsigned int i;

	for (i = 0; i < g->devices; i++) {
		o = json_object();
		set_string(o, "name", g->device[i].name);
		set_number(o, "ifindex", g->device[i].ifindex);
		set_string(o, "state", device_state_name(g->device[i].state));
		set_string(o, "written", g->device_note[i].written);
		set_string(o, "why", g->device_note[i].why);
		set_number(o, "binder_pid", g->device_binder[i].pid);
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *json_counts(const struct pfq_group_info *g)
{
	json_t *all = json_array(), *o;
	unsigned int i;

	for (i = 0; i < g->counts; i++) {
		o = json_object();
		set_string(o, "name", g->count[i].name);
		set_number(o, "packets", g->count[i].packets);
		set_number(o, "bytes", g->count[i].bytes);
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *json_group(const struct snapshot *s, const struct pfq_group_info *g,
			  const struct snapshot *before)
{
	const struct pfq_group_info *old = snapshot_group(before, g);
	json_t *o = json_object();

	set_string(o, "name", g->name);
	set_number(o, "id", g->id);
	set_string(o, "bindings", g->bindings);
	set_string(o, "steer", g->steer);
	json_object_set_new(o, "lang", json_string(word_clean_lines(g->lang)));
	set_string(o, "filter", g->filter);
	set_string(o, "vlans", g->vlans);
	set_number(o, "members", g->members);
	set_number(o, "members_wanted", g->members_wanted);
	set_number(o, "owner_uid", g->owner_uid);
	set_number(o, "owner_gid", g->owner_gid);
	set_text(o, "access", "%04llo", g->access);
	json_object_set_new(o, "joinable", json_boolean(g->joinable));
	set_number(o, "linktype", g->linktype);
	set_string(o, "linktype_name", g->linktype ? pfq_linktype_name(g->linktype) : "");
	set_number(o, "snaplen", g->snaplen);
	set_number(o, "ring_bytes", g->ring_bytes);
	set_number(o, "frag_wait_ns", g->frag_wait_ns);
	set_number(o, "linger_ns", g->linger_ns);
	set_string(o, "linger_to", linger_to_name(g->linger_to));
	set_number(o, "absent", g->absent);
	json_object_set_new(o, "devices", json_devices(g));
	json_object_set_new(o, "counts", json_counts(g));
	set_counters(o, PFQ_COUNTER_LIST_GROUP, g->counters);
	set_rates(o, s, before, PFQ_COUNTER_LIST_GROUP, g->counters,
		  old ? old->counters : NULL);
	set_number(o, "unexplained", pfq_group_unexplained(g));
	return o;
}

json_t *json_groups(const struct snapshot *s, const struct snapshot *before)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < s->groups; i++)
		json_array_append_new(all, json_group(s, &s->group[i], before));
	return all;
}

static json_t *json_endpoint(const struct snapshot *s, const struct pfq_endpoint_info *e,
			     const struct snapshot *before)
{
	const struct pfq_endpoint_info *old = snapshot_endpoint(before, e);
	json_t *o = json_object();

	set_number(o, "id", e->id);
	set_string(o, "group", e->group);
	set_string(o, "name", e->name);
	set_string(o, "comm", e->comm);
	set_number(o, "pid", e->pid);
	set_number(o, "uid", e->uid);
	set_number(o, "weight", e->weight);
	/* A text: readers of JSON need not hold all 64 bits of a number. */
	set_text(o, "classes", "%#llx", e->classes);
	json_object_set_new(o, "started", json_boolean(e->started));
	set_string(o, "state", endpoint_state_name(e));
	if (e->linger_ns)
		set_number(o, "linger_left_ns", e->linger_ns);
	set_number(o, "snaplen", e->snaplen);
	set_number(o, "ring_bytes", e->ring_bytes);
	set_number(o, "page_bytes", e->page_bytes);
	set_counters(o, PFQ_COUNTER_LIST_ENDPOINT, e->counters);
	set_rates(o, s, before, PFQ_COUNTER_LIST_ENDPOINT, e->counters,
		  old ? old->counters : NULL);
	set_number(o, "read", e->read);
	set_number(o, "unread", e->unread);
	set_number(o, "unexplained", pfq_endpoint_unexplained(e));
	return o;
}

json_t *json_endpoints(const struct snapshot *s, const struct snapshot *before)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < s->endpoints; i++)
		json_array_append_new(all, json_endpoint(s, &s->endpoint[i], before));
	return all;
}

json_t *json_counters(void)
{
	const struct pfq_counter *c;
	json_t *all = json_array(), *o;
	unsigned int list, i;

	for (list = 0; list < COUNTER_LISTS; list++) {
		for (i = 0; (c = pfq_counter_get(list, i)); i++) {
			o = json_object();
			set_string(o, "of", counter_list_name[list]);
			set_string(o, "name", c->name);
			set_string(o, "kind", counter_kind_name(c->kind));
			set_string(o, "text", c->text);
			json_array_append_new(all, o);
		}
	}
	return all;
}

int json_print(json_t *j, bool is_compact)
{
	size_t flags = is_compact ? JSON_COMPACT : JSON_INDENT(2);
	int ret = 0;

	if (!j)
		return -ENOMEM;
	if (json_dumpf(j, stdout, flags) || putchar('\n') == EOF || fflush(stdout))
		ret = -EIO;
	json_decref(j);
	return ret;
}
