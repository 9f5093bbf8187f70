/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pfq-groups.h"

const char *pfq_groups_socket(const struct pfq_env *env)
{
	if (!strcmp(env->engine, "kernel"))
		return PFQ_DEVICE;
	if (env->socket[0])
		return env->socket;
	return !strcmp(env->engine, "user") ? PFQ_SOCKET_DEFAULT : NULL;
}

int pfq_groups_connect(const struct pfq_lib *lib, const struct pfq_env *env, struct pfq_ctl **ctl,
		       char *err, size_t err_size)
{
	struct pfq_error why = { "" };
	int ret;

	ret = lib->pfq_ctl_await(ctl, pfq_groups_socket(env), &why);
	if (ret)
		snprintf(err, err_size, "%s", why.text[0] ? why.text : lib->pfq_error_text(ret));
	return ret;
}

bool pfq_groups_is_adapter_time(const struct pfq_engine_info *engine)
{
	return !strcmp(engine->engine, "kernel");
}

bool pfq_groups_has_adapter_time(const struct pfq_env *env)
{
	char err[PCAP_ERRBUF_SIZE];
	const struct pfq_lib *lib;
	struct pfq_ctl *ctl;
	bool has;

	if (access(PFQ_DEVICE, F_OK))
		return false;
	lib = pfq_lib_get(err, sizeof(err));
	if (!lib || pfq_groups_connect(lib, env, &ctl, err, sizeof(err)))
		return false;
	has = pfq_groups_is_adapter_time(lib->pfq_ctl_engine(ctl));
	lib->pfq_ctl_close(ctl);
	return has;
}

int pfq_groups_same_netns(const struct pfq_engine_info *engine)
{
	char own[64], theirs[64];
	ssize_t n;

	/* readlink(), because AppArmor denies stat() to a confined program: the file has no path */
	n = readlink("/proc/self/ns/net", own, sizeof(own) - 1);
	if (n < 0)
		return -errno;
	own[n] = '\0';
	snprintf(theirs, sizeof(theirs), "net:[%llu]", (unsigned long long)engine->netns_ino);
	return !strcmp(own, theirs);
}

#define JOINABLE_MORE	", ..."

struct joinable {
	unsigned int count;
	char first[PFQ_NAME_MAX + 1];
	char list[160];		/* ends with ", ..." if not all groups fit */
	size_t used;
	bool is_full;
};

static int joinable_add(const struct pfq_group_info *info, void *arg)
{
	struct joinable *j = arg;
	size_t room = sizeof(j->list) - j->used - strlen(JOINABLE_MORE);
	int n;

	if (!info->joinable || !info->id)
		return 0;
	if (!j->count++)
		memcpy(j->first, info->name, sizeof(j->first));
	if (j->is_full)
		return 0;
	n = snprintf(j->list + j->used, room, "%s%s", j->count > 1 ? ", " : "", info->name);
	if (n > 0 && (size_t)n < room) {
		j->used += (size_t)n;
		return 0;
	}
	strcpy(j->list + j->used, JOINABLE_MORE);
	j->is_full = true;
	return 0;
}

static int joinable_list(const struct pfq_lib *lib, struct pfq_ctl *ctl, struct joinable *j,
			 struct pfq_error *why)
{
	memset(j, 0, sizeof(*j));
	why->text[0] = '\0';
	return lib->pfq_ctl_groups(ctl, NULL, joinable_add, j, why);
}

static int take_first(const struct pfq_group_info *info, void *arg)
{
	memcpy(arg, info, sizeof(*info));
	return 1;
}

int pfq_groups_find(const struct pfq_lib *lib, struct pfq_ctl *ctl, const char *group,
		    struct pfq_group_info *info, char *err, size_t err_size)
{
	struct pfq_error why = { "" };
	struct joinable j;
	int ret;

	ret = lib->pfq_ctl_groups(ctl, group, take_first, info, &why);
	if (ret == 1)
		return 0;
	if (ret && ret != -ENOENT) {
		snprintf(err, err_size, "%s", why.text[0] ? why.text : lib->pfq_error_text(ret));
		return ret;
	}
	ret = joinable_list(lib, ctl, &j, &why);
	if (ret)
		snprintf(err, err_size, "there is no group %s, and of the others: %s", group,
			 why.text[0] ? why.text : lib->pfq_error_text(ret));
	else if (!j.count)
		snprintf(err, err_size, "there is no group %s, nor any other that you may join",
			 group);
	else
		snprintf(err, err_size, "there is no group %s; you may join: %s", group, j.list);
	return -ENOENT;
}

int pfq_groups_only(const struct pfq_lib *lib, struct pfq_ctl *ctl, char name[PFQ_NAME_MAX + 1],
		    char *err, size_t err_size)
{
	struct pfq_error why;
	struct joinable j;
	int ret;

	ret = joinable_list(lib, ctl, &j, &why);
	if (ret) {
		snprintf(err, err_size, "the groups cannot be listed: %s",
			 why.text[0] ? why.text : lib->pfq_error_text(ret));
		return ret;
	}
	if (j.count == 1) {
		memcpy(name, j.first, sizeof(j.first));
		return 0;
	}
	if (j.count)
		snprintf(err, err_size,
			 "which group? Name one as in pfq@%s, or by PFQ_GROUP; you may join: %s",
			 j.first, j.list);
	else
		snprintf(err, err_size,
			 "there is no group that you may join; name a device for a copy of its "
			 "traffic, as in pfq:eth0");
	return -ENOENT;
}

/* appends a device to a list; returns false if there is no memory */
static bool device_append(pcap_if_t ***tail, const struct pfq_group_info *info)
{
	char name[sizeof("pfq@") + PFQ_NAME_MAX], text[320];
	pcap_if_t *dev;

	snprintf(name, sizeof(name), "pfq@%s", info->name);
	snprintf(text, sizeof(text), "pfq group %u: %.200s, %s, %u member%s", info->id,
		 info->bindings[0] ? info->bindings : "no device", info->steer, info->members,
		 info->members == 1 ? "" : "s");
	dev = calloc(1, sizeof(*dev));
	if (!dev)
		return false;
	dev->name = strdup(name);
	dev->description = strdup(text);
	if (!dev->name || !dev->description) {
		free(dev->name);
		free(dev->description);
		free(dev);
		return false;
	}
	/* neither up nor running, so that no program chooses it as its default */
	dev->flags = PCAP_IF_CONNECTION_STATUS_NOT_APPLICABLE;
	**tail = dev;
	*tail = &dev->next;
	return true;
}

static int device_add(const struct pfq_group_info *info, void *arg)
{
	if (!info->joinable || !info->id)
		return 0;
	return device_append(arg, info) ? 0 : 1;
}

/* Is there a socket or the module? If not, the caller does not even load libpfq. */
static bool may_be_there(const char *socket)
{
	return socket ? !access(socket, F_OK) :
			!access(PFQ_SOCKET_DEFAULT, F_OK) || !access(PFQ_DEVICE, F_OK);
}

void pfq_groups_append(const struct pfq_env *env, pcap_if_t **list)
{
	const char *socket = pfq_groups_socket(env);
	const struct pfq_lib *lib;
	struct pfq_error why = { "" };
	struct pfq_ctl *ctl;
	char err[PCAP_ERRBUF_SIZE];

	if (!may_be_there(socket))
		return;
	lib = pfq_lib_get(err, sizeof(err));
	if (!lib || lib->pfq_ctl_open(&ctl, socket, &why))
		return;
	while (*list)
		list = &(*list)->next;
	(void)lib->pfq_ctl_groups(ctl, NULL, device_add, &list, &why);
	lib->pfq_ctl_close(ctl);
}
