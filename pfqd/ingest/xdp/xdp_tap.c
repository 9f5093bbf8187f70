/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The XDP program on a device. A BPF link holds it there and ends with its descriptor, so a killed
 * pfqd leaves nothing behind. pfqd never replaces the program of another process.
 */
#include "config.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/linktype.h"
#include "pfqd/base/error.h"
#include "xdp.h"
#include "pfqd/base/log.h"

/* the ways to attach, the best first */
static const struct {
	bool is_generic, has_frags, has_tags;
} ways[] = {
	{false, true, true}, {false, true, false}, {false, false, false},
	{true, true, false}, {true, false, false},
};

/* control thread only */
static struct xdp_tap *taps;

/* -EBUSY with text if the device has an XDP program of another process. */
static int find_foreign(const struct xdp_tap *tap, struct pfq_error *err)
{
	const char *mode;
	uint32_t id = xdp_device_program(tap->ifindex, &mode);

	if (!id)
		return 0;
	return error_set(
		err, -EBUSY,
		"device %s: XDP program %u of another process is attached to it and "
		"stays; end that process, or detach the program (ip link set "
		"dev %s %s off), or use ingest = packet",
		tap->device, id, tap->device, mode);
}

static int try_way(struct xdp_tap *tap, unsigned int i)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .flags = ways[i].is_generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
	int ret;

	ret = xdp_program_load(&tap->program, tap->map_fd, tap->ifindex, ways[i].has_frags,
			      ways[i].has_tags);
	if (ret)
		return ret;
	tap->link_fd = bpf_link_create(tap->program.fd, (int)tap->ifindex, BPF_XDP, &opts);
	if (tap->link_fd >= 0) {
		tap->is_generic = ways[i].is_generic;
		return 0;
	}
	ret = tap->link_fd;
	close(tap->program.fd);
	tap->program.fd = -1;
	return ret;
}

static int attach(struct xdp_tap *tap, struct pfq_error *err)
{
	int ret = find_foreign(tap, err);
	char why[192];

	if (ret)
		return ret;
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		ret = try_way(tap, i);
		if (!ret)
			return 0;
		if (ret == -EPERM)
			return error_set(err, ret,
					 "device %s: XDP program: %s (CAP_BPF, CAP_NET_ADMIN "
					 "and CAP_NET_RAW are needed)",
					 tap->device, strerror(-ret));
		/* another program was attached after the first check */
		if (find_foreign(tap, err))
			return -EBUSY;
		/* keep the reason of the last native attempt, which has the simplest program */
		if (!ways[i].is_generic)
			xdp_reason_attach(tap->ifindex, ret, tap->native_why,
					  sizeof(tap->native_why));
	}
	xdp_reason_attach(tap->ifindex, ret, why, sizeof(why));
	return error_set(err, ret, "device %s cannot be tapped: %s, or use ingest = packet",
			 tap->device, why);
}

/* AF_XDP needs VLAN tags in the bytes: switch off the offloads that remove them. */
static void untangle_tags(struct xdp_tap *tap)
{
	uint32_t on = xdp_device_offload(tap->ifindex), left;

	if (!on)
		return;
	xdp_device_offload_set(tap->ifindex, on, false);
	left = xdp_device_offload(tap->ifindex);
	tap->offload = on & ~left;
}

static void announce_tags(const struct xdp_tap *tap)
{
	if (tap->offload)
		log_device(LOG_LEVEL_INFO, tap->device,
			   "device %s: rx-vlan-offload is off while it is tapped: XDP sees only "
			   "tags that are in the bytes",
			   tap->device);
	if (tap->program.has_tags)
		return;
	if (xdp_device_offload(tap->ifindex))
		log_device(LOG_LEVEL_WARNING, tap->device,
			   "device %s: VLAN tags are lost: the device takes them out of the bytes "
			   "(rx-vlan-offload cannot be switched off), and XDP of this kernel "
			   "cannot read them",
			   tap->device);
	else if (xdp_device_is_veth(tap->ifindex))
		log_device(LOG_LEVEL_WARNING, tap->device,
			   "device %s: VLAN tags may be lost: frames of its peer have them in the "
			   "bytes only if tx-vlan-offload is off at the peer",
			   tap->device);
}

static int look(struct xdp_tap *tap, struct pfq_error *err)
{
	uint16_t hatype = 0;
	int ret = xdp_device_look(tap->ifindex, &hatype, tap->mac, &tap->mtu);

	if (ret)
		return error_set(err, ret, "device %s: %s", tap->device,
				 ret == -ENODEV ? "no such device" : strerror(-ret));
	if (pfq_linktype_of(hatype) != PFQ_LINKTYPE_ETHERNET)
		return error_set(err, -EOPNOTSUPP,
				 "device %s: it is not an Ethernet device (ARPHRD %u); allowed "
				 "with ingest = xdp: Ethernet",
				 tap->device, hatype);
	tap->map_fd = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "pfqd_queues", sizeof(uint32_t),
				     sizeof(uint32_t), INGEST_QUEUES_MAX, NULL);
	if (tap->map_fd < 0)
		return error_set(err, tap->map_fd, "device %s: map of its queues: %s%s",
				 tap->device, strerror(-tap->map_fd),
				 tap->map_fd == -EPERM ? " (CAP_BPF and CAP_NET_ADMIN are needed)"
						       : "");
	return 0;
}

static void destroy(struct xdp_tap *tap)
{
	const int fds[] = {tap->link_fd, tap->program.fd, tap->map_fd};

	for (unsigned int i = 0; i < ARRAY_SIZE(fds); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	if (tap->offload)
		xdp_device_offload_set(tap->ifindex, tap->offload, true);
	free(tap);
}

int xdp_tap_get(struct xdp_tap **out, const struct ingest_params *params, struct pfq_error *err)
{
	struct xdp_tap *tap;
	int ret;

	for (tap = taps; tap && tap->ifindex != params->ifindex; tap = tap->next)
		;
	if (tap) {
		tap->refs++;
		*out = tap;
		return 0;
	}
	tap = calloc(1, sizeof(*tap));
	if (!tap)
		return error_set(err, -ENOMEM, "device %s: no memory", params->device);
	/* pfqd reports errors itself */
	libbpf_set_print(NULL);
	tap->refs = 1;
	tap->ifindex = params->ifindex;
	tap->map_fd = tap->link_fd = tap->program.fd = -1;
	strcpy(tap->device, params->device);
	ret = look(tap, err);
	if (!ret)
		ret = attach(tap, err);
	if (ret) {
		destroy(tap);
		return ret;
	}
	untangle_tags(tap);
	tap->next = taps;
	taps = tap;
	*out = tap;
	return 0;
}

void xdp_tap_put(struct xdp_tap *tap)
{
	struct xdp_tap **at = &taps;

	if (!tap || --tap->refs)
		return;
	while (*at != tap)
		at = &(*at)->next;
	*at = tap->next;
	destroy(tap);
}

const char *xdp_tap_mode(const struct xdp_tap *tap)
{
	if (tap->is_generic)
		return "generic";
	for (unsigned int i = 0; i < INGEST_QUEUES_MAX; i++) {
		if (tap->socket[i] && !tap->socket[i]->is_zero_copy)
			return "native copy";
	}
	return "native zero-copy";
}

/* Warn if frames must fit into one buffer: the driver or the socket drops longer ones. */
static void announce_frags(const struct xdp_tap *tap)
{
	const struct xdp_socket *s = NULL;
	uint32_t bytes;

	for (unsigned int i = 0; i < INGEST_QUEUES_MAX; i++) {
		if (tap->socket[i] && (!s || !tap->socket[i]->has_frags))
			s = tap->socket[i];
	}
	if (!s || (tap->program.has_frags && s->has_frags))
		return;
	bytes = xdp_socket_chunk_frame(s);
	log_device(LOG_LEVEL_WARNING, tap->device,
		   "device %s (MTU %u): this kernel has no AF_XDP with frames of several buffers "
		   "(Linux 6.6): frames longer than %u bytes are lost, counted as drop_socket or "
		   "by the device itself (ip -s link)",
		   tap->device, tap->mtu, bytes);
}

static void announce(struct xdp_tap *tap)
{
	if (tap->is_announced)
		return;
	tap->is_announced = true;
	log_device(LOG_LEVEL_INFO, tap->device,
		   "device %s: tapped by XDP, %s: the host does not see its received packets",
		   tap->device, xdp_tap_mode(tap));
	if (tap->is_generic)
		log_device(LOG_LEVEL_WARNING, tap->device,
			   "device %s: its driver takes no XDP program (%s): generic XDP is slower",
			   tap->device, tap->native_why);
	announce_frags(tap);
	announce_tags(tap);
}

int xdp_tap_start(struct xdp_tap *tap, struct pfq_error *err)
{
	int ret;

	for (unsigned int i = 0; i < INGEST_QUEUES_MAX; i++) {
		if (!tap->socket[i] || tap->socket[i]->is_live)
			continue;
		ret = xdp_socket_start(tap->socket[i]);
		if (ret)
			return error_set(err, ret, "device %s: queue %u cannot be taken: %s",
					 tap->device, i, strerror(-ret));
	}
	announce(tap);
	return 0;
}
