// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "anchor.h"

#define NETNS_SELF "/proc/thread-self/ns/net"

/* Attach the program in the new namespace. Closing the descriptor detaches it. */
static int attach(struct anchor *a, int program_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);
	int lo = (int)if_nametoindex("lo");

	a->netns_fd = open(NETNS_SELF, O_RDONLY | O_CLOEXEC);
	if (a->netns_fd < 0)
		return -errno;
	a->link_fd = bpf_link_create(program_fd, lo, BPF_XDP, &opts);
	return a->link_fd < 0 ? a->link_fd : 0;
}

int anchor_open(struct anchor *a, int program_fd, char *text, size_t text_size)
{
	int home = open(NETNS_SELF, O_RDONLY | O_CLOEXEC), ret;

	*a = (struct anchor){ -1, -1 };
	ret = home < 0 || unshare(CLONE_NEWNET) ? -errno : 0;
	if (!ret) {
		ret = attach(a, program_fd);
		if (setns(home, CLONE_NEWNET) && !ret)
			ret = -errno;
	}
	if (home >= 0)
		close(home);
	if (ret) {
		snprintf(text, text_size, "a network namespace to keep the program in: %s",
			 strerror(-ret));
		anchor_close(a);
	}
	return ret;
}

void anchor_close(struct anchor *a)
{
	if (a->link_fd >= 0)
		close(a->link_fd);
	if (a->netns_fd >= 0)
		close(a->netns_fd);
	*a = (struct anchor){ -1, -1 };
}
