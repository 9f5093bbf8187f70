/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Changes and lists of live sets. */
#include "set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>
#include "ctl.h"
#include "error.h"

#define MAC_BITS	48

/* an entry in the form that messages have */
union wire {
	struct pfq_lang_prefix prefix;
	struct pfq_lang_flow flow;
	struct pfq_lang_range range;
};

/* --- entries ------------------------------------------------------------------------------ */

static size_t bytes_of(uint32_t type)
{
	return type == PFQ_ENTRY_FLOW ? sizeof(struct pfq_lang_flow) :
	       type == PFQ_ENTRY_NUMBER ? sizeof(struct pfq_lang_range) :
					  sizeof(struct pfq_lang_prefix);
}

static size_t addr_bytes(const struct pfq_entry *e)
{
	return e->type == PFQ_ENTRY_MAC ? 6 : e->family == 4 ? 4 : 16;
}

/* The engine checks what this copies. */
static void to_wire(union wire *w, const struct pfq_entry *e)
{
	memset(w, 0, sizeof(*w));
	switch (e->type) {
	case PFQ_ENTRY_NUMBER:
		w->range.first = e->first;
		w->range.last = e->last;
		return;
	case PFQ_ENTRY_FLOW:
		memcpy(w->flow.src, e->addr, addr_bytes(e));
		memcpy(w->flow.dst, e->peer, addr_bytes(e));
		w->flow.sport = e->first;
		w->flow.dport = e->last;
		w->flow.proto = e->proto;
		w->flow.family = e->family;
		w->flow.timeout_s = e->timeout_s;
		return;
	default:
		memcpy(w->prefix.addr, e->addr, addr_bytes(e));
		w->prefix.plen = e->type == PFQ_ENTRY_MAC ? MAC_BITS : e->plen;
		w->prefix.family = e->type == PFQ_ENTRY_MAC ? PFQ_LANG_FAMILY_MAC : e->family;
		w->prefix.timeout_s = e->timeout_s;
	}
}

static void from_wire(struct pfq_entry *e, uint32_t kind, const void *bytes)
{
	union wire w;

	memset(e, 0, sizeof(*e));
	if (kind == PFQ_LANG_KIND_SET_FLOW) {
		memcpy(&w.flow, bytes, sizeof(w.flow));
		e->type = PFQ_ENTRY_FLOW;
		e->is_learnt = w.flow.flags & PFQ_LANG_SET_F_LEARNT;
		e->timeout_s = w.flow.timeout_s;
	} else if (kind == PFQ_LANG_KIND_SET_PORT || kind == PFQ_LANG_KIND_SET_VLAN) {
		memcpy(&w.range, bytes, sizeof(w.range));
		e->type = PFQ_ENTRY_NUMBER;
		e->first = w.range.first;
		e->last = w.range.last;
	} else {
		memcpy(&w.prefix, bytes, sizeof(w.prefix));
		e->type = kind == PFQ_LANG_KIND_SET_MAC ? PFQ_ENTRY_MAC : PFQ_ENTRY_ADDR;
		memcpy(e->addr, w.prefix.addr, sizeof(e->addr));
		e->family = e->type == PFQ_ENTRY_MAC ? 0 : w.prefix.family;
		e->plen = w.prefix.plen;
		e->is_learnt = w.prefix.flags & PFQ_LANG_SET_F_LEARNT;
		e->timeout_s = w.prefix.timeout_s;
	}
}

/* --- changes ------------------------------------------------------------------------------ */

static const char *reason_text(uint32_t reason)
{
#define TEXT(name, text)	[PFQ_LANG_REASON_##name] = text,
	static const char *const texts[] = { PFQ_LANG_REASONS(TEXT) };
#undef TEXT

	return reason < __PFQ_LANG_REASON_MAX ? texts[reason] : "the engine refuses it";
}

static int error_of(uint32_t reason)
{
	return reason == PFQ_LANG_REASON_FULL ? -ENOSPC :
	       reason == PFQ_LANG_REASON_LENGTHS ? -E2BIG :
	       reason == PFQ_LANG_REASON_BUSY ? -EAGAIN : -EINVAL;
}

/* The end of the text: how large the set is, or which lengths it has. */
static void write_tail(char *tail, size_t size, uint32_t reason, const struct pfq_attrs *a)
{
	size_t count = 0, used, i;
	const uint8_t *length = pfq_attrs_binary(a, PFQ_A_LENGTHS, &count);

	*tail = '\0';
	if (reason == PFQ_LANG_REASON_FULL)
		snprintf(tail, size, "; its size is %u", pfq_attrs_u32(a, PFQ_A_SET_SIZE));
	if (reason != PFQ_LANG_REASON_LENGTHS || !length)
		return;
	used = (size_t)snprintf(tail, size, ":");
	for (i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(tail + used, size - used, "%s /%u", i ? "," : "",
					 length[i]);
}

/* @first: the number of the request's first entry among all. */
static int take_answer(const struct pfq_set_change *ch, const struct pfq_attrs *a, size_t first,
		       size_t count, struct pfq_error *err)
{
	uint32_t at = pfq_attrs_u32(a, PFQ_A_AT), reason = pfq_attrs_u32(a, PFQ_A_FAULT);
	char tail[96];

	if (ch->result)
		ch->result->missing += pfq_attrs_u32(a, PFQ_A_MISSING);
	if (!pfq_attrs_has(a, PFQ_A_FAULT)) {
		if (ch->result)
			ch->result->taken = first + count;
		return 0;
	}
	if (ch->result) {
		ch->result->wrong = first + at;
		ch->result->taken = error_of(reason) == -EINVAL ? first : first + at;
	}
	write_tail(tail, sizeof(tail), reason, a);
	return pfq_error_set(err, error_of(reason), "set %s.%s: entry %zu: %s%s", ch->group,
			     ch->set, first + at + 1, reason_text(reason), tail);
}

static int send_part(const struct pfq_set_change *ch, size_t first, size_t count, uint8_t *buf,
		     struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	size_t bytes = count ? bytes_of(ch->entry->type) : 0, i;
	struct pfq_msg_out o;
	union wire w;
	int ret;

	for (i = 0; i < count; i++) {
		to_wire(&w, &ch->entry[first + i]);
		memcpy(buf + i * bytes, &w, bytes);
	}
	pfq_msg_begin(&o, PFQ_CMD_SET_CHANGE, NLM_F_REQUEST, pfq_conn_seq(ch->conn));
	pfq_msg_put_string(&o, PFQ_A_GROUP, ch->group);
	pfq_msg_put_string(&o, PFQ_A_SET, ch->set);
	pfq_msg_put_u32(&o, PFQ_A_SET_OP, ch->op);
	if (count) {
		pfq_msg_put_u32(&o, PFQ_A_ENTRY_BYTES, (uint32_t)bytes);
		pfq_msg_put_binary(&o, PFQ_A_ENTRIES, buf, count * bytes);
	}
	ret = ch->ask(ch, &o, &answer, err);
	return ret ? ret : take_answer(ch, &answer.msg.attrs, first, count, err);
}

static int check(const struct pfq_set_change *ch, struct pfq_error *err)
{
	size_t i;

	if (strlen(ch->group) > PFQ_NAME_MAX || strlen(ch->set) > PFQ_LANG_NAME_MAX)
		return pfq_error_set(err, -EINVAL, "set %.40s.%.40s: names of at most %d bytes are "
				     "allowed", ch->group, ch->set, PFQ_NAME_MAX);
	if ((unsigned int)ch->op > PFQ_SET_FLUSH)
		return pfq_error_set(err, -EINVAL, "set %s.%s: operation %d: 0 (add), 1 (del) and "
				     "2 (flush) are allowed", ch->group, ch->set, (int)ch->op);
	for (i = 0; i < ch->count; i++) {
		if (ch->entry[i].type > PFQ_ENTRY_NUMBER ||
		    ch->entry[i].type != ch->entry->type)
			return pfq_error_set(err, -EINVAL, "set %s.%s: entry %zu: its type is not "
					     "that of the entries before it", ch->group, ch->set,
					     i + 1);
	}
	return 0;
}

int pfq_set_change_send(const struct pfq_set_change *ch, struct pfq_error *err)
{
	size_t count = ch->op == PFQ_SET_FLUSH ? 0 : ch->count, first = 0, n, part;
	uint8_t *buf;
	int ret;

	if (ch->result)
		*ch->result = (struct pfq_set_result){ 0 };
	ret = check(ch, err);
	if (ret || (!count && ch->op != PFQ_SET_FLUSH))
		return ret;
	buf = malloc(PFQ_ENTRIES_MAX);
	if (!buf)
		return pfq_error_set(err, -ENOMEM, "no memory for entries");
	part = count ? PFQ_ENTRIES_MAX / bytes_of(ch->entry->type) : 0;
	do {
		n = count - first < part ? count - first : part;
		ret = send_part(ch, first, n, buf, err);
		first += n;
	} while (!ret && first < count);
	free(buf);
	return ret;
}

static int ask_engine(const struct pfq_set_change *ch, struct pfq_msg_out *o,
		      struct pfq_answer *answer, struct pfq_error *err)
{
	return pfq_conn_request(ch->conn, o, PFQ_CMD_SET_CHANGE, answer, PFQ_REQUEST_MS, err);
}

int pfq_ctl_set_change(struct pfq_ctl *ctl, const char *group, const char *set, enum pfq_set_op op,
		       const struct pfq_entry *entry, size_t count, struct pfq_set_result *result,
		       struct pfq_error *err)
{
	const struct pfq_set_change ch = {
		.conn = &ctl->conn, .group = group, .set = set, .op = op, .entry = entry,
		.count = count, .result = result, .ask = ask_engine,
	};

	return pfq_set_change_send(&ch, err);
}

/* --- lists -------------------------------------------------------------------------------- */

struct walk {
	struct pfq_set_info *info;
	int (*fn)(const struct pfq_entry *, void *);
	void *arg;
};

static int on_part(const struct pfq_msg *m, void *arg)
{
	static const char *const types[] = { "addr", "mac", "flow", "port", "vlan" };
	uint32_t kind = pfq_attrs_u32(&m->attrs, PFQ_A_SET_KIND);
	uint32_t bytes = pfq_attrs_u32(&m->attrs, PFQ_A_ENTRY_BYTES);
	const struct walk *w = arg;
	struct pfq_entry e;
	size_t all = 0, i;
	const uint8_t *p = pfq_attrs_binary(&m->attrs, PFQ_A_ENTRIES, &all);
	int ret = 0;

	if (kind < PFQ_LANG_KIND_SET_ADDR || kind > PFQ_LANG_KIND_SET_VLAN)
		return -EPROTO;
	snprintf(w->info->type, sizeof(w->info->type), "%s", types[kind - PFQ_LANG_KIND_SET_ADDR]);
	w->info->size = pfq_attrs_u32(&m->attrs, PFQ_A_SET_SIZE);
	memset(&e, 0, sizeof(e));
	from_wire(&e, kind, &(const union wire){ .range = { 0, 0 } });
	if (bytes != bytes_of(e.type) || all % bytes)
		return -EPROTO;
	for (i = 0; i < all && !ret; i += bytes) {
		from_wire(&e, kind, p + i);
		ret = w->fn ? w->fn(&e, w->arg) : 0;
	}
	return ret;
}

int pfq_ctl_set_list(struct pfq_ctl *ctl, const char *group, const char *set,
		     struct pfq_set_info *info, int (*fn)(const struct pfq_entry *, void *),
		     void *arg, struct pfq_error *err)
{
	struct pfq_set_info unused;
	struct walk w = { info ? info : &unused, fn, arg };
	struct pfq_msg_out o;

	if (strlen(group) > PFQ_NAME_MAX || strlen(set) > PFQ_LANG_NAME_MAX)
		return pfq_error_set(err, -EINVAL, "set %.40s.%.40s: names of at most %d bytes are "
				     "allowed", group, set, PFQ_NAME_MAX);
	pfq_msg_begin(&o, PFQ_CMD_SET_GET, NLM_F_REQUEST | NLM_F_DUMP, pfq_conn_seq(&ctl->conn));
	pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	pfq_msg_put_string(&o, PFQ_A_SET, set);
	return pfq_conn_dump(&ctl->conn, &o, PFQ_CMD_SET_GET, on_part, &w, err);
}
