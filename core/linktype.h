/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Which devices can be captured from: the type that the kernel gives a device (ARPHRD_*),
 * the link type that its packets have, and why not where there is none. The only place that
 * knows, for both engines.
 */
#ifndef PFQ_CORE_LINKTYPE_H
#define PFQ_CORE_LINKTYPE_H

#include "view.h"

#define PFQ_LINKTYPES_ALLOWED	"Ethernet, raw IP"

/* PFQ_LINKTYPE_* of a device's packets; 0: no link type that is supported */
u32 pfq_linktype_of(u16 arphrd);

/*
 * Why pfq_linktype_of() is 0: a constant sentence, "its link type ...", without the device and
 * with what is allowed. NULL: it is not 0.
 */
const char *pfq_linktype_refusal(u16 arphrd);

/* "Ethernet", "raw IP" */
const char *pfq_linktype_name(u32 linktype);

#endif /* PFQ_CORE_LINKTYPE_H */
