/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The devices that can be captured from. The table maps a device's type (ARPHRD_*) to the link
 * type of its packets, or to the reason why there is none. Both engines use it.
 */
#ifndef PFQ_CORE_LINKTYPE_H
#define PFQ_CORE_LINKTYPE_H

#include "view.h"

#define PFQ_LINKTYPES_ALLOWED	"Ethernet, raw IP"
#define PFQ_LINKTYPES_NUMBERED	"1 Ethernet, 101 raw IP"

/* The PFQ_LINKTYPE_* of a device's packets; 0 if its link type is not supported. */
u32 pfq_linktype_of(u16 arphrd);

/*
 * The reason why pfq_linktype_of() returns 0, NULL if it does not. The text is constant, begins
 * with "its link type ...", does not name the device, and ends with the link types that are
 * allowed.
 */
const char *pfq_linktype_refusal(u16 arphrd);

/* Return true for the values that pfq_linktype_of() returns, but 0. */
bool pfq_linktype_is_supported(u32 linktype);

/* The link type in words: "Ethernet" or "raw IP". */
const char *pfq_linktype_name(u32 linktype);

#endif /* PFQ_CORE_LINKTYPE_H */
