/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring's data area in a file of huge pages that its consumer brought. The pages stay pinned
 * until pfqk_pinned_destroy(), even if the file, its mappings or its owner go away. They count as
 * memory that the caller has pinned. The owner can write to them at any time.
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
	unsigned long pages;		/* number, in units of PAGE_SIZE */
	u64	page_bytes;		/* of the file's pages */
	struct mm_struct *mm;		/* the pages count as its pinned memory */
};

/* The size of @file's pages in bytes; 0: they are not huge pages. */
u64 pfqk_pinned_page_bytes(const struct file *file);

/*
 * Pin the first @bytes of @file, a multiple of its page size. An empty file grows; another one
 * must be long enough. Runs in the caller's context and sleeps. Waits for the caller's mmap_lock,
 * which its other threads can hold as long as they like, so no lock may be held.
 *
 * Returns 0, or an error with more about it in *why. -ENOMEM: a limit, which a smaller ring may
 * meet, or a security module. -EINVAL, -EACCES, -EPERM: the file is of the wrong kind. -EFAULT: it
 * changed meanwhile. -EINTR: a fatal signal.
 */
int pfqk_pinned_create(struct pfqk_pinned *p, struct file *file, u64 bytes,
		       enum pfq_memory_reason *why);
/* Unpin and unmap. Waits for nobody. Does nothing if nothing is pinned. */
void pfqk_pinned_destroy(struct pfqk_pinned *p);

static inline u64 pfqk_pinned_bytes(const struct pfqk_pinned *p)
{
	return (u64)p->pages << PAGE_SHIFT;
}

#endif /* PFQK_PINNED_H */
