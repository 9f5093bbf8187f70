// SPDX-License-Identifier: GPL-2.0-only
/*
 * PFQ_IOC_MEMORY: what a consumer brings for its ring, pinned in its own context. That waits for
 * its mmap_lock, which another thread of it can keep as long as it likes; so no lock is held
 * meanwhile, and endpoint.is_bringing keeps others away from what it is about. A request that finds that
 * set does not wait either: it holds generic netlink's cb_lock for reading, behind which a family that
 * comes or goes waits, and behind that one every request.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/math.h>
#include <linux/uaccess.h>
#include "../core/ring.h"
#include "cpu.h"
#include "device.h"
#include "endpoint.h"
#include "pfqk.h"

static int check(const struct pfqk_endpoint *ep, const struct pfq_ioc_memory *m,
		 enum pfq_memory_reason *why)
{
	*why = PFQ_MEMORY_BRINGING;
	if (ep->is_bringing)
		return -EBUSY;
	*why = PFQ_MEMORY_JOINED;
	if (ep->net)
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

/* What there is now, or, where that went wrong, was there before. */
static void end(struct pfqk_endpoint *ep, struct pfqk_pinned *p, int err)
{
	mutex_lock(&ep->lock);
	if (!err)
		swap(ep->pinned, *p);
	ep->is_bringing = false;
	mutex_unlock(&ep->lock);
	pfqk_pinned_destroy(p);
}

/* as much as a JOIN with the same words would take */
static int pin(struct pfqk_pinned *p, struct file *file, const struct pfq_ioc_memory *m,
	       enum pfq_memory_reason *why)
{
	u64 ring_bytes = min(m->ring_bytes ? m->ring_bytes : PFQK_RING_DEFAULT, pfqk_memory_ring_max());
	u32 snaplen = m->snaplen ? min_t(u32, m->snaplen, PFQ_SNAPLEN_MAX) : PFQ_SNAPLEN_MAX;
	u64 lane = pfqk_memory_lane_bytes(ring_bytes, snaplen), bytes;
	u64 page_bytes = pfqk_pinned_page_bytes(file);
	int err;

	for (;;) {
		bytes = pfq_ring_area_bytes(pfqk_lanes(), lane);
		/* what has no huge pages is refused below */
		err = pfqk_pinned_create(p, file, page_bytes ? round_up(bytes, page_bytes) : bytes, why);
		if (err != -ENOMEM || !(m->flags & PFQ_MEMORY_F_LESS) ||
		    lane <= pfq_ring_lane_min(snaplen))
			return err;
		lane /= 2;
	}
}

static int bring(struct pfqk_pinned *p, const struct pfq_ioc_memory *m, enum pfq_memory_reason *why)
{
	struct file *file;
	int err;

	if (m->fd == -1)
		return 0;
	*why = PFQ_MEMORY_NO_FD;
	file = fget(m->fd);
	if (!file)
		return -EBADF;
	err = pin(p, file, m, why);
	fput(file);
	return err;
}

long pfqk_device_memory(struct pfqk_endpoint *ep, struct pfq_ioc_memory __user *arg)
{
	enum pfq_memory_reason why;
	struct pfqk_pinned p = { };
	struct pfq_ioc_memory m;
	bool is_begun;
	int err;

	if (copy_from_user(&m, arg, sizeof(m)))
		return -EFAULT;
	err = begin(ep, &m, &why);
	is_begun = !err;
	if (!err)
		err = bring(&p, &m, &why);
	m.reason = why;
	m.area_bytes = err ? 0 : pfqk_pinned_bytes(&p);
	/* before anybody can have it: what is not told of is not taken */
	if (err != -ERESTARTSYS && copy_to_user(arg, &m, sizeof(m)) && !err)
		err = -EFAULT;
	if (is_begun)
		end(ep, &p, err);
	return err;
}
