/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "core/linktype.h"
#include "ingest.h"
#include "pfqd/base/error.h"

int ingest_check_linktype(const struct ingest_driver *driver, const char *device,
			  uint32_t linktype, uint16_t arphrd, struct pfq_error *err)
{
	if (!linktype)
		return error_set(err, -EOPNOTSUPP, "device %s: %s", device,
				 pfq_linktype_refusal(arphrd));
	if (!driver->only_ethernet || linktype == PFQ_LINKTYPE_ETHERNET)
		return 0;
	return error_set(err, -EOPNOTSUPP,
			 "device %s: its link type is %s; allowed with ingest = %s: Ethernet",
			 device, pfq_linktype_name(linktype), driver->name);
}
