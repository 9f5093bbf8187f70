/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Writes the first inputs for fuzz_control, one of each request, to the given directory. */
#include "config.h"

#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/message.h"

#define USER	1
#define DUMP	4
#define DRAIN	8

static FILE *file;

static void open_seed(const char *dir, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file) {
		perror(path);
		exit(1);
	}
}

/* Write the message without its header. */
static void put(uint8_t how, struct pfq_msg_out *o)
{
	const void *buf;
	size_t len;

	if (pfq_msg_bytes(o, &buf, &len))
		exit(1);
	len -= NLMSG_HDRLEN;
	fputc(how | DRAIN, file);
	fputc(len & 0xff, file);
	fputc(len >> 8, file);
	fwrite((const char *)buf + NLMSG_HDRLEN, 1, len, file);
	pfq_msg_free(o);
}

static void command(uint8_t how, enum pfq_cmd cmd)
{
	struct pfq_msg_out o;

	pfq_msg_begin(&o, cmd, NLM_F_REQUEST, 1);
	put(how, &o);
}

static void join(uint8_t how, const char *group, const char *bindings, const char *steer)
{
	static const uint8_t ticket[PFQ_TICKET_BYTES];
	struct pfq_msg_out o;

	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, 1);
	if (group)
		pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	if (bindings)
		pfq_msg_put_string(&o, PFQ_A_BINDINGS, bindings);
	if (steer)
		pfq_msg_put_string(&o, PFQ_A_STEER, steer);
	pfq_msg_put_string(&o, PFQ_A_NAME, how & USER ? "two" : "one");
	pfq_msg_put_string(&o, PFQ_A_HUGEPAGES, "auto");
	pfq_msg_put_string(&o, PFQ_A_VLANS, "10,20-29");
	pfq_msg_put_u32(&o, PFQ_A_SNAPLEN, 96);
	pfq_msg_put_u32(&o, PFQ_A_WEIGHT, 2);
	pfq_msg_put_u32(&o, PFQ_A_PROMISC, 1);
	pfq_msg_put_u64(&o, PFQ_A_RING_BYTES, 4096);
	pfq_msg_put_u64(&o, PFQ_A_CLASSES, 0x8000000000000003ULL);
	if (how & USER)
		pfq_msg_put_binary(&o, PFQ_A_TICKET, ticket, sizeof(ticket));
	put(how, &o);
}

static void of_endpoint(uint8_t how)
{
	static const uint8_t accept[8] = { 6, 0, 0, 0, 0, 0, 4, 0 };
	struct pfq_msg_out o;

	command(how, PFQ_CMD_START);
	pfq_msg_begin(&o, PFQ_CMD_FILTER_SET, NLM_F_REQUEST, 1);
	pfq_msg_put_binary(&o, PFQ_A_FILTER, accept, sizeof(accept));
	put(how, &o);
	pfq_msg_begin(&o, PFQ_CMD_DIRECTION_SET, NLM_F_REQUEST, 1);
	pfq_msg_put_u32(&o, PFQ_A_DIRECTION, PFQ_DIRECTION_IN);
	put(how, &o);
	pfq_msg_begin(&o, PFQ_CMD_INJECT, NLM_F_REQUEST, 1);
	pfq_msg_put_binary(&o, PFQ_A_FRAME, accept, sizeof(accept));
	put(how, &o);
	command(how | DUMP, PFQ_CMD_GROUP_GET);
	command(how | DUMP, PFQ_CMD_ENDPOINT_GET);
	command(how, PFQ_CMD_STATUS_GET);
}

/* The program of "open", and the answers of its steps, by root and by a user. */
static void of_program(void)
{
	struct pfq_msg_out o;
	uint8_t how;

	for (how = 0; how <= USER; how += USER) {
		pfq_msg_begin(&o, PFQ_CMD_PROGRAM_GET, NLM_F_REQUEST, 1);
		pfq_msg_put_string(&o, PFQ_A_GROUP, "open");
		put(how, &o);
		pfq_msg_begin(&o, PFQ_CMD_PROFILE_GET, NLM_F_REQUEST, 1);
		pfq_msg_put_string(&o, PFQ_A_GROUP, "open");
		pfq_msg_put_u32(&o, PFQ_A_PROFILE, 60);
		put(how, &o);
		pfq_msg_begin(&o, PFQ_CMD_PROFILE_GET, NLM_F_REQUEST, 1);
		pfq_msg_put_string(&o, PFQ_A_GROUP, "open");
		put(how, &o);
	}
}

static void change(enum pfq_cmd cmd, const char *group, const char *text)
{
	struct pfq_msg_out o;

	pfq_msg_begin(&o, cmd, NLM_F_REQUEST, 1);
	pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	if (text)
		pfq_msg_put_string(&o, PFQ_A_TEXT, text);
	put(0, &o);
}

/* Members of groups that change and go. The answer to a JOIN comes before the next request. */
static void changes(void)
{
	change(PFQ_CMD_GROUP_ADD, "more", "device = down, up/7\nsteer = copy\nid = 9");
	join(USER, "open", NULL, NULL);
	change(PFQ_CMD_GROUP_SET, "open", "device += raw\nsteer = rss\nfrag_wait = 0\nvlan = 5");
	change(PFQ_CMD_GROUP_SET, "9", "device = up\ndirection = in\nmembers = 2");
	change(PFQ_CMD_GROUP_DEL, "closed", NULL);
	command(DUMP, PFQ_CMD_SAVE);
	command(0, PFQ_CMD_RELOAD);
	change(PFQ_CMD_GROUP_DEL, "open", NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name, *group, *bindings, *steer;
	} joins[] = {
		{ "open", "open", NULL, NULL }, { "closed", "closed", NULL, NULL },
		{ "bind", "closed", "up/2-3,up/5", NULL }, { "raw", "open", "raw", NULL },
		{ "private", NULL, "up,down", NULL }, { "private-raw", NULL, "raw", NULL },
		{ "new", "new", "up", "to:2" }, { "id", "42", "up/1", "copy" },
		{ "absent", "open", "absent", NULL },
	};
	size_t i;

	if (argc != 2)
		return 2;
	for (i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		open_seed(argv[1], joins[i].name);
		join(0, joins[i].group, joins[i].bindings, joins[i].steer);
		join(USER, joins[i].group, joins[i].bindings, joins[i].steer);
		of_endpoint(0);
		of_endpoint(USER);
		fclose(file);
	}
	open_seed(argv[1], "program");
	join(0, "open", NULL, NULL);
	of_program();
	fclose(file);
	open_seed(argv[1], "changes");
	changes();
	fclose(file);
	return 0;
}
