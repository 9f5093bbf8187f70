// SPDX-License-Identifier: GPL-2.0-only
/* What a JOIN says of the ring's memory, and what it is told. */
#include <linux/file.h>
#include <linux/fs.h>
#include "memory.h"
#include "netlink.h"

static bool names_size(const char *hugepages)
{
	return hugepages && *hugepages && strcmp(hugepages, "auto") && strcmp(hugepages, "off");
}

int pfqk_request_memory(struct pfqk_request *req, struct pfqk_memory_wish *wish)
{
	wish->must_file = names_size(pfqk_request_string(req, PFQ_A_HUGEPAGES));
	if (!req->info->attrs[PFQ_A_MEMORY_FD]) {
		if (!wish->must_file)
			return 0;
		return pfqk_refuse(req, PFQ_A_HUGEPAGES, -EINVAL,
				   "pages of a size are the caller's to bring, in MEMORY_FD; allowed without: auto, off");
	}
	wish->file = fget(pfqk_request_u32(req, PFQ_A_MEMORY_FD));
	if (!wish->file)
		return pfqk_refuse(req, PFQ_A_MEMORY_FD, -EBADF, "no open descriptor");
	if (!pfqk_pinned_page_bytes(wish->file))
		return pfqk_refuse(req, PFQ_A_MEMORY_FD, -EINVAL,
				   "no file of huge pages; allowed: memfd_create() with MFD_HUGETLB, or a file of a hugetlbfs");
	return 0;
}

void pfqk_memory_refuse(struct pfqk_request *req, const struct pfqk_memory_wish *wish,
			const char *why)
{
	struct netlink_ext_ack *extack = req->info->extack;

	NL_SET_BAD_ATTR(extack, req->info->attrs[wish->file ? PFQ_A_MEMORY_FD : PFQ_A_RING_BYTES]);
	if (extack)
		extack->_msg = why;
}

int pfqk_reply_memory(const struct pfqk_request *req, struct sk_buff *msg,
		      const struct pfqk_memory *m)
{
	int err = nla_put_u64_64bit(msg, PFQ_A_PAGE_BYTES, m->page_bytes, PFQ_A_UNSPEC);

	if (!err && m->pinned.data)
		err = nla_put_u32(msg, PFQ_A_MEMORY_FD, pfqk_request_u32(req, PFQ_A_MEMORY_FD));
	if (!err && m->why_own)
		err = nla_put_string(msg, PFQ_A_MEMORY_TEXT, m->why_own);
	return err;
}
