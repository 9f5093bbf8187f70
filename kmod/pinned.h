/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring's data area in a file of huge pages that its consumer brought. The pages are pinned
 * until pfqk_pinned_destroy(), whatever becomes of the file, its mappings and its owner;
 * they count as memory that the caller has pinned. The owner can write them at any time.
 */
#ifndef PFQK_PINNED_H
#define PFQK_PINNED_H

#include <linux/mm.h>
#include <linux/pfq.h>

struct file;
struct mm_struct;
struct page;

struct pfqk_pinned {
	void	*data;			/* NULL: nothing is pinned */
	struct page **page;
	unsigned long pages;		/* of PAGE_SIZE */
	u64	page_bytes;		/* of the file's */
	struct mm_struct *mm;		/* whose pinned memory it is */
};

/* The size of @file's pages; 0: they are no huge pages. */
u64 pfqk_pinned_page_bytes(const struct file *file);

/*
 * The first @bytes of @file, whole pages of it; a shorter file grows. In the caller's
 * context; sleeps, and waits for its mmap_lock as long as another thread of it likes: nothing that
 * others wait for may be held. -ENOMEM: a limit, which a smaller ring may keep, or a security
 * module; -EINVAL, -EACCES, -EPERM: no such file; -EFAULT; -EINTR. *why says more then.
 */
int pfqk_pinned_create(struct pfqk_pinned *p, struct file *file, u64 bytes,
		       enum pfq_memory_reason *why);
/* Waits for nobody. Of what is not there: nothing happens. */
void pfqk_pinned_destroy(struct pfqk_pinned *p);

static inline u64 pfqk_pinned_bytes(const struct pfqk_pinned *p)
{
	return (u64)p->pages << PAGE_SHIFT;
}

#endif /* PFQK_PINNED_H */
