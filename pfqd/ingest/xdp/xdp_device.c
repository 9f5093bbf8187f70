/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Reads and sets properties of a device by ioctl, ethtool and libbpf. */
#include "config.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "pfqd/host/ifreq.h"
#include "xdp.h"

static const struct {
	const char *name; /* the kernel's name of the feature, as ethtool -k shows */
	uint32_t bit;
} offloads[] = {
	{"rx-vlan-hw-parse", XDP_OFFLOAD_CTAG},
	{"rx-vlan-stag-hw-parse", XDP_OFFLOAD_STAG},
};

int xdp_device_look(uint32_t ifindex, uint16_t *hatype, uint8_t mac[ETH_ALEN], uint32_t *mtu)
{
	struct ifreq req = {.ifr_flags = 0};
	int ret = ifreq_send(ifindex, SIOCGIFHWADDR, &req);

	if (ret)
		return ret;
	*hatype = req.ifr_hwaddr.sa_family;
	memcpy(mac, req.ifr_hwaddr.sa_data, ETH_ALEN);
	ret = ifreq_send(ifindex, SIOCGIFMTU, &req);
	*mtu = ret ? 0 : (uint32_t)req.ifr_mtu;
	return ret;
}

bool xdp_device_is_veth(uint32_t ifindex)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};

	return !ifreq_ethtool(ifindex, &info) && !strcmp(info.driver, "veth");
}

/* The names of all features, to be freed by the caller; NULL: none. */
static struct ethtool_gstrings *feature_names(uint32_t ifindex)
{
	union { /* has room for one count at its end */
		struct ethtool_sset_info info;
		unsigned char room[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
	} set = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES}};
	struct ethtool_gstrings *names;
	uint32_t count;

	if (ifreq_ethtool(ifindex, &set) || !set.info.sset_mask)
		return NULL;
	count = set.info.data[0];
	if (!count)
		return NULL;
	names = calloc(1, sizeof(*names) + (size_t)count * ETH_GSTRING_LEN);
	if (!names)
		return NULL;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_FEATURES;
	names->len = count;
	if (!ifreq_ethtool(ifindex, names))
		return names;
	free(names);
	return NULL;
}

/* The XDP_OFFLOAD_* bit of feature @i; 0: another feature. */
static uint32_t offload_bit(const struct ethtool_gstrings *names, uint32_t i)
{
	const char *name = (const char *)names->data + (size_t)i * ETH_GSTRING_LEN;

	for (unsigned int k = 0; k < ARRAY_SIZE(offloads); k++) {
		if (!strncmp(name, offloads[k].name, ETH_GSTRING_LEN))
			return offloads[k].bit;
	}
	return 0;
}

/* The XDP_OFFLOAD_* of the device that are switched on. @names: from feature_names(). */
static uint32_t offloads_active(uint32_t ifindex, const struct ethtool_gstrings *names)
{
	uint32_t blocks = (names->len + 31) / 32, found = 0;
	struct ethtool_gfeatures *get;

	get = calloc(1, sizeof(*get) + blocks * sizeof(get->features[0]));
	if (!get)
		return 0;
	get->cmd = ETHTOOL_GFEATURES;
	get->size = blocks;
	if (!ifreq_ethtool(ifindex, get)) {
		for (uint32_t i = 0; i < names->len; i++) {
			if (get->features[i / 32].active >> i % 32 & 1)
				found |= offload_bit(names, i);
		}
	}
	free(get);
	return found;
}

uint32_t xdp_device_offload(uint32_t ifindex)
{
	struct ethtool_gstrings *names = feature_names(ifindex);
	uint32_t found;

	if (!names)
		return 0;
	found = offloads_active(ifindex, names);
	free(names);
	return found;
}

int xdp_device_offload_set(uint32_t ifindex, uint32_t which, bool on)
{
	struct ethtool_gstrings *names = feature_names(ifindex);
	uint32_t blocks = names ? (names->len + 31) / 32 : 0;
	struct ethtool_sfeatures *set;
	int ret = -EOPNOTSUPP;

	set = calloc(1, sizeof(*set) + blocks * sizeof(set->features[0]));
	if (!names || !set)
		goto out;
	set->cmd = ETHTOOL_SFEATURES;
	set->size = blocks;
	for (uint32_t i = 0; i < names->len; i++) {
		if (!(offload_bit(names, i) & which))
			continue;
		set->features[i / 32].valid |= 1U << i % 32;
		set->features[i / 32].requested |= (uint32_t)on << i % 32;
	}
	ret = ifreq_ethtool(ifindex, set);
out:
	free(names);
	free(set);
	return ret;
}

uint32_t xdp_device_program(uint32_t ifindex, const char **mode)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	*mode = "xdp";
	if (!ifindex || bpf_xdp_query((int)ifindex, 0, &query))
		return 0;
	if (query.drv_prog_id)
		return query.drv_prog_id;
	/* for a program of another mode, "xdp off" does nothing and reports no error */
	*mode = query.skb_prog_id ? "xdpgeneric" : query.hw_prog_id ? "xdpoffload" : "xdp";
	return query.skb_prog_id  ? query.skb_prog_id
	       : query.hw_prog_id ? query.hw_prog_id
				  : query.prog_id;
}
