/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Makes an endpoint of a group, with the settings of a handle and of the variables. */
#include <errno.h>
#include <string.h>

#include "pcap-pfq.h"
#include "pfq-groups.h"

#define RING_SHRUNK_MIN	(1ULL << 20)
#define PROTOCOL_ALL	3		/* ETH_P_ALL */

int pfq_join_refuse(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	if (c->choice.status) {
		snprintf(p->errbuf, sizeof(p->errbuf), "%s", c->choice.error);
		return c->choice.status;
	}
	if (c->choice.env.error[0]) {
		snprintf(p->errbuf, sizeof(p->errbuf), "%s", c->choice.env.error);
		return PCAP_ERROR;
	}
	if (p->opt.rfmon) {
		snprintf(p->errbuf, sizeof(p->errbuf), "pfq devices have no monitor mode");
		return PCAP_ERROR_RFMON_NOTSUP;
	}
	if (p->opt.protocol && p->opt.protocol != PROTOCOL_ALL) {
		snprintf(p->errbuf, sizeof(p->errbuf),
			 "pfq devices carry all protocols: use a filter instead of "
			 "pcap_set_protocol_linux()");
		return PCAP_ERROR;
	}
	return 0;
}

static int open_status(int ret)
{
	switch (ret) {
	case -ENOENT:
	case -ENODEV:
		return PCAP_ERROR_NO_SUCH_DEVICE;
	case -EACCES:
	case -EPERM:
		return PCAP_ERROR_PERM_DENIED;
	case -ENETDOWN:
		return PCAP_ERROR_IFACE_NOT_UP;
	default:
		return PCAP_ERROR;
	}
}

/* Is @text about @value? Looks for it in quotes, because other words may contain it ("ip"). */
static bool speaks_of(const char *text, const char *value)
{
	char quoted[80];

	snprintf(quoted, sizeof(quoted), "\"%s\"", value);
	return value[0] && strstr(text, quoted);
}

/* returns the setting that asked for the size of the ring */
static const char *ring_asked_by(const pcap_t *p, const struct pfq_env *env)
{
	if (env->ring_bytes)
		return env->ring_from;
	if (p->opt.buffer_size)
		return "the program's buffer size (pcap_set_buffer_size(), tcpdump -B)";
	return "the group's ring (ring in pfqd.conf, PFQ_RING here)";
}

/* sets the error text: the variable that it is about, and the engine's text */
static void join_error(pcap_t *p, int ret, const char *text)
{
	const struct pfq_env *env = &((struct pfq_capture *)p->priv)->choice.env;
	const char *variable = NULL;

	if ((ret == -ENOMEM || ret == -EDQUOT) && strstr(text, "ring"))
		variable = ring_asked_by(p, env);
	else if (env->lang[0] && (!strncmp(text, "lang: ", 6) || strstr(text, "program: ")))
		variable = env->lang_from;
	else if (speaks_of(text, env->steer))
		variable = env->steer_from;
	else if (env->hugepages[0] &&
		 (strstr(text, "hugepages") || speaks_of(text, env->hugepages)))
		variable = env->hugepages_from;
	else if (speaks_of(text, env->name))
		variable = env->name_from;
	snprintf(p->errbuf, sizeof(p->errbuf), "%.140s%s%s", variable ? variable : "",
		 variable ? ": " : "", text);
}

/*
 * Join. If there is no memory for the program's buffer size, take a smaller ring, as
 * stock does. Do not do so for the size in the user's variable.
 */
static int join(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	const struct pfq_env *env = &c->choice.env;
	struct pfq_error why = { "" };
	struct pfq_params params = {
		.engine = env->engine[0] ? env->engine : NULL,
		.socket = pfq_groups_socket(env),
		.group = c->choice.dev.group[0] ? c->choice.dev.group : NULL,
		.bindings = c->choice.dev.bindings[0] ? c->choice.dev.bindings : NULL,
		.steer = env->steer[0] ? env->steer : NULL,
		.name = env->name[0] ? env->name : NULL,
		.hugepages = env->hugepages[0] ? env->hugepages : NULL,
		.lang = env->lang[0] ? env->lang : NULL,
		.vlans = env->vlans[0] ? env->vlans : NULL,
		.snaplen = (uint32_t)p->snapshot,
		.weight = (uint32_t)env->weight,
		.ring_bytes = env->ring_bytes ? env->ring_bytes : p->opt.buffer_size,
		.classes = env->classes,
		.reconnect_s = env->reconnect_s,
		.promisc = !!p->opt.promisc,
		.immediate = !!p->opt.immediate,
		.order_none = env->order_none,
		.adapter_time = p->opt.tstamp_type == PCAP_TSTAMP_ADAPTER_UNSYNCED,
	};
	int ret;

	for (;;) {
		ret = c->lib->pfq_open(&c->q, &params, &why);
		if (ret != -ENOMEM || env->ring_bytes || params.ring_bytes <= RING_SHRUNK_MIN)
			break;
		params.ring_bytes /= 2;
	}
	if (!ret)
		return 0;
	c->q = NULL;
	join_error(p, ret, why.text[0] ? why.text : c->lib->pfq_error_text(ret));
	return open_status(ret);
}

int pfq_join_group(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	struct pfq_ctl *ctl;
	int ret;

	c->lib = pfq_lib_get(p->errbuf, PCAP_ERRBUF_SIZE);
	if (!c->lib)
		return PCAP_ERROR;
	ret = pfq_groups_connect(c->lib, &c->choice.env, &ctl, p->errbuf, PCAP_ERRBUF_SIZE);
	if (ret)
		return ret == -EACCES || ret == -EPERM ? PCAP_ERROR_PERM_DENIED : PCAP_ERROR;
	c->same_netns = pfq_groups_same_netns(c->lib->pfq_ctl_engine(ctl)) > 0;
	ret = pfq_choice_complete(&c->choice, c->lib, ctl, p->errbuf, PCAP_ERRBUF_SIZE);
	c->lib->pfq_ctl_close(ctl);
	if (ret)
		return ret;
	return join(p);
}
