// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/pfq_control.h>
#include "filter.h"
#include "group.h"
#include "pfqk.h"

/* the answer to a policy that is none; it lives as long as answers refer to it */
static char steer_refusal[64 + PFQ_PROGRAM_LIST_BYTES];

void pfqk_group_settings_init(void)
{
	size_t n = scnprintf(steer_refusal, sizeof(steer_refusal),
			     "no such steering policy; allowed: ");

	pfq_program_list(steer_refusal + n, sizeof(steer_refusal) - n);
	pfqk_program_init();
}

void pfqk_group_settings_default(struct pfqk_group_settings *s)
{
	memset(s, 0, sizeof(*s));
	s->direction = PFQ_DIRECTION_INOUT;
	s->ring_bytes = PFQ_DEFAULT_RING_BYTES;
	s->snaplen = PFQ_SNAPLEN_MAX;
	s->frag_wait_ns = PFQ_FRAG_WAIT_DEFAULT_NS;
	s->linger_ns = PFQ_LINGER_DEFAULT_NS;
	s->access.uid = GLOBAL_ROOT_UID;
	s->access.gid = GLOBAL_ROOT_GID;
	s->access.mode = 0600;
	strscpy(s->steer, PFQ_DEFAULT_STEER, sizeof(s->steer));
	s->program = pfqk_program_usual();
}

void pfqk_group_settings_free(struct pfqk_group_settings *s)
{
	pfqk_program_put(s->program);
	pfqk_filter_destroy(s->filter);
	kfree(s->filter_text);
	kfree(s->vlans_text);
	pfqk_group_settings_given(s);
}

void pfqk_group_settings_given(struct pfqk_group_settings *s)
{
	s->program = NULL;
	s->filter = NULL;
	s->filter_text = NULL;
	s->vlans_text = NULL;
}

int pfqk_group_settings_steer(struct pfqk_group_settings *s, const char *policy,
			      struct netlink_ext_ack *extack)
{
	struct pfqk_program *program = NULL;
	int err = pfqk_program_from_policy(&program, policy);

	if (err && err != -ENOMEM && extack)
		extack->_msg = steer_refusal;
	if (err)
		return err == -ENOENT ? -EINVAL : err;
	strscpy(s->steer, policy, sizeof(s->steer));
	pfqk_program_put(s->program);
	s->program = program;
	return 0;
}

int pfqk_group_settings_wire(struct pfqk_group_settings *s, const void *wire, size_t bytes,
			     const char *text, struct netlink_ext_ack *extack)
{
	struct pfqk_program *program;
	int err = pfqk_program_from_wire(&program, wire, bytes, text, extack);

	if (err)
		return err;
	strscpy(s->steer, PFQ_STEER_LANG, sizeof(s->steer));
	pfqk_program_put(s->program);
	s->program = program;
	return 0;
}

int pfqk_group_settings_vlans(struct pfqk_group_settings *s, const char *text,
			      struct netlink_ext_ack *extack)
{
	const char *bad;

	if (pfq_vlan_parse(&s->vlans, text, &bad)) {
		NL_SET_ERR_MSG(extack, "no list of VLANs; " PFQ_VLANS_ALLOWED);
		return -EINVAL;
	}
	s->vlans_text = kstrdup(text, GFP_KERNEL_ACCOUNT);
	return s->vlans_text ? 0 : -ENOMEM;
}
