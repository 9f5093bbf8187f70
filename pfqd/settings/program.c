/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "core/limit.h"
#include "program.h"

int program_from_policy(struct program **out, const char *policy)
{
	struct program *p = calloc(1, sizeof(*p));
	int ret = -ENOMEM;

	if (!p)
		return ret;
	p->users = 1;
	p->core = calloc(1, sizeof(*p->core));
	if (p->core)
		ret = pfq_program_from_policy(p->core, policy);
	if (ret)
		program_put(p);
	else
		*out = p;
	return ret;
}

struct program *program_usual(void)
{
	static struct pfq_program core;
	/* one user that never ends */
	static struct program usual = { .users = 1 };

	/* the constant is valid, so this cannot fail */
	if (!usual.core && !pfq_program_from_policy(&core, PFQ_DEFAULT_STEER))
		usual.core = &core;
	return program_get(&usual);
}

struct program *program_get(struct program *p)
{
	if (p)
		p->users++;
	return p;
}

void program_put(struct program *p)
{
	if (!p || --p->users)
		return;
	free(p->core);
	free(p);
}
