/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include <linux/netlink.h>
#include "lib/message.h"

static _Alignas(16) char buf[2 * PFQ_MSG_MAX];

static size_t bytes_of(struct pfq_msg_out *o)
{
	const void *p = NULL;
	size_t len = 0;

	assert_int_equal(pfq_msg_bytes(o, &p, &len), 0);
	memcpy(buf, p, len);
	pfq_msg_free(o);
	return len;
}

static void round_trip(void **state)
{
	const uint64_t counters[] = { 1, ~0ULL, 3 };
	uint64_t got[5] = { 9, 9, 9, 9, 9 };
	struct pfq_msg_out o;
	struct pfq_msg m;
	size_t len, n;
	char text[8];

	(void)state;
	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, 4711);
	pfq_msg_put_string(&o, PFQ_A_GROUP, "ids");
	pfq_msg_put_u32(&o, PFQ_A_SNAPLEN, 0xdeadbeef);
	pfq_msg_put_u64(&o, PFQ_A_CLASSES, ~0ULL - 1);
	pfq_msg_put_string(&o, PFQ_A_BINDINGS, "");
	pfq_msg_put_binary(&o, PFQ_A_COUNTERS, counters, sizeof(counters));
	pfq_msg_put_binary(&o, PFQ_A_FRAME, "", 0);
	len = bytes_of(&o);

	assert_int_equal(pfq_msg_parse(&m, buf, len), 0);
	assert_int_equal(m.type, PFQ_MSG_TYPE);
	assert_int_equal(m.cmd, PFQ_CMD_JOIN);
	assert_int_equal(m.seq, 4711);
	assert_int_equal(m.flags, NLM_F_REQUEST);
	assert_string_equal(pfq_attrs_string(&m.attrs, PFQ_A_GROUP), "ids");
	assert_string_equal(pfq_attrs_string(&m.attrs, PFQ_A_BINDINGS), "");
	assert_null(pfq_attrs_string(&m.attrs, PFQ_A_NAME));
	assert_true(pfq_attrs_u32(&m.attrs, PFQ_A_SNAPLEN) == 0xdeadbeef);
	assert_true(pfq_attrs_u64(&m.attrs, PFQ_A_CLASSES) == ~0ULL - 1);
	assert_int_equal(pfq_attrs_u32(&m.attrs, PFQ_A_WEIGHT), 0);
	assert_false(pfq_attrs_has(&m.attrs, PFQ_A_WEIGHT));
	assert_int_equal(pfq_attrs_u64s(&m.attrs, PFQ_A_COUNTERS, got, 5), 3);
	assert_memory_equal(got, counters, sizeof(counters));
	assert_true(got[3] == 0 && got[4] == 0);
	assert_int_equal(pfq_attrs_u64s(&m.attrs, PFQ_A_COUNTERS, got, 1), 1);
	assert_non_null(pfq_attrs_binary(&m.attrs, PFQ_A_FRAME, &n));
	assert_int_equal(n, 0);
	pfq_attrs_copy(&m.attrs, PFQ_A_GROUP, text, 3);
	assert_string_equal(text, "id");
}

static void nests(void **state)
{
	struct pfq_msg_out o;
	const struct nlattr *nest = NULL;
	char text[PFQ_MSG_TEXT_MAX + 1];
	struct nlattr *start;
	struct pfq_attrs a;
	struct pfq_msg m;
	uint32_t i;

	(void)state;
	pfq_msg_begin(&o, PFQ_CMD_STATUS_GET, 0, 1);
	for (i = 0; i < 2; i++) {
		start = pfq_msg_nest(&o, PFQ_A_INGEST);
		pfq_msg_put_u32(&o, PFQ_A_STATE, i);
		pfq_msg_nest_end(&o, start);
		pfq_msg_put_u32(&o, PFQ_A_WORKERS, 1);
	}
	/* A nested attribute may occur twice, a plain one may not. */
	assert_int_equal(pfq_msg_parse(&m, buf, bytes_of(&o)), -EINVAL);
	assert_non_null(strstr(m.text, "WORKERS occurs twice"));
	assert_int_equal(m.seq, 1);

	pfq_msg_begin(&o, PFQ_CMD_STATUS_GET, 0, 1);
	for (i = 0; i < 5; i++) {
		start = pfq_msg_nest(&o, PFQ_A_INGEST);
		pfq_msg_put_u32(&o, PFQ_A_STATE, i);
		pfq_msg_put_string(&o, PFQ_A_DEVICE, "eth0");
		pfq_msg_nest_end(&o, start);
	}
	pfq_msg_put_u32(&o, PFQ_A_WORKERS, 1);
	assert_int_equal(pfq_msg_parse(&m, buf, bytes_of(&o)), 0);
	for (i = 0; (nest = pfq_attrs_next(&m.attrs, PFQ_A_INGEST, nest)); i++) {
		assert_int_equal(pfq_attrs_parse(&a, nest, text), 0);
		assert_int_equal(pfq_attrs_u32(&a, PFQ_A_STATE), i);
		assert_string_equal(pfq_attrs_string(&a, PFQ_A_DEVICE), "eth0");
	}
	assert_int_equal(i, 5);
}

static void errors_and_done(void **state)
{
	char longtext[2 * PFQ_MSG_TEXT_MAX];
	struct pfq_msg_out o;
	struct pfq_msg m, req;

	(void)state;
	pfq_msg_begin(&o, PFQ_CMD_START, NLM_F_REQUEST, 77);
	assert_int_equal(pfq_msg_parse(&req, buf, bytes_of(&o)), 0);
	pfq_msg_begin_error(&o, &req, -EACCES, "not for you");
	assert_int_equal(pfq_msg_parse(&m, buf, bytes_of(&o)), 0);
	assert_int_equal(m.type, NLMSG_ERROR);
	assert_int_equal(m.error, -EACCES);
	assert_int_equal(m.seq, 77);
	assert_string_equal(m.text, "not for you");

	pfq_msg_begin_error(&o, &req, 0, NULL);
	assert_int_equal(pfq_msg_parse(&m, buf, bytes_of(&o)), 0);
	assert_int_equal(m.error, 0);
	assert_string_equal(m.text, "");

	memset(longtext, 'x', sizeof(longtext) - 1);
	longtext[sizeof(longtext) - 1] = 0;
	pfq_msg_begin_error(&o, &req, -EINVAL, longtext);
	assert_int_equal(pfq_msg_parse(&m, buf, bytes_of(&o)), 0);
	assert_int_equal(strlen(m.text), PFQ_MSG_TEXT_MAX);

	pfq_msg_begin_done(&o, 78);
	assert_int_equal(pfq_msg_parse(&m, buf, bytes_of(&o)), 0);
	assert_int_equal(m.type, NLMSG_DONE);
	assert_int_equal(m.error, 0);
	assert_int_equal(m.seq, 78);
}

/* An error answer as the kernel sends it: it quotes the whole request before the text. */
static void error_uncapped(void **state)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		uint32_t quoted[2];
		struct nlattr a;
		char text[8];
	} k = {
		.h = { sizeof(k), NLMSG_ERROR, NLM_F_ACK_TLVS, 5, 0 },
		.e = { -EBUSY, { NLMSG_HDRLEN + 8, PFQ_MSG_TYPE, 0, 5, 0 } },
		.a = { sizeof(k.a) + 5, NLMSGERR_ATTR_MSG },
		.text = "busy",
	};
	struct pfq_msg m;

	(void)state;
	memcpy(buf, &k, sizeof(k));
	assert_int_equal(pfq_msg_parse(&m, buf, sizeof(k)), 0);
	assert_int_equal(m.error, -EBUSY);
	assert_string_equal(m.text, "busy");

	/*
	 * An answer that claims to quote more than it has: no text is found, and nothing
	 * beyond is read.
	 */
	k.e.msg.nlmsg_len = 60000;
	memcpy(buf, &k, sizeof(k));
	assert_int_equal(pfq_msg_parse(&m, buf, sizeof(k)), 0);
	assert_string_equal(m.text, "");
	k.e.msg.nlmsg_len = 3;
	memcpy(buf, &k, sizeof(k));
	assert_int_equal(pfq_msg_parse(&m, buf, sizeof(k)), -EBADMSG);
	k.e.error = 1;
	memcpy(buf, &k, sizeof(k));
	assert_int_equal(pfq_msg_parse(&m, buf, sizeof(k)), -EBADMSG);
}

/* The kernel ends a dump that it refuses with an error number and a text. */
static void done_with_error(void **state)
{
	struct {
		struct nlmsghdr h;
		int32_t error;
		struct nlattr a;
		char text[8];
	} k = {
		.h = { sizeof(k), NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, 5, 0 },
		.error = -EACCES,
		.a = { sizeof(k.a) + 5, NLMSGERR_ATTR_MSG },
		.text = "keep",
	};
	struct pfq_msg m;

	(void)state;
	memcpy(buf, &k, sizeof(k));
	assert_int_equal(pfq_msg_parse(&m, buf, sizeof(k)), 0);
	assert_int_equal(m.error, -EACCES);
	assert_string_equal(m.text, "keep");
	k.h.nlmsg_flags = NLM_F_MULTI;
	memcpy(buf, &k, sizeof(k));
	assert_int_equal(pfq_msg_parse(&m, buf, sizeof(k)), 0);
	assert_int_equal(m.error, -EACCES);
	assert_string_equal(m.text, "");
}

/* Write a message with one attribute, by hand. */
static size_t with_attr(uint16_t type, uint16_t nla_len, const void *value, size_t bytes)
{
	struct nlattr a = { nla_len, type };
	struct nlmsghdr *h = (void *)buf;
	size_t len = NLMSG_HDRLEN + 4 + sizeof(a) + ((bytes + 3) & ~(size_t)3);

	memset(buf, 0, len);
	*h = (struct nlmsghdr){ (uint32_t)len, PFQ_MSG_TYPE, NLM_F_REQUEST, 9, 0 };
	buf[NLMSG_HDRLEN] = PFQ_CMD_JOIN;
	memcpy(buf + NLMSG_HDRLEN + 4, &a, sizeof(a));
	memcpy(buf + NLMSG_HDRLEN + 4 + sizeof(a), value, bytes);
	return len;
}

static void bad_attributes(void **state)
{
	static char big[2048];
	const struct {
		uint16_t type, nla_len;
		size_t bytes;
		const char *value, *text;
	} cases[] = {
		{ PFQ_A_SNAPLEN, 4 + 3, 3, "abc", "SNAPLEN: 3 bytes" },
		{ PFQ_A_SNAPLEN, 4 + 8, 8, "abcdefgh", "SNAPLEN: 8 bytes" },
		{ PFQ_A_CLASSES, 4 + 4, 4, "abcd", "CLASSES: 4 bytes" },
		{ PFQ_A_GROUP, 4 + 0, 0, "", "GROUP: 0 bytes" },
		{ PFQ_A_GROUP, 4 + 4, 4, "abcd", "GROUP: 4 bytes" },
		{ PFQ_A_GROUP, 4 + 4, 4, "a\0b", "GROUP: 4 bytes" },
		{ PFQ_A_GROUP, 4 + 33, 33, big, "GROUP: 33 bytes; a string of at most 31" },
		{ PFQ_A_FILTER, 4 + 7, 7, "1234567", "FILTER: 7 bytes" },
		{ PFQ_A_POSITIONS, 4 + 1032, 1032, big, "POSITIONS: 1032 bytes; at most 512" },
		{ PFQ_A_COUNTERS, 4 + 12, 12, big, "COUNTERS: 12 bytes" },
		{ PFQ_A_GROUP, 40, 4, "abc", "beyond" },
		{ PFQ_A_GROUP, 3, 4, "abc", "beyond" },
		{ PFQ_A_GROUP, 0, 4, "abc", "beyond" },
	};
	struct pfq_msg m;
	size_t i, len;

	(void)state;
	memset(big, 'x', sizeof(big));
	big[32] = 0;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		len = with_attr(cases[i].type, cases[i].nla_len, cases[i].value, cases[i].bytes);
		assert_int_equal(pfq_msg_parse(&m, buf, len), -EINVAL);
		assert_int_equal(m.seq, 9);
		assert_int_equal(m.cmd, PFQ_CMD_JOIN);
		if (!strstr(m.text, cases[i].text))
			fail_msg("case %zu: \"%s\" lacks \"%s\"", i, m.text, cases[i].text);
		/* A failed check leaves no attributes. */
		assert_false(pfq_attrs_has(&m.attrs, cases[i].type));
	}
	/* the longest allowed value */
	big[31] = 0;
	assert_int_equal(pfq_msg_parse(&m, buf, with_attr(PFQ_A_GROUP, 4 + 32, big, 32)), 0);
}

static void bad_frames(void **state)
{
	struct nlmsghdr *h = (void *)buf;
	struct pfq_msg_out o;
	struct pfq_msg m;
	size_t len, i;

	(void)state;
	pfq_msg_begin(&o, PFQ_CMD_HELLO, NLM_F_REQUEST, 1);
	pfq_msg_put_u32(&o, PFQ_A_ABI, 1);
	len = bytes_of(&o);
	for (i = 0; i < len; i++)
		assert_int_equal(pfq_msg_parse(&m, buf, i), -EBADMSG);
	assert_int_equal(pfq_msg_parse(&m, buf, len + 4), -EBADMSG);
	h->nlmsg_len = 0xffffffff;
	assert_int_equal(pfq_msg_parse(&m, buf, len), -EBADMSG);
	h->nlmsg_len = (uint32_t)len;
	assert_int_equal(pfq_msg_parse(&m, buf, len), 0);
	h->nlmsg_type = NLMSG_NOOP;
	assert_int_equal(pfq_msg_parse(&m, buf, len), -EBADMSG);
	h->nlmsg_type = PFQ_MSG_TYPE;
	h->nlmsg_len = NLMSG_HDRLEN + 3;
	assert_int_equal(pfq_msg_parse(&m, buf, NLMSG_HDRLEN + 3), -EBADMSG);
	memset(buf, 0, sizeof(buf));
	h->nlmsg_len = PFQ_MSG_MAX + 16;
	h->nlmsg_type = PFQ_MSG_TYPE;
	assert_int_equal(pfq_msg_parse(&m, buf, PFQ_MSG_MAX + 16), -EBADMSG);
}

static void requests(void **state)
{
	static const struct {
		uint8_t cmd;
		uint16_t flags;
		int attr, err;
		const char *text;
	} cases[] = {
		{PFQ_CMD_HELLO, NLM_F_REQUEST, PFQ_A_ABI, 0, ""},
		{PFQ_CMD_HELLO, NLM_F_REQUEST | NLM_F_ACK, PFQ_A_ABI, 0, ""},
		{PFQ_CMD_HELLO, NLM_F_REQUEST, 0, -EINVAL, "HELLO needs attribute ABI"},
		{PFQ_CMD_HELLO, 0, PFQ_A_ABI, -EBADMSG, ""},
		{PFQ_CMD_HELLO, NLM_F_REQUEST | NLM_F_DUMP, PFQ_A_ABI, -EINVAL, "flags"},
		{PFQ_CMD_START, NLM_F_REQUEST, PFQ_A_PID, -EINVAL,
		 "START does not take attribute PID"},
		{PFQ_CMD_GROUP_GET, NLM_F_REQUEST, 0, -EINVAL, "flags"},
		{PFQ_CMD_GROUP_GET, NLM_F_REQUEST | NLM_F_ROOT, 0, -EINVAL, "flags"},
		{PFQ_CMD_GROUP_GET, NLM_F_REQUEST | NLM_F_DUMP, 0, 0, ""},
		{PFQ_CMD_UNSPEC, NLM_F_REQUEST, 0, -EOPNOTSUPP, "command 0"},
		{PFQ_CMD_MAX + 1, NLM_F_REQUEST, 0, -EOPNOTSUPP, "not known"},
		{255, NLM_F_REQUEST, 0, -EOPNOTSUPP, "command 255"},
	};
	struct pfq_msg_out o;
	struct pfq_msg m;
	uint32_t one = 1;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pfq_msg_begin(&o, cases[i].cmd, cases[i].flags, 1);
		if (cases[i].attr)
			pfq_msg_put_u32(&o, cases[i].attr, 1);
		assert_int_equal(pfq_msg_parse(&m, buf, bytes_of(&o)), 0);
		assert_int_equal(pfq_msg_check_request(&m), cases[i].err);
		if (!strstr(m.text, cases[i].text))
			fail_msg("case %zu: \"%s\" lacks \"%s\"", i, m.text, cases[i].text);
	}
	/*
	 * An attribute of a newer peer: a reader of answers skips it, an engine must refuse
	 * it.
	 */
	len = with_attr(PFQ_A_MAX + 1, 4 + 4, &one, 4);
	assert_int_equal(pfq_msg_parse(&m, buf, len), 0);
	assert_int_equal(m.attrs.unknown, PFQ_A_MAX + 1);
	assert_int_equal(pfq_msg_check_request(&m), -EINVAL);
}

static void encode_limits(void **state)
{
	static char big[PFQ_MSG_MAX];
	struct pfq_msg_out o;
	const void *p = NULL;
	size_t len = 0;

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, 1);
	pfq_msg_put_string(&o, PFQ_A_GROUP, big);
	pfq_msg_put_u32(&o, PFQ_A_SNAPLEN, 1);
	assert_int_equal(pfq_msg_bytes(&o, &p, &len), -EMSGSIZE);
	pfq_msg_free(&o);
	pfq_msg_free(&o);

	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, 1);
	pfq_msg_put_u32(&o, PFQ_A_GROUP, 1);
	assert_int_equal(pfq_msg_bytes(&o, &p, &len), -EINVAL);
	pfq_msg_free(&o);

	/* The largest frame fits, and another attribute of that size does not. */
	pfq_msg_begin(&o, PFQ_CMD_INJECT, NLM_F_REQUEST, 1);
	pfq_msg_put_binary(&o, PFQ_A_FRAME, big, 65000);
	assert_int_equal(pfq_msg_bytes(&o, &p, &len), 0);
	assert_true(len <= PFQ_MSG_MAX);
	pfq_msg_put_binary(&o, PFQ_A_FILTER, big, 32768);
	assert_int_equal(pfq_msg_bytes(&o, &p, &len), -EMSGSIZE);
	pfq_msg_free(&o);
}

/* --- sockets --------------------------------------------------------------------- */

static int open_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void make_hello(struct pfq_msg_out *o)
{
	pfq_msg_begin(o, PFQ_CMD_HELLO, NLM_F_REQUEST, 1);
	pfq_msg_put_u32(o, PFQ_A_ABI, 1);
}

static void descriptors(void **state)
{
	int s[2], fds[4] = { 0, 1, 2, 0 }, got[4], before, i;
	struct pfq_msg_out o;
	unsigned int n;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s), 0);
	before = open_fds();
	make_hello(&o);
	assert_int_equal(pfq_msg_recv(s[1], buf, sizeof(buf), got, 3, &n), -EAGAIN);

	assert_int_equal(pfq_msg_send(s[0], &o, fds, 3), 0);
	assert_true(pfq_msg_recv(s[1], buf, sizeof(buf), got, 3, &n) > 0);
	assert_int_equal(n, 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(fcntl(got[i], F_GETFD), FD_CLOEXEC);
		close(got[i]);
	}
	/*
	 * More descriptors than the caller asked for: refused, and none stays open. Three
	 * for two fit the buffer because of its padding.
	 */
	for (i = 0; i < 3; i++) {
		assert_int_equal(pfq_msg_send(s[0], &o, fds, 3), 0);
		assert_int_equal(pfq_msg_recv(s[1], buf, sizeof(buf), got, (unsigned int)i, &n),
				 -EPROTO);
		assert_int_equal(n, 0);
		assert_int_equal(open_fds(), before);
	}
	assert_int_equal(pfq_msg_send(s[0], &o, fds, 4), -EINVAL);
	/* Fewer than the caller asked for: the caller must judge. */
	assert_int_equal(pfq_msg_send(s[0], &o, fds, 1), 0);
	assert_true(pfq_msg_recv(s[1], buf, sizeof(buf), got, 3, &n) > 0);
	assert_int_equal(n, 1);
	close(got[0]);
	assert_int_equal(open_fds(), before);

	/* A datagram that is too long gives no descriptors either. */
	assert_int_equal(pfq_msg_send(s[0], &o, fds, 2), 0);
	assert_int_equal(pfq_msg_recv(s[1], buf, 8, got, 3, &n), -EMSGSIZE);
	assert_int_equal(open_fds(), before);
	pfq_msg_free(&o);
	assert_int_equal(pfq_msg_send(s[0], &o, NULL, 0), -EINVAL);
	close(s[0]);
	assert_int_equal(pfq_msg_recv(s[1], buf, sizeof(buf), got, 3, &n), 0);
	close(s[1]);
}

static void send_never_blocks(void **state)
{
	struct pfq_msg_out o;
	int s[2], i, err = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s), 0);
	make_hello(&o);
	for (i = 0; i < 100000 && !err; i++)
		err = pfq_msg_send(s[0], &o, NULL, 0);
	assert_int_equal(err, -EAGAIN);
	close(s[1]);	/* its unread messages come first */
	assert_int_equal(pfq_msg_send(s[0], &o, NULL, 0), -ECONNRESET);
	assert_int_equal(pfq_msg_send(s[0], &o, NULL, 0), -EPIPE);
	pfq_msg_free(&o);
	close(s[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(nests),
		cmocka_unit_test(errors_and_done),
		cmocka_unit_test(error_uncapped),
		cmocka_unit_test(done_with_error),
		cmocka_unit_test(bad_attributes),
		cmocka_unit_test(bad_frames),
		cmocka_unit_test(requests),
		cmocka_unit_test(encode_limits),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(send_never_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
