/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdbool.h>

#include "core/view.h"
#include "pfqd/base/error.h"
#include "privilege.h"

static const unsigned int needed[] = {
	CAP_NET_RAW,		/* packet sockets */
	CAP_NET_ADMIN,		/* promiscuous mode, XDP programs */
	CAP_BPF,		/* XDP programs */
	CAP_IPC_LOCK,		/* huge pages */
	CAP_SYS_NICE,		/* higher priority for workers */
	CAP_DAC_READ_SEARCH,	/* replay of files of any owner */
};

static bool is_needed(unsigned int cap)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(needed); i++) {
		if (needed[i] == cap)
			return true;
	}
	return false;
}

int privilege_drop(struct pfq_error *err)
{
	capng_select_t set = CAPNG_SELECT_CAPS;

	if (capng_get_caps_process())
		return error_set(err, -EPERM, "the capabilities of this process cannot be read");
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		set = CAPNG_SELECT_BOTH;
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (!is_needed(cap))
			capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED |
				     CAPNG_INHERITABLE | CAPNG_BOUNDING_SET, cap);
	}
	if (capng_apply(set))
		return error_set(err, -EPERM, "unneeded capabilities cannot be dropped");
	return 0;
}
