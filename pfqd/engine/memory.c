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
#include "pfqd/host/available.h"
#include "pfqd/base/error.h"
#include "pfqd/host/hugepage.h"
#include "pfqd/base/log.h"
#include "memory.h"

#define MEMORY_MARGIN_BYTES	(64ULL << 20)	/* kept for the rest of the system */

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

/*
 * Allocate and map all pages of the file. If memory is missing, fallocate() returns an error;
 * touching a page would raise SIGBUS.
 */
static int area_fill(uint64_t bytes, int fd, void *map)
{
	int ret;

	do
		ret = fallocate(fd, 0, 0, bytes) ? -errno : 0;
	while (ret == -EINTR);
	/* saves the workers page faults; without it the faults come later */
	if (!ret && madvise(map, bytes, MADV_POPULATE_WRITE))
		log_debug("ring: pages are not mapped ahead: %s", strerror(errno));
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

/* Unmap and close; returns @err. */
static int area_drop(uint64_t bytes, int fd, void *map, int err)
{
	munmap(map, bytes);
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
	ret = area_fill(bytes, *fd, *map);
	if (!ret && fcntl(*fd, F_ADD_SEALS, READER_SEALS))
		ret = -errno;
	return ret ? area_drop(bytes, *fd, *map, ret) : 0;
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

/* No memory is available. If /proc/meminfo cannot be read, that is the error instead. */
static int check_meminfo(struct pfq_error *err)
{
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, -errno,
				 "the available memory cannot be read: /proc/meminfo: %s",
				 pfq_reason(PFQ_REASON_PFQD, errno));
	close(fd);
	return 0;
}

static int check_available(uint64_t bytes, struct pfq_error *err)
{
	uint64_t have = available_bytes("");

	int ret;

	if (bytes <= have && have - bytes >= MEMORY_MARGIN_BYTES)
		return 0;
	ret = have ? 0 : check_meminfo(err);
	if (ret)
		return ret;
	return error_set(err, -ENOMEM,
			 "a ring of %" PRIu64 " bytes: only %" PRIu64 " bytes of memory "
			 "are available, of which %llu are kept for the system; ask for a "
			 "smaller one",
			 bytes, have, MEMORY_MARGIN_BYTES);
}

/* Advice for an error text: a smaller ring helps if memory is missing. */
static const char *advice(int ret)
{
	return ret == -ENOMEM || ret == -ENOSPC ? "; or ask for a smaller ring" : "";
}

/*
 * Allocate the data area in huge pages of @huge bytes from the pool. @huge 0: in ordinary pages, or
 * with @want_large in large pages that the kernel makes of free memory.
 */
static int fill_data(struct memory *m, uint64_t bytes, uint64_t huge, bool want_large)
{
	int ret;

	m->page_bytes = huge ? huge : (uint64_t)sysconf(_SC_PAGESIZE);
	m->data_bytes = round_up(bytes, m->page_bytes);
	ret = area_create("pfq-data", m->data_bytes, huge, &m->data_fd, &m->data);
	if (ret)
		return ret;
	if (!huge && want_large && hugepage_gather(m->data_fd, m->data, m->data_bytes))
		m->page_bytes = PFQ_LARGE_PAGE_BYTES;
	ret = area_fill(m->data_bytes, m->data_fd, m->data);
	return ret ? area_drop(m->data_bytes, m->data_fd, m->data, ret) : 0;
}

static int create_data(struct memory *m, uint64_t bytes, const char *hugepages,
		       struct pfq_error *err)
{
	bool is_auto = !strcmp(hugepages, "auto");
	uint64_t huge;
	int ret;

	ret = hugepage_choose(hugepages, bytes, &huge, err);
	if (ret)
		return ret;
	if (huge) {
		ret = fill_data(m, bytes, huge, false);
		if (!ret)
			return 0;
		if (!is_auto)
			return error_set(err, ret, "hugepages of %s: %s; choose auto", hugepages,
					 pfq_reason(PFQ_REASON_PFQD, ret));
	}
	ret = check_available(bytes, err);
	if (ret)
		return ret;
	ret = fill_data(m, bytes, 0, is_auto);
	return ret ? error_set(err, ret, "a ring of %" PRIu64 " bytes: %s%s", m->data_bytes,
			       pfq_reason(PFQ_REASON_PFQD, ret), advice(ret)) : 0;
}

int memory_create(struct memory *m, uint64_t lane_bytes, uint32_t lanes, uint32_t snaplen,
		  uint32_t linktype, const char *hugepages, struct pfq_error *err)
{
	int ret;

	memset(m, 0, sizeof(*m));
	m->data_fd = m->reader_fd = -1;
	m->lane_bytes = lane_bytes;
	ret = create_data(m, pfq_ring_area_bytes(lanes, lane_bytes), hugepages, err);
	if (ret) {
		m->data = NULL;
		m->data_fd = -1;
		return ret;
	}
	ret = create_reader(m, lanes);
	if (ret) {
		memory_destroy(m);
		return error_set(err, ret, "the reader area of a ring: %s%s",
				 pfq_reason(PFQ_REASON_PFQD, ret), advice(ret));
	}
	pfq_ring_format(m->data, lanes, lane_bytes, snaplen, linktype);
	/* seal last: pfqd's mapping stays writable, and nobody can make another writable one */
	if (fcntl(m->data_fd, F_ADD_SEALS, DATA_SEALS)) {
		ret = error_set(err, -errno, "rings cannot be sealed: %s",
				pfq_reason(PFQ_REASON_PFQD, errno));
		memory_destroy(m);
		return ret;
	}
	return 0;
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
		munmap(m->data, m->data_bytes);
	if (m->reader)
		munmap(m->reader, m->reader_bytes);
	m->data = m->reader = NULL;
}
