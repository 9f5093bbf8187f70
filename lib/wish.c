/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "error.h"
#include "program.h"
#include "wish.h"

#define INSN_BYTES	8	/* bytes of a struct sock_filter */

/* A text of struct pfq_params. */
struct text_param {
	size_t offset;
	const char *what;	/* NULL: no attribute of a JOIN */
	enum pfq_attr attr;
	size_t max;
};

#define TEXT(member, what, attr, max)	{ offsetof(struct pfq_params, member), what, attr, max }

static const struct text_param texts[] = {
	TEXT(group, "group", PFQ_A_GROUP, PFQ_NAME_MAX),
	TEXT(bindings, "devices", PFQ_A_BINDINGS, 1023),
	TEXT(steer, "steer", PFQ_A_STEER, 63),
	TEXT(name, "name", PFQ_A_NAME, PFQ_NAME_MAX),
	TEXT(hugepages, "hugepages", PFQ_A_HUGEPAGES, 31),
	TEXT(vlans, "vlan", PFQ_A_VLANS, 1023),
	TEXT(lang, NULL, PFQ_A_UNSPEC, 0),
	TEXT(engine, NULL, PFQ_A_UNSPEC, 0),
	TEXT(socket, NULL, PFQ_A_UNSPEC, 0),
};

#define TEXTS	(sizeof(texts) / sizeof(texts[0]))

static const char **text_of(struct pfq_params *p, const struct text_param *t)
{
	return (const char **)((char *)p + t->offset);
}

static int put_text(struct pfq_msg_out *o, const struct text_param *t, const char *value,
		    struct pfq_error *err)
{
	if (!value || !t->what)
		return 0;
	if (!*value || strlen(value) > t->max)
		return pfq_error_set(err, -EINVAL, "%s \"%.80s\": 1 to %zu bytes are allowed",
				     t->what, value, t->max);
	pfq_msg_put_string(o, t->attr, value);
	return 0;
}

int pfq_wish_put_join(struct pfq_msg_out *o, const struct pfq_params *p, struct pfq_error *err)
{
	struct pfq_params copy = *p;
	size_t i;
	int ret;

	for (i = 0; i < TEXTS; i++) {
		ret = put_text(o, &texts[i], *text_of(&copy, &texts[i]), err);
		if (ret)
			return ret;
	}
	if (p->lang) {
		ret = pfq_program_put(o, p->lang, err);
		if (ret)
			return ret;
	}
	if (p->snaplen)
		pfq_msg_put_u32(o, PFQ_A_SNAPLEN, p->snaplen);
	if (p->weight)
		pfq_msg_put_u32(o, PFQ_A_WEIGHT, p->weight);
	if (p->promisc)
		pfq_msg_put_u32(o, PFQ_A_PROMISC, 1);
	if (p->immediate)
		pfq_msg_put_u32(o, PFQ_A_IMMEDIATE, 1);
	if (p->ring_bytes)
		pfq_msg_put_u64(o, PFQ_A_RING_BYTES, p->ring_bytes);
	if (p->adapter_time)
		pfq_msg_put_u32(o, PFQ_A_TSTAMP, PFQ_TSTAMP_ADAPTER);
	if (p->classes)
		pfq_msg_put_u64(o, PFQ_A_CLASSES, p->classes);
	if (o->error != -EMSGSIZE)
		return 0;
	/* each part is within its own limit */
	return pfq_error_set(err, -EMSGSIZE, "joining: program, filter, devices and vlan take more "
			     "than %d bytes together; allowed: not more", PFQ_MSG_MAX);
}

void pfq_wish_put_filter(struct pfq_msg_out *o, const void *filter, unsigned int insns)
{
	if (insns)
		pfq_msg_put_binary(o, PFQ_A_FILTER, filter, (size_t)insns * INSN_BYTES);
}

void pfq_wish_put_direction(struct pfq_msg_out *o, enum pfq_direction direction)
{
	pfq_msg_put_u32(o, PFQ_A_DIRECTION, (uint32_t)direction);
}

int pfq_wish_begin(struct pfq_wish *w, const struct pfq_params *params)
{
	const char **text;
	size_t bytes = 1, i;
	char *at;

	memset(w, 0, sizeof(*w));
	w->params = *params;
	for (i = 0; i < TEXTS; i++) {
		text = text_of(&w->params, &texts[i]);
		bytes += *text ? strlen(*text) + 1 : 0;
	}
	w->block = malloc(bytes);
	if (!w->block)
		return -ENOMEM;
	at = w->block;
	for (i = 0; i < TEXTS; i++) {
		text = text_of(&w->params, &texts[i]);
		if (!*text)
			continue;
		bytes = strlen(*text) + 1;
		memcpy(at, *text, bytes);
		*text = at;
		at += bytes;
	}
	return 0;
}

void pfq_wish_end(struct pfq_wish *w)
{
	free(w->block);
	free(w->filter);
	w->block = NULL;
	w->filter = NULL;
}

int pfq_wish_filter(struct pfq_wish *w, const void *filter, unsigned int insns)
{
	size_t bytes = (size_t)insns * INSN_BYTES;
	void *copy = NULL;

	if (insns) {
		copy = malloc(bytes);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, filter, bytes);
	}
	free(w->filter);
	w->filter = copy;
	w->insns = insns;
	w->changes++;
	return 0;
}

void pfq_wish_direction(struct pfq_wish *w, enum pfq_direction direction)
{
	w->direction = direction;
	w->changes++;
}
