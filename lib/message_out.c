/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Encoding. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include "message.h"
#include "message_table.h"

#define GENL_VERSION	1

static void out_fail(struct pfq_msg_out *o, int error)
{
	if (!o->error)
		o->error = error;
}

static struct nlmsghdr *out_begin(struct pfq_msg_out *o, uint16_t type, uint16_t flags,
				  uint32_t seq)
{
	struct nlmsghdr *h = NULL;

	o->error = 0;
	o->nl = nlmsg_alloc_size(PFQ_MSG_MAX);
	if (o->nl)
		h = nlmsg_put(o->nl, 0, seq, type, 0, flags);
	if (!h)
		out_fail(o, -ENOMEM);
	return h;
}

static void *out_reserve(struct pfq_msg_out *o, size_t bytes)
{
	void *p = o->error ? NULL : nlmsg_reserve(o->nl, bytes, NLMSG_ALIGNTO);

	if (!p)
		out_fail(o, -EMSGSIZE);
	return p;
}

void pfq_msg_begin(struct pfq_msg_out *o, enum pfq_cmd cmd, uint16_t flags, uint32_t seq)
{
	struct genlmsghdr *g;

	if (!out_begin(o, PFQ_MSG_TYPE, flags, seq))
		return;
	g = out_reserve(o, GENL_HDRLEN);
	if (g)
		*g = (struct genlmsghdr){ .cmd = (uint8_t)cmd, .version = GENL_VERSION };
}

void pfq_msg_begin_error(struct pfq_msg_out *o, const struct pfq_msg *req, int error,
			 const char *text)
{
	uint16_t flags = NLM_F_CAPPED | (text ? NLM_F_ACK_TLVS : 0);
	char line[PFQ_MSG_TEXT_MAX + 1];
	struct nlmsgerr *e;

	if (!out_begin(o, NLMSG_ERROR, flags, req->seq))
		return;
	e = out_reserve(o, sizeof(*e));
	if (!e)
		return;
	memset(e, 0, sizeof(*e));
	e->error = error;
	if (req->hdr)
		e->msg = *req->hdr;
	if (!text)
		return;
	snprintf(line, sizeof(line), "%s", text);
	if (nla_put_string(o->nl, NLMSGERR_ATTR_MSG, line))
		out_fail(o, -EMSGSIZE);
}

void pfq_msg_begin_done(struct pfq_msg_out *o, uint32_t seq)
{
	int *error;

	if (!out_begin(o, NLMSG_DONE, NLM_F_MULTI, seq))
		return;
	error = out_reserve(o, sizeof(*error));
	if (error)
		*error = 0;
}

void pfq_msg_free(struct pfq_msg_out *o)
{
	if (o->nl)
		nlmsg_free(o->nl);
	o->nl = NULL;
	out_fail(o, -EINVAL);
}

/*
 * Check a value's type and length. A failure is a mistake in our code, or a string that a user
 * typed.
 */
static bool put_ok(struct pfq_msg_out *o, enum pfq_attr attr, uint16_t type, size_t bytes)
{
	if (o->error)
		return false;
	if (attr > PFQ_A_MAX || pfq_msg_policy[attr].type != type)
		out_fail(o, -EINVAL);
	else if (type != NLA_NESTED && bytes > pfq_msg_policy[attr].maxlen)
		out_fail(o, -EMSGSIZE);
	return !o->error;
}

static void put(struct pfq_msg_out *o, enum pfq_attr attr, uint16_t type, const void *value,
		size_t bytes)
{
	if (put_ok(o, attr, type, bytes) && nla_put(o->nl, (int)attr, (int)bytes, value))
		out_fail(o, -EMSGSIZE);
}

void pfq_msg_put_u32(struct pfq_msg_out *o, enum pfq_attr attr, uint32_t value)
{
	put(o, attr, NLA_U32, &value, sizeof(value));
}

void pfq_msg_put_u64(struct pfq_msg_out *o, enum pfq_attr attr, uint64_t value)
{
	put(o, attr, NLA_U64, &value, sizeof(value));
}

void pfq_msg_put_string(struct pfq_msg_out *o, enum pfq_attr attr, const char *value)
{
	put(o, attr, NLA_STRING, value, strlen(value) + 1);
}

void pfq_msg_put_binary(struct pfq_msg_out *o, enum pfq_attr attr, const void *value, size_t bytes)
{
	put(o, attr, NLA_BINARY, value, bytes);
}

struct nlattr *pfq_msg_nest(struct pfq_msg_out *o, enum pfq_attr attr)
{
	struct nlattr *nest;

	if (!put_ok(o, attr, NLA_NESTED, 0))
		return NULL;
	nest = nla_nest_start(o->nl, (int)attr);
	if (!nest)
		out_fail(o, -EMSGSIZE);
	return nest;
}

void pfq_msg_nest_end(struct pfq_msg_out *o, struct nlattr *nest)
{
	if (!o->error && nla_nest_end(o->nl, nest))
		out_fail(o, -EMSGSIZE);
}

int pfq_msg_bytes(const struct pfq_msg_out *o, const void **buf, size_t *len)
{
	const struct nlmsghdr *h;

	if (o->error)
		return o->error;
	h = nlmsg_hdr(o->nl);
	*buf = h;
	*len = h->nlmsg_len;
	return 0;
}
