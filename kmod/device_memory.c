// SPDX-License-Identifier: GPL-2.0-only
/*
 * PFQ_IOC_MEMORY: pins the memory that a consumer brings for its ring, in the consumer's context.
 *
 * Pinning waits for the consumer's mmap_lock, which another of its threads can hold as long as it
 * likes. So no lock is held meanwhile, and endpoint.is_bringing keeps other requests away from the
 * endpoint's pinned memory. A request that finds is_bringing set does not wait for it. The reason
 * is generic netlink's cb_lock, which every request holds for reading. A family that registers or
 * unregisters waits for that lock, and all later requests wait behind it.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/math.h>
#include <linux/uaccess.h>
#include "../core/ring.h"
#include "cpu.h"
#include "device.h"
#include "endpoint.h"
#include "limit.h"
#include "pfqk.h"

struct brought {
	struct pfqk_pinned pinned;
	u64 charged_bytes;
};

static int check(const struct pfqk_endpoint *ep, const struct pfq_ioc_memory *m,
		 enum pfq_memory_reason *why)
{
	*why = PFQ_MEMORY_BRINGING;
	if (ep->is_bringing)
		return -EBUSY;
	*why = PFQ_MEMORY_JOINED;
	/* the owner of a group may still give memory back (fd -1) */
	if (ep->is_joined || (ep->net && m->fd != -1))
		return -EBUSY;
	*why = PFQ_MEMORY_THERE;
	if (ep->pinned.data && m->fd != -1)
		return -EBUSY;
	*why = PFQ_MEMORY_TAKEN;
	return 0;
}

static int begin(struct pfqk_endpoint *ep, const struct pfq_ioc_memory *m,
		 enum pfq_memory_reason *why)
{
	int err;

	*why = PFQ_MEMORY_UNKNOWN;
	if (m->flags & ~PFQ_MEMORY_F_LESS || m->reserved[0] || m->reserved[1])
		return -EINVAL;
	if (mutex_lock_interruptible(&ep->lock))
		return -ERESTARTSYS;
	err = check(ep, m, why);
	if (!err)
		ep->is_bringing = true;
	mutex_unlock(&ep->lock);
	return err;
}

/* Keep the new memory in the endpoint, or after an error the old one, and free the other. */
static void end(struct pfqk_endpoint *ep, struct brought *b, int err)
{
	mutex_lock(&ep->lock);
	if (!err) {
		swap(ep->pinned, b->pinned);
		swap(ep->pinned_bytes, b->charged_bytes);
	}
	ep->is_bringing = false;
	mutex_unlock(&ep->lock);
	pfqk_pinned_destroy(&b->pinned);
	pfqk_limit_give(ep->uid, PFQK_LIMIT_RING_BYTES, b->charged_bytes);
}

/*
 * Pin and charge to the user as long as the memory is pinned, whoever has the file. The caller's
 * own limit of locked memory would end with the caller.
 */
static int pin(struct brought *b, struct file *file, u64 bytes, kuid_t uid,
	       enum pfq_memory_reason *why)
{
	int err = pfqk_limit_take(uid, PFQK_LIMIT_RING_BYTES, bytes);

	*why = PFQ_MEMORY_USER;
	if (err)
		return err == -EDQUOT ? -ENOMEM : err;
	err = pfqk_pinned_create(&b->pinned, file, bytes, why);
	if (err)
		pfqk_limit_give(uid, PFQK_LIMIT_RING_BYTES, bytes);
	else
		b->charged_bytes = bytes;
	return err;
}

/* Pin as much as a JOIN with the same parameters would need. */
static int pin_ring(struct brought *b, struct file *file, const struct pfq_ioc_memory *m,
		    kuid_t uid, enum pfq_memory_reason *why)
{
	u64 ring_bytes = min(m->ring_bytes ? m->ring_bytes : PFQ_DEFAULT_RING_BYTES,
			     pfqk_memory_ring_max());
	u32 snaplen = m->snaplen ? min_t(u32, m->snaplen, PFQ_SNAPLEN_MAX) : PFQ_SNAPLEN_MAX;
	u64 lane = pfqk_memory_lane_bytes(ring_bytes, snaplen), bytes;
	u64 page_bytes = pfqk_pinned_page_bytes(file);
	int err;

	for (;;) {
		bytes = pfq_ring_area_bytes(pfqk_lanes(), lane);
		/* a file without huge pages is refused below */
		err = pin(b, file, page_bytes ? round_up(bytes, page_bytes) : bytes, uid, why);
		if (err != -ENOMEM || !(m->flags & PFQ_MEMORY_F_LESS) ||
		    *why == PFQ_MEMORY_SECURITY || lane <= pfq_ring_lane_min(snaplen))
			return err;
		lane /= 2;
	}
}

static int bring(struct brought *b, const struct pfq_ioc_memory *m, kuid_t uid,
		 enum pfq_memory_reason *why)
{
	struct file *file;
	int err;

	if (m->fd == -1)
		return 0;
	*why = PFQ_MEMORY_NO_FD;
	file = fget(m->fd);
	if (!file)
		return -EBADF;
	err = pin_ring(b, file, m, uid, why);
	fput(file);
	return err;
}

long pfqk_device_memory(struct pfqk_endpoint *ep, struct pfq_ioc_memory __user *arg)
{
	enum pfq_memory_reason why;
	struct brought b = { };
	struct pfq_ioc_memory m;
	bool is_begun;
	int err;

	if (copy_from_user(&m, arg, sizeof(m)))
		return -EFAULT;
	err = begin(ep, &m, &why);
	is_begun = !err;
	if (!err)
		err = bring(&b, &m, ep->uid, &why);
	m.reason = why;
	m.area_bytes = err ? 0 : pfqk_pinned_bytes(&b.pinned);
	/* Copied before a JOIN can use the memory: after an error here, nothing is kept. */
	if (err != -ERESTARTSYS && copy_to_user(arg, &m, sizeof(m)) && !err)
		err = -EFAULT;
	if (is_begun)
		end(ep, &b, err);
	return err;
}
