/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfq-choice.h"
#include "pfq-debug.h"
#include "pfq-groups.h"
#include "pfq-names.h"

static const char *environment(const char *name, void *arg)
{
	(void)arg;
	return secure_getenv(name);
}

void pfq_choice_env(struct pfq_env *env)
{
	(void)pfq_env_read(env, environment, NULL);
}

/* the device is ours but cannot be opened: the activation returns @status and the text */
static bool fail(struct pfq_choice *choice, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct pfq_choice *choice, int status, const char *format, ...)
{
	va_list ap;

	choice->status = status;
	va_start(ap, format);
	vsnprintf(choice->error, sizeof(choice->error), format, ap);
	va_end(ap);
	return true;
}

static void group_set(struct pfq_choice *choice, const char *group, const char *from)
{
	snprintf(choice->dev.group, sizeof(choice->dev.group), "%s", group);
	choice->group_from = from;
}

/* sets the group of a pfq device whose name has none: of its devices' variables, or PFQ_GROUP */
static bool group_default(struct pfq_choice *choice)
{
	char name[PFQ_DEVICE_NAME_MAX + 1], err[PCAP_ERRBUF_SIZE];
	struct pfq_env_device env;
	unsigned int i;

	for (i = 0; i < choice->dev.count; i++) {
		pfq_device_interface(&choice->dev, i, name);
		if (pfq_names_env(&env, name, environment, NULL, err, sizeof(err)))
			return fail(choice, PCAP_ERROR, "%s", err);
		if (!env.group[0])
			continue;
		if (choice->dev.group[0] && strcmp(choice->dev.group, env.group))
			return fail(choice, PCAP_ERROR,
				    "%s=%s: another of this handle's devices is for group %s; "
				    "one handle has one group", env.variable, env.group,
				    choice->dev.group);
		group_set(choice, env.group, "PFQ_GROUP_<dev>");
	}
	if (!choice->dev.group[0] && choice->env.group[0])
		group_set(choice, choice->env.group, choice->env.group_from);
	return true;
}

static bool choose_pfq(struct pfq_choice *choice, const char *name)
{
	char err[PCAP_ERRBUF_SIZE];
	int ret;

	ret = pfq_device_parse(&choice->dev, name, err, sizeof(err));
	if (ret)
		return fail(choice, ret == -ENODEV ? PCAP_ERROR_NO_SUCH_DEVICE : PCAP_ERROR,
			    "%s", err);
	return choice->dev.group[0] || group_default(choice);
}

/* Fails because a variable takes over a device whose names cannot be in a list. */
static bool has_no_name(struct pfq_choice *choice, const char *name, const char *variable)
{
	return fail(choice, PCAP_ERROR, "%s is set, but no group can be given a device by the name "
		    "\"%.127s\"; open it by one without / : , ^ and blanks", variable, name);
}

static bool stays_ordinary(const struct pfq_choice *choice, const char *name, const char *why)
{
	pfq_debug_print(&choice->env, "%s stays an ordinary device: %s", name, why);
	return false;
}

/* Has the group this device in use? Compares the index, because both sides may use other names. */
static bool group_has(const struct pfq_group_info *info, uint32_t ifindex)
{
	unsigned int i;

	for (i = 0; i < info->devices && i < PFQ_GROUP_DEVICES_MAX; i++)
		if (info->device[i].ifindex == ifindex &&
		    info->device[i].state != PFQ_DEVICE_UNUSED)
			return true;
	return false;
}

/*
 * Take an interface from the group that a variable names. If the group does not have
 * the interface, it stays ordinary, unless a variable asks for this very interface.
 */
static bool take_from_group(struct pfq_choice *choice, const char *name, uint32_t ifindex,
			    bool explicitly, const char *variable, const struct pfq_lib *lib,
			    struct pfq_ctl *ctl)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pfq_group_info *info;
	bool has, exists;
	int ret;

	info = malloc(sizeof(*info));
	if (!info)
		return fail(choice, PCAP_ERROR, "no memory for a pfq handle");
	ret = pfq_groups_find(lib, ctl, choice->dev.group, info, err, sizeof(err));
	exists = !ret;
	has = exists && group_has(info, ifindex);
	free(info);
	if (!exists && (ret != -ENOENT || !explicitly))
		return fail(choice, PCAP_ERROR, "%s=%s: %s", choice->group_from, choice->dev.group,
			    err);
	if (has) {
		choice->dev.bindings[0] = '\0';
		choice->dev.count = 0;
		return true;
	}
	if (!explicitly)
		return stays_ordinary(choice, name, "the group does not have it");
	return choice->dev.count || has_no_name(choice, name, variable);
}

/* Fails because neither a socket nor libpfq could tell whether interface @name exists. */
static bool cannot_ask(struct pfq_choice *choice, const char *name, const char *variable, int error)
{
	char err[PCAP_ERRBUF_SIZE];
	const struct pfq_lib *lib = pfq_lib_get(err, sizeof(err));

	return fail(choice, PCAP_ERROR,
		    "%s is set, but whether there is an interface %.127s cannot be asked: %s",
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
		return fail(choice, PCAP_ERROR, "%s is set, but %s", variable, err);
	choice->adapter_time = pfq_groups_is_adapter_time(lib->pfq_ctl_engine(ctl));
	same = pfq_groups_same_netns(lib->pfq_ctl_engine(ctl));
	if (same < 0)
		ours = fail(choice, PCAP_ERROR,
			    "%s is set, but this process cannot know its network namespace: "
			    "/proc/self/ns/net: %s",
			    variable, strerror(-same));
	else if (!same)
		ours = stays_ordinary(choice, name, "pfqd is in another network namespace");
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

static bool take_over(struct pfq_choice *choice, const char *name, bool explicitly,
		      const char *variable)
{
	static const char none[] = "there is no such interface";
	char err[PCAP_ERRBUF_SIZE];
	const struct pfq_lib *lib;
	uint32_t ifindex;
	int ret;

	/* if_nametoindex() knows no longer names; netlink does */
	if (strlen(name) < IF_NAMESIZE && !if_nametoindex(name))
		return errno == ENODEV || errno == ENXIO ?
			stays_ordinary(choice, name, none) :
			cannot_ask(choice, name, variable, errno);
	lib = pfq_lib_get(err, sizeof(err));
	if (!lib)
		return fail(choice, PCAP_ERROR, "%s is set, but %s", variable, err);
	ifindex = pfq_names_index(lib, name, &ret);
	if (ret)
		return cannot_ask(choice, name, variable, ret);
	if (!ifindex)
		return stays_ordinary(choice, name, none);
	set_binding(choice, name, ifindex);
	return ask_engine(choice, name, ifindex, explicitly, variable, lib);
}

static bool choose_ordinary(struct pfq_choice *choice, const char *name)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pfq_env_device env;
	const char *variable;
	bool explicitly;

	if (strlen(name) > PFQ_DEVICE_NAME_MAX || !strcmp(name, "any"))
		return false;
	if (choice->env.bad_decides)
		return fail(choice, PCAP_ERROR, "%s", choice->env.error);
	if (pfq_names_env(&env, name, environment, NULL, err, sizeof(err)))
		return fail(choice, PCAP_ERROR, "%s", err);
	explicitly = env.take == PFQ_ENV_TAKE_YES || env.group[0] || choice->env.force_all;
	if (env.take == PFQ_ENV_TAKE_NO)
		return stays_ordinary(choice, name, "its variable says 0");
	if (!explicitly && !choice->env.group[0])
		return false;
	if (choice->env.error[0])
		return fail(choice, PCAP_ERROR, "%s", choice->env.error);
	variable = env.variable[0] ? env.variable :
		   choice->env.force_all ? "PFQ_FORCE_ALL" : choice->env.group_from;
	if (env.group[0])
		group_set(choice, env.group, "PFQ_GROUP_<dev>");
	else if (choice->env.group[0])
		group_set(choice, choice->env.group, choice->env.group_from);
	return take_over(choice, name, explicitly, variable);
}

bool pfq_choice_make(struct pfq_choice *choice, const char *name)
{
	memset(choice, 0, sizeof(*choice));
	pfq_choice_env(&choice->env);
	if (pfq_device_is_pfq(name))
		return choose_pfq(choice, name);
	return choose_ordinary(choice, name);
}

bool pfq_choice_has_adapter_time(const struct pfq_choice *choice)
{
	return choice->is_asked ? choice->adapter_time : pfq_groups_has_adapter_time(&choice->env);
}

/* are the two equal except for blanks? */
static bool same_text(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " ");
		b += strspn(b, " ");
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

/* Variables for a group that the caller makes must agree with a group that exists. */
static int group_agrees(const struct pfq_env *env, const struct pfq_group_info *info, char *err,
			size_t err_size)
{
	if (env->steer[0] && !same_text(env->steer, info->steer))
		snprintf(err, err_size,
			 "%s=%s: group %s is there, and its steering is %s; unset the variable, or "
			 "name another group",
			 env->steer_from, env->steer, info->name, info->steer);
	else if (env->vlans[0] && !same_text(env->vlans, info->vlans))
		snprintf(err, err_size,
			 "PFQ_VLAN=%s: group %s is there, and its VLANs are %s; unset the "
			 "variable, or name another group",
			 env->vlans, info->name, info->vlans[0] ? info->vlans : "all");
	else
		return 0;
	return PCAP_ERROR;
}

/* checks the group that the handle names */
static int group_check(const struct pfq_choice *choice, const struct pfq_lib *lib,
		       struct pfq_ctl *ctl, char *err, size_t err_size)
{
	struct pfq_group_info *info;
	int ret;

	info = malloc(sizeof(*info));
	if (!info) {
		snprintf(err, err_size, "no memory for a pfq handle");
		return PCAP_ERROR;
	}
	ret = pfq_groups_find(lib, ctl, choice->dev.group, info, err, err_size);
	if (!ret)
		ret = group_agrees(&choice->env, info, err, err_size);
	else if (ret == -ENOENT)
		/* if there is a device to bind, the engine may make the group */
		ret = choice->dev.bindings[0] ? 0 : PCAP_ERROR_NO_SUCH_DEVICE;
	else
		ret = PCAP_ERROR;
	free(info);
	return ret;
}

int pfq_choice_complete(struct pfq_choice *choice, const struct pfq_lib *lib, struct pfq_ctl *ctl,
			char *err, size_t err_size)
{
	if (!choice->dev.group[0] && !choice->dev.bindings[0] &&
	    pfq_groups_only(lib, ctl, choice->dev.group, err, err_size))
		return PCAP_ERROR;
	return choice->dev.group[0] ? group_check(choice, lib, ctl, err, err_size) : 0;
}
