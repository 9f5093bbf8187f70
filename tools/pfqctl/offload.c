/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "offload.h"

#define IS_ON	1U	/* the answer to most commands */

/* The kernel cuts what generic segmentation has joined before it shows the packets to captures. */
static const struct {
	const char *name;	/* as in ethtool -K */
	uint32_t command, mask;
	bool is_sent;
} offloads[] = {
	{ "gro", ETHTOOL_GGRO, IS_ON, false },
	{ "lro", ETHTOOL_GFLAGS, ETH_FLAG_LRO, false },
	{ "tso", ETHTOOL_GTSO, IS_ON, true },
};

bool offload_is_here(const struct pfq_engine_info *engine)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		return false;
	/* the kernel engine does not tell the file system */
	return engine->netns_ino == st.st_ino &&
	       (!engine->netns_dev || engine->netns_dev == st.st_dev);
}

static bool is_on(int sock, const char *device, uint32_t command, uint32_t mask)
{
	struct ethtool_value value = { .cmd = command };
	struct ifreq request = { .ifr_data = (char *)&value };

	if (strlen(device) >= sizeof(request.ifr_name))
		return false;
	strcpy(request.ifr_name, device);
	return !ioctl(sock, SIOCETHTOOL, &request) && value.data & mask;
}

/* Append the names of the offloads in @on for one direction: "received packets (gro, lro)". */
static void append(char *what, size_t size, uint32_t on, bool is_sent, const char *packets)
{
	size_t used = strlen(what), i;
	const char *before = " (";

	for (i = 0; i < sizeof(offloads) / sizeof(offloads[0]) && used < size; i++) {
		if (!(on >> i & 1) || offloads[i].is_sent != is_sent)
			continue;
		if (*before == ' ')
			used += (size_t)snprintf(what + used, size - used, "%s%s",
						 used ? " and " : "", packets);
		if (used < size)
			used += (size_t)snprintf(what + used, size - used, "%s%s", before,
						 offloads[i].name);
		before = ", ";
	}
	if (*before == ',' && used < size)
		snprintf(what + used, size - used, ")");
}

bool offload_joins(const char *device, char *what, size_t what_size, char *command,
		   size_t command_size)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t i, used = 0;
	uint32_t on = 0;

	if (sock < 0)
		return false;
	for (i = 0; i < sizeof(offloads) / sizeof(offloads[0]); i++) {
		if (!is_on(sock, device, offloads[i].command, offloads[i].mask))
			continue;
		on |= 1U << i;
		if (used < command_size)
			used += (size_t)snprintf(command + used, command_size - used, "%s%s off",
						 used ? " " : "", offloads[i].name);
	}
	close(sock);
	*what = '\0';
	append(what, what_size, on, false, "received packets");
	append(what, what_size, on, true, "sent packets");
	return on;
}
