/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * JOIN: find or make the group, bind devices, make the endpoint, publish it, and pass the
 * descriptors to the client.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "endpoint_name.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/base/value.h"

struct join {
	struct connection *c;
	const struct pfq_attrs *attrs;
	struct pfq_error *err;
	const char *group_name;		/* NULL: a private group */
	bool has_bindings;
	struct binding_list bindings;
	struct endpoint_params params;
	struct pfqd_group *group;
	unsigned int feeds_before;	/* feeds of the group before this JOIN; 0 for a new group */
	struct endpoint *endpoint;
};

/* --- the request -------------------------------------------------------------- */

static int read_group(struct join *j)
{
	const char *bindings = pfq_attrs_string(j->attrs, PFQ_A_BINDINGS);

	j->group_name = pfq_attrs_string(j->attrs, PFQ_A_GROUP);
	if (j->group_name && !*j->group_name)
		return error_set(j->err, -EINVAL,
				 "the group's name is empty; leave it out for a private "
				 "group");
	if (!j->group_name && !bindings)
		return error_set(j->err, -EINVAL, "neither a group nor a device; name one of them");
	j->has_bindings = bindings;
	return bindings ? binding_list_parse(&j->bindings, bindings, j->err) : 0;
}

static int read_numbers(struct join *j)
{
	struct endpoint_params *p = &j->params;

	p->snaplen = pfq_attrs_u32(j->attrs, PFQ_A_SNAPLEN);
	p->weight = pfq_attrs_u32(j->attrs, PFQ_A_WEIGHT);
	p->classes = pfq_attrs_u64(j->attrs, PFQ_A_CLASSES);
	p->ring_bytes = pfq_attrs_u64(j->attrs, PFQ_A_RING_BYTES);
	p->is_immediate = pfq_attrs_u32(j->attrs, PFQ_A_IMMEDIATE);
	if (p->weight > PFQ_WEIGHT_MAX)
		return error_set(j->err, -EINVAL, "weight %u is not allowed; allowed: 1-%d",
				 p->weight, PFQ_WEIGHT_MAX);
	/*
	 * programs ask for buffers without knowing the limit, so the limit replaces a larger size
	 */
	if (p->ring_bytes > SETTINGS_RING_MAX)
		p->ring_bytes = SETTINGS_RING_MAX;
	if (!p->weight)
		p->weight = 1;
	if (!p->classes)
		p->classes = PFQ_CLASS_DEFAULT;
	return 0;
}

static int read_request(struct join *j)
{
	const char *hugepages = pfq_attrs_string(j->attrs, PFQ_A_HUGEPAGES);
	int ret;

	ret = read_group(j);
	if (!ret)
		ret = read_numbers(j);
	if (ret)
		return ret;
	pfq_attrs_copy(j->attrs, PFQ_A_NAME, j->params.name, sizeof(j->params.name));
	if (j->params.name[0] && !value_is_name(j->params.name))
		return error_set(j->err, -EINVAL,
				 "endpoint \"%s\": no valid name; allowed: a-z, then up "
				 "to 30 of a-z 0-9 _ . -",
				 j->params.name);
	snprintf(j->params.hugepages, sizeof(j->params.hugepages), "%s",
		 hugepages && *hugepages ? hugepages : "auto");
	return 0;
}

/* --- the group ---------------------------------------------------------------- */

static int make_group(struct join *j, enum group_kind kind, const char *name)
{
	const char *steer = pfq_attrs_string(j->attrs, PFQ_A_STEER);
	const char *vlans = pfq_attrs_string(j->attrs, PFQ_A_VLANS);
	struct group_settings s;
	int ret = 0;

	group_settings_default(&s);
	snprintf(s.name, sizeof(s.name), "%s", name);
	s.promisc = false;	/* the flag of each member decides */
	s.is_immediate = j->params.is_immediate;
	s.bindings = j->bindings;
	s.access.uid = j->c->cred.uid;
	s.access.gid = j->c->cred.gid;
	value_u32(name, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX, &s.id);
	/* a private group has one member, which takes all packets */
	if (kind == GROUP_PRIVATE)
		ret = group_settings_steer(&s, "copy", j->err);
	else if (steer && *steer)
		ret = group_settings_steer(&s, steer, j->err);
	if (!ret && vlans && *vlans)
		ret = group_settings_vlans(&s, vlans, j->err);
	if (ret)
		return ret;
	return registry_group_add(j->c->registry, kind, &s, &j->group, j->err);
}

static int join_private(struct join *j)
{
	char name[PFQ_NAME_MAX + 1];

	if (j->c->cred.uid)
		return error_set(j->err, -EPERM,
				 "only root may capture from a device; join a group that "
				 "pfqd.conf lets you join (pfqctl groups lists them)");
	/* '#' is not allowed in a group's name, so that no JOIN can name this group */
	snprintf(name, sizeof(name), "private#%u", j->c->registry->last_endpoint_id + 1);
	return make_group(j, GROUP_PRIVATE, name);
}

static int join_new(struct join *j)
{
	uint32_t id;

	if (j->c->cred.uid)
		return error_set(j->err, -ENOENT,
				 "no group \"%s\" here, and only root may make one; "
				 "pfqctl groups lists the groups",
				 j->group_name);
	if (!j->has_bindings)
		return error_set(j->err, -ENOENT,
				 "no group \"%s\" here; to make it, name a device to "
				 "bind, as pfq@%s:eth0",
				 j->group_name, j->group_name);
	if (!value_is_name(j->group_name) &&
	    value_u32(j->group_name, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX, &id))
		return error_set(j->err, -EINVAL,
				 "group \"%s\": no valid name; allowed: a-z, then up to "
				 "30 of a-z 0-9 _ . -, or an id of 1-65535",
				 j->group_name);
	return make_group(j, GROUP_JOINED, j->group_name);
}

static int join_existing(struct join *j)
{
	struct pfqd_group *g = j->group;

	j->feeds_before = g->feeds;
	if (!access_allowed(&g->settings.access, &j->c->cred, ACCESS_READ))
		return error_set(j->err, -EACCES,
				 "group %s: user %u may not join it; its access in "
				 "pfqd.conf says who may",
				 g->settings.name, j->c->cred.uid);
	if (!j->has_bindings || group_covers(g, &j->bindings))
		return 0;
	if (j->c->cred.uid)
		return error_set(j->err, -EPERM,
				 "group %s: only root may bind a device to it; leave the "
				 "device out",
				 g->settings.name);
	if (!g->settings.driver->is_device)
		return error_set(j->err, -EINVAL,
				 "group %s reads a file; no device can be bound to it",
				 g->settings.name);
	return group_bind(g, &j->c->registry->sources, &j->bindings, true, j->err);
}

static int find_group(struct join *j)
{
	/* only for root: the search reads all devices, and only root can bind one */
	if (j->has_bindings && !j->c->cred.uid)
		registry_learn_names(j->c->registry, &j->bindings);
	if (!j->group_name)
		return join_private(j);
	j->group = registry_group_find(j->c->registry, j->group_name);
	return j->group ? join_existing(j) : join_new(j);
}

/* Devices of a group may be missing. A device that this request names must be usable. */
static int check_bindings(struct join *j)
{
	return j->has_bindings
		       ? registry_group_check(j->c->registry, j->group, &j->bindings, j->err)
		       : 0;
}

/* --- the endpoint ------------------------------------------------------------- */

static int check_member(struct join *j)
{
	if (j->group->members >= PFQ_MEMBERS_MAX)
		return error_set(j->err, -EDQUOT, "group %s has %d members; allowed: not more",
				 j->group->settings.name, PFQ_MEMBERS_MAX);
	return endpoint_name_choose(&j->params, j->group, j->c->cred.pid, j->err);
}

static void fit_to_group(struct join *j)
{
	const struct group_settings *s = &j->group->settings;
	struct endpoint_params *p = &j->params;

	if (!p->snaplen || p->snaplen > s->snaplen)
		p->snaplen = s->snaplen;
	if (!p->ring_bytes)
		p->ring_bytes = s->ring_bytes;
	/* only users with write access may switch the promiscuous mode on */
	p->promisc = pfq_attrs_u32(j->attrs, PFQ_A_PROMISC) &&
		     access_allowed(&s->access, &j->c->cred, ACCESS_WRITE);
}

static int make_endpoint(struct join *j)
{
	struct registry *e = j->c->registry;
	uid_t uid = j->c->cred.uid;
	uint64_t bytes;
	int ret;

	fit_to_group(j);
	/* charge lanes without their headers, so that a ring of exactly the limit is allowed */
	bytes = memory_lane_bytes(j->params.ring_bytes, e->lanes, j->params.snaplen) * e->lanes;
	ret = check_member(j);
	if (!ret)
		ret = limits_take(e->limits, uid, LIMIT_ENDPOINTS, 1, j->err);
	if (ret)
		return ret;
	ret = limits_take(e->limits, uid, LIMIT_RING_BYTES, bytes, j->err);
	if (ret) {
		limits_give(e->limits, uid, LIMIT_ENDPOINTS, 1);
		return ret;
	}
	ret = endpoint_create(&j->endpoint, e->last_endpoint_id + 1, &j->params, &j->c->cred,
			      e->lanes, group_linktype(j->group), j->err);
	if (ret) {
		limits_give(e->limits, uid, LIMIT_ENDPOINTS, 1);
		limits_give(e->limits, uid, LIMIT_RING_BYTES, bytes);
		return ret;
	}
	j->endpoint->charged_bytes = bytes;
	e->last_endpoint_id++;
	group_linktype_fix(j->group);
	group_add(j->group, j->endpoint);
	return registry_update(e, j->err);
}

/* --- the answer --------------------------------------------------------------- */

/* The client has its own copies of the descriptors now. */
static void on_sent(struct connection *c)
{
	endpoint_close_peer_fds(c->endpoint);
}

static void fill_reply(struct join *j, const struct pfq_msg *req, struct reply *r)
{
	const struct endpoint *ep = j->endpoint;
	char bindings[BINDING_TEXT_MAX + 1];
	unsigned int i;

	group_bindings_print(j->group, bindings, sizeof(bindings));
	pfq_msg_begin(&r->out, PFQ_CMD_JOIN, 0, req->seq);
	r->has_out = true;
	pfq_msg_put_u32(&r->out, PFQ_A_ENDPOINT, ep->id);
	pfq_msg_put_string(&r->out, PFQ_A_GROUP, j->group->settings.name);
	pfq_msg_put_u32(&r->out, PFQ_A_ID, j->group->settings.id);
	pfq_msg_put_u32(&r->out, PFQ_A_LINKTYPE, group_linktype(j->group));
	pfq_msg_put_u32(&r->out, PFQ_A_SNAPLEN, ep->params.snaplen);
	pfq_msg_put_u64(&r->out, PFQ_A_RING_BYTES, ep->memory.lane_bytes * ep->lanes);
	pfq_msg_put_u64(&r->out, PFQ_A_READER_BYTES, ep->memory.reader_bytes);
	pfq_msg_put_u64(&r->out, PFQ_A_PAGE_BYTES, ep->memory.page_bytes);
	pfq_msg_put_u32(&r->out, PFQ_A_LANES, ep->lanes);
	pfq_msg_put_string(&r->out, PFQ_A_BINDINGS, bindings);
	pfq_msg_put_string(&r->out, PFQ_A_NAME, ep->params.name);
	for (i = 0; i < j->group->feeds; i++)
		command_put_feed(j->c->registry, &r->out, &j->group->feed[i]);
	r->fds[0] = ep->memory.data_fd;
	r->fds[1] = ep->memory.reader_fd;
	r->fds[2] = ep->doorbell_peer;
	r->fds_count = 3;
	r->sent = on_sent;
}

/*
 * Remove what a failed JOIN has made: the endpoint, a new group, or the bindings it added to an
 * existing group.
 */
static void undo(struct join *j)
{
	struct registry *e = j->c->registry;

	if (!j->group)
		return;
	/* first, because the group may end with the endpoint */
	group_unbind_after(j->group, j->feeds_before);
	if (j->endpoint && j->endpoint->group) {
		registry_endpoint_remove(e, j->endpoint);
		return;
	}
	if (!j->group->members && j->group->kind != GROUP_CONFIGURED)
		registry_group_remove(e, j->group);
	registry_update_later(e);
}

static void announce(const struct join *j)
{
	const struct endpoint *ep = j->endpoint;
	const char *group = j->group->settings.name;

	log_write(LOG_LEVEL_INFO,
		  LOG_ABOUT(.group = group, .endpoint = ep->id, .pid = ep->pid, .uid = ep->uid),
		  "group %s: %s (process %d, user %u) joins as endpoint %u%s%s, ring of %llu KiB "
		  "in pages of %llu KiB",
		  group, ep->comm, ep->pid, ep->uid, ep->id, j->params.name[0] ? " " : "",
		  j->params.name, (unsigned long long)(ep->memory.data_bytes >> 10),
		  (unsigned long long)(ep->memory.page_bytes >> 10));
}

int command_join(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	struct join j = { .c = c, .attrs = &req->attrs, .err = &r->err };
	int ret;

	if (c->endpoint)
		return error_set(&r->err, -EISCONN,
				 "this connection has joined already; use another one");
	ret = read_request(&j);
	if (!ret)
		ret = find_group(&j);
	if (!ret)
		ret = check_bindings(&j);
	if (!ret)
		ret = make_endpoint(&j);
	if (ret) {
		undo(&j);
		return ret;
	}
	c->endpoint = j.endpoint;
	announce(&j);
	fill_reply(&j, req, r);
	return 0;
}
