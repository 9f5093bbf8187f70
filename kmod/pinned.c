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

#define PIN_PAGES	4096UL	/* at a time */

static const struct {
	int err, as;
	const char *why;
} map_faults[] = {
	{ -ENOMEM, -ENOMEM, "the pool of huge pages has no room for the ring, or the process no addresses" },
	{ -EAGAIN, -ENOMEM, "more than the process may lock (RLIMIT_MEMLOCK)" },
	/* AppArmor has no rule that would allow it: the file has no path */
	{ -EACCES, -ENOMEM, "a security module keeps the process from mapping it" },
	{ -EPERM, -EPERM, "the file is sealed against writing" },
};

u64 pfqk_pinned_page_bytes(const struct file *file)
{
	const struct super_block *sb = file_inode(file)->i_sb;

	return sb->s_magic == HUGETLBFS_MAGIC ? sb->s_blocksize : 0;
}

static int map_fault(int err, const char **why)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(map_faults); i++) {
		if (map_faults[i].err != err)
			continue;
		*why = map_faults[i].why;
		return map_faults[i].as;
	}
	*why = "the file cannot be mapped";
	return err;
}

/* Is @pages from @addr on what the file has from its page @first on? */
static bool is_of_file(const struct vm_area_struct *vma, const struct file *file,
		       unsigned long addr, unsigned long first, unsigned long pages)
{
	return vma && vma->vm_file == file && vma->vm_flags & VM_SHARED &&
	       vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT) == first &&
	       vma->vm_end - addr >= pages << PAGE_SHIFT;
}

/*
 * The next @pages. Another thread of the caller's may have put something else at these
 * addresses meanwhile, whose pages somebody lets us wait for, as a file system in user space
 * or a userfaultfd can, while no family of generic netlink comes or goes. So it is looked
 * at under the lock that keeps it there; and without leave to drop that one nobody waits.
 */
static long pin_part(struct pfqk_pinned *p, const struct file *file, unsigned long addr,
		     unsigned long pages)
{
	struct mm_struct *mm = current->mm;
	long n = -ESTALE;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	if (is_of_file(vma_lookup(mm, addr), file, addr, p->pages, pages))
		n = pin_user_pages(addr, pages, FOLL_WRITE | FOLL_LONGTERM, p->page + p->pages);
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

/* The caller's page tables are the way to the pages; the mapping is not needed any longer. */
static int pin_file(struct pfqk_pinned *p, struct file *file, u64 bytes, const char **why)
{
	unsigned long addr = vm_mmap(file, 0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	int err;

	if (IS_ERR_VALUE(addr))
		return map_fault((int)(long)addr, why);
	err = pin(p, file, addr, bytes >> PAGE_SHIFT);
	vm_munmap(addr, bytes);
	if (err == -ESTALE) {
		*why = "what was mapped changed meanwhile";
		return -EFAULT;
	}
	*why = "huge pages that were promised are not to be had; a control group may limit them";
	return err && err != -EINTR ? -ENOMEM : err;
}

/*
 * As pinned memory, by an atomic counter, and not as locked memory, by mmap_lock: that one the
 * consumer can keep for as long as it likes, and the ring goes in a thread that others wait for.
 */
static int lock_memory(struct pfqk_pinned *p, unsigned long pages, const char **why)
{
	struct mm_struct *mm = current->mm;

	*why = "more than the process may lock (RLIMIT_MEMLOCK)";
	if (!mm)
		return -EFAULT;
	/* to do without is no offence: not for the audit log */
	if ((u64)atomic64_add_return(pages, &mm->pinned_vm) > rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT &&
	    !ns_capable_noaudit(&init_user_ns, CAP_IPC_LOCK)) {
		atomic64_sub(pages, &mm->pinned_vm);
		return -ENOMEM;
	}
	p->mm = mm;
	/* its counters, not its memory: the process may end, and the ring stay */
	mmgrab(mm);
	return 0;
}

static void unlock_memory(struct pfqk_pinned *p, unsigned long pages)
{
	atomic64_sub(pages, &p->mm->pinned_vm);
	mmdrop(p->mm);
	p->mm = NULL;
}

static int pin_and_map(struct pfqk_pinned *p, struct file *file, u64 bytes, const char **why)
{
	unsigned long pages = bytes >> PAGE_SHIFT;
	int err;

	*why = "no memory to keep account of the ring's pages";
	p->page = kvmalloc_array(pages, sizeof(*p->page), GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL |
							  __GFP_NOWARN);
	if (!p->page)
		return -ENOMEM;
	err = pin_file(p, file, bytes, why);
	if (err)
		return err;
	*why = "no addresses in the kernel for the ring";
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

int pfqk_pinned_create(struct pfqk_pinned *p, struct file *file, u64 bytes, const char **why)
{
	int err;

	memset(p, 0, sizeof(*p));
	*why = "the file is not open for reading and writing";
	if (~file->f_mode & (FMODE_READ | FMODE_WRITE))
		return -EACCES;
	err = lock_memory(p, bytes >> PAGE_SHIFT, why);
	if (err)
		return err;
	err = pin_and_map(p, file, bytes, why);
	if (err) {
		unpin(p);
		unlock_memory(p, bytes >> PAGE_SHIFT);
	}
	return err;
}

void pfqk_pinned_destroy(struct pfqk_pinned *p)
{
	unsigned long pages = p->pages;

	if (!p->data)
		return;
	unpin(p);
	unlock_memory(p, pages);
}
