/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * pfq-group add NAME [KEY=VALUE]... | del NAME: groups of the kernel engine in this
 * network namespace, for the test scripts, until pfqd makes them. The keys are
 * those of pfqd.conf.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>
#include "conn.h"

static void put_text(struct pfq_msg_out *o, enum pfq_attr attr, const char *value)
{
	pfq_msg_put_string(o, attr, value);
}

static void put_number(struct pfq_msg_out *o, enum pfq_attr attr, const char *value)
{
	pfq_msg_put_u32(o, attr, (uint32_t)strtoul(value, NULL, 0));
}

static void put_yes(struct pfq_msg_out *o, enum pfq_attr attr, const char *value)
{
	pfq_msg_put_u32(o, attr, !strcmp(value, "yes"));
}

static void put_bytes(struct pfq_msg_out *o, enum pfq_attr attr, const char *value)
{
	char *unit;
	uint64_t n = strtoull(value, &unit, 10);

	pfq_msg_put_u64(o, attr, n << (*unit == 'M' ? 20 : *unit == 'K' ? 10 : 0));
}

static void put_direction(struct pfq_msg_out *o, enum pfq_attr attr, const char *value)
{
	pfq_msg_put_u32(o, attr, !strcmp(value, "in") ? PFQ_DIRECTION_IN :
				 !strcmp(value, "out") ? PFQ_DIRECTION_OUT :
							 PFQ_DIRECTION_INOUT);
}

/* UID:GID MODE */
static void put_access(struct pfq_msg_out *o, enum pfq_attr attr, const char *value)
{
	unsigned int uid, gid, mode;

	if (sscanf(value, "%u:%u %o", &uid, &gid, &mode) != 3) {
		fprintf(stderr, "access: UID:GID MODE is wanted, not \"%s\"\n", value);
		exit(2);
	}
	pfq_msg_put_u32(o, PFQ_A_OWNER_UID, uid);
	pfq_msg_put_u32(o, PFQ_A_OWNER_GID, gid);
	pfq_msg_put_u32(o, attr, mode);
}

static const struct {
	const char *key;
	enum pfq_attr attr;
	void (*put)(struct pfq_msg_out *o, enum pfq_attr attr, const char *value);
} keys[] = {
	{ "id", PFQ_A_ID, put_number },
	{ "device", PFQ_A_BINDINGS, put_text },
	{ "steer", PFQ_A_STEER, put_text },
	{ "vlan", PFQ_A_VLANS, put_text },
	{ "members", PFQ_A_MEMBERS_WANTED, put_number },
	{ "snaplen", PFQ_A_SNAPLEN, put_number },
	{ "ring", PFQ_A_RING_BYTES, put_bytes },
	{ "promisc", PFQ_A_PROMISC, put_yes },
	{ "direction", PFQ_A_DIRECTION, put_direction },
	{ "access", PFQ_A_ACCESS, put_access },
};

static void put_pair(struct pfq_msg_out *o, char *pair)
{
	char *value = strchr(pair, '=');
	size_t i;

	if (value)
		*value++ = '\0';
	for (i = 0; value && i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].key, pair))
			continue;
		keys[i].put(o, keys[i].attr, value);
		return;
	}
	fprintf(stderr, "key \"%s\" is not known here\n", pair);
	exit(77);
}

int main(int argc, char **argv)
{
	bool is_add = argc > 2 && !strcmp(argv[1], "add");
	enum pfq_cmd cmd = is_add ? PFQ_CMD_GROUP_ADD : PFQ_CMD_GROUP_DEL;
	struct pfq_error err = { "" };
	struct pfq_msg_out o;
	struct pfq_conn c;
	int i, error;

	if (argc < 3 || (!is_add && strcmp(argv[1], "del"))) {
		fprintf(stderr, "usage: %s add NAME [KEY=VALUE]... | del NAME\n", argv[0]);
		return 2;
	}
	error = pfq_conn_open(&c, "kernel", NULL, &err);
	if (!error) {
		pfq_msg_begin(&o, cmd, NLM_F_REQUEST, pfq_conn_seq(&c));
		pfq_msg_put_string(&o, PFQ_A_GROUP, argv[2]);
		for (i = 3; i < argc; i++)
			put_pair(&o, argv[i]);
		error = pfq_conn_command(&c, &o, cmd, &err);
		pfq_conn_close(&c);
	}
	if (error)
		fprintf(stderr, "%s\n", err.text);
	return error ? 1 : 0;
}
