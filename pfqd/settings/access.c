/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "access.h"
#include "pfqd/base/error.h"
#include "pfqd/base/value.h"

/* the kernel shows it for ids that are not mapped in this user namespace */
#define OVERFLOW_ID	65534

void access_policy_default(struct access_policy *policy)
{
	*policy = (struct access_policy){ .mode = 0600 };
}

/* getpwnam(3) names many errors that can mean "there is no such user"; these do not. */
int access_unknown(int error, struct pfq_error *err)
{
	static const int errors[] = { EINTR, EIO, EMFILE, ENFILE, ENOMEM };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i] == error)
			return error_set(err, -EIO, "the users and groups of this system cannot "
					 "be read: %s", strerror(error));
	}
	return 0;
}

/* Returns 0; -ENOENT: there is no such user; or -EIO with text. */
static int parse_uid(const char *text, uid_t *uid, struct pfq_error *err)
{
	struct passwd *pw;
	uint32_t id;

	if (!value_u32(text, 0, UINT32_MAX - 1, &id)) {
		*uid = id;
		return 0;
	}
	errno = 0;
	pw = getpwnam(text);
	if (!pw)
		return access_unknown(errno, err) ? -EIO : -ENOENT;
	*uid = pw->pw_uid;
	return 0;
}

/* As parse_uid(). */
static int parse_gid(const char *text, gid_t *gid, struct pfq_error *err)
{
	struct group *gr;
	uint32_t id;

	if (!value_u32(text, 0, UINT32_MAX - 1, &id)) {
		*gid = id;
		return 0;
	}
	errno = 0;
	gr = getgrnam(text);
	if (!gr)
		return access_unknown(errno, err) ? -EIO : -ENOENT;
	*gid = gr->gr_gid;
	return 0;
}

/* Parse three or four octal digits without x and set-id bits, as 0660. */
static int parse_mode(const char *text, uint32_t *mode)
{
	size_t n = strlen(text);
	unsigned long v;

	if (n < 3 || n > 4 || strspn(text, "01234567") != n)
		return -EINVAL;
	v = strtoul(text, NULL, 8);
	if (v & ~0666UL)
		return -EINVAL;
	*mode = v;
	return 0;
}

static int parse_owner(struct access_policy *p, char *owner, struct pfq_error *err)
{
	char *group = strchr(owner, ':');
	int ret;

	if (group)
		*group++ = '\0';
	ret = parse_uid(owner, &p->uid, err);
	if (ret == -EIO)
		return ret;
	if (ret)
		return error_set(err, -EINVAL, "no user \"%.64s\" here; allowed: " ACCESS_ALLOWED,
				 owner);
	ret = group ? parse_gid(group, &p->gid, err) : 0;
	if (ret == -EIO)
		return ret;
	if (ret)
		return error_set(err, -EINVAL, "no group \"%.64s\" here; allowed: " ACCESS_ALLOWED,
				 group);
	if (p->uid == OVERFLOW_ID || p->gid == OVERFLOW_ID)
		return error_set(err, -EINVAL,
				 "id %d stands for unknown ids and matches nobody; name "
				 "another owner",
				 OVERFLOW_ID);
	return 0;
}

int access_policy_parse(struct access_policy *policy, const char *text, struct pfq_error *err)
{
	char owner[128], mode[128], rest[2];
	int words, ret;

	access_policy_default(policy);
	words = sscanf(text, "%127s %127s %1s", owner, mode, rest);
	if (words != 2)
		return error_set(err, -EINVAL, "\"%.64s\" is not allowed here; allowed: "
				 ACCESS_ALLOWED, text);
	ret = parse_owner(policy, owner, err);
	if (ret)
		return ret;
	if (parse_mode(mode, &policy->mode))
		return error_set(err, -EINVAL, "mode \"%.64s\" is not allowed here; allowed: "
				 ACCESS_ALLOWED, mode);
	return 0;
}

/* Read the supplementary groups of the peer. Returns 0 or -errno. */
static int read_groups(struct access_cred *cred, int sock)
{
	socklen_t len = 32 * sizeof(gid_t);
	gid_t *group = NULL, *more;

	for (;;) {
		more = realloc(group, len ? len : 1);
		if (!more)
			break;
		group = more;
		if (!getsockopt(sock, SOL_SOCKET, SO_PEERGROUPS, group, &len)) {
			cred->group = group;
			cred->groups = len / sizeof(*group);
			return 0;
		}
		if (errno != ERANGE)
			break;
	}
	free(group);
	return more ? -errno : -ENOMEM;
}

int access_cred_read(struct access_cred *cred, int sock)
{
	struct ucred uc;
	socklen_t len = sizeof(uc);

	memset(cred, 0, sizeof(*cred));
	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &uc, &len))
		return -errno;
	cred->pid = uc.pid;
	cred->uid = uc.uid;
	cred->gid = uc.gid;
	return read_groups(cred, sock);
}

int access_cred_copy(struct access_cred *to, const struct access_cred *from)
{
	*to = *from;
	to->group = calloc(from->groups + 1, sizeof(*to->group));
	if (!to->group) {
		to->groups = 0;
		return -ENOMEM;
	}
	if (from->groups)
		memcpy(to->group, from->group, from->groups * sizeof(*to->group));
	return 0;
}

void access_cred_free(struct access_cred *cred)
{
	free(cred->group);
	cred->group = NULL;
	cred->groups = 0;
}

static bool in_group(const struct access_cred *cred, gid_t gid)
{
	unsigned int i;

	if (gid == OVERFLOW_ID)
		return false;
	if (cred->gid == gid)
		return true;
	for (i = 0; i < cred->groups; i++) {
		if (cred->group[i] == gid)
			return true;
	}
	return false;
}

bool access_allowed(const struct access_policy *policy, const struct access_cred *cred,
		    unsigned int bits)
{
	unsigned int shift = 0;

	if (cred->uid == 0)
		return true;
	if (cred->uid == policy->uid && cred->uid != OVERFLOW_ID)
		shift = 6;
	else if (in_group(cred, policy->gid))
		shift = 3;
	return (policy->mode >> shift & bits) == bits;
}
