/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdlib.h>

#include "pfq-debug.h"
#include "pfq-groups.h"
#include "pfq-waits.h"

/* Every policy addresses the default class, and no other. */
static void print_class(const struct pfq_env *env)
{
	if (env->classes && !(env->classes & PFQ_CLASS_DEFAULT))
		pfq_debug_print(env,
				"this handle gets no packets: the group's program addresses the "
				"classes %#llx, and the handle has %#llx (PFQ_CLASS)",
				(unsigned long long)PFQ_CLASS_DEFAULT,
				(unsigned long long)env->classes);
}

static void print_group(const struct pfq_env *env, const struct pfq_group_info *info)
{
	unsigned int i;

	for (i = 0; i < info->devices; i++) {
		if (info->device[i].state == PFQ_DEVICE_ABSENT)
			pfq_debug_print(env, "group %s waits for device %s, which does not exist",
					info->name, info->device[i].name);
	}
	if (info->members + info->absent < info->members_wanted)
		pfq_debug_print(env,
				"group %s has %u of the %u members that it waits for (members = "
				"%u)",
				info->name, info->members, info->members_wanted,
				info->members_wanted);
}

void pfq_waits_print(const struct pfq_lib *lib, const struct pfq_env *env, const char *group)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pfq_group_info *info;
	struct pfq_ctl *ctl;

	if (!env->debug)
		return;
	print_class(env);
	if (!group[0] || pfq_groups_connect(lib, env, &ctl, err, sizeof(err)))
		return;
	info = malloc(sizeof(*info));
	if (info && !pfq_groups_find(lib, ctl, group, info, err, sizeof(err)))
		print_group(env, info);
	free(info);
	lib->pfq_ctl_close(ctl);
}
