/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* All that a process can do to the memory of an endpoint that it has mapped */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/userfaultfd.h>
#include "kmod_fuzz.h"

#define PAGE	4096UL
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25	/* the C library of Debian 12 lacks it */
#endif

/* Map both areas as they should be, or sometimes not. */
void memory_map(struct world *w, struct file *f)
{
	void *p;

	if (!f->area_bytes)
		return;
	p = mmap(NULL, f->area_bytes, PROT_READ | (below(w, 8) ? 0 : PROT_WRITE),
		 below(w, 8) ? MAP_SHARED : MAP_PRIVATE, f->fd, PFQ_MMAP_DATA);
	if (p != MAP_FAILED)
		f->data = (struct area){ p, f->area_bytes };
	p = mmap(NULL, f->reader_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd,
		 PFQ_MMAP_READER);
	if (p != MAP_FAILED)
		f->reader = (struct area){ p, f->reader_bytes };
}

/* Map any part at any offset with any rights, and soon unmap it. */
static void map_oddly(struct world *w, struct file *f)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_EXEC };
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE, MAP_SHARED | MAP_POPULATE,
				     MAP_SHARED_VALIDATE | MAP_SYNC, MAP_SHARED | MAP_LOCKED };
	uint64_t offset = below(w, 2) ? PFQ_MMAP_READER : PFQ_MMAP_DATA;
	size_t bytes = below(w, 3) ? PAGE * (1 + below(w, 64)) : random_number(w);
	void *p;

	if (!below(w, 3))
		offset += PAGE * below(w, 16);
	if (!below(w, 8))
		offset = random_number(w) & ~(PAGE - 1);
	p = mmap(NULL, bytes, prots[below(w, 5)], flags[below(w, 5)], f->fd, (off_t)offset);
	if (p == MAP_FAILED)
		return;
	(void)mprotect(p, bytes, prots[below(w, 5)]);
	(void)!write(f->fd, p, 1);
	munmap(p, bytes);
}

/* Overwrite every byte that can be written, then write words that look like cursors. */
void memory_scribble(struct world *w, struct file *f)
{
	uint64_t *words = (uint64_t *)f->reader.at;
	unsigned int i, n = (unsigned int)(f->reader.bytes / sizeof(*words));

	if (!words)
		return;
	for (i = 0; i < n; i++)
		__atomic_store_n(&words[i], random_number(w), __ATOMIC_RELAXED);
	/* armed: ring for each record */
	__atomic_store_n((uint32_t *)words, 1, __ATOMIC_SEQ_CST);
	if (f->data.at && !mprotect(f->data.at, f->data.bytes, PROT_READ | PROT_WRITE))
		memset(f->data.at, 0xa5, f->data.bytes);
}

/* Write cursors that are valid or nearly: all read, a little too far, back again. */
static void forge(struct world *w, struct file *f)
{
	const struct pfq_ring_hdr *h = (const void *)f->data.at;
	struct pfq_reader_hdr *r = (void *)f->reader.at;
	uint64_t i, prod;

	if (!h || !r)
		return;
	for (i = 0; i < h->lanes && i < PFQ_LANES_MAX; i++) {
		const struct pfq_lane_hdr *lane =
			(const void *)(f->data.at + h->lane_hdr_offset + i * PFQ_LANE_HDR_BYTES);
		struct pfq_reader_lane *own = (void *)(f->reader.at + PFQ_READER_LANE_OFFSET(i));

		prod = __atomic_load_n(&lane->prod, __ATOMIC_ACQUIRE);
		if (!below(w, 4))
			prod += (below(w, 2) ? 1 : -1) * (below(w, 2) ? 32 : h->lane_size);
		__atomic_store_n(&own->cons, prod, __ATOMIC_RELEASE);
		__atomic_store_n(&own->read, random_number(w), __ATOMIC_RELAXED);
	}
	__atomic_store_n(&r->threshold, below(w, 2) ? 1 : random_u32(w), __ATOMIC_RELAXED);
	__atomic_store_n(&r->delay_ns, random_number(w), __ATOMIC_RELAXED);
	__atomic_store_n(&r->armed, below(w, 4) ? 1 : random_u32(w), __ATOMIC_SEQ_CST);
}

static struct area *some_area(struct world *w, struct file *f)
{
	return below(w, 2) ? &f->data : &f->reader;
}

static void advise(struct world *w, struct file *f)
{
	static const int advices[] = {
		MADV_REMOVE, MADV_DONTNEED, MADV_FREE, MADV_COLD, MADV_PAGEOUT,
		MADV_MERGEABLE, MADV_HUGEPAGE, MADV_COLLAPSE, MADV_DONTFORK, MADV_DOFORK,
		MADV_DODUMP, MADV_WIPEONFORK, MADV_POPULATE_READ, MADV_POPULATE_WRITE,
		MADV_WILLNEED,
	};
	struct area *a = some_area(w, f);

	if (a->at)
		(void)madvise(a->at, below(w, 2) ? a->bytes : PAGE,
			      advices[below(w, sizeof(advices) / sizeof(advices[0]))]);
}

static void move(struct world *w, struct file *f)
{
	static const int flags[] = { 0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP };
	struct area *a = some_area(w, f);
	size_t bytes = below(w, 2) ? a->bytes * 2 : below(w, 2) ? PAGE : a->bytes;
	void *p;

	if (!a->at)
		return;
	/* With length 0 mremap() makes a second mapping. */
	p = mremap(a->at, below(w, 4) ? a->bytes : 0, bytes, flags[below(w, 3)]);
	if (p != MAP_FAILED) {
		a->at = p;
		a->bytes = bytes < a->bytes ? bytes : a->bytes;
	}
}

static void unmap(struct world *w, struct file *f)
{
	struct area *a = some_area(w, f);
	size_t pages = a->bytes / PAGE;

	if (!a->at)
		return;
	/* Make a hole in the mapping, or map something else over a part of it. */
	if (below(w, 3) == 0 && pages > 1)
		munmap(a->at + PAGE * below(w, (uint32_t)pages), PAGE);
	else if (below(w, 3) == 0)
		(void)mmap(a->at, PAGE, PROT_READ | PROT_WRITE,
			   MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	else
		munmap(a->at, a->bytes);
	if (below(w, 2))
		a->at = NULL;
}

/* Fill missing pages of the mapping ourselves, if the kernel allows it. */
static void userfault(struct world *w, struct file *f)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct area *a = some_area(w, f);
	struct uffdio_register reg = { .range = { (uintptr_t)a->at, PAGE },
				       .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_copy copy = { .dst = (uintptr_t)a->at, .len = PAGE,
				    .mode = UFFDIO_COPY_MODE_DONTWAKE };
	static uint8_t page[PAGE] __attribute__((aligned(PAGE)));
	int fd;

	if (!a->at)
		return;
	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (fd < 0)
		return;
	copy.src = (uintptr_t)page;
	if (!ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &reg)) {
		(void)madvise(a->at, PAGE, MADV_DONTNEED);
		(void)ioctl(fd, UFFDIO_COPY, &copy);
	}
	close(fd);
}

/* Let others use its pages: pipes, direct I/O, another process. */
static void lend(struct world *w, struct file *f)
{
	struct area *a = some_area(w, f);
	struct iovec iov = { a->at, PAGE * (1 + below(w, 4)) };
	static _Thread_local uint8_t copy[4 * PAGE];
	struct iovec local = { copy, sizeof(copy) };
	int fds[2];

	if (!a->at)
		return;
	(void)process_vm_readv(getpid(), &local, 1, &iov, 1, 0);
	(void)process_vm_writev(getpid(), &local, 1, &iov, 1, 0);
	(void)mlock(a->at, iov.iov_len);
	(void)msync(a->at, iov.iov_len, MS_SYNC);
	(void)munlock(a->at, iov.iov_len);
	if (pipe(fds))
		return;
	(void)!vmsplice(fds[1], &iov, 1, SPLICE_F_NONBLOCK | (below(w, 2) ? SPLICE_F_GIFT : 0));
	if (below(w, 2))
		(void)!read(fds[0], copy, sizeof(copy));
	close(fds[0]);
	close(fds[1]);
}

/* Bring memory for a ring, sometimes valid. Another thread may take it away meanwhile. */
static void bring(struct world *w, struct file *f)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | (below(w, 8) ? MFD_HUGETLB : 0));
	struct pfq_ioc_memory m = {
		.ring_bytes = below(w, 4) ? 1ULL << (14 + below(w, 8)) : random_number(w),
		.fd = below(w, 8) ? fd : (int)random_number(w),
		.snaplen = below(w, 4) ? 1 + below(w, 2000) : (uint32_t)random_number(w),
		.flags = below(w, 8) ? below(w, 2) : random_u32(w),
		.reserved = { below(w, 16) ? 0 : random_u32(w) },
	};
	void *at = below(w, 16) ? &m :
		   below(w, 2) ? (void *)f->reader.at : (void *)(uintptr_t)random_number(w);

	if (!below(w, 4))
		(void)ftruncate(fd, (off_t)below(w, 16) << 20);
	if (!ioctl(f->fd, PFQ_IOC_MEMORY, at) && below(w, 2))
		file_join(w, f);
	if (!below(w, 3))
		(void)!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 16 << 20);
	m = (struct pfq_ioc_memory){ .fd = -1 };
	if (!below(w, 4))
		(void)ioctl(f->fd, PFQ_IOC_MEMORY, &m);
	close(fd);
}

static const act_fn fns[] = {
	memory_map, memory_map, bring, bring, map_oddly, memory_scribble, memory_scribble,
	forge, forge, forge, advise, move, unmap, userfault, lend,
};

const struct acts memory_acts = { fns, sizeof(fns) / sizeof(fns[0]) };
