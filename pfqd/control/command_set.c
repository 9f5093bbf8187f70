/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* SET_CHANGE and SET_GET: the live sets of a group's program. */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "core/live.h"
#include "core/set.h"
#include "pfqd/base/error.h"

#define NS_PER_S	1000000000ULL
#define LIST_BYTES	32768	/* of the entries in one message */

/* --- the set ---------------------------------------------------------------------------- */

/*
 * The time by which the set's entries end: that of the packets. A file that is replayed with its
 * own times has another one than the clock.
 */
static uint64_t time_of(const struct pfqd_group *g, const struct pfq_object *o)
{
	uint64_t seen_ns = pfq_live_has_size(o->kind) ? pfq_set_seen_ns(pfq_object_set(o)) : 0;
	struct timespec t;

	if (g->settings.file.path[0] && g->settings.file.stamp == INGEST_STAMP_FILE && seen_ns)
		return seen_ns;
	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* The form of the items that a set of that kind holds, with an example */
static const char *kind_name(uint32_t kind)
{
	static const char *const names[] = {
		"addresses (10.0.0.0/8)", "MAC addresses (00:11:22:33:44:55)",
		"flows (tcp:10.0.0.1:80-10.0.0.2:4000)", "ports (5060-5061)",
		"VLAN ids (100-199)",
	};

	return names[kind - PFQ_LANG_KIND_SET_ADDR];
}

static int no_set(const struct pfqd_group *g, const char *name, struct pfq_error *err)
{
	char list[160] = "";
	struct pfq_object *o;
	uint32_t i, kind;
	size_t used = 0;

	for (kind = PFQ_LANG_KIND_SET_ADDR; kind <= PFQ_LANG_KIND_SET_VLAN; kind++)
		for (i = 0; (o = program_object(g->settings.program, kind, i)); i++)
			if (used < sizeof(list))
				used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
							 used ? ", " : "", o->name);
	return error_set(err, -ENOENT, "the program of group \"%s\" has no set \"%s\"; it has: %s",
			 g->settings.name, name, used ? list : "none");
}

/* Find the set that the request names, if the client may change it; else -errno with text. */
static int find(const struct connection *c, const struct pfq_attrs *a, struct pfqd_group **group,
		struct pfq_object **set, struct pfq_error *err)
{
	const char *name = pfq_attrs_string(a, PFQ_A_GROUP);
	struct pfqd_group *g = registry_group_named(c->registry, name);

	if (!g)
		return error_set(err, -ENOENT, "no group \"%s\" here", name);
	if (!access_allowed(&g->settings.access, &c->cred, ACCESS_WRITE))
		return error_set(err, -EACCES, "group \"%s\": no permission for its sets; the "
				 "group's key access must give w to uid %u", g->settings.name,
				 (unsigned int)c->cred.uid);
	*group = g;
	*set = program_set(g->settings.program, pfq_attrs_string(a, PFQ_A_SET));
	return *set ? 0 : no_set(g, pfq_attrs_string(a, PFQ_A_SET), err);
}

/* --- SET_CHANGE --------------------------------------------------------------------------- */

/* Get the entries of the request. Returns 0, or -EINVAL with text. */
static int get_entries(const struct pfq_attrs *a, const struct pfq_object *o, const void **entries,
		       uint32_t *count, struct pfq_error *err)
{
	uint32_t want = pfq_live_entry_bytes(o->kind), size = pfq_attrs_u32(a, PFQ_A_ENTRY_BYTES);
	size_t bytes = 0;

	*entries = pfq_attrs_binary(a, PFQ_A_ENTRIES, &bytes);
	*count = (uint32_t)(bytes / want);
	if (bytes && size != want)
		return error_set(err, -EINVAL, "set \"%s\" holds %s; the entries of the request "
				 "are of another type", o->name, kind_name(o->kind));
	if (bytes % want)
		return error_set(err, -EINVAL, "ENTRIES: %zu bytes; allowed: entries of %u bytes",
				 bytes, want);
	return 0;
}

static void put_result(struct pfq_msg_out *o, const struct pfq_object *set, const void *entries,
		       const struct pfq_live_result *result)
{
	uint8_t lengths[PFQ_LANG_SET_LENGTHS];
	const struct pfq_lang_prefix *p = entries;
	uint32_t n;

	pfq_msg_put_u32(o, PFQ_A_SET_SIZE, set->size);
	if (result->missing)
		pfq_msg_put_u32(o, PFQ_A_MISSING, result->missing);
	if (result->reason == PFQ_LANG_FINE)
		return;
	pfq_msg_put_u32(o, PFQ_A_AT, result->at);
	pfq_msg_put_u32(o, PFQ_A_FAULT, result->reason);
	if (result->reason != PFQ_LANG_REASON_LENGTHS)
		return;
	n = pfq_live_lengths(set, p[result->at].family, lengths);
	pfq_msg_put_binary(o, PFQ_A_LENGTHS, lengths, n);
}

int command_set_change(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	struct pfq_live_result result = { .reason = PFQ_LANG_FINE };
	uint32_t op = pfq_attrs_u32(&req->attrs, PFQ_A_SET_OP), count;
	struct pfq_object *set;
	struct pfqd_group *g;
	const void *entries;
	int ret;

	ret = find(c, &req->attrs, &g, &set, &r->err);
	if (ret)
		return ret;
	if (op >= __PFQ_LANG_SET_OP_MAX)
		return error_set(&r->err, -EINVAL, "SET_OP %u; allowed: 0 add, 1 del, 2 flush", op);
	ret = get_entries(&req->attrs, set, &entries, &count, &r->err);
	if (ret)
		return ret;
	result.reason = pfq_live_check(set->kind, entries, count, true, &result.at);
	if (result.reason == PFQ_LANG_FINE)
		pfq_live_change(set, op, entries, count, time_of(g, set), &result);
	pfq_msg_begin(&r->out, PFQ_CMD_SET_CHANGE, 0, req->seq);
	r->has_out = true;
	put_result(&r->out, set, entries, &result);
	return 0;
}

/* --- SET_GET ---------------------------------------------------------------------------- */

/*
 * Put the next entries. The set is looked up by its name each time, because the group, or its
 * program, may have changed meanwhile; then the dump ends.
 */
static bool next_entries(struct connection *c, struct pfq_msg_out *o)
{
	struct pfqd_group *g = registry_group_named(c->registry, c->dump.group);
	struct pfq_object *set = g ? program_set(g->settings.program, c->dump.set) : NULL;
	uint64_t *entries, at = c->dump.cursor;
	uint32_t bytes, n;

	if (!set || set->kind != c->dump.kind)
		return false;
	entries = c->all->buffer;
	bytes = pfq_live_entry_bytes(set->kind);
	n = pfq_live_list(set, &c->dump.cursor, entries, LIST_BYTES / bytes, time_of(g, set));
	if (!n && (at || c->dump.has_begun))
		return false;
	c->dump.has_begun = true;
	pfq_msg_begin(o, PFQ_CMD_SET_GET, NLM_F_MULTI, c->dump.seq);
	pfq_msg_put_u32(o, PFQ_A_SET_KIND, set->kind);
	pfq_msg_put_u32(o, PFQ_A_SET_SIZE, set->size);
	pfq_msg_put_u32(o, PFQ_A_ENTRY_BYTES, bytes);
	if (n)
		pfq_msg_put_binary(o, PFQ_A_ENTRIES, entries, (size_t)n * bytes);
	return true;
}

int command_set_get(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	struct pfq_object *set;
	struct pfqd_group *g;
	int ret = find(c, &req->attrs, &g, &set, &r->err);

	if (ret)
		return ret;
	pfq_attrs_copy(&req->attrs, PFQ_A_GROUP, c->dump.group, sizeof(c->dump.group));
	pfq_attrs_copy(&req->attrs, PFQ_A_SET, c->dump.set, sizeof(c->dump.set));
	c->dump.kind = set->kind;
	c->dump.has_begun = false;
	c->dump.cursor = 0;
	c->dump.seq = req->seq;
	c->dump.progress_ns = registry_now_ns();
	c->dump.next = next_entries;
	return 0;
}
