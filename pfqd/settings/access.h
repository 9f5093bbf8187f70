/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Who is at the other end of a connection, and what a group lets him do. The
 * classes are those of a file: the owner has the owner's bits and no others.
 */
#ifndef PFQD_ACCESS_H
#define PFQD_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pfq.h"

#define ACCESS_READ	4	/* join */
#define ACCESS_WRITE	2	/* inject and change */
#define ACCESS_ALLOWED	"OWNER[:GROUP] MODE, as root:suricata 0660; MODE has r = join, " \
			"w = inject and change, no x"

struct access_policy {
	uid_t uid;
	gid_t gid;
	uint32_t mode;		/* 0660 */
};

struct access_cred {
	pid_t pid;		/* 0: not known here */
	uid_t uid;
	gid_t gid;
	unsigned int groups;
	gid_t *group;		/* [groups] */
};

/* root:root 0600 */
void access_policy_default(struct access_policy *policy);
int access_policy_parse(struct access_policy *policy, const char *text, struct pfq_error *err);

/* The peer of a Unix socket as the kernel tells it. access_cred_free() afterwards. */
int access_cred_read(struct access_cred *cred, int sock);
void access_cred_free(struct access_cred *cred);

/* uid 0 always may; the overflow ids match neither owner nor group. */
bool access_allowed(const struct access_policy *policy, const struct access_cred *cred,
		    unsigned int bits);

#endif /* PFQD_ACCESS_H */
