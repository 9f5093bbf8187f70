// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "trace.h"

static int filter_set(pcap_t *pcap, const char *filter, char *text, size_t text_size)
{
	struct bpf_program program;
	int ret = 0;

	if (!filter)
		return 0;
	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN)) {
		snprintf(text, text_size, "filter \"%s\": %s", filter, pcap_geterr(pcap));
		return -EINVAL;
	}
	if (pcap_setfilter(pcap, &program)) {
		snprintf(text, text_size, "filter \"%s\": %s", filter, pcap_geterr(pcap));
		ret = -EINVAL;
	}
	pcap_freecode(&program);
	return ret;
}

static int frame_append(struct trace *t, size_t *room, const struct pcap_pkthdr *header,
			const uint8_t *data)
{
	struct trace_frame *frames;
	uint8_t *copy;

	if (t->count == *room) {
		*room = *room ? *room * 2 : 1024;
		frames = reallocarray(t->frames, *room, sizeof(*frames));
		if (!frames)
			return -ENOMEM;
		t->frames = frames;
	}
	copy = malloc(header->caplen ? header->caplen : 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, header->caplen);
	t->frames[t->count++] = (struct trace_frame){ copy, header->caplen };
	t->bytes += header->caplen;
	t->cut += header->caplen < header->len;
	if (header->caplen > t->length_max)
		t->length_max = header->caplen;
	if (header->caplen < t->length_min)
		t->length_min = header->caplen;
	return 0;
}

int trace_load(struct trace *t, const char *path, const char *filter, char *text, size_t text_size)
{
	char errbuf[PCAP_ERRBUF_SIZE] = "";
	struct pcap_pkthdr *header;
	const u_char *data;
	size_t room = 0;
	pcap_t *pcap;
	int ret, got;

	*t = (struct trace){ .length_min = UINT32_MAX };
	pcap = pcap_open_offline(path, errbuf);
	if (!pcap) {
		snprintf(text, text_size, "%s%s%s", strstr(errbuf, path) ? "" : path,
			 strstr(errbuf, path) ? "" : ": ", errbuf);
		return -EINVAL;
	}
	t->linktype = pcap_datalink(pcap);
	ret = filter_set(pcap, filter, text, text_size);
	while (!ret && (got = pcap_next_ex(pcap, &header, &data)) != PCAP_ERROR_BREAK) {
		if (got == PCAP_ERROR) {
			snprintf(text, text_size, "%s: %s", path, pcap_geterr(pcap));
			ret = -EINVAL;
			break;
		}
		ret = frame_append(t, &room, header, data);
		if (ret)
			snprintf(text, text_size, "%s: no memory after %zu packets, %llu bytes",
				 path, t->count, (unsigned long long)t->bytes);
	}
	if (!ret && !t->count) {
		snprintf(text, text_size, "%s: no packet%s", path,
			 filter ? " passes the filter" : "");
		ret = -ENODATA;
	}
	pcap_close(pcap);
	if (ret)
		trace_free(t);
	return ret;
}

void trace_free(struct trace *t)
{
	for (size_t i = 0; i < t->count; i++)
		free((void *)(uintptr_t)t->frames[i].data);
	free(t->frames);
	*t = (struct trace){ 0 };
}
