/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * JOIN has two steps. The first one checks the request and charges its user. Then a thread of the
 * maker makes the endpoint's memory. Meanwhile the absent member of its name waits (claim.h). The
 * last step checks again, because the group can have changed or gone meanwhile. It finds or makes
 * the group, binds devices, publishes the endpoint, and passes the descriptors to the client.
 */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "endpoint_name.h"
#include "join.h"
#include "keep.h"
#include "rejoin.h"
#include "ticket.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/base/value.h"
#include "pfqd/engine/place.h"

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

/* --- the endpoint ------------------------------------------------------------- */

/* Can the group take one more member? Chooses the endpoint's name in @p. */
static int check_member(struct join *j, struct endpoint_params *p)
{
	int ret = place_check(j->group, j->cred.uid, j->err);

	return ret ? ret : endpoint_name_choose(p, j->group, &j->cred, j->err);
}

/* Charge the user for an endpoint with the name @name. */
static int charge(struct join *j, const char *name)
{
	const struct endpoint_params *p = &j->params;
	struct limits *limits = j->registry->limits;
	uint32_t lanes = j->registry->lanes;
	uid_t uid = j->cred.uid;
	int ret;

	/* charge lanes without their headers, so that a ring of exactly the limit is allowed */
	j->charged_bytes = memory_lane_bytes(p->ring_bytes, lanes, p->snaplen) * lanes;
	ret = claim_begin(&j->claim, j->registry, j->group, name, uid, j->err);
	if (ret)
		return ret;
	ret = limits_take(limits, uid, LIMIT_RING_BYTES, j->charged_bytes, j->err);
	if (ret)
		claim_cancel(&j->claim, j->registry);
	return ret;
}

static void give_back(struct join *j)
{
	claim_cancel(&j->claim, j->registry);
	join_filter_give(j);
	limits_give(j->registry->limits, j->endpoint->uid, LIMIT_RING_BYTES, j->charged_bytes);
}

/* The first step: check the request, and make an endpoint without memory. */
static int prepare(struct join *j)
{
	struct endpoint_params wish;
	int ret;

	ret = read_request(j);
	if (!ret)
		ret = join_ticket_read(j);
	if (!ret) {
		ret = join_group_check(j);
		if (ret)
			join_ticket_explain(j);
	}
	wish = j->params;
	/* the last step chooses the name, because others can take it until then */
	if (!ret && j->group)
		ret = check_member(j, &wish);
	if (ret)
		return ret;
	j->linktype = j->group ? group_linktype(j->group) : PFQ_LINKTYPE_ETHERNET;
	j->endpoint = endpoint_create(&j->params, &j->cred, j->registry->lanes);
	if (!j->endpoint)
		return error_set(j->err, -ENOMEM, "no memory");
	ret = join_filter_take(j);
	if (!ret)
		ret = charge(j, wish.name);
	if (ret) {
		join_filter_give(j);
		endpoint_destroy(j->endpoint, j->registry->maker);
		j->endpoint = NULL;
	}
	return ret;
}

/* The endpoint may have been made for other settings of the group. */
static void fit_to_group(struct join *j)
{
	const struct group_settings *s = &j->group->settings;
	struct endpoint_params *p = &j->endpoint->params;

	join_fit(p, s);
	/* only users with write access may switch the promiscuous mode on */
	p->promisc = pfq_attrs_u32(j->attrs, PFQ_A_PROMISC) &&
		     access_allowed(&s->access, &j->cred, ACCESS_WRITE);
	memory_describe(&j->endpoint->memory, p->snaplen, group_linktype(j->group));
}

static int add_endpoint(struct join *j)
{
	struct endpoint *ep = j->endpoint;
	int ret = check_member(j, &ep->params);

	if (ret)
		return ret;
	/* an endpoint of the last pfqd goes on under its number, and so finds its share */
	ep->id = j->c->former_id ? j->c->former_id : ++j->registry->last_endpoint_id;
	place_make_room(j->registry, j->group, ep->uid, absent_former(j->group, ep));
	claim_settle(&j->claim, j->registry, j->group, ep->params.name);
	fit_to_group(j);
	ep->charged_bytes = j->charged_bytes;
	group_linktype_fix(j->group);
	registry_endpoint_add(j->registry, j->group, ep);
	ret = registry_update(j->registry, j->err);
	if (!ret)
		group_feeds_bound_by(j->group, j->feeds_before, ep);
	return ret;
}

/* The last step: the memory is there. */
static int become_member(struct join *j)
{
	int ret;

	ret = join_group_make(j);
	return ret ? ret : add_endpoint(j);
}

/* --- the answer --------------------------------------------------------------- */

/* The client has its own copies of the descriptors now. */
static void on_sent(struct connection *c)
{
	endpoint_close_peer_fds(c->endpoint);
}

static void fill_reply(struct join *j, struct reply *r)
{
	const struct endpoint *ep = j->endpoint;
	char bindings[BINDING_TEXT_MAX + 1];
	unsigned int i;

	group_bindings_print(j->group, bindings, sizeof(bindings));
	pfq_msg_begin(&r->out, PFQ_CMD_JOIN, 0, j->req.seq);
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
	if (j->c->is_kept)
		pfq_msg_put_u32(&r->out, PFQ_A_KEPT, 1);
	if (j->c->ticket)
		pfq_msg_put_binary(&r->out, PFQ_A_TICKET, j->c->ticket->secret, PFQ_TICKET_BYTES);
	for (i = 0; i < j->group->feeds; i++)
		command_put_feed(j->registry, &r->out, &j->group->feed[i]);
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
	struct registry *e = j->registry;

	/* first, because the group may end with the endpoint */
	if (j->group)
		group_unbind_after(j->group, j->feeds_before);
	if (j->endpoint->group) {
		registry_endpoint_remove(e, j->endpoint);
		return;
	}
	give_back(j);
	endpoint_destroy(j->endpoint, e->maker);
	if (!j->group)
		return;
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
		  group, ep->comm, ep->pid, ep->uid, ep->id, ep->params.name[0] ? " " : "",
		  ep->params.name, (unsigned long long)(ep->memory.data_bytes >> 10),
		  (unsigned long long)(ep->memory.page_bytes >> 10));
	if (ep->uid != j->c->cred.uid)
		log_write(LOG_LEVEL_INFO,
			  LOG_ABOUT(.group = group, .endpoint = ep->id, .pid = ep->pid,
				    .uid = j->c->cred.uid),
			  "group %s: process %d is of user %u by now, and has shown the ticket of "
			  "user %u", group, ep->pid, j->c->cred.uid, ep->uid);
}

/* --- life --------------------------------------------------------------------- */

static struct join *of_job(struct maker_job *job)
{
	return (struct join *)((char *)job - offsetof(struct join, job));
}

static void join_free(struct join *j)
{
	free(j->copy);
	free(j);
}

/* On a thread of the maker. */
static void fill(struct maker_job *job)
{
	struct join *j = of_job(job);

	j->fill_ret = endpoint_fill(j->endpoint, j->linktype, &j->fill_err);
}

static void on_filled(struct maker_job *job)
{
	struct join *j = of_job(job);
	struct reply r = { .has_out = false };
	struct connection *c = j->c;
	int ret = j->fill_ret;

	if (!c) {
		endpoint_destroy(j->endpoint, j->registry->maker);
		join_free(j);
		return;
	}
	j->err = &r.err;
	j->group = NULL;	/* the group can have gone */
	if (ret)
		r.err = j->fill_err;
	else
		ret = become_member(j);
	if (ret) {
		join_ticket_put_back(j);
		undo(j);
	} else {
		c->endpoint = j->endpoint;
		c->former_id = 0;
		rejoin_end(c);
		join_ticket_give(j);
		keep_connection(c);
		announce(j);
		fill_reply(j, &r);
	}
	c->answer(c, &j->req, ret, &r);
	join_free(j);
}

/*
 * The client has gone: free the JOIN and its endpoint, at once, or when the thread that makes the
 * memory gives up.
 */
static void cancel(struct pending *pending)
{
	struct join *j = (struct join *)((char *)pending - offsetof(struct join, pending));

	join_ticket_put_back(j);
	j->c->pending = NULL;
	j->c = NULL;
	give_back(j);
	endpoint_stop(j->endpoint);
	if (!maker_take_back(j->registry->maker, &j->job))
		return;
	endpoint_destroy(j->endpoint, j->registry->maker);
	join_free(j);
}

/* The request is in a buffer that the next request needs. */
static int join_create(struct join **out, struct connection *c, const struct pfq_msg *req)
{
	struct join *j = calloc(1, sizeof(*j));
	size_t bytes = req->hdr->nlmsg_len;

	if (!j)
		return -ENOMEM;
	j->copy = malloc(bytes);
	if (!j->copy) {
		free(j);
		return -ENOMEM;
	}
	memcpy(j->copy, req->hdr, bytes);
	j->c = c;
	j->registry = c->registry;
	j->attrs = &j->req.attrs;
	j->cred = c->cred;
	*out = j;
	return pfq_msg_parse(&j->req, j->copy, bytes);
}

int command_join(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	struct join *j = NULL;
	int ret;

	if (c->endpoint)
		return error_set(&r->err, -EISCONN,
				 "this connection has joined already; use another one");
	ret = join_create(&j, c, req);
	if (!j)
		return error_set(&r->err, ret, "no memory");
	j->err = &r->err;
	if (!ret)
		ret = prepare(j);
	if (ret) {
		join_ticket_put_back(j);
		join_free(j);
		return ret;
	}
	j->pending.cancel = cancel;
	c->pending = &j->pending;
	j->job = (struct maker_job){ .uid = j->cred.uid, .work = fill, .done = on_filled };
	maker_add(c->registry->maker, &j->job);
	return 0;
}
