/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/view.h"
#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/conf/conf.h"
#include "privilege.h"

/* when pfqd needs a capability */
enum need {
	NEED_NEVER,
	NEED_START,	/* until the workers run */
	NEED_USER,	/* always, if pfqd is the user engine */
	NEED_ALWAYS,
};

static const enum need needs[CAP_LAST_CAP + 1] = {
	/* binding a device opens packet sockets; a reload compiles filters on the device lo */
	[CAP_NET_RAW] = NEED_ALWAYS,
	/* large socket buffers, XDP programs, groups of the kernel engine */
	[CAP_NET_ADMIN] = NEED_ALWAYS,
	/* a reload reads pfqd.conf and capture files, of any owner */
	[CAP_DAC_READ_SEARCH] = NEED_ALWAYS,
	[CAP_BPF] = NEED_USER,		/* attaching XDP programs */
	[CAP_IPC_LOCK] = NEED_USER,	/* each ring in huge pages, and memory of AF_XDP sockets */
	[CAP_SYS_NICE] = NEED_START,	/* the workers' priority */
};

/* libcap-ng does not return the reason of an error, but most of its calls leave it in errno. */
static int refuse_caps(const char *what, struct pfq_error *err)
{
	return error_set(err, -EPERM, "%s: %s", what,
			 pfq_reason(PFQ_REASON_PFQD, errno ? errno : EPERM));
}

/* Read the capabilities of this process. Returns 0, or -EPERM with text. */
static int read_caps(struct pfq_error *err)
{
	errno = 0;
	return capng_get_caps_process() ?
		refuse_caps("the capabilities of this process cannot be read", err) : 0;
}

static bool is_needed(unsigned int cap, enum need least)
{
	return needs[cap] >= least && needs[cap] != NEED_NEVER;
}

/* libcap-ng goes on without an error if the kernel does not drop one from the bounding set. */
static bool is_dropped(capng_select_t set, enum need least)
{
	if (capng_get_caps_process())
		return false;
	for (unsigned int cap = 0; cap < ARRAY_SIZE(needs); cap++) {
		if (is_needed(cap, least))
			continue;
		if (capng_have_capability(CAPNG_PERMITTED, cap) ||
		    (set == CAPNG_SELECT_BOTH && capng_have_capability(CAPNG_BOUNDING_SET, cap)))
			return false;
	}
	return true;
}

/* Drop from the present capabilities those that are needed less than @least. */
static int keep(enum need least, struct pfq_error *err)
{
	capng_select_t set = CAPNG_SELECT_CAPS;

	if (read_caps(err))
		return -EPERM;
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		set = CAPNG_SELECT_BOTH;
	for (unsigned int cap = 0; cap < ARRAY_SIZE(needs); cap++) {
		if (!is_needed(cap, least))
			capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED |
				     CAPNG_INHERITABLE | CAPNG_BOUNDING_SET, cap);
	}
	errno = 0;
	return capng_apply(set) || !is_dropped(set, least) ?
		refuse_caps("unneeded capabilities cannot be dropped", err) : 0;
}

static int refuse(const struct conf_user *user, int error, struct pfq_error *err)
{
	if (error != EPERM)
		return error_set(err, -error, "user: pfqd cannot become \"%.32s\": %s",
				 user->name, pfq_reason(PFQ_REASON_PFQD, error));
	return error_set(err, -EPERM,
			 "user: pfqd runs as user %u and cannot become \"%.32s\": CAP_SETUID or "
			 "CAP_SETGID is missing; start it as root, or in its unit set User= and "
			 "leave the key out",
			 geteuid(), user->name);
}

/* Become @user. The effective capabilities would go with root, so take them back. */
static int become(const struct conf_user *user, struct pfq_error *err)
{
	if (user->uid == geteuid() && user->gid == getegid())
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1) || initgroups(user->name, user->gid) ||
	    setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return refuse(user, errno, err);
	prctl(PR_SET_KEEPCAPS, 0);
	if (read_caps(err))
		return -EPERM;
	for (unsigned int cap = 0; cap < ARRAY_SIZE(needs); cap++) {
		if (capng_have_capability(CAPNG_PERMITTED, cap))
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, cap);
	}
	errno = 0;
	return capng_apply(CAPNG_SELECT_CAPS) ?
		refuse_caps("user: its capabilities cannot be kept", err) : 0;
}

int privilege_drop(const struct conf_user *user, struct pfq_error *err)
{
	int ret = user->name[0] ? become(user, err) : 0;

	return ret ? ret : keep(NEED_START, err);
}

int privilege_settle(bool is_kernel, struct pfq_error *err)
{
	return keep(is_kernel ? NEED_ALWAYS : NEED_USER, err);
}
