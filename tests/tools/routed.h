/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A frame as another mirror port sees it, behind a router. */
#ifndef TOOLS_ROUTED_H
#define TOOLS_ROUTED_H

#include "frame.h"

/*
 * Copy @from, an untagged frame of IPv4 or IPv6, with other MAC addresses, a VLAN tag, another TOS
 * or traffic class and one hop less. The checksum of an IPv4 header is right again.
 */
void routed_make(struct frame *to, const struct frame *from);

#endif /* TOOLS_ROUTED_H */
