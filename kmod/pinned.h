/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring's data area in a file of huge pages that its consumer brought. The pages are pinned
 * until pfqk_pinned_destroy(), whatever becomes of the file, its mappings and its owner;
 * they count as memory that the caller has pinned. The owner can write them at any time.
 */
#ifndef PFQK_PINNED_H
#define PFQK_PINNED_H

#include <linux/types.h>

struct file;
struct mm_struct;
struct page;

struct pfqk_pinned {
	void	*data;			/* NULL: nothing is pinned */
	struct page **page;
	unsigned long pages;		/* of PAGE_SIZE */
	struct mm_struct *mm;		/* whose pinned memory it is */
};

/* The size of @file's pages; 0: they are no huge pages. */
u64 pfqk_pinned_page_bytes(const struct file *file);

/*
 * The first @bytes of @file, whole pages of it; a shorter file grows. In the caller's
 * context; sleeps, takes its mmap_lock. -ENOMEM: a limit, which a smaller ring may keep, or a security
 * module; -EACCES, -EPERM: it cannot be written; -EFAULT; -EINTR. *why says it in words then.
 */
int pfqk_pinned_create(struct pfqk_pinned *p, struct file *file, u64 bytes, const char **why);
void pfqk_pinned_destroy(struct pfqk_pinned *p);

#endif /* PFQK_PINNED_H */
