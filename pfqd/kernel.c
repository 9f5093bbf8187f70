/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/linktype.h"
#include "lib/conn.h"
#include "pfqd/host/device.h"
#include "pfqd/host/ifreq.h"
#include "pfqd/base/error.h"
#include "kernel.h"
#include "pfqd/base/log.h"

struct kernel {
	struct pfq_conn conn;	/* the groups live until this connection ends */
};

/* Log why the group does not get packets of a device yet, or at all. @dev NULL: it is absent. */
static void log_missing(const struct group_settings *s, const char *name, const struct device *dev)
{
	if (dev)
		log_write(LOG_LEVEL_ERROR, LOG_ABOUT(.group = s->name, .device = dev->name),
			  "group %s: device %s: %s; it is not used", s->name, dev->name,
			  pfq_linktype_refusal(dev->arphrd));
	else
		log_write(LOG_LEVEL_WARNING, LOG_ABOUT(.group = s->name, .device = name),
			  "group %s: device %s does not exist: the module waits for it", s->name,
			  name);
}

/* Log if @dev lacks a queue that the group names. */
static void look_at_queues(const struct group_settings *s, const struct binding *b,
			   const struct device *dev)
{
	struct pfq_error err;
	bool has_some;

	if (binding_check_queues(b, dev->name, ifreq_rx_queues(dev->ifindex), &has_some, &err))
		log_write(LOG_LEVEL_WARNING, LOG_ABOUT(.group = s->name, .device = dev->name),
			  "group %s: %s: the module waits for it", s->name, err.text);
}

/*
 * The link type that the group's filter is compiled for: that of its first device that exists and
 * is supported; Ethernet if there is none. Logs devices and queues that are absent, and devices
 * that are not supported, because the module reports them only in the kernel's log.
 */
static uint32_t look_at_devices(const struct group_settings *s)
{
	const struct device *dev;
	struct devices *devices = NULL;
	struct pfq_error err;
	uint32_t linktype = 0;
	unsigned int i;

	if (devices_open(&devices, NULL, NULL, NULL, &err))
		log_warning("%s", err.text);
	for (i = 0; devices && i < s->bindings.count; i++) {
		const struct binding *b = &s->bindings.binding[i];

		dev = devices_find(devices, b->device);
		if (!dev || !dev->linktype) {
			log_missing(s, b->device, dev);
			continue;
		}
		look_at_queues(s, b, dev);
		if (!linktype)
			linktype = dev->linktype;
	}
	devices_close(devices);
	return linktype ? linktype : PFQ_LINKTYPE_ETHERNET;
}

static int put_filter(struct pfq_msg_out *o, const struct group_settings *s, struct pfq_error *err)
{
	uint32_t linktype = look_at_devices(s);
	struct sock_filter *insns;
	size_t bytes = 0;
	int ret;

	if (!s->filter_text[0])
		return 0;
	ret = filter_insns(s->filter_text, linktype, &insns, &bytes, err);
	if (ret)
		return ret;
	pfq_msg_put_binary(o, PFQ_A_FILTER, insns, bytes);
	pfq_msg_put_string(o, PFQ_A_FILTER_TEXT, s->filter_text);
	/* the module refuses devices of another link type, which the filter would not fit */
	pfq_msg_put_u32(o, PFQ_A_LINKTYPE, linktype);
	free(insns);
	return 0;
}

static void put_program(struct pfq_msg_out *o, const struct group_settings *s)
{
	const struct program *p = s->program;

	if (!p->wire) {
		pfq_msg_put_string(o, PFQ_A_STEER, s->steer);
		return;
	}
	pfq_msg_put_binary(o, PFQ_A_PROGRAM, p->wire, p->wire_bytes);
	pfq_msg_put_string(o, PFQ_A_PROGRAM_TEXT, p->text);
}

/* Send all settings of a group with GROUP_ADD or GROUP_SET. */
static int send_settings(struct kernel *k, enum pfq_cmd cmd, const struct group_settings *s,
			 struct pfq_error *err)
{
	char bindings[BINDING_TEXT_MAX + 1];
	struct pfq_msg_out o;
	int ret;

	binding_list_print(&s->bindings, bindings, sizeof(bindings));
	pfq_msg_begin(&o, cmd, NLM_F_REQUEST, pfq_conn_seq(&k->conn));
	pfq_msg_put_string(&o, PFQ_A_GROUP, s->name);
	if (s->id)
		pfq_msg_put_u32(&o, PFQ_A_ID, s->id);
	pfq_msg_put_string(&o, PFQ_A_BINDINGS, bindings);
	put_program(&o, s);
	pfq_msg_put_string(&o, PFQ_A_MODE, s->is_tap ? "tap" : "sniff");
	if (s->vlans_text[0])
		pfq_msg_put_string(&o, PFQ_A_VLANS, s->vlans_text);
	pfq_msg_put_u32(&o, PFQ_A_MEMBERS_WANTED, s->members_wanted);
	pfq_msg_put_u32(&o, PFQ_A_OWNER_UID, s->access.uid);
	pfq_msg_put_u32(&o, PFQ_A_OWNER_GID, s->access.gid);
	pfq_msg_put_u32(&o, PFQ_A_ACCESS, s->access.mode);
	pfq_msg_put_u64(&o, PFQ_A_RING_BYTES, s->ring_bytes);
	pfq_msg_put_u32(&o, PFQ_A_SNAPLEN, s->snaplen);
	pfq_msg_put_u64(&o, PFQ_A_FRAG_WAIT_NS, s->frag_wait_ns);
	/* the defaults are the module's, too; a module without linger gets none of these */
	if (s->linger_ns != PFQ_LINGER_DEFAULT_NS)
		pfq_msg_put_u64(&o, PFQ_A_LINGER_NS, s->linger_ns);
	if (s->linger_to != PFQ_LINGER_DROP)
		pfq_msg_put_u32(&o, PFQ_A_LINGER_TO, s->linger_to);
	pfq_msg_put_u32(&o, PFQ_A_PROMISC, s->promisc);
	pfq_msg_put_u32(&o, PFQ_A_DIRECTION, s->direction);
	ret = put_filter(&o, s, err);
	if (ret) {
		pfq_msg_free(&o);
		return ret;
	}
	return pfq_conn_command(&k->conn, &o, cmd, err);
}

int kernel_group_add(struct kernel *k, const struct group_settings *s, struct pfq_error *err)
{
	return send_settings(k, PFQ_CMD_GROUP_ADD, s, err);
}

int kernel_group_set(struct kernel *k, const struct group_settings *s, struct pfq_error *err)
{
	return send_settings(k, PFQ_CMD_GROUP_SET, s, err);
}

int kernel_group_del(struct kernel *k, const char *name, struct pfq_error *err)
{
	struct pfq_msg_out o;

	pfq_msg_begin(&o, PFQ_CMD_GROUP_DEL, NLM_F_REQUEST, pfq_conn_seq(&k->conn));
	pfq_msg_put_string(&o, PFQ_A_GROUP, name);
	return pfq_conn_command(&k->conn, &o, PFQ_CMD_GROUP_DEL, err);
}

/* --- life ----------------------------------------------------------------------- */

/* files that tell why the module cannot be loaded: they then hold the word */
static const struct refusal {
	const char *path, *word, *why;
} refusals[] = {
	{ "/proc/sys/kernel/modules_disabled", "1",
	  "until its next boot this machine loads no modules (kernel.modules_disabled)" },
	{ "/sys/module/module/parameters/sig_enforce", "Y",
	  "this kernel loads only signed modules (Secure Boot): pfq(4) says how to sign pfq.ko" },
	{ "/sys/kernel/security/lockdown", "[integrity]",
	  "this kernel is locked down and loads only signed modules: pfq(4) says how to sign "
	  "pfq.ko" },
	{ "/sys/kernel/security/lockdown", "[confidentiality]",
	  "this kernel is locked down and loads only signed modules: pfq(4) says how to sign "
	  "pfq.ko" },
};

static bool file_has(const char *path, const char *word)
{
	char text[128] = "";
	FILE *f = fopen(path, "re");
	bool has;

	has = f && fgets(text, sizeof(text), f) && strstr(text, word);
	if (f)
		fclose(f);
	return has;
}

/* The module is not loaded. Add the reason why loading it would fail, if there is one. */
static void explain_absence(struct pfq_error *err)
{
	char text[sizeof(err->text)];
	unsigned int i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (!file_has(refusals[i].path, refusals[i].word))
			continue;
		memcpy(text, err->text, sizeof(text));
		error_set(err, 0, "%.160s; %s", text, refusals[i].why);
		return;
	}
}

int kernel_open(struct kernel **out, struct pfq_error *err)
{
	struct kernel *k = calloc(1, sizeof(*k));
	int ret;

	if (!k)
		return error_set(err, -ENOMEM, "no memory");
	ret = pfq_conn_open(&k->conn, "kernel", NULL, 0, err);
	if (!ret) {
		*out = k;
		return 0;
	}
	if (ret == -ENOENT)
		explain_absence(err);
	free(k);
	return ret;
}

void kernel_close(struct kernel *k)
{
	if (!k)
		return;
	pfq_conn_close(&k->conn);
	free(k);
}
