/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfq-choice.h"
#include "pfq-debug.h"
#include "pfq-groups.h"
#include "pfq-misspelt.h"
#include "pfq-names.h"
#include "pfq-take.h"
#include "pfq-text.h"
#include "pfq-verdict.h"

void pfq_choice_env(struct pfq_env *env)
{
	struct pfq_sources sources;

	pfq_sources_open(&sources, env);
	pfq_sources_close(&sources);
}

static void group_set(struct pfq_choice *choice, const char *group, const char *from)
{
	snprintf(choice->dev.group, sizeof(choice->dev.group), "%s", group);
	snprintf(choice->group_from, sizeof(choice->group_from), "%s", from);
}

/* sets the group of a pfq device whose name has none: of its devices' variables, or PFQ_GROUP */
static bool group_default(struct pfq_choice *choice, const struct pfq_sources *sources)
{
	char name[PFQ_DEVICE_NAME_MAX + 1], err[PCAP_ERRBUF_SIZE];
	struct pfq_env_device env;
	unsigned int i;

	for (i = 0; i < choice->dev.count; i++) {
		pfq_device_interface(&choice->dev, i, name);
		if (pfq_names_env(&env, &choice->env, name, sources, err, sizeof(err)))
			return pfq_verdict_fail(choice, PCAP_ERROR, "%s", err);
		if (!env.group[0])
			continue;
		if (choice->dev.group[0] && strcmp(choice->dev.group, env.group))
			return pfq_verdict_fail(choice, PCAP_ERROR,
						"%s=%s: another of this handle's devices is for "
						"group %s; one handle has one group",
						env.label, env.group, choice->dev.group);
		group_set(choice, env.group, env.label);
	}
	if (!choice->dev.group[0] && choice->env.group[0])
		group_set(choice, choice->env.group, choice->env.group_from);
	return true;
}

static bool choose_pfq(struct pfq_choice *choice, const char *name,
		       const struct pfq_sources *sources)
{
	char err[PCAP_ERRBUF_SIZE];
	int ret;

	ret = pfq_device_parse(&choice->dev, name, err, sizeof(err));
	if (ret)
		return pfq_verdict_fail(choice,
					ret == -ENODEV ? PCAP_ERROR_NO_SUCH_DEVICE : PCAP_ERROR,
					"%s", err);
	return choice->dev.group[0] || group_default(choice, sources);
}

/* Can no variable take the device, whatever its value? */
static bool is_never_ours(const char *name)
{
	return strlen(name) > PFQ_DEVICE_NAME_MAX || !strcmp(name, "any");
}

/* The device any is not one device. */
static bool choose_any(struct pfq_choice *choice, const char *name)
{
	const struct pfq_env *env = &choice->env;

	if (env->bad_decides)
		snprintf(choice->warning, sizeof(choice->warning), "%s", env->error);
	if (!env->group[0] && !env->force_all)
		return false;
	return pfq_verdict_warn(choice, name, env->group[0] ? env->group_from : env->force_from,
			       "a group has devices of its own; open one of them, or pfq@GROUP");
}

static bool choose_ordinary(struct pfq_choice *choice, const char *name,
			    const struct pfq_sources *sources, bool *is_refused)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pfq_env_device env;
	const char *variable;
	bool explicitly;

	if (choice->env.bad_decides && !is_never_ours(name))
		return pfq_verdict_fail(choice, PCAP_ERROR, "%s", choice->env.error);
	if (is_never_ours(name))
		return choose_any(choice, name);
	if (pfq_names_env(&env, &choice->env, name, sources, err, sizeof(err)))
		return pfq_verdict_fail(choice, PCAP_ERROR, "%s", err);
	explicitly = env.take == PFQ_ENV_TAKE_YES || env.group[0] || choice->env.force_all;
	*is_refused = env.take == PFQ_ENV_TAKE_NO;
	if (*is_refused)
		return pfq_verdict_ordinary(choice, name, "its variable says 0");
	if (!explicitly && !choice->env.group[0])
		return false;
	if (choice->env.error[0])
		return pfq_verdict_fail(choice, PCAP_ERROR, "%s", choice->env.error);
	variable = env.label[0] ? env.label :
		   choice->env.force_all ? choice->env.force_from : choice->env.group_from;
	if (env.group[0])
		group_set(choice, env.group, env.label);
	else if (choice->env.group[0])
		group_set(choice, choice->env.group, choice->env.group_from);
	return pfq_take_over(choice, name, explicitly, variable);
}

/* A privileged program got no variable. Would one have brought it to a group? */
static bool variables_dropped(const char *name, char *text, size_t size)
{
	const char *general, *value;
	char variable[PFQ_ENV_VARIABLE_MAX + 1];
	unsigned int i;

	for (i = 0; (general = pfq_env_name(i)); i++) {
		value = pfq_env_decides(general) ? getenv(general) : NULL;
		if (value && *value)
			break;
	}
	if (!general && pfq_env_device_variable(variable, sizeof(variable), "PFQ_GROUP_", name) &&
	    getenv(variable))
		general = variable;
	if (!general && pfq_env_device_variable(variable, sizeof(variable), "PFQ_", name) &&
	    getenv(variable) && strcmp(getenv(variable), "0"))
		general = variable;
	if (general)
		snprintf(text, size,
			 "%.64s is ignored, because this program has privileges of its "
			 "own; " PFQ_CONFIG_DEFAULT " can bring it to a group.",
			 general);
	return general;
}

/* An ordinary device: has a variable been set in vain? A bad value is no error there. */
static bool is_in_vain(const struct pfq_env *env, char *text, size_t size)
{
	if (env->error[0] && strncmp(env->error, "PCAP_", 5))
		pfq_text_write(text, size, "%s.", env->error);
	else if (env->member_from[0])
		snprintf(text, size, "%.64s is set, but only members of a group use it; PFQ_GROUP "
			 "names the group.", env->member_from);
	else
		return false;
	return true;
}

/*
 * The handle gets no group, and the variables and the file that were read give no reason. Others
 * may have been meant for it.
 */
static void look_for_more(struct pfq_choice *choice, const char *name, bool ours,
			  const struct pfq_sources *sources)
{
	char text[PCAP_ERRBUF_SIZE], end[64];
	const char *device = pfq_device_is_pfq(name) ? NULL : name;

	if (sources->warning[0])
		pfq_text_write(text, sizeof(text), "%s.", sources->warning);
	else if (!(sources->is_secure && variables_dropped(name, text, sizeof(text))) &&
		 !pfq_misspelt_find(sources, device, text, sizeof(text)) &&
		 !pfq_misspelt_section(sources, text, sizeof(text)) &&
		 (ours || !is_in_vain(&choice->env, text, sizeof(text))))
		return;
	pfq_text_write(end, sizeof(end), " %.32s is captured without a group", name);
	pfq_text_write(choice->warning, sizeof(choice->warning) - strlen(end), "%s", text);
	strcat(choice->warning, end);
	pfq_debug_print(&choice->env, "%s", choice->warning);
}

/* Will the handle be opened without a group, and the program not be told yet? */
static bool gets_no_group(const struct pfq_choice *choice, bool ours)
{
	if (choice->warning[0] || choice->status || (ours && choice->env.error[0]))
		return false;
	/* "pfq" alone joins the only group */
	return !ours || (!choice->dev.group[0] && choice->dev.count);
}

bool pfq_choice_make(struct pfq_choice *choice, const char *name)
{
	struct pfq_sources sources;
	bool ours, is_refused = false;

	memset(choice, 0, sizeof(*choice));
	pfq_sources_open(&sources, &choice->env);
	if (!choice->env.bad_decides &&
	    pfq_misspelt_key(&sources, choice->env.error, sizeof(choice->env.error)))
		choice->env.bad_decides = true;
	if (pfq_device_is_pfq(name))
		ours = choose_pfq(choice, name, &sources);
	else
		ours = choose_ordinary(choice, name, &sources, &is_refused);
	if (!is_refused && gets_no_group(choice, ours))
		look_for_more(choice, name, ours, &sources);
	pfq_sources_close(&sources);
	return ours;
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

/* Has the group the program of the variable? Of a file, it is enough that it has one. */
static bool has_program(const struct pfq_env *env, const struct pfq_group_info *info)
{
	if (!strncmp(env->lang, "file:", 5) || env->lang[0] == '/')
		return info->lang[0];
	return same_text(env->lang, info->lang);
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
	else if (env->lang[0] && !has_program(env, info))
		snprintf(err, err_size, "%s: group %s is there, and has another program; unset the "
			 "variable, or name another group", env->lang_from, info->name);
	else if (env->vlans[0] && !same_text(env->vlans, info->vlans))
		snprintf(err, err_size,
			 "%s=%s: group %s is there, and its VLANs are %s; unset the variable, or "
			 "name another group",
			 env->vlans_from, env->vlans, info->name,
			 info->vlans[0] ? info->vlans : "all");
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
