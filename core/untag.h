/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Frames with their VLAN tag in the bytes. The kernel engine gets them without. */
#ifndef PFQ_CORE_UNTAG_H
#define PFQ_CORE_UNTAG_H

#include "view.h"

#define PFQ_TAG_8021Q		0x8100
#define PFQ_TAG_8021AD		0x88a8

/*
 * Move the outer VLAN tag of the Ethernet frame @frame from the bytes into @v, which describes the
 * frame. The two addresses move up by the length of the tag. A frame that is too short for a link
 * header without the tag keeps its tag. @v must hold at least a link header.
 */
static inline void pfq_untag(struct pfq_view *v, u8 *frame)
{
	u16 type;

	if (v->caplen < PFQ_TAG_OFFSET + PFQ_TAG_BYTES + 2)
		return;
	type = get_unaligned_be16(frame + PFQ_TAG_OFFSET);
	if (type != PFQ_TAG_8021Q && type != PFQ_TAG_8021AD)
		return;
	v->flags |= PFQ_REC_F_VLAN;
	v->tpid = type;
	v->tci = get_unaligned_be16(frame + PFQ_TAG_OFFSET + 2);
	memmove(frame + PFQ_TAG_BYTES, frame, PFQ_TAG_OFFSET);
	v->data = frame + PFQ_TAG_BYTES;
	v->caplen -= PFQ_TAG_BYTES;
	v->len -= PFQ_TAG_BYTES;
}

#endif /* PFQ_CORE_UNTAG_H */
