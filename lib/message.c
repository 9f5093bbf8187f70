/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Decoding. The input may be any bytes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include "message.h"
#include "message_table.h"

const char *pfq_msg_cmd_name(unsigned int cmd)
{
	return cmd <= PFQ_CMD_MAX && pfq_msg_requests[cmd].name ? pfq_msg_requests[cmd].name : "?";
}

const char *pfq_msg_attr_name(unsigned int attr)
{
	return attr <= PFQ_A_MAX && pfq_msg_attrs[attr].name ? pfq_msg_attrs[attr].name : "?";
}

/*
 * Check an attribute. libnl checks lengths by the policy. Strings must also end with their only
 * NUL, and arrays must have whole elements.
 */
static int attr_check(const struct nlattr *nla, char *text)
{
	unsigned int type = (unsigned int)nla_type(nla);
	unsigned int bytes = (unsigned int)nla_len(nla);
	const struct nla_policy *policy = &pfq_msg_policy[type];
	bool is_good;

	is_good = nla_validate(nla, nla->nla_len, PFQ_A_MAX, pfq_msg_policy) == 0;
	if (is_good && policy->type == NLA_STRING)
		is_good = strnlen(nla_data(nla), bytes) == bytes - 1;
	if (is_good && pfq_msg_unit[type])
		is_good = bytes % pfq_msg_unit[type] == 0;
	if (is_good)
		return 0;

	if (policy->type == NLA_STRING)
		snprintf(text, PFQ_MSG_TEXT_MAX + 1,
			 "attribute %s: %u bytes; a string of at most %u bytes and its NUL is "
			 "allowed",
			 pfq_msg_attr_name(type), bytes, pfq_msg_attrs[type].max);
	else
		snprintf(text, PFQ_MSG_TEXT_MAX + 1,
			 "attribute %s: %u bytes; %s%u, in whole elements, are allowed",
			 pfq_msg_attr_name(type), bytes,
			 policy->type == NLA_BINARY ? "at most " : "", pfq_msg_attrs[type].max);
	return -EINVAL;
}

/* @head: aligned, with @bytes readable bytes. */
static int attrs_scan(struct pfq_attrs *a, const struct nlattr *head, int bytes, char *text)
{
	const struct nlattr *nla = head;
	unsigned int type;
	int rem = bytes, ret;

	a->head = head;
	a->bytes = bytes;
	for (; nla_ok(nla, rem); nla = nla_next(nla, &rem)) {
		type = (unsigned int)nla_type(nla);
		if (type == PFQ_A_UNSPEC || type > PFQ_A_MAX) {
			a->unknown = type ? type : PFQ_A_MAX + 1;
			continue;
		}
		ret = attr_check(nla, text);
		if (ret)
			return ret;
		if (!a->attr[type]) {
			a->attr[type] = nla;
		} else if (pfq_msg_policy[type].type != NLA_NESTED) {
			snprintf(text, PFQ_MSG_TEXT_MAX + 1, "attribute %s occurs twice",
				 pfq_msg_attr_name(type));
			return -EINVAL;
		}
	}
	/* nla_next() may leave rem negative, by the padding of the last attribute */
	if (rem > 0) {
		snprintf(text, PFQ_MSG_TEXT_MAX + 1, "an attribute goes beyond the message's end");
		return -EINVAL;
	}
	return 0;
}

/* Either all attributes are good, or none is used. */
static int attrs_parse(struct pfq_attrs *a, const struct nlattr *head, int bytes, char *text)
{
	int ret;

	memset(a, 0, sizeof(*a));
	ret = attrs_scan(a, head, bytes, text);
	if (ret)
		memset(a, 0, sizeof(*a));
	return ret;
}

int pfq_attrs_parse(struct pfq_attrs *a, const struct nlattr *nest, char *text)
{
	return attrs_parse(a, nla_data(nest), nla_len(nest), text);
}

/* Take the text from the attributes that follow the first @skip bytes. */
static void take_text(struct pfq_msg *m, const uint8_t *body, size_t len, size_t skip)
{
	const struct nlattr *nla;
	int rem;

	if (!(m->flags & NLM_F_ACK_TLVS) || skip >= len)
		return;
	rem = (int)(len - skip);
	for (nla = (const void *)(body + skip); nla_ok(nla, rem); nla = nla_next(nla, &rem)) {
		if (nla_type(nla) != NLMSGERR_ATTR_MSG)
			continue;
		snprintf(m->text, sizeof(m->text), "%.*s", nla_len(nla),
			 (const char *)nla_data(nla));
		break;
	}
}

/*
 * An acknowledgement or an error: struct nlmsgerr, its copy of the request, then attributes with a
 * text.
 */
static int parse_error(struct pfq_msg *m, const uint8_t *body, size_t len)
{
	const struct nlmsgerr *e = (const void *)body;
	size_t skip = sizeof(*e);

	if (len < sizeof(*e) || e->error > 0 || e->error < -4095)
		return -EBADMSG;
	m->error = e->error;
	if (!(m->flags & NLM_F_CAPPED)) {
		if (e->msg.nlmsg_len < NLMSG_HDRLEN || e->msg.nlmsg_len > PFQ_MSG_MAX)
			return -EBADMSG;
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	take_text(m, body, len, skip);
	return 0;
}

/* The end of a dump: an error number, then attributes as behind struct nlmsgerr */
static int parse_done(struct pfq_msg *m, const uint8_t *body, size_t len)
{
	int ret = 0;

	if (len >= sizeof(ret))
		memcpy(&ret, body, sizeof(ret));
	if (ret > 0 || ret < -4095)
		return -EBADMSG;
	m->error = ret;
	take_text(m, body, len, sizeof(ret));
	return 0;
}

static int parse_command(struct pfq_msg *m, const uint8_t *body, size_t len)
{
	const struct genlmsghdr *g = (const void *)body;

	if (len < GENL_HDRLEN)
		return -EBADMSG;
	m->cmd = g->cmd;
	return attrs_parse(&m->attrs, (const void *)(body + GENL_HDRLEN), (int)(len - GENL_HDRLEN),
			   m->text);
}

int pfq_msg_parse(struct pfq_msg *m, const void *buf, size_t len)
{
	static const struct {
		uint16_t type;
		int (*parse)(struct pfq_msg *m, const uint8_t *body, size_t len);
	} types[] = {
		{ PFQ_MSG_TYPE,	parse_command },
		{ NLMSG_ERROR,	parse_error },
		{ NLMSG_DONE,	parse_done },
	};
	const struct nlmsghdr *h = buf;
	size_t i;

	memset(m, 0, sizeof(*m));
	if (len < NLMSG_HDRLEN || len > PFQ_MSG_MAX || h->nlmsg_len != len)
		return -EBADMSG;
	m->hdr = h;
	m->type = h->nlmsg_type;
	m->flags = h->nlmsg_flags;
	m->seq = h->nlmsg_seq;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type == m->type)
			return types[i].parse(m, (const uint8_t *)buf + NLMSG_HDRLEN,
					      len - NLMSG_HDRLEN);
	}
	return -EBADMSG;
}

/* Compares the attributes with the rules of the request. An attribute too many is told before one
 * that is missing. */
static int check_rules(struct pfq_msg *m, const struct pfq_msg_request *r)
{
	unsigned int i;

	for (i = 1; i <= PFQ_A_MAX; i++) {
		if (m->attrs.attr[i] && r->rules[i] == PFQ_RULE_NOT) {
			snprintf(m->text, sizeof(m->text), "%s does not take attribute %s",
				 r->name, pfq_msg_attr_name(i));
			return -EINVAL;
		}
	}
	for (i = 1; i <= PFQ_A_MAX; i++) {
		if (!m->attrs.attr[i] && r->rules[i] == PFQ_RULE_MUST) {
			snprintf(m->text, sizeof(m->text), "%s needs attribute %s", r->name,
				 pfq_msg_attr_name(i));
			return -EINVAL;
		}
	}
	return 0;
}

int pfq_msg_check_request(struct pfq_msg *m)
{
	const struct pfq_msg_request *r = &pfq_msg_requests[m->cmd <= PFQ_CMD_MAX ? m->cmd : 0];
	uint16_t flags;

	if (m->type != PFQ_MSG_TYPE || !(m->flags & NLM_F_REQUEST))
		return -EBADMSG;
	if (!r->name) {
		snprintf(m->text, sizeof(m->text), "command %u is not known to this engine",
			 m->cmd);
		return -EOPNOTSUPP;
	}
	flags = NLM_F_REQUEST | NLM_F_ACK | (r->dump ? NLM_F_DUMP : 0);
	if ((m->flags & ~flags) || (r->dump && (m->flags & NLM_F_DUMP) != NLM_F_DUMP)) {
		snprintf(m->text, sizeof(m->text), "%s: flags %#x, allowed are %#x", r->name,
			 m->flags, flags);
		return -EINVAL;
	}
	if (m->attrs.unknown) {
		snprintf(m->text, sizeof(m->text), "%s: attribute %u is not known to this engine",
			 r->name, m->attrs.unknown);
		return -EINVAL;
	}
	return check_rules(m, r);
}

const struct nlattr *pfq_attrs_next(const struct pfq_attrs *a, enum pfq_attr attr,
				    const struct nlattr *prev)
{
	const struct nlattr *nla = prev;
	int rem;

	if (!prev)
		return a->attr[attr];
	rem = a->bytes - (int)((const char *)prev - (const char *)a->head);
	for (nla = nla_next(prev, &rem); nla_ok(nla, rem); nla = nla_next(nla, &rem)) {
		if (nla_type(nla) == (int)attr)
			return nla;
	}
	return NULL;
}

uint32_t pfq_attrs_u32(const struct pfq_attrs *a, enum pfq_attr attr)
{
	return a->attr[attr] ? nla_get_u32(a->attr[attr]) : 0;
}

uint64_t pfq_attrs_u64(const struct pfq_attrs *a, enum pfq_attr attr)
{
	uint64_t v = 0;

	if (a->attr[attr])
		memcpy(&v, nla_data(a->attr[attr]), sizeof(v));
	return v;
}

const char *pfq_attrs_string(const struct pfq_attrs *a, enum pfq_attr attr)
{
	return a->attr[attr] ? nla_data(a->attr[attr]) : NULL;
}

const void *pfq_attrs_binary(const struct pfq_attrs *a, enum pfq_attr attr, size_t *bytes)
{
	*bytes = a->attr[attr] ? (size_t)nla_len(a->attr[attr]) : 0;
	return a->attr[attr] ? nla_data(a->attr[attr]) : NULL;
}

void pfq_attrs_copy(const struct pfq_attrs *a, enum pfq_attr attr, char *dst, size_t size)
{
	const char *s = pfq_attrs_string(a, attr);

	snprintf(dst, size, "%s", s ? s : "");
}

unsigned int pfq_attrs_u64s(const struct pfq_attrs *a, enum pfq_attr attr, uint64_t *dst,
			    unsigned int count)
{
	size_t bytes;
	const void *src = pfq_attrs_binary(a, attr, &bytes);
	unsigned int n = (unsigned int)(bytes / sizeof(*dst));

	if (n > count)
		n = count;
	memset(dst, 0, count * sizeof(*dst));
	if (n)
		memcpy(dst, src, n * sizeof(*dst));
	return n;
}
