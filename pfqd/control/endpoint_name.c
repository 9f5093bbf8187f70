/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A process that opens several handles has the same PFQ_NAME for all of them. The second and later
 * handles get the name with the first free number.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "core/name.h"
#include "endpoint_name.h"
#include "pfqd/base/error.h"

static const struct endpoint *find_member(const struct pfqd_group *g, const char *name)
{
	const struct endpoint *ep;

	TAILQ_FOREACH(ep, &g->member, entry) {
		if (!strcmp(ep->params.name, name))
			return ep;
	}
	return NULL;
}

/* The absent member of that name, if it is of another user than @uid and @uid is not root. */
static const struct absent *find_kept(const struct pfqd_group *g, const char *name, uid_t uid)
{
	const struct absent *a = absent_find(g, name);

	return a && uid && a->uid != uid ? a : NULL;
}

static int check_wish(const struct pfqd_group *g, const char *name, const struct access_cred *cred,
		      struct pfq_error *err)
{
	const struct absent *kept = find_kept(g, name, cred->uid);
	const struct endpoint *ep = find_member(g, name);

	if (ep && (!ep->pid || ep->pid != cred->pid))
		return error_set(err, -EEXIST,
				 "group %s has an endpoint \"%s\" already, of process "
				 "%d (%s); choose another name",
				 g->settings.name, name, (int)ep->pid, ep->comm);
	if (kept)
		return error_set(err, -EEXIST,
				 "group %s keeps the share of \"%s\" for user %u, who may come "
				 "back; choose another name, or wait (linger)",
				 g->settings.name, name, kept->uid);
	return 0;
}

int endpoint_name_choose(struct endpoint_params *p, const struct pfqd_group *g,
			 const struct access_cred *cred, struct pfq_error *err)
{
	char base[PFQ_NAME_MAX + 1];
	uint32_t n = 1;
	int ret;

	if (!p->name[0])
		return 0;
	ret = check_wish(g, p->name, cred, err);
	if (ret)
		return ret;
	strcpy(base, p->name);
	/* ends because the number of members is limited */
	while (find_member(g, p->name) || find_kept(g, p->name, cred->uid))
		pfq_name_nth(p->name, base, ++n);
	return 0;
}
