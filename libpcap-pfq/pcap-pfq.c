/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The functions that overlay/GNUmakefile puts in front of the release's own
 * functions. For a device that is not a pfq device, they call the release's own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pcap-pfq.h"
#include "pfq-groups.h"
#include "pfq-warning.h"

pcap_t *pcap_sys_create_interface(const char *device, char *errbuf);
int pcap_sys_findalldevs(pcap_if_t **list, char *errbuf);
int pcap_sys_lookupnet(const char *device, bpf_u_int32 *net, bpf_u_int32 *mask, char *errbuf);
int pcap_sys_fileno(pcap_t *p);
int pcap_sys_get_selectable_fd(pcap_t *p);
int pcap_sys_activate(pcap_t *p);
pcap_t *pcap_sys_open_live(const char *device, int snaplen, int promisc, int to_ms, char *errbuf);

static const u_int precisions[] = { PCAP_TSTAMP_PRECISION_MICRO, PCAP_TSTAMP_PRECISION_NANO };

/* the last one is listed only if the engine has it */
static const u_int types[] = { PCAP_TSTAMP_HOST, PCAP_TSTAMP_ADAPTER_UNSYNCED };

static int set_lists(pcap_t *p, const struct pfq_choice *choice)
{
	int types_count = sizeof(types) / sizeof(types[0]);

	if (!pfq_choice_has_adapter_time(choice))
		types_count--;
	p->tstamp_precision_list = malloc(sizeof(precisions));
	p->tstamp_type_list = malloc(sizeof(types));
	if (!p->tstamp_precision_list || !p->tstamp_type_list)
		return -ENOMEM;
	memcpy(p->tstamp_precision_list, precisions, sizeof(precisions));
	p->tstamp_precision_count = sizeof(precisions) / sizeof(precisions[0]);
	memcpy(p->tstamp_type_list, types, sizeof(types));
	p->tstamp_type_count = types_count;
	return 0;
}

static pcap_t *create(const struct pfq_choice *choice, char *errbuf)
{
	struct pfq_capture *c;
	pcap_t *p;

	p = PCAP_CREATE_COMMON(errbuf, struct pfq_capture);
	if (!p)
		return NULL;
	if (set_lists(p, choice)) {
		snprintf(errbuf, PCAP_ERRBUF_SIZE, "no memory for a pfq handle");
		pcap_close(p);
		return NULL;
	}
	p->activate_op = pfq_capture_activate;
	c = p->priv;
	c->choice = *choice;
	c->break_fd = -1;
	pthread_mutex_init(&c->control, NULL);
	return p;
}

pcap_t *pcap_create_interface(const char *device, char *errbuf)
{
	struct pfq_choice *choice;
	pcap_t *p;

	choice = malloc(sizeof(*choice));
	if (!choice) {
		snprintf(errbuf, PCAP_ERRBUF_SIZE, "%s", strerror(ENOMEM));
		return NULL;
	}
	if (pfq_choice_make(choice, device))
		p = create(choice, errbuf);
	else
		p = pcap_sys_create_interface(device, errbuf);
	if (p && p->activate_op != pfq_capture_activate && choice->warning[0])
		pfq_warning_attach(p, choice->warning);
	free(choice);
	return p;
}

/* Has the activation of @p succeeded and left a warning of ours in p->errbuf? */
static bool is_warned(const pcap_t *p)
{
	if (pfq_capture_is(p))
		return ((const struct pfq_capture *)p->priv)->choice.warning[0];
	return pfq_warning_given(p);
}

/* If the program asked for non-blocking mode before, the release's own function loses a warning. */
int pcap_activate(pcap_t *p)
{
	int ret = pcap_sys_activate(p);

	return !ret && is_warned(p) ? PCAP_WARNING : ret;
}

pcap_t *pcap_open_live(const char *device, int snaplen, int promisc, int to_ms, char *errbuf)
{
	pcap_t *p = pcap_sys_open_live(device, snaplen, promisc, to_ms, errbuf);

	if (p && is_warned(p))
		memcpy(errbuf, p->errbuf, strlen(p->errbuf) + 1);
	return p;
}

int pcap_findalldevs(pcap_if_t **list, char *errbuf)
{
	struct pfq_env *env;
	int ret;

	ret = pcap_sys_findalldevs(list, errbuf);
	if (ret)
		return ret;
	env = malloc(sizeof(*env));
	if (env) {
		pfq_choice_env(env);
		pfq_groups_append(env, list);
		free(env);
	}
	return 0;
}

int pcap_lookupnet(const char *device, bpf_u_int32 *net, bpf_u_int32 *mask, char *errbuf)
{
	if (!device || !pfq_device_is_pfq(device))
		return pcap_sys_lookupnet(device, net, mask, errbuf);
	*net = 0;
	*mask = 0;
	return 0;
}

/* A member is started by its first request for the descriptor, which these two make. */
int pcap_fileno(pcap_t *p)
{
	return pfq_capture_is(p) ? pfq_capture_fd(p) : pcap_sys_fileno(p);
}

int pcap_get_selectable_fd(pcap_t *p)
{
	return pfq_capture_is(p) ? pfq_capture_fd(p) : pcap_sys_get_selectable_fd(p);
}
