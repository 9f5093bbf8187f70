/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfq-debug.h"
#include "pfq-groups.h"
#include "pfq-names.h"
#include "pfq-take.h"
#include "pfq-text.h"
#include "pfq-verdict.h"

/* Fails because a variable takes over a device whose names cannot be in a list. */
static bool has_no_name(struct pfq_choice *choice, const char *name, const char *variable)
{
	return pfq_verdict_fail(choice, PCAP_ERROR,
				"%s is set, but no group can be given a device by the name "
				"\"%.127s\"; open it by one without / : , ^ and blanks",
				variable, name);
}

/*
 * The entry of the device in info->device; -1: none. Compares the index, because both sides may use
 * other names.
 */
static int device_of(const struct pfq_group_info *info, uint32_t ifindex)
{
	unsigned int i;

	for (i = 0; i < info->devices && i < PFQ_GROUP_DEVICES_MAX; i++)
		if (info->device[i].ifindex == ifindex)
			return (int)i;
	return -1;
}

/*
 * Take the interface from an existing group. @explicitly: a variable asks for this very interface,
 * so the engine decides whether it can be bound.
 */
static bool take_from_existing(struct pfq_choice *choice, const char *name, uint32_t ifindex,
			       bool explicitly, const char *variable,
			       const struct pfq_group_info *info)
{
	static const char *const refusals[] = {
		[PFQ_BINDABLE_NO] = "only root may bind it",
		[PFQ_BINDABLE_FILE] = "the group reads a file",
		[PFQ_BINDABLE_TAP] = "the host would lose its packets (PFQ_GROUP_<dev> binds it)",
	};
	int i = device_of(info, ifindex);
	char why[PCAP_ERRBUF_SIZE];

	if (i >= 0 && info->device[i].state != PFQ_DEVICE_UNUSED) {
		choice->dev.bindings[0] = '\0';
		choice->dev.count = 0;
		return true;
	}
	if (explicitly || (i < 0 && info->bindable == PFQ_BINDABLE_YES))
		return choice->dev.count || has_no_name(choice, name, variable);
	if (i >= 0)
		pfq_text_write(why, sizeof(why), "group %s cannot use it: %s", info->name,
			       info->device_note[i].why);
	else
		snprintf(why, sizeof(why), "group %s has not bound it, and %s", info->name,
			 refusals[info->bindable < __PFQ_BINDABLE_MAX ? info->bindable
								      : PFQ_BINDABLE_NO]);
	return pfq_verdict_warn(choice, name, variable, why);
}

/* Take an interface from the group that a variable names. */
static bool take_from_group(struct pfq_choice *choice, const char *name, uint32_t ifindex,
			    bool explicitly, const char *variable, const struct pfq_lib *lib,
			    struct pfq_ctl *ctl)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pfq_group_info *info;
	bool ours;
	int ret;

	info = malloc(sizeof(*info));
	if (!info)
		return pfq_verdict_fail(choice, PCAP_ERROR, "no memory for a pfq handle");
	ret = pfq_groups_find(lib, ctl, choice->dev.group, info, err, sizeof(err));
	if (!ret)
		ours = take_from_existing(choice, name, ifindex, explicitly, variable, info);
	else if (ret == -ENOENT && explicitly)
		ours = choice->dev.count || has_no_name(choice, name, variable);
	else
		ours = pfq_verdict_fail(choice, PCAP_ERROR, "%s=%s: %s", choice->group_from,
					choice->dev.group, err);
	free(info);
	return ours;
}

/* Fails because neither a socket nor libpfq could tell whether interface @name exists. */
static bool cannot_ask(struct pfq_choice *choice, const char *name, const char *variable, int error)
{
	char err[PCAP_ERRBUF_SIZE];
	const struct pfq_lib *lib = pfq_lib_get(err, sizeof(err));

	return pfq_verdict_fail(choice, PCAP_ERROR,
				"%s is set, but whether there is an interface %.127s cannot be "
				"asked: %s",
				variable, name, lib ? lib->pfq_error_text(error) : err);
}

/*
 * Binds the name that was given, or the kernel's name if that one cannot be in a list. If neither
 * can, nothing is bound.
 */
static void set_binding(struct pfq_choice *choice, const char *name, uint32_t ifindex)
{
	char first[IF_NAMESIZE];

	if (!pfq_device_interface_valid(name, strlen(name))) {
		name = if_indextoname(ifindex, first);
		if (!name || !pfq_device_interface_valid(name, strlen(name)))
			return;
	}
	snprintf(choice->dev.bindings, sizeof(choice->dev.bindings), "%s", name);
	choice->dev.count = 1;
}

/* asks the engine about interface @name, which a variable is about */
static bool ask_engine(struct pfq_choice *choice, const char *name, uint32_t ifindex,
		       bool explicitly, const char *variable, const struct pfq_lib *lib)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pfq_ctl *ctl;
	bool ours;
	int same;

	choice->is_asked = true;
	if (pfq_groups_connect(lib, &choice->env, &ctl, err, sizeof(err)))
		return pfq_verdict_fail(choice, PCAP_ERROR, "%s is set, but %s", variable, err);
	choice->adapter_time = pfq_groups_is_adapter_time(lib->pfq_ctl_engine(ctl));
	same = pfq_groups_same_netns(lib->pfq_ctl_engine(ctl));
	if (same < 0)
		ours = pfq_verdict_fail(choice, PCAP_ERROR,
					"%s is set, but this process cannot know its network "
					"namespace: /proc/self/ns/net: %s",
					variable, strerror(-same));
	else if (!same)
		ours = pfq_verdict_warn(choice, name, variable,
					"the engine is in another network namespace");
	else if (choice->dev.group[0])
		ours = take_from_group(choice, name, ifindex, explicitly, variable, lib, ctl);
	else
		ours = choice->dev.count || has_no_name(choice, name, variable);
	lib->pfq_ctl_close(ctl);
	if (ours && !choice->status)
		pfq_debug_print(&choice->env, "%s is taken over because %s is set: %s%s", name,
				variable, choice->dev.group[0] ? "from group " : "a private copy",
				choice->dev.group);
	return ours;
}

bool pfq_take_over(struct pfq_choice *choice, const char *name, bool explicitly,
		   const char *variable)
{
	static const char none[] = "there is no such interface";
	char err[PCAP_ERRBUF_SIZE];
	const struct pfq_lib *lib;
	uint32_t ifindex;
	int ret;

	/* if_nametoindex() knows no longer names; netlink does */
	if (strlen(name) < IF_NAMESIZE && !if_nametoindex(name))
		return errno == ENODEV || errno == ENXIO
			       ? pfq_verdict_warn(choice, name, variable, none)
			       : cannot_ask(choice, name, variable, errno);
	lib = pfq_lib_get(err, sizeof(err));
	if (!lib)
		return pfq_verdict_fail(choice, PCAP_ERROR, "%s is set, but %s", variable, err);
	ifindex = pfq_names_index(lib, name, &ret);
	if (ret)
		return cannot_ask(choice, name, variable, ret);
	if (!ifindex)
		return pfq_verdict_warn(choice, name, variable, none);
	set_binding(choice, name, ifindex);
	return ask_engine(choice, name, ifindex, explicitly, variable, lib);
}
