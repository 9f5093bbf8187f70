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

int endpoint_name_choose(struct endpoint_params *p, const struct pfqd_group *g, pid_t pid,
			 struct pfq_error *err)
{
	char base[PFQ_NAME_MAX + 1];
	const struct endpoint *ep;
	uint32_t n = 1;

	if (!p->name[0])
		return 0;
	strcpy(base, p->name);
	/* ends because the number of members is limited */
	while ((ep = find_member(g, p->name))) {
		if (n == 1 && (!ep->pid || ep->pid != pid))
			return error_set(err, -EEXIST,
					 "group %s has an endpoint \"%s\" already, of process "
					 "%d (%s); choose another name",
					 g->settings.name, base, (int)ep->pid, ep->comm);
		pfq_name_nth(p->name, base, ++n);
	}
	return 0;
}
