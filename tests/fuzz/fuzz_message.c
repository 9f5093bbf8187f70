/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Parses any bytes as control messages from either peer. It reads all that the parser
 * finds, to the last byte, and builds each valid message again from it.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>
#include "lib/info.h"
#include "lib/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint64_t sink;

#define require(x)	do { if (!(x)) abort(); } while (0)

static void touch(const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n--)
		sink += *b++;
}

static void touch_string(const char *s, size_t max)
{
	if (!s)
		return;
	require(strlen(s) <= max);
	touch(s, strlen(s));
}

/* for each attribute a line, which reads it by its type */
#define TOUCH_U32(a, attr, max)		(sink += pfq_attrs_u32(a, attr))
#define TOUCH_U64(a, attr, max)		(sink += pfq_attrs_u64(a, attr))
#define TOUCH_STRING(a, attr, max)	touch_string(pfq_attrs_string(a, attr), max)
#define TOUCH_BINARY(a, attr, max)	touch_binary(a, attr, max)
#define TOUCH_NESTED(a, attr, max)	touch_nests(a, attr, depth)
#define TOUCH(name, type, max)		TOUCH_##type(a, PFQ_A_##name, max);

static void touch_all(const struct pfq_attrs *a, int depth);

static void touch_binary(const struct pfq_attrs *a, enum pfq_attr attr, size_t max)
{
	uint64_t words[8];
	size_t n;
	const void *p = pfq_attrs_binary(a, attr, &n);

	require(n <= max);
	touch(p, n);
	require(pfq_attrs_u64s(a, attr, words, 8) <= 8);
}

static void touch_nests(const struct pfq_attrs *a, enum pfq_attr attr, int depth)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_attrs inner;

	while (depth < 3 && (nest = pfq_attrs_next(a, attr, nest))) {
		if (!pfq_attrs_parse(&inner, nest, text))
			touch_all(&inner, depth + 1);
		else
			touch_string(text, PFQ_MSG_TEXT_MAX);
	}
}

static void touch_all(const struct pfq_attrs *a, int depth)
{
	PFQ_ATTR_LIST(TOUCH)
}

#define COPY_U32(attr, max)	pfq_msg_put_u32(&o, attr, pfq_attrs_u32(a, attr))
#define COPY_U64(attr, max)	pfq_msg_put_u64(&o, attr, pfq_attrs_u64(a, attr))
#define COPY_STRING(attr, max)	pfq_msg_put_string(&o, attr, pfq_attrs_string(a, attr))
#define COPY_BINARY(attr, max)	\
	(p = pfq_attrs_binary(a, attr, &n), pfq_msg_put_binary(&o, attr, p, n))
#define COPY_NESTED(attr, max)	pfq_msg_nest_end(&o, pfq_msg_nest(&o, attr))
#define COPY(name, type, max)	\
	if (pfq_attrs_has(a, PFQ_A_##name)) COPY_##type(PFQ_A_##name, max);

/* A message built again is valid and has the same content. */
static void again(const struct pfq_msg *m)
{
	const struct pfq_attrs *a = &m->attrs;
	struct pfq_msg_out o;
	struct pfq_msg m2;
	const void *p;
	size_t n;

	pfq_msg_begin(&o, m->cmd, m->flags, m->seq);
	PFQ_ATTR_LIST(COPY)
	require(!pfq_msg_bytes(&o, &p, &n));
	require(!pfq_msg_parse(&m2, p, n));
	require(m2.cmd == m->cmd && m2.seq == m->seq && m2.flags == m->flags);
	require(!!pfq_attrs_has(&m2.attrs, PFQ_A_GROUP) == !!pfq_attrs_has(a, PFQ_A_GROUP));
	require(pfq_attrs_u64(&m2.attrs, PFQ_A_CLASSES) == pfq_attrs_u64(a, PFQ_A_CLASSES));
	pfq_msg_free(&o);
}

static void as_infos(const struct pfq_attrs *a)
{
	static struct pfq_group_info group;
	static struct pfq_endpoint_info endpoint;
	static struct pfq_ingest_info ingest;
	static struct pfq_engine_info engine;

	if (!pfq_info_group(&group, a))
		require(group.devices <= PFQ_GROUP_DEVICES_MAX);
	pfq_info_endpoint(&endpoint, a);
	pfq_info_ingest(&ingest, a);
	pfq_info_engine(&engine, a);
	require(memchr(group.bindings, 0, sizeof(group.bindings)));
	require(memchr(endpoint.comm, 0, sizeof(endpoint.comm)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *h = malloc(size ? size : 1);	/* malloc(): ASan sees a read beyond it */
	struct pfq_msg_out o;
	struct pfq_msg m;
	int err;

	require(h);
	memcpy(h, data, size);
	/* Set the length: a mutation seldom gets it right. */
	if (size >= sizeof(*h) && !(data[0] & 1))
		h->nlmsg_len = (uint32_t)size;
	err = pfq_msg_parse(&m, h, size);
	touch_string(m.text, PFQ_MSG_TEXT_MAX);
	touch_all(&m.attrs, 0);
	if (!err && m.type == PFQ_MSG_TYPE) {
		as_infos(&m.attrs);
		again(&m);
		err = pfq_msg_check_request(&m);
	}
	if (err != -EBADMSG) {
		pfq_msg_begin_error(&o, &m, err, m.text);
		pfq_msg_free(&o);
	}
	free(h);
	return 0;
}
