// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/vmalloc.h>
#include "compat/compat.h"
#include "pinned.h"

#define PIN_PAGES	4096UL	/* pinned by one call */

static const struct {
	int err, as;
	enum pfq_memory_reason why;
} map_faults[] = {
	{ -ENOMEM, -ENOMEM, PFQ_MEMORY_POOL },
	{ -EAGAIN, -ENOMEM, PFQ_MEMORY_LOCKED },
	/* AppArmor has no rule to allow this, because the file has no path */
	{ -EACCES, -ENOMEM, PFQ_MEMORY_SECURITY },
	{ -EPERM, -EPERM, PFQ_MEMORY_SEALED },
};

u64 pfqk_pinned_page_bytes(const struct file *file)
{
	const struct super_block *sb = file_inode(file)->i_sb;

	return sb->s_magic == HUGETLBFS_MAGIC ? sb->s_blocksize : 0;
}

static int map_fault(int err, enum pfq_memory_reason *why)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(map_faults); i++) {
		if (map_faults[i].err != err)
			continue;
		*why = map_faults[i].why;
		return map_faults[i].as;
	}
	*why = PFQ_MEMORY_NO_MAP;
	return err;
}

/* Do the @pages from @addr on belong to @file, from its page @first on? */
static bool is_of_file(const struct vm_area_struct *vma, const struct file *file,
		       unsigned long addr, unsigned long first, unsigned long pages)
{
	return vma && vma->vm_file == file && vma->vm_flags & VM_SHARED &&
	       vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT) == first &&
	       vma->vm_end - addr >= pages << PAGE_SHIFT;
}

/*
 * Pin the next @pages. Another thread of the caller may have mapped something else at these
 * addresses, and the engine must write to the checked file only. So the mapping is checked and
 * pinned under one hold of mmap_lock, which is not released for a page fault.
 */
static long pin_part(struct pfqk_pinned *p, const struct file *file, unsigned long addr,
		     unsigned long pages)
{
	struct mm_struct *mm = current->mm;
	long n = -ESTALE;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	if (is_of_file(vma_lookup(mm, addr), file, addr, p->pages, pages))
		n = pfqk_pin_user_pages(addr, pages, FOLL_WRITE | FOLL_LONGTERM,
					p->page + p->pages);
	mmap_read_unlock(mm);
	return n ? n : -EFAULT;
}

static int pin(struct pfqk_pinned *p, const struct file *file, unsigned long addr,
	       unsigned long pages)
{
	long n;

	while (p->pages < pages) {
		n = pin_part(p, file, addr + (p->pages << PAGE_SHIFT),
			     min(pages - p->pages, PIN_PAGES));
		if (n < 0)
			return n;
		p->pages += n;
		cond_resched();
	}
	return 0;
}

/* Pages are found through the caller's page tables, by a temporary mapping. */
static int pin_file(struct pfqk_pinned *p, struct file *file, u64 bytes,
		    enum pfq_memory_reason *why)
{
	unsigned long addr = vm_mmap(file, 0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	int err;

	if (IS_ERR_VALUE(addr))
		return map_fault((int)(long)addr, why);
	err = pin(p, file, addr, bytes >> PAGE_SHIFT);
	vm_munmap(addr, bytes);
	if (err == -ESTALE) {
		*why = PFQ_MEMORY_CHANGED;
		return -EFAULT;
	}
	*why = PFQ_MEMORY_NO_PAGES;
	return err && err != -EINTR ? -ENOMEM : err;
}

/*
 * Count the pages as pinned memory, by an atomic counter. Locked memory would need mmap_lock. The
 * consumer can hold that as long as it likes, and a ring is freed by a thread that others wait
 * for.
 */
static int lock_memory(struct pfqk_pinned *p, unsigned long pages, enum pfq_memory_reason *why)
{
	struct mm_struct *mm = current->mm;

	*why = PFQ_MEMORY_LOCKED;
	/* a caller without the capability does nothing wrong: no entry in the audit log */
	if ((u64)atomic64_add_return(pages, &mm->pinned_vm) >
		    rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT &&
	    !ns_capable_noaudit(&init_user_ns, CAP_IPC_LOCK)) {
		atomic64_sub(pages, &mm->pinned_vm);
		return -ENOMEM;
	}
	p->mm = mm;
	/* keeps the counter, not the address space: the process may end before the ring */
	mmgrab(mm);
	return 0;
}

static void unlock_memory(struct pfqk_pinned *p, unsigned long pages)
{
	atomic64_sub(pages, &p->mm->pinned_vm);
	mmdrop(p->mm);
	p->mm = NULL;
}

static int pin_and_map(struct pfqk_pinned *p, struct file *file, u64 bytes,
		       enum pfq_memory_reason *why)
{
	unsigned long pages = bytes >> PAGE_SHIFT;
	int err;

	*why = PFQ_MEMORY_NO_MEMORY;
	p->page = kvmalloc_array(pages, sizeof(*p->page), GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL |
							  __GFP_NOWARN);
	if (!p->page)
		return -ENOMEM;
	err = pin_file(p, file, bytes, why);
	if (err)
		return err;
	*why = PFQ_MEMORY_NO_ADDRESSES;
	p->data = vmap(p->page, pages, VM_MAP, PAGE_KERNEL);
	return p->data ? 0 : -ENOMEM;
}

static void unpin(struct pfqk_pinned *p)
{
	vunmap(p->data);
	if (p->pages)
		unpin_user_pages(p->page, p->pages);
	kvfree(p->page);
	p->data = NULL;
	p->page = NULL;
	p->pages = 0;
}

int pfqk_pinned_create(struct pfqk_pinned *p, struct file *file, u64 bytes,
		       enum pfq_memory_reason *why)
{
	int err;

	memset(p, 0, sizeof(*p));
	p->page_bytes = pfqk_pinned_page_bytes(file);
	*why = PFQ_MEMORY_NO_HUGE;
	if (!p->page_bytes)
		return -EINVAL;
	*why = PFQ_MEMORY_MODE;
	if (~file->f_mode & (FMODE_READ | FMODE_WRITE))
		return -EACCES;
	*why = PFQ_MEMORY_FILE_SMALL;
	/* a file with a size of its own is not made longer */
	if (i_size_read(file_inode(file)) && i_size_read(file_inode(file)) < bytes)
		return -ENOMEM;
	err = lock_memory(p, bytes >> PAGE_SHIFT, why);
	if (err)
		return err;
	err = pin_and_map(p, file, bytes, why);
	if (err) {
		unpin(p);
		unlock_memory(p, bytes >> PAGE_SHIFT);
		return err;
	}
	*why = PFQ_MEMORY_TAKEN;
	return 0;
}

void pfqk_pinned_destroy(struct pfqk_pinned *p)
{
	unsigned long pages = p->pages;

	if (!p->data)
		return;
	unpin(p);
	unlock_memory(p, pages);
}
