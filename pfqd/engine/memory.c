/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/ring.h"
#include "lib/area.h"
#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/host/hugepage.h"
#include "pfqd/base/log.h"
#include "memory.h"
#include "room.h"

/*
 * Memory is mapped and unmapped in parts of this size, because meanwhile the kernel lets no other
 * thread of pfqd map memory. Between two parts, memory_create() looks whether it shall stop.
 */
#define MEMORY_PART_BYTES	(4ULL << 20)

#define DATA_SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL)
#define READER_SEALS	(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

/* the headers may be older than the kernel */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	0x0008U
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret	447
#endif
#ifndef MFD_HUGE_SHIFT
#define MFD_HUGE_SHIFT	26
#endif

uint64_t memory_lane_bytes(uint64_t ring_bytes, uint32_t lanes, uint32_t snaplen)
{
	uint64_t lane = pfq_ring_lane_min(snaplen);

	while (lane < (1ULL << 44) && lane * lanes < ring_bytes)
		lane <<= 1;
	return lane;
}

uint64_t memory_total_bytes(uint64_t lane_bytes, uint32_t lanes)
{
	return pfq_ring_area_bytes(lanes, lane_bytes) + pfq_ring_reader_bytes(lanes);
}

static int memfd(const char *name, unsigned int flags)
{
	int fd;

	flags |= MFD_CLOEXEC | MFD_ALLOW_SEALING;
	fd = memfd_create(name, flags | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)	/* kernels before 6.3 do not know the flag */
		fd = memfd_create(name, flags);
	return fd < 0 ? -errno : fd;
}

static uint64_t part_bytes(uint64_t page_bytes, uint64_t left)
{
	uint64_t part = page_bytes > MEMORY_PART_BYTES ? page_bytes : MEMORY_PART_BYTES;

	return part < left ? part : left;
}

static bool is_stopped(const bool *stop)
{
	return stop && __atomic_load_n(stop, __ATOMIC_RELAXED);
}

static int allocate(int fd, uint64_t at, uint64_t bytes)
{
	int ret;

	do
		ret = fallocate(fd, 0, (off_t)at, (off_t)bytes) ? -errno : 0;
	while (ret == -EINTR);
	return ret;
}

/*
 * Make an empty file of @bytes and map it. @huge_bytes is the size of its huge pages; 0: ordinary
 * pages.
 */
static int area_create(const char *name, uint64_t bytes, uint64_t huge_bytes, int *fd, void **map)
{
	unsigned int flags = 0;
	int ret;

	if (huge_bytes)
		flags = MFD_HUGETLB | (unsigned int)__builtin_ctzll(huge_bytes) << MFD_HUGE_SHIFT;
	*fd = memfd(name, flags);
	if (*fd < 0)
		return *fd;
	ret = ftruncate(*fd, bytes) ? -errno : 0;
	if (!ret)
		ret = pfq_area_map(map, bytes, PROT_READ | PROT_WRITE, 0, *fd, 0);
	if (ret)
		close(*fd);
	return ret;
}

/* The last part frees the pages, if the consumer has unmapped them, too. */
static void area_unmap(void *map, uint64_t bytes, uint64_t page_bytes)
{
	uint64_t at, part;

	for (at = 0; at < bytes; at += part) {
		part = part_bytes(page_bytes, bytes - at);
		munmap((char *)map + at, part);
	}
}

/* Unmap and close; returns @err. */
static int area_drop(uint64_t bytes, uint64_t page_bytes, int fd, void *map, int err)
{
	area_unmap(map, bytes, page_bytes);
	close(fd);
	return err;
}

static uint64_t round_up(uint64_t bytes, uint64_t page)
{
	return (bytes + page - 1) / page * page;
}

/*
 * Make the reader area in secret memory, which is locked and which nobody can shrink, punch or open
 * again. A consumer can take pages away from a memfd, and a worker that reads there meanwhile has
 * to sleep. Not every kernel has secret memory.
 */
static int secret_create(uint64_t bytes, int *fd, void **map)
{
	int ret;

	*fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	if (*fd < 0)
		return -errno;
	*map = MAP_FAILED;
	if (!ftruncate(*fd, bytes))
		*map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (*map == MAP_FAILED) {
		ret = -errno;
		close(*fd);
		return ret;
	}
	memset(*map, 0, bytes);
	return 0;
}

/*
 * Make the reader area in ordinary pages of a memfd. A page that was taken away reads as zeros,
 * which linux/pfq.h allows.
 */
static int sealed_create(uint64_t bytes, int *fd, void **map)
{
	int ret = area_create("pfq-reader", bytes, 0, fd, map);

	if (ret)
		return ret;
	ret = allocate(*fd, 0, bytes);
	if (!ret && fcntl(*fd, F_ADD_SEALS, READER_SEALS))
		ret = -errno;
	return ret ? area_drop(bytes, bytes, *fd, *map, ret) : 0;
}

static int create_reader(struct memory *m, uint32_t lanes)
{
	int ret;

	m->reader_bytes = round_up(pfq_ring_reader_bytes(lanes), sysconf(_SC_PAGESIZE));
	ret = secret_create(m->reader_bytes, &m->reader_fd, &m->reader);
	if (ret) {
		log_debug("reader area: no secret memory (%s): a sealed memfd", strerror(-ret));
		ret = sealed_create(m->reader_bytes, &m->reader_fd, &m->reader);
	}
	if (ret) {
		m->reader = NULL;
		m->reader_fd = -1;
	}
	return ret;
}

/* Advice for an error text: a smaller ring helps if memory is missing. */
static const char *advice(int ret)
{
	return ret == -ENOMEM || ret == -ENOSPC ? "; or ask for a smaller ring" : "";
}

/*
 * Allocate and map all pages of the data area, part by part. If memory is missing, fallocate()
 * returns an error; touching a page would raise SIGBUS. The bytes were promised by room_promise()
 * if @is_promised.
 */
static int fill_parts(struct memory *m, uint64_t page_bytes, bool is_promised, const bool *stop)
{
	bool populates = true;
	uint64_t at, part;
	int ret = 0;

	for (at = 0; at < m->data_bytes && !ret; at += part) {
		part = part_bytes(page_bytes, m->data_bytes - at);
		ret = is_stopped(stop) ? -ECANCELED : allocate(m->data_fd, at, part);
		if (is_promised)
			room_end(part);
		/* saves the workers page faults; without it the faults come later */
		if (!ret && populates && madvise((char *)m->data + at, part, MADV_POPULATE_WRITE)) {
			log_debug("ring: pages are not mapped ahead: %s", strerror(errno));
			populates = false;
		}
	}
	if (is_promised)
		room_end(m->data_bytes - at);
	return ret;
}

/*
 * Allocate the data area in huge pages of @huge bytes from the pool. @huge 0: in ordinary pages, or
 * with @want_large in large pages that the kernel makes of free memory.
 */
static int fill_data(struct memory *m, uint64_t huge, bool want_large, const bool *stop)
{
	int ret;

	ret = area_create("pfq-data", m->data_bytes, huge, &m->data_fd, &m->data);
	if (ret && !huge)
		room_end(m->data_bytes);
	if (ret)
		return ret;
	if (!huge && want_large && hugepage_gather(m->data_fd, m->data, m->data_bytes))
		m->page_bytes = PFQ_LARGE_PAGE_BYTES;
	ret = fill_parts(m, m->page_bytes, !huge, stop);
	return ret ? area_drop(m->data_bytes, m->page_bytes, m->data_fd, m->data, ret) : 0;
}

static void size_data(struct memory *m, uint64_t bytes, uint64_t huge)
{
	m->page_bytes = huge ? huge : (uint64_t)sysconf(_SC_PAGESIZE);
	m->data_bytes = round_up(bytes, m->page_bytes);
}

static int create_data(struct memory *m, uint64_t bytes, const struct memory_wish *wish,
		       struct pfq_error *err)
{
	bool is_auto = !strcmp(wish->hugepages, "auto");
	uint64_t huge;
	int ret;

	ret = hugepage_choose(wish->hugepages, bytes, &huge, err);
	if (ret)
		return ret;
	if (huge) {
		size_data(m, bytes, huge);
		ret = fill_data(m, huge, false, wish->stop);
		if (!ret)
			return 0;
		if (!is_auto)
			return error_set(err, ret, "hugepages of %s: %s; choose auto",
					 wish->hugepages, pfq_reason(PFQ_REASON_PFQD, ret));
	}
	size_data(m, bytes, 0);
	ret = room_promise(m->data_bytes, err);
	if (ret)
		return ret;
	ret = fill_data(m, 0, is_auto, wish->stop);
	return ret ? error_set(err, ret, "a ring of %" PRIu64 " bytes: %s%s", m->data_bytes,
			       pfq_reason(PFQ_REASON_PFQD, ret), advice(ret)) : 0;
}

int memory_create(struct memory *m, const struct memory_wish *wish, struct pfq_error *err)
{
	int ret;

	memset(m, 0, sizeof(*m));
	m->data_fd = m->reader_fd = -1;
	m->lane_bytes = wish->lane_bytes;
	ret = create_data(m, pfq_ring_area_bytes(wish->lanes, wish->lane_bytes), wish, err);
	if (ret) {
		m->data = NULL;
		m->data_fd = -1;
		return ret;
	}
	ret = create_reader(m, wish->lanes);
	if (ret) {
		memory_destroy(m);
		return error_set(err, ret, "the reader area of a ring: %s%s",
				 pfq_reason(PFQ_REASON_PFQD, ret), advice(ret));
	}
	pfq_ring_format(m->data, wish->lanes, wish->lane_bytes, wish->snaplen, wish->linktype);
	/* seal last: pfqd's mapping stays writable, and nobody can make another writable one */
	if (fcntl(m->data_fd, F_ADD_SEALS, DATA_SEALS)) {
		ret = error_set(err, -errno, "rings cannot be sealed: %s",
				pfq_reason(PFQ_REASON_PFQD, errno));
		memory_destroy(m);
		return ret;
	}
	return 0;
}

void memory_describe(struct memory *m, uint32_t snaplen, uint32_t linktype)
{
	struct pfq_ring_hdr *hdr = m->data;

	hdr->snaplen = snaplen;
	hdr->linktype = linktype;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void memory_close_fds(struct memory *m)
{
	close_fd(&m->data_fd);
	close_fd(&m->reader_fd);
}

void memory_destroy(struct memory *m)
{
	memory_close_fds(m);
	if (m->data)
		area_unmap(m->data, m->data_bytes, m->page_bytes);
	if (m->reader)
		munmap(m->reader, m->reader_bytes);
	m->data = m->reader = NULL;
}
