// SPDX-License-Identifier: GPL-2.0-only
/* The ring's memory in a JOIN and in its answer. */
#include "endpoint.h"
#include "netlink.h"

static bool names_size(const char *hugepages)
{
	return hugepages && *hugepages && strcmp(hugepages, "auto") && strcmp(hugepages, "off");
}

int pfqk_request_memory(struct pfqk_request *req, struct pfqk_memory_wish *wish)
{
	wish->must_pinned = names_size(pfqk_request_string(req, PFQ_A_HUGEPAGES));
	if (req->ep->pinned.data)
		wish->pinned = &req->ep->pinned;
	if (wish->pinned || !wish->must_pinned)
		return 0;
	return pfqk_refuse(req, PFQ_A_HUGEPAGES, -EINVAL,
			   "the caller must bring huge pages of a given size, by PFQ_IOC_MEMORY; "
			   "allowed without that: auto, off");
}

void pfqk_memory_refuse(struct pfqk_request *req, const struct pfqk_memory_wish *wish,
			const char *why)
{
	struct netlink_ext_ack *extack = req->info->extack;

	NL_SET_BAD_ATTR(extack,
			req->info->attrs[wish->must_pinned ? PFQ_A_HUGEPAGES : PFQ_A_RING_BYTES]);
	if (extack)
		extack->_msg = why;
}

int pfqk_reply_memory(struct sk_buff *msg, const struct pfqk_memory *m)
{
	int err = nla_put_u64_64bit(msg, PFQ_A_PAGE_BYTES, m->page_bytes, PFQ_A_UNSPEC);

	if (!err && m->pinned)
		err = nla_put_u32(msg, PFQ_A_MEMORY_PINNED, 1);
	if (!err && m->why_own)
		err = nla_put_string(msg, PFQ_A_MEMORY_TEXT, m->why_own);
	return err;
}
