/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/pfq_control.h>

#include "pfqd/base/error.h"
#include "settings.h"

void group_settings_default(struct group_settings *s)
{
	memset(s, 0, sizeof(*s));
	s->driver = ingest_driver(0);
	s->promisc = true;
	s->direction = PFQ_DIRECTION_INOUT;
	s->file.loops = 1;
	s->ring_bytes = PFQ_DEFAULT_RING_BYTES;
	s->snaplen = PFQ_SNAPLEN_MAX;
	s->frag_wait_ns = PFQ_FRAG_WAIT_DEFAULT_NS;
	s->linger_ns = PFQ_LINGER_DEFAULT_NS;
	access_policy_default(&s->access);
	strcpy(s->steer, PFQ_DEFAULT_STEER);
	s->program = program_usual();
}

void group_settings_share(struct group_settings *to, const struct group_settings *from)
{
	*to = *from;
	to->filter = NULL;
	program_get(to->program);
}

void group_settings_take(struct group_settings *to, struct group_settings *from)
{
	group_settings_share(to, from);
	to->filter = from->filter;
	from->filter = NULL;
}

int group_settings_check_filter(const struct group_settings *s, struct pfq_error *err)
{
	if (!s->filter_text[0] || s->filter)
		return 0;
	return error_set(err, -EPERM, "a filter for Ethernet is compiled on the device lo: it must "
			 "be up, and CAP_NET_RAW is needed");
}

void group_settings_free(struct group_settings *s)
{
	free(s->filter);
	program_put(s->program);
	s->filter = NULL;
	s->program = NULL;
}

int group_settings_steer(struct group_settings *s, const char *policy, struct pfq_error *err)
{
	char list[PFQ_PROGRAM_LIST_BYTES];
	struct program *program = NULL;
	int ret;

	ret = strlen(policy) > SETTINGS_STEER_MAX ? -EINVAL : program_from_policy(&program, policy);
	pfq_program_list(list, sizeof(list));
	if (ret == -ENOMEM)
		return error_set(err, ret, "no memory");
	if (ret)
		return error_set(err, -EINVAL, "\"%.63s\" is not allowed here; allowed: %s", policy,
				 list);
	strcpy(s->steer, policy);
	program_put(s->program);
	s->program = program;
	return 0;
}

int group_settings_wire(struct group_settings *s, const void *wire, size_t bytes, const char *text,
			struct pfq_error *err)
{
	struct program *program;
	int ret = program_from_wire(&program, wire, bytes, text, err);

	if (ret)
		return ret;
	strcpy(s->steer, PFQ_STEER_LANG);
	program_put(s->program);
	s->program = program;
	return 0;
}

int group_settings_vlans(struct group_settings *s, const char *text, struct pfq_error *err)
{
	const char *bad = text;

	if (strlen(text) > SETTINGS_VLANS_MAX)
		return error_set(err, -EINVAL, "list of VLANs too long; allowed: %d bytes",
				 SETTINGS_VLANS_MAX);
	if (pfq_vlan_parse(&s->vlans, text, &bad))
		return error_set(err, -EINVAL, "\"%.*s\" is not allowed here; " PFQ_VLANS_ALLOWED,
				 (int)strcspn(bad, ", \t"), bad);
	strcpy(s->vlans_text, text);
	return 0;
}
