// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "handle.h"

struct errors {
	char *text;
	size_t size;
};

#define FAIL(e, ...) (snprintf((e)->text, (e)->size, __VA_ARGS__), -EINVAL)

static int filter_set(pcap_t *pcap, const char *filter, const struct errors *e)
{
	struct bpf_program program;
	int ret = 0;

	if (!filter)
		return 0;
	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN))
		return FAIL(e, "filter \"%s\": %s", filter, pcap_geterr(pcap));
	if (pcap_setfilter(pcap, &program))
		ret = FAIL(e, "filter \"%s\": %s", filter, pcap_geterr(pcap));
	pcap_freecode(&program);
	return ret;
}

/*
 * Refuse all packets on a handle that only sends. Otherwise its ring would fill with the
 * packets that other workers send.
 */
static int filter_set_nothing(pcap_t *pcap, const char *device, const struct errors *e)
{
	struct bpf_insn nothing = { BPF_RET | BPF_K, 0, 0, 0 };
	struct bpf_program program = { 1, &nothing };

	if (pcap_setfilter(pcap, &program))
		return FAIL(e, "--output: \"%s\": %s", device, pcap_geterr(pcap));
	return 0;
}

static int fanout_join(pcap_t *pcap, const struct options *o, unsigned int device,
		       const struct errors *e)
{
	/* A fan-out group serves one device only. So each device gets its own id. */
	int id = ((o->fanout_id < 0 ? (int)getpid() : o->fanout_id) + (int)device) & 0xffff;
	int domain = 0, fd = pcap_fileno(pcap), value;
	socklen_t length = sizeof(domain);

	if (o->fanout < 0)
		return 0;
	value = id | o->fanout << 16;
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) || domain != AF_PACKET)
		return FAIL(e, "--fanout: \"%s\" is no packet socket that could join one; a pfq "
			    "device is shared by its group: its steering (PFQ_STEER, or steer in "
			    "pfqd.conf) says how", o->devices[device]);
	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &value, sizeof(value)))
		return FAIL(e, "--fanout: \"%s\", id %d: %s%s", o->devices[device], id,
			    strerror(errno), errno == EINVAL ? " (members of one fan-out have one "
			    "device and one mode)" : "");
	return 0;
}

static int live_set(pcap_t *pcap, const struct options *o)
{
	bool capture = o->mode == MODE_CAPTURE;
	int ret = pcap_set_snaplen(pcap, (int)o->snaplen);

	if (!ret)
		ret = pcap_set_timeout(pcap, (int)o->timeout_ms);
	if (!ret && capture)
		ret = pcap_set_promisc(pcap, 1);
	if (!ret && o->buffer_bytes)
		ret = pcap_set_buffer_size(pcap, (int)o->buffer_bytes);
	if (!ret && o->immediate)
		ret = pcap_set_immediate_mode(pcap, 1);
	return ret;
}

static int live_activate(pcap_t *pcap, const struct options *o, const char *device,
			 const struct errors *e)
{
	const char *option = o->mode == MODE_CAPTURE ? "interface" : "output", *text;
	int ret = live_set(pcap, o);

	if (!ret)
		ret = pcap_activate(pcap);
	if (!ret)
		return 0;
	/*
	 * pcap_geterr() says more than the name of the status. It is empty for some errors,
	 * and for some it only repeats that name.
	 */
	text = *pcap_geterr(pcap) ? pcap_geterr(pcap) : pcap_statustostr(ret);
	if (ret < 0)
		return FAIL(e, "--%s: \"%s\": %s", option, device, text);
	fprintf(stderr, "captop: --%s: \"%s\": %s\n", option, device, text);
	return 0;
}

static pcap_t *live_open(const struct options *o, unsigned int device, const struct errors *e)
{
	const char *name = o->devices[device];
	char errbuf[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(name, errbuf);
	int ret;

	if (!pcap) {
		(void)FAIL(e, "\"%s\": %s", name, errbuf);
		return NULL;
	}
	ret = live_activate(pcap, o, name, e);
	if (!ret && o->mode != MODE_CAPTURE)
		ret = filter_set_nothing(pcap, name, e);
	if (!ret && o->mode == MODE_CAPTURE) {
		ret = fanout_join(pcap, o, device, e);
		if (!ret)
			ret = filter_set(pcap, o->filter, e);
	}
	if (!ret && o->nonblock && pcap_setnonblock(pcap, 1, errbuf))
		ret = FAIL(e, "--nonblock: \"%s\": %s", name, errbuf);
	if (ret) {
		pcap_close(pcap);
		return NULL;
	}
	return pcap;
}

/* Skip the path at the beginning of @text. libpcap puts it there in some errors only. */
static const char *file_error(const char *path, const char *text)
{
	size_t length = strlen(path);

	return !strncmp(text, path, length) && !strncmp(text + length, ": ", 2) ?
		       text + length + 2 : text;
}

static pcap_t *file_open(const struct options *o, const struct errors *e)
{
	char errbuf[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_open_offline(o->read_path, errbuf);

	if (!pcap) {
		(void)FAIL(e, "--read: \"%s\": %s", o->read_path, file_error(o->read_path, errbuf));
		return NULL;
	}
	if (filter_set(pcap, o->filter, e)) {
		pcap_close(pcap);
		return NULL;
	}
	return pcap;
}

pcap_t *handle_open(const struct options *o, unsigned int device, char *text, size_t text_size)
{
	const struct errors e = { text, text_size };

	return o->mode == MODE_READ ? file_open(o, &e) : live_open(o, device, &e);
}
