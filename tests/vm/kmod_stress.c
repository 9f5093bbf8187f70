/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-stress consume | join SECONDS SEED GROUP [DEVICE]: join, read, change filters, inject
 * 	(not with "join"), and leave or just end, again and again.
 * kmod-stress listen SECONDS: prints "listening", and a line for each change that the
 * 	module reports.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <linux/pfq_control.h>
#include "pfq.h"

static struct pfq_error err;
static bool may_inject;

/* --- consume ------------------------------------------------------------------ */

static void set_filter(struct pfq *q)
{
	const struct sock_filter accept = BPF_STMT(BPF_RET | BPF_K, 65535);
	uint64_t positions[PFQ_LANES_MAX];

	(void)pfq_filter_set(q, &accept, random() % 2, positions, &err);
	(void)pfq_direction_set(q, (enum pfq_direction)(random() % 3), positions, &err);
}

/* Read a few times. Every record must be well-formed. */
static int read_some(struct pfq *q)
{
	const struct pfq_rec *recs[64];
	long rounds = random() % 200;
	int n, i;

	while (rounds--) {
		n = pfq_wait(q, -1, (int)(random() % 5));
		if (n == -EPIPE)
			return 0;
		n = pfq_read(q, recs, 64);
		if (n == -EPIPE)
			return 0;
		if (n < 0)
			return n;
		for (i = 0; i < n; i++) {
			if (recs[i]->caplen > recs[i]->len || recs[i]->caplen > pfq_snaplen(q) + 4)
				return -EBADMSG;
		}
		if (!(random() % 50))
			set_filter(q);
		if (may_inject && !(random() % 100))
			(void)pfq_inject(q, "\2pfqq1\2pfqq2\x88\xb5hello, world of endpoints", 46,
					 &err);
	}
	return 0;
}

static int consume_once(const char *group, const char *device)
{
	struct pfq_params params = {
		.engine = "kernel", .group = group, .bindings = device,
		.snaplen = 1 + (uint32_t)(random() % 2000),
		.ring_bytes = 1ULL << (14 + random() % 8),
		.weight = 1 + (uint32_t)(random() % 8),
		.promisc = random() % 2,
	};
	struct pfq *q;
	int ret = pfq_open(&q, &params, &err);

	if (ret) {
		/* The group, the device or the module may not exist at this moment. */
		usleep(1000);
		return 0;
	}
	ret = read_some(q);
	pfq_close(q);
	return ret;
}

static int consume(time_t end, const char *group, const char *device)
{
	unsigned long count = 0;
	int ret = 0;

	for (; time(NULL) < end && !ret; count++) {
		pid_t pid;

		if (random() % 4) {
			ret = consume_once(group, device);
			continue;
		}
		/* A child that ends without pfq_close(), or is killed */
		pid = fork();
		if (!pid) {
			srandom((unsigned int)getpid());
			_exit(consume_once(group, device) ? 1 : 0);
		}
		if (pid > 0 && random() % 2) {
			usleep((useconds_t)(random() % 20000));
			kill(pid, SIGKILL);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	if (ret)
		fprintf(stderr, "kmod-stress: %s\n", strerror(-ret));
	printf("%lu times in group %s\n", count, group);
	return ret ? 1 : 0;
}

/* --- listen --------------------------------------------------------------------- */

static const char *const change_names[PFQ_CMD_MAX + 1] = {
	[PFQ_CMD_GROUP_ADD] = "GROUP_ADD", [PFQ_CMD_GROUP_DEL] = "GROUP_DEL",
	[PFQ_CMD_JOIN] = "JOIN", [PFQ_CMD_LEAVE] = "LEAVE",
};

static int on_change(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *g = genlmsg_hdr(nlmsg_hdr(msg));
	struct nlattr *attrs[PFQ_A_MAX + 1];

	(void)arg;
	if (g->cmd > PFQ_CMD_MAX || !change_names[g->cmd] ||
	    genlmsg_parse(nlmsg_hdr(msg), 0, attrs, PFQ_A_MAX, NULL) || !attrs[PFQ_A_GROUP] ||
	    !attrs[PFQ_A_ID])
		return NL_SKIP;
	printf("%s %s %u", change_names[g->cmd], nla_get_string(attrs[PFQ_A_GROUP]),
	       nla_get_u32(attrs[PFQ_A_ID]));
	if (attrs[PFQ_A_ENDPOINT])
		printf(" %u", nla_get_u32(attrs[PFQ_A_ENDPOINT]));
	printf("\n");
	fflush(stdout);
	return NL_OK;
}

static int listen_for(time_t end)
{
	struct nl_sock *nl = nl_socket_alloc();
	int group;

	if (!nl || genl_connect(nl))
		return 1;
	group = genl_ctrl_resolve_grp(nl, PFQ_FAMILY_NAME, PFQ_CHANGES_NAME);
	if (group < 0 || nl_socket_add_membership(nl, group)) {
		fprintf(stderr, "kmod-stress: no group to listen to\n");
		return 1;
	}
	nl_socket_disable_seq_check(nl);
	nl_socket_modify_cb(nl, NL_CB_VALID, NL_CB_CUSTOM, on_change, NULL);
	printf("listening\n");
	fflush(stdout);
	while (time(NULL) < end)
		nl_recvmsgs_default(nl);
	nl_socket_free(nl);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && (!strcmp(argv[1], "consume") || !strcmp(argv[1], "join"))) {
		may_inject = !strcmp(argv[1], "consume");
		srandom((unsigned int)atoi(argv[3]));
		return consume(time(NULL) + atoi(argv[2]), argv[4], argc > 5 ? argv[5] : NULL);
	}
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return listen_for(time(NULL) + atoi(argv[2]));
	fprintf(stderr, "usage: %s consume|join SECONDS SEED GROUP [DEVICE] | listen SECONDS\n",
		argv[0]);
	return 2;
}
