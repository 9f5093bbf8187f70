/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "area.h"
#include "error.h"
#include "reason.h"
#include "ring.h"

/*
 * Upper limit for sizes and offsets, low enough that sums cannot overflow. Larger values are
 * refused as malformed.
 */
#define AREA_BYTES_MAX	(1ULL << 44)

static bool is_power_of_2(uint64_t v)
{
	return v && !(v & (v - 1));
}

/*
 * Returns NULL, or the name of the value that is impossible. The order of the tests keeps all sums
 * far below 64 bits.
 */
static const char *geometry_fault(const struct pfq_ring_hdr *h, uint64_t area_bytes,
				  uint64_t reader_bytes)
{
	if (h->magic != PFQ_RING_MAGIC)
		return "magic number";
	if (h->abi != PFQ_ABI_VERSION)
		return "ABI version";
	if (h->lanes < 1 || h->lanes > PFQ_LANES_MAX)
		return "number of lanes";
	if (area_bytes > AREA_BYTES_MAX || h->total_bytes > area_bytes)
		return "size of the data area";
	if (!is_power_of_2(h->lane_size) || h->lane_size < PFQ_REC_ALIGN ||
	    h->lane_size > h->total_bytes)
		return "size of a lane";
	if (h->lane_hdr_offset < sizeof(*h) || h->lane_hdr_offset % 64 ||
	    h->lane_hdr_offset > h->total_bytes ||
	    h->lanes * (uint64_t)PFQ_LANE_HDR_BYTES > h->total_bytes - h->lane_hdr_offset)
		return "offset of the lane headers";
	if (h->data_offset % PFQ_REC_ALIGN || h->data_offset > h->total_bytes ||
	    h->data_offset < h->lane_hdr_offset + h->lanes * (uint64_t)PFQ_LANE_HDR_BYTES ||
	    h->lanes * h->lane_size > h->total_bytes - h->data_offset)
		return "offset of the data";
	if (reader_bytes < PFQ_READER_LANE_OFFSET(h->lanes) || reader_bytes > AREA_BYTES_MAX)
		return "size of the reader area";
	return NULL;
}

/*
 * lseek() before fstat(): a file of huge pages has no path, and AppArmor refuses fstat() on it to
 * a confined program. memfd_secret(), which may hold our reader area, does not support lseek().
 */
static int file_size(int fd, uint64_t *bytes)
{
	off_t end = lseek(fd, 0, SEEK_END);
	struct stat st;

	if (end < 0) {
		if (errno != ESPIPE || fstat(fd, &st) < 0)
			return -errno;
		end = st.st_size;
	}
	*bytes = end > 0 ? (uint64_t)end : 0;
	return 0;
}

/*
 * Get an area's size. -EPROTO: the memory could shrink, and reading it would then raise SIGBUS. A
 * file without seals is a device, or memfd_secret().
 */
static int area_size(int fd, uint64_t *bytes)
{
	int seals, ret = file_size(fd, bytes);

	if (ret)
		return ret;
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0)
		return errno == EINVAL ? 0 : -errno;
	return seals & F_SEAL_SHRINK ? 0 : -EPROTO;
}

static void lanes_init(struct pfq_ring *r, const struct pfq_ring_hdr *h)
{
	struct pfq_lane *lane;
	uint32_t i;

	r->lanes = h->lanes;
	r->lane_size = h->lane_size;
	r->snaplen = h->snaplen;
	r->linktype = h->linktype;
	r->data = (const uint8_t *)r->area + h->data_offset;
	r->hdr = r->reader_area;
	for (i = 0; i < r->lanes; i++) {
		lane = &r->lane[i];
		lane->data = r->data + i * r->lane_size;
		lane->hdr = (const void *)((const uint8_t *)r->area + h->lane_hdr_offset +
					   i * (uint64_t)PFQ_LANE_HDR_BYTES);
		lane->reader = (void *)((uint8_t *)r->reader_area + PFQ_READER_LANE_OFFSET(i));
	}
}

static int map(void **area, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	int ret = pfq_area_map(area, bytes, prot, flags, fd, offset);

	/* keep captured traffic out of core dumps; this may fail */
	if (!ret)
		(void)madvise(*area, bytes, MADV_DONTDUMP);
	return ret;
}

/*
 * The reason why this process cannot map a ring. mmap() reports a limit of locked memory as
 * EAGAIN.
 */
static const char *map_reason(int error)
{
	return error == -EAGAIN ? "this process locks its memory (mlockall) and is at its limit; "
				  "raise `ulimit -l`, LimitMEMLOCK= of its unit" :
				  pfq_reason(PFQ_REASON_PROCESS, error);
}

/* Secret memory is locked, where the engine has it: a smaller ring needs no less of that. */
static int no_locked_memory(uint64_t bytes, struct pfq_error *err)
{
	return pfq_error_set(err, -EDQUOT, "cannot map %llu bytes of locked memory, which each "
			     "handle takes: this process is at its limit; raise `ulimit -l`, "
			     "LimitMEMLOCK= of its unit", (unsigned long long)bytes);
}

/* Map whole files, because a huge page cannot be unmapped in part. */
static int map_both(struct pfq_ring *r, const struct pfq_place *area,
		    const struct pfq_place *reader, struct pfq_error *err)
{
	bool has_no_room, has_area = false;
	int ret;

	ret = map(&r->area, (size_t)area->bytes, PROT_READ, MAP_POPULATE, area->fd,
		    (off_t)area->offset);
	if (!ret) {
		has_area = true;
		r->area_bytes = (size_t)area->bytes;
		ret = map(&r->reader_area, (size_t)reader->bytes, PROT_READ | PROT_WRITE, 0,
			    reader->fd, (off_t)reader->offset);
	}
	if (!ret) {
		r->reader_bytes = (size_t)reader->bytes;
		return 0;
	}
	pfq_ring_unmap(r);
	if (has_area && ret == -EAGAIN)
		return no_locked_memory(reader->bytes, err);
	has_no_room = ret == -ENOMEM || ret == -EAGAIN;
	return pfq_error_set(err, has_no_room ? -ENOMEM : ret,
			     "cannot map a ring of %llu bytes: %s%s",
			     (unsigned long long)area->bytes, map_reason(ret),
			     has_no_room ? "; or ask for a smaller ring" : "");
}

/* Returns 0, -EPROTO if there is no header, or read()'s -errno. */
static int read_header(int fd, struct pfq_ring_hdr *h)
{
	ssize_t n = pread(fd, h, sizeof(*h), 0);

	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(*h) ? 0 : -EPROTO;
}

static int damaged(const char *fault, struct pfq_error *err)
{
	return pfq_error_set(err, -EPROTO, "the engine's ring is damaged: %s", fault);
}

int pfq_ring_map(struct pfq_ring *r, int area_fd, int reader_fd, struct pfq_error *err)
{
	struct pfq_place area = { .fd = area_fd }, reader = { .fd = reader_fd };
	/* a private copy, so that the checked values are those that are used */
	struct pfq_ring_hdr h;
	const char *fault;
	int ret;

	memset(r, 0, sizeof(*r));
	ret = area_size(area_fd, &area.bytes);
	if (!ret)
		ret = area_size(reader_fd, &reader.bytes);
	if (ret == -EPROTO)
		return pfq_error_set(err, ret,
				     "the engine's ring is in memory that could shrink");
	if (!ret) {
		ret = read_header(area_fd, &h);
		if (ret == -EPROTO)
			return pfq_error_set(err, ret, "the engine's ring has no header");
	}
	if (ret)
		return pfq_error_set(err, ret, "the engine's ring cannot be read: %s",
				     pfq_reason(PFQ_REASON_PROCESS, ret));
	fault = geometry_fault(&h, area.bytes, reader.bytes);
	if (fault)
		return damaged(fault, err);
	ret = map_both(r, &area, &reader, err);
	if (!ret)
		lanes_init(r, &h);
	return ret;
}

int pfq_ring_map_places(struct pfq_ring *r, const struct pfq_place *area,
			const struct pfq_place *reader, struct pfq_error *err)
{
	struct pfq_ring_hdr h;
	const char *fault;
	int ret;

	memset(r, 0, sizeof(*r));
	if (area->bytes < sizeof(h) || area->bytes > AREA_BYTES_MAX ||
	    reader->bytes > AREA_BYTES_MAX)
		return damaged("size of the data area", err);
	ret = map_both(r, area, reader, err);
	if (ret)
		return ret;
	memcpy(&h, r->area, sizeof(h));
	fault = geometry_fault(&h, area->bytes, reader->bytes);
	if (fault) {
		pfq_ring_unmap(r);
		return damaged(fault, err);
	}
	lanes_init(r, &h);
	return 0;
}

void pfq_ring_unmap(struct pfq_ring *r)
{
	if (r->area)
		munmap(r->area, r->area_bytes);
	if (r->reader_area)
		munmap(r->reader_area, r->reader_bytes);
	r->area = NULL;
	r->reader_area = NULL;
}
