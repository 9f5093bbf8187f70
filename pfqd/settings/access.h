/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Access policies of groups, and the identity of a connection's peer. The classes work as for a
 * file: the owner has the owner's bits only.
 */
#ifndef PFQD_ACCESS_H
#define PFQD_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pfq.h"

#define ACCESS_READ	4	/* may join */
#define ACCESS_WRITE	2	/* may inject and change */
#define ACCESS_ALLOWED	"OWNER[:GROUP] MODE, as root:suricata 0660; MODE has r = join, " \
			"w = inject and change, no x"

struct access_policy {
	uid_t uid;
	gid_t gid;
	uint32_t mode;		/* as 0660 */
};

struct access_cred {
	pid_t pid;		/* 0: the process is in another PID namespace */
	uid_t uid;
	gid_t gid;
	unsigned int groups;
	gid_t *group;		/* [groups] */
};

/* Set owner and group root, mode 0600. */
void access_policy_default(struct access_policy *policy);
/*
 * getpwnam() and the like found nobody, and left @error in errno. Returns 0: there is no such user
 * or group; or -EIO with text: the data base cannot be read.
 */
int access_unknown(int error, struct pfq_error *err);
/* Parse "OWNER[:GROUP] MODE". Returns 0, or -EINVAL or -EIO with text. */
int access_policy_parse(struct access_policy *policy, const char *text, struct pfq_error *err);

/*
 * Read the identity of a Unix socket's peer from the kernel. Returns 0 or -errno. Free it by
 * access_cred_free().
 */
int access_cred_read(struct access_cred *cred, int sock);
/* Make @to a copy of @from. Returns 0 or -ENOMEM. */
int access_cred_copy(struct access_cred *to, const struct access_cred *from);
/* Free the group list of @cred. */
void access_cred_free(struct access_cred *cred);

/*
 * Does @policy give the peer all of @bits? Root may do everything. The overflow id 65534 matches
 * neither owner nor group.
 */
bool access_allowed(const struct access_policy *policy, const struct access_cred *cred,
		    unsigned int bits);

#endif /* PFQD_ACCESS_H */
