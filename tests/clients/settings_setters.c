/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Prints a line for each setter and getter: its result before and after activation. */
#include <limits.h>
#include <stdio.h>

#include "settings.h"

struct setter {
	const char *name;
	int (*set)(pcap_t *p, int value);
	int value[10];
	unsigned int values;
};

#define SETTER(name, ...) \
	{ #name, pcap_set_##name, { __VA_ARGS__ }, sizeof((int []){ __VA_ARGS__ }) / sizeof(int) },

static int pcap_set_nonblock_mode(pcap_t *p, int value)
{
	char text[PCAP_ERRBUF_SIZE] = "";

	return pcap_setnonblock(p, value, text);
}

static const struct setter setters[] = {
	SETTER(timeout, INT_MIN, -1, 0, 1, 1000, INT_MAX)
	SETTER(buffer_size, INT_MIN, -1, 0, 1, INT_MAX)
	SETTER(snaplen, INT_MIN, -1, 0, 1, 262144, 262145, INT_MAX)
	SETTER(promisc, INT_MIN, -1, 0, 1, 2)
	SETTER(immediate_mode, INT_MIN, -1, 0, 1, 2)
	SETTER(tstamp_type, INT_MIN, -1, 0, 1, 2, 5, 99)
	SETTER(tstamp_precision, INT_MIN, -1, 0, 1, 2)
	SETTER(protocol_linux, 0, 3)
	SETTER(nonblock_mode, -1, 0, 1, 2)
};

static pcap_t *create(const char *device)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(device, text);

	if (p) {
		pcap_set_buffer_size(p, 512 << 10);
		pcap_set_timeout(p, 50);
	}
	return p;
}

static void setter_print(const struct setter *s, int value, const char *device)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = create(device);
	int ret;

	if (!p)
		return;
	ret = s->set(p, value);
	printf("%s(%d), before\t%d \"%s\"", s->name, value, ret, ret < 0 ? pcap_geterr(p) : "");
	printf("\tgetnonblock %d", pcap_getnonblock(p, text));
	printf("\tdispatch %d", pcap_dispatch(p, 1, NULL, NULL));
	printf("\tfd %d\n", pcap_get_selectable_fd(p));
	pcap_close(p);
	p = create(device);
	if (!p)
		return;
	ret = pcap_activate(p);
	printf("%s(%d), after\tactivate %d", s->name, value, ret);
	ret = s->set(p, value);
	printf("\t%d \"%s\"", ret, ret < 0 ? pcap_geterr(p) : "");
	printf("\tgetnonblock %d, snapshot %d, precision %d\n", pcap_getnonblock(p, text),
	       pcap_snapshot(p), pcap_get_tstamp_precision(p));
	pcap_close(p);
}

void setters_print(const char *device)
{
	unsigned int i, v;

	for (i = 0; i < sizeof(setters) / sizeof(*setters); i++)
		for (v = 0; v < setters[i].values; v++)
			setter_print(&setters[i], setters[i].value[v], device);
}
