// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "receiver.h"

static int options_set(pcap_t *pcap, const struct receiver_options *o)
{
	int ret = pcap_set_promisc(pcap, 1);

	if (!ret)
		ret = pcap_set_timeout(pcap, (int)o->timeout_ms);
	if (!ret && o->buffer_bytes)
		ret = pcap_set_buffer_size(pcap, (int)o->buffer_bytes);
	if (!ret && o->is_immediate)
		ret = pcap_set_immediate_mode(pcap, 1);
	return ret;
}

static const char *filter_set(pcap_t *pcap, const char *filter)
{
	struct bpf_program program;
	int ret;

	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN))
		return pcap_geterr(pcap);
	ret = pcap_setfilter(pcap, &program);
	pcap_freecode(&program);
	return ret ? pcap_geterr(pcap) : NULL;
}

pcap_t *receiver_open(const struct receiver_options *o, char *text, size_t text_size)
{
	char errbuf[PCAP_ERRBUF_SIZE] = "";
	const char *wrong = errbuf, *option = "interface", *value = o->device;
	pcap_t *pcap = pcap_create(o->device, errbuf);
	int ret;

	if (!pcap)
		goto fail;
	ret = options_set(pcap, o);
	if (!ret)
		ret = pcap_activate(pcap);
	if (ret < 0) {
		wrong = *pcap_geterr(pcap) ? pcap_geterr(pcap) : pcap_statustostr(ret);
		goto fail;
	}
	if (o->is_nonblocking && pcap_setnonblock(pcap, 1, errbuf))
		goto fail;
	wrong = o->filter ? filter_set(pcap, o->filter) : NULL;
	if (!wrong)
		return pcap;
	option = "filter";
	value = o->filter;
fail:
	snprintf(text, text_size, "--%s: \"%s\": %s", option, value, wrong);
	if (pcap)
		pcap_close(pcap);
	return NULL;
}
