/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The group of a JOIN: may it be joined or made, and then joining its devices or making it. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "join.h"
#include "pfqd/base/error.h"
#include "pfqd/base/value.h"

void join_fit(struct endpoint_params *p, const struct group_settings *s)
{
	if (!p->snaplen || p->snaplen > s->snaplen)
		p->snaplen = s->snaplen;
	if (!p->ring_bytes)
		p->ring_bytes = s->ring_bytes;
}

/* The policy or the program of a group that this JOIN makes. */
static int read_program(const struct join *j, enum group_kind kind, struct group_settings *s)
{
	const char *steer = pfq_attrs_string(j->attrs, PFQ_A_STEER);
	const char *text = pfq_attrs_string(j->attrs, PFQ_A_PROGRAM_TEXT);
	const void *wire;
	size_t bytes;

	wire = pfq_attrs_binary(j->attrs, PFQ_A_PROGRAM, &bytes);
	if (wire && steer && *steer)
		return error_set(j->err, -EINVAL, "STEER and PROGRAM are both there; allowed: one "
				 "of them");
	/* a private group has one member, which takes all packets */
	if (kind == GROUP_PRIVATE)
		return group_settings_steer(s, "copy", j->err);
	if (wire)
		return group_settings_wire(s, wire, bytes, text ? text : "", j->err);
	return steer && *steer ? group_settings_steer(s, steer, j->err) : 0;
}

/* The settings of a group that this JOIN makes. The caller frees their contents. */
static int new_settings(struct join *j, enum group_kind kind, const char *name,
			struct group_settings *s)
{
	const char *vlans = pfq_attrs_string(j->attrs, PFQ_A_VLANS);
	int ret;

	group_settings_default(s);
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->promisc = false;	/* the flag of each member decides */
	s->is_immediate = j->params.is_immediate;
	s->bindings = j->bindings;
	s->access.uid = j->cred.uid;
	s->access.gid = j->cred.gid;
	value_u32(name, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX, &s->id);
	ret = read_program(j, kind, s);
	if (!ret && vlans && *vlans)
		ret = group_settings_vlans(s, vlans, j->err);
	if (ret)
		group_settings_free(s);
	return ret;
}

static int check_settings(struct join *j, enum group_kind kind, const char *name)
{
	struct group_settings s;
	int ret = new_settings(j, kind, name, &s);

	if (ret)
		return ret;
	join_fit(&j->params, &s);
	group_settings_free(&s);
	return 0;
}

static int make_group(struct join *j, enum group_kind kind, const char *name)
{
	struct registry *e = j->registry;
	uid_t uid = j->c->cred.uid;
	struct group_settings s;
	uint64_t bytes = 0;
	int ret;

	ret = new_settings(j, kind, name, &s);
	if (ret)
		return ret;
	ret = registry_program_charge(e, &s, uid, &bytes, j->err);
	if (!ret) {
		ret = registry_group_add(e, kind, &s, &j->group, j->err);
		if (ret)
			limits_give(e->limits, uid, LIMIT_RING_BYTES, bytes);
	}
	group_settings_free(&s);
	if (ret)
		return ret;
	j->group->program_bytes = bytes;
	j->group->program_uid = uid;
	return 0;
}

static int check_private(struct join *j)
{
	if (j->cred.uid)
		return error_set(j->err, -EPERM,
				 "only root may capture from a device; join a group that "
				 "pfqd.conf lets you join (pfqctl groups lists them)");
	return check_settings(j, GROUP_PRIVATE, "private");
}

static int make_private(struct join *j)
{
	char name[PFQ_NAME_MAX + 1];

	/* '#' is not allowed in a group's name, so that no JOIN can name this group */
	snprintf(name, sizeof(name), "private#%u", j->registry->last_endpoint_id + 1);
	return make_group(j, GROUP_PRIVATE, name);
}

static int check_new(struct join *j)
{
	uint32_t id;

	if (j->cred.uid)
		return error_set(j->err, -ENOENT,
				 "no group \"%s\" here, and only root may make one; "
				 "pfqctl groups lists the groups",
				 j->group_name);
	if (!j->has_bindings)
		return error_set(j->err, -ENOENT,
				 "no group \"%s\" here; to make it, name a device to "
				 "bind, as pfq@%s:eth0",
				 j->group_name, j->group_name);
	if (!value_is_name(j->group_name) &&
	    value_u32(j->group_name, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX, &id))
		return error_set(j->err, -EINVAL,
				 "group \"%s\": no valid name; allowed: a-z, then up to "
				 "30 of a-z 0-9 _ . -, or an id of 1-65535",
				 j->group_name);
	return check_settings(j, GROUP_JOINED, j->group_name);
}

static int make_new(struct join *j)
{
	return make_group(j, GROUP_JOINED, j->group_name);
}

static int check_existing(struct join *j)
{
	const struct pfqd_group *g = j->group;

	if (!access_allowed(&g->settings.access, &j->cred, ACCESS_READ))
		return error_set(j->err, -EACCES,
				 "group %s: user %u may not join it; its access in "
				 "pfqd.conf says who may",
				 g->settings.name, j->cred.uid);
	join_fit(&j->params, &g->settings);
	if (!j->has_bindings || group_covers(g, &j->bindings))
		return 0;
	if (j->cred.uid)
		return error_set(j->err, -EPERM,
				 "group %s: only root may bind a device to it; leave the "
				 "device out",
				 g->settings.name);
	if (!g->settings.driver->is_device)
		return error_set(j->err, -EINVAL,
				 "group %s reads a file; no device can be bound to it",
				 g->settings.name);
	return 0;
}

static int bind_existing(struct join *j)
{
	j->feeds_before = j->group->feeds;
	if (!j->has_bindings || group_covers(j->group, &j->bindings))
		return 0;
	return group_bind(j->group, &j->registry->sources, &j->bindings, true, j->err);
}

/* the check of a request, and the change once there is memory */
struct way {
	int (*check)(struct join *j);
	int (*make)(struct join *j);
};

/* Find the group, if it exists, and the way to join. */
static const struct way *find_way(struct join *j)
{
	static const struct way private = { check_private, make_private };
	static const struct way new = { check_new, make_new };
	static const struct way existing = { check_existing, bind_existing };

	j->group = j->group_name ? registry_group_find(j->registry, j->group_name) : NULL;
	if (!j->group_name)
		return &private;
	return j->group ? &existing : &new;
}

/* Devices of a group may be missing. A device that this request names must be usable. */
static int check_bindings(struct join *j)
{
	return j->has_bindings
		       ? registry_group_check(j->registry, j->group, &j->bindings, j->err)
		       : 0;
}

int join_group_check(struct join *j)
{
	const struct way *way = find_way(j);

	j->is_configured = j->group && j->group->kind == GROUP_CONFIGURED;
	return way->check(j);
}

/* The client wanted to join a group of pfqd.conf, and not to make one. */
static int check_removed(struct join *j)
{
	if (j->group || !j->is_configured)
		return 0;
	return error_set(j->err, -ENOENT, "a reload, or pfqctl, has removed group %s while its "
			 "ring was being made", j->group_name);
}

int join_group_make(struct join *j)
{
	const struct way *way;
	int ret;

	/* only for root: the search reads all devices, and only root can bind one */
	if (j->has_bindings && !j->cred.uid)
		registry_learn_names(j->registry, &j->bindings);
	way = find_way(j);
	ret = check_removed(j);
	if (!ret)
		ret = way->check(j);
	if (ret) {
		j->group = NULL;	/* nothing was made */
		return ret;
	}
	ret = way->make(j);
	return ret ? ret : check_bindings(j);
}
