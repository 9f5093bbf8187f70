/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * pfq: the interface between an engine and its consumers.
 *
 * This header is the specification. The kernel module, the daemon and the
 * client library share it unchanged. Enumerations only grow at their end. A
 * structure never changes its size. An engine refuses a bit that is not
 * defined here. linux/pfq_control.h goes on with sections 3 and 4, about control.
 *
 * 1. RINGS
 *
 * An endpoint's memory is two areas.
 *
 * The data area belongs to the engine; the consumer's mapping is read-only.
 *
 *	offset 0                    struct pfq_ring_hdr
 *	lane_hdr_offset + i * 256   struct pfq_lane_hdr of lane i
 *	data_offset + i * lane_size the records of lane i
 *
 * The reader area belongs to the consumer; the engine does not trust it.
 *
 *	offset 0                    struct pfq_reader_hdr
 *	64 + i * 64                 struct pfq_reader_lane of lane i
 *
 * A lane has one producer (a CPU of the kernel, a worker of pfqd) and one
 * consumer. Its cursors are byte positions that only grow, in 64 bits.
 * Position p lies at byte p & (lane_size - 1) of the lane's data; lane_size
 * is a power of two. Records are contiguous, start on multiples of
 * PFQ_REC_ALIGN and never cross the lane's end: a record with PFQ_REC_F_PAD
 * fills the rest of the lane, and the next record starts at its beginning.
 *
 * Producer: writes records, then prod with release semantics.
 * Consumer: loads prod with acquire semantics, reads the records in place,
 * then stores cons with release semantics. The producer may overwrite records
 * before cons.
 *
 * The engine loads cons once and compares it in 64 bits with its own values
 * (old cons <= cons <= prod). It ignores any other value; the consumer's
 * ring then stays full.
 *
 * Order: each lane is in order of ts_ns, or nearly so. watermark says that no record published
 * later in this lane will have a smaller ts_ns; it is ~0 for a lane without a producer. A consumer
 * that wants wire order takes the smallest ts_ns among the lanes once every lane without a record
 * has a watermark at or above it. While packets arrive in any lane, an engine renews each watermark
 * at least every PFQ_WATERMARK_NS. A consumer does not wait for a lane that lags by more than
 * PFQ_LAG_MAX_NS.
 *
 * 2. DOORBELL
 *
 * To sleep, a consumer stores threshold and delay_ns, then armed = 1, executes a full fence, and
 * loads every prod once more. The engine, after storing prod, executes a full fence and loads
 * armed. It rings the doorbell if armed is 1, and at least threshold bytes of a lane are unread or
 * a lane's unread records have waited for delay_ns. To ring, it exchanges armed with 0 and sends
 * one byte, without blocking, through its own end of a socket pair; the consumer holds the other
 * end. End of file on that descriptor means that the engine has ended; the records that it has
 * published stay readable.
 */
#ifndef _LINUX_PFQ_H
#define _LINUX_PFQ_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PFQ_ABI_VERSION		1

#define PFQ_GROUP_ID_MIN	1
#define PFQ_GROUP_ID_MAX	65535
#define PFQ_NAME_MAX		31	/* bytes of a group's or endpoint's name, no NUL */
#define PFQ_DEVICE_NAME_MAX	127	/* bytes of a device's name, alternative ones too, no NUL */
#define PFQ_CLASSES		64
#define PFQ_CLASS_DEFAULT	1ULL	/* mask: class 0 */
#define PFQ_WEIGHT_MAX		8
#define PFQ_MEMBERS_MAX		256	/* endpoints of one group */
#define PFQ_LANES_MAX		64
#define PFQ_SNAPLEN_MAX		262144
#define PFQ_FILTER_MAX		4096	/* instructions of one filter */
/* how long a later fragment waits for the first one of its datagram; 0: it does not wait */
#define PFQ_FRAG_WAIT_MAX_NS		30000000000ULL
#define PFQ_FRAG_WAIT_DEFAULT_NS	50000000ULL
/* how long a group keeps the share of a member that left; 0: not at all */
#define PFQ_LINGER_MAX_NS		3600000000000ULL
#define PFQ_LINGER_DEFAULT_NS		10000000000ULL

/* --- rings --------------------------------------------------------------- */

#define PFQ_RING_MAGIC		0x31676e6972716670ULL	/* "pfqring1" */
#define PFQ_REC_ALIGN		32
#define PFQ_LANE_HDR_BYTES	256
#define PFQ_WATERMARK_NS	1000000ULL
#define PFQ_LAG_MAX_NS		100000000ULL
#define PFQ_LANE_UNFED		(~0ULL)

struct pfq_ring_hdr {
	__u64	magic;
	__u32	abi;
	__u32	lanes;
	__u64	lane_hdr_offset;
	__u64	data_offset;
	__u64	lane_size;
	__u64	total_bytes;
	__u32	snaplen;
	__u32	linktype;	/* LINKTYPE_* value of the records */
	__u64	reserved;
};

enum pfq_rec_flags {
	PFQ_REC_F_VLAN	= 1 << 0,	/* tci and tpid are valid; the bytes have the tag, too */
	PFQ_REC_F_OUT	= 1 << 1,	/* sent by this host */
	PFQ_REC_F_HWTS	= 1 << 2,	/* ts_ns is the device's */
	PFQ_REC_F_LABEL	= 0xff << 4,	/* by the group's program: PFQ_REC_LABEL(); 0: none */
	PFQ_REC_F_PAD	= 1 << 15,	/* no packet: the next record is at the lane's beginning */
};
#define PFQ_REC_LABEL(rec)	(((rec)->flags & PFQ_REC_F_LABEL) >> 4)

struct pfq_rec {
	__u64	ts_ns;		/* CLOCK_REALTIME, or the device's clock */
	__u32	len;		/* bytes on the wire, outer VLAN tag included */
	__u32	caplen;		/* bytes that follow this header */
	__u16	tci;
	__u16	tpid;		/* host order, as tci */
	__u32	hash;		/* flow hash, symmetric; 0: not computed */
	__u32	ifindex;
	__u16	flags;		/* PFQ_REC_F_* */
	__u16	queue;		/* receive queue, 0xffff: not known */
};

/* bytes that a record with n bytes of packet takes in a lane */
#define PFQ_REC_BYTES(n)	\
	(((__u64)(n) + sizeof(struct pfq_rec) + PFQ_REC_ALIGN - 1) & ~(__u64)(PFQ_REC_ALIGN - 1))

/*
 * Counters by cause: name, kind, and what it counts (pfqctl counters prints that). The engines,
 * the library, pfqctl and the tracepoint expand these lists; pfq(7) explains each counter. Add
 * new counters at the end of their list.
 *
 *	IN	packets or copies that came here
 *	DROP	packets of IN that were dropped here; the name begins with drop_
 *	OUT	packets of IN that went on
 *	HELD	packets of IN that are here now: the only kind that also falls
 *	INFO	part of no sum
 *
 * The IN of a list is the sum of its DROP, OUT and HELD counters. Ingests have no IN, because
 * nobody knows what a device lost before. copies is the sum of offered over the endpoints; if
 * every verdict names one member, it equals steered.
 */
enum pfq_counter_kind {
	PFQ_COUNTER_IN,
	PFQ_COUNTER_DROP,
	PFQ_COUNTER_OUT,
	PFQ_COUNTER_HELD,
	PFQ_COUNTER_INFO,
};

#define PFQ_GROUP_COUNTERS(_) \
	_(recv,			IN,	"packets taken from the bindings") \
	_(drop_filter,		DROP,	"refused by the group's filter") \
	_(drop_vlan,		DROP,	"refused by the group's VLAN list") \
	_(drop_program,		DROP,	"dropped by the group's program") \
	_(drop_no_member,	DROP,	"no member to take it") \
	_(steered,		OUT,	"packets given to at least one member") \
	_(copies,		INFO,	"copies asked for: the sum of its endpoints' offered") \
	_(pending,		HELD,	"fragments waiting for the first one of their datagram") \
	_(frag_waited,		INFO,	"fragments that have waited, or wait") \
	_(frag_timed_out,	INFO,	"of these, gone by addresses when their time was over") \
	_(frag_no_room,		INFO,	"fragments gone by addresses for want of room to wait")

#define PFQ_ENDPOINT_COUNTERS(_) \
	_(offered,		IN,	"copies meant for this endpoint") \
	_(drop_endpoint_filter,	DROP,	"refused by the endpoint's filter or direction") \
	_(drop_ring_full,	DROP,	"no room in the endpoint's ring") \
	_(delivered,		OUT,	"put into the endpoint's ring")

#define PFQ_INGEST_COUNTERS(_) \
	_(rx_packets,		OUT,	"packets read") \
	_(rx_bytes,		INFO,	"bytes of these on the wire") \
	_(drop_socket,		DROP,	"lost before the engine: socket or descriptor ring full") \
	_(drop_malformed,	DROP,	"unusable: shorter than a link header") \
	_(cut_buffer,		INFO,	"read, but cut short: longer than a buffer of the ingest")

#define PFQ_COUNTER_ENUM_GROUP(name, kind, text)	PFQ_GROUP_##name,
#define PFQ_COUNTER_ENUM_ENDPOINT(name, kind, text)	PFQ_ENDPOINT_##name,
#define PFQ_COUNTER_ENUM_INGEST(name, kind, text)	PFQ_INGEST_##name,

enum pfq_group_counter {
	PFQ_GROUP_COUNTERS(PFQ_COUNTER_ENUM_GROUP)
	PFQ_GROUP_COUNTERS_MAX
};

enum pfq_endpoint_counter {
	PFQ_ENDPOINT_COUNTERS(PFQ_COUNTER_ENUM_ENDPOINT)
	PFQ_ENDPOINT_COUNTERS_MAX
};

enum pfq_ingest_counter {
	PFQ_INGEST_COUNTERS(PFQ_COUNTER_ENUM_INGEST)
	PFQ_INGEST_COUNTERS_MAX
};

struct pfq_lane_hdr {
	__u64	prod;		/* bytes published */
	__u64	watermark;	/* ns; see Order */
	__u64	reserved[6];
	__u64	counters[16];	/* enum pfq_endpoint_counter: this lane's part */
	__u64	reserved2[8];
};

struct pfq_reader_hdr {
	__u32	armed;		/* 1: the consumer asks for a ring; the engine stores 0 and rings */
	__u32	threshold;	/* the engine rings when a lane has so many unread bytes */
	__u64	delay_ns;	/* or when the first unread record is so old */
	__u64	reserved[6];
};

struct pfq_reader_lane {
	__u64	cons;		/* bytes consumed */
	__u64	read;		/* packets consumed; for show only */
	__u64	reserved[6];
};

#define PFQ_READER_LANE_OFFSET(i)	(64 + (__u64)(i) * 64)

/* the kernel engine's endpoints */
#define PFQ_DEVICE		"/dev/pfq"
#define PFQ_MMAP_DATA		0ULL
#define PFQ_MMAP_READER		(1ULL << 40)

/* Texts that say why memory is refused; the first one: it is taken. Add new texts at the end. */
#define PFQ_MEMORY_REASONS(_) \
	_(TAKEN,	"it is taken") \
	_(UNKNOWN,	"a flag or a reserved field is set that the engine does not know") \
	_(NO_FD,	"no open descriptor") \
	_(NO_HUGE,	"no file of huge pages; allowed: memfd_create() with MFD_HUGETLB, " \
			"or a file of a hugetlbfs") \
	_(MODE,		"the file is not open for reading and writing") \
	_(SEALED,	"the file is sealed against writing") \
	_(FILE_SMALL,	"the file is too small for the ring; allowed: an empty one, which grows") \
	_(LOCKED,	"more than the process may lock (RLIMIT_MEMLOCK)") \
	_(USER,		"more than is left of what this user may have (parameter user_ring_mib)") \
	_(POOL,		"the pool of huge pages has no room for the ring, " \
			"or the process no addresses") \
	_(SECURITY,	"a security module keeps the process from mapping it") \
	_(NO_PAGES,	"huge pages that were promised are not to be had; " \
			"a control group may limit them") \
	_(NO_MAP,	"the file cannot be mapped") \
	_(CHANGED,	"what was mapped changed meanwhile") \
	_(NO_MEMORY,	"no memory to keep account of the ring's pages") \
	_(NO_ADDRESSES,	"no addresses in the kernel for the ring") \
	_(JOINED,	"this file has joined already, or owns groups; open another one") \
	_(THERE,	"this file has memory already; give it back first") \
	_(BRINGING,	"another thread is bringing memory to this file; wait for it")

#define PFQ_MEMORY_ENUM(name, text)	PFQ_MEMORY_##name,

enum pfq_memory_reason {
	PFQ_MEMORY_REASONS(PFQ_MEMORY_ENUM)
	__PFQ_MEMORY_MAX
};

enum pfq_memory_flags {
	PFQ_MEMORY_F_LESS	= 1 << 0,	/* take a smaller ring if this one does not fit */
};

struct pfq_ioc_memory {
	__u64	ring_bytes;	/* as in a JOIN; 0: 64 MiB */
	__u64	area_bytes;	/* answer: bytes pinned, 0 on error */
	__s32	fd;		/* -1: give the memory back */
	__u32	snaplen;	/* bytes, at least the JOIN's; 0: PFQ_SNAPLEN_MAX */
	__u32	flags;		/* PFQ_MEMORY_F_* */
	__u32	reason;		/* answer: PFQ_MEMORY_* */
	__u64	reserved[2];	/* 0 */
};

#define PFQ_IOC_MEMORY		_IOWR(0xf9, 0, struct pfq_ioc_memory)

/* --- values of settings and of what is shown ---------------------------------- */

enum pfq_direction {
	PFQ_DIRECTION_INOUT,
	PFQ_DIRECTION_IN,
	PFQ_DIRECTION_OUT,
	__PFQ_DIRECTION_MAX
};

/* the clock of a group's records */
enum pfq_tstamp {
	PFQ_TSTAMP_HOST,
	PFQ_TSTAMP_ADAPTER,	/* of packets that the device has stamped: PFQ_REC_F_HWTS */
	__PFQ_TSTAMP_MAX
};

/* where the packets of an absent member go */
enum pfq_linger_to {
	PFQ_LINGER_DROP,	/* drop_no_member */
	PFQ_LINGER_OTHERS,	/* lent to the members that are present */
	__PFQ_LINGER_MAX
};

/* state of a device or file that a group names */
enum pfq_device_state {
	PFQ_DEVICE_ABSENT,	/* the engine waits for it */
	PFQ_DEVICE_DOWN,
	PFQ_DEVICE_UP,
	PFQ_DEVICE_ENDED,	/* a file that was replayed to its end */
	PFQ_DEVICE_BROKEN,	/* a file that the engine could replay only in part */
	PFQ_DEVICE_UNUSED,	/* the device exists but cannot be used; WHY gives the reason */
	__PFQ_DEVICE_STATE_MAX
};

/* May the client bind a device to the group? If so, may a variable that is not about it do that? */
enum pfq_bindable {
	PFQ_BINDABLE_NO,	/* only root, or an administrator of the network, may */
	PFQ_BINDABLE_YES,
	PFQ_BINDABLE_FILE,	/* the group reads a file */
	PFQ_BINDABLE_TAP,	/* yes, but the host would lose the device's packets */
	__PFQ_BINDABLE_MAX
};

/* --- sizes: checked in C only, because C++ has no _Static_assert ------------ */

#ifndef __cplusplus
#define PFQ_ASSERT_SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), "struct " #type " changed its size")

PFQ_ASSERT_SIZE(pfq_ring_hdr, 64);
PFQ_ASSERT_SIZE(pfq_rec, 32);
PFQ_ASSERT_SIZE(pfq_lane_hdr, PFQ_LANE_HDR_BYTES);
PFQ_ASSERT_SIZE(pfq_reader_hdr, 64);
PFQ_ASSERT_SIZE(pfq_reader_lane, 64);
PFQ_ASSERT_SIZE(pfq_ioc_memory, 48);
_Static_assert(PFQ_ENDPOINT_COUNTERS_MAX <= 16, "pfq_lane_hdr holds 16 counters");
_Static_assert(__builtin_offsetof(struct pfq_lane_hdr, counters) == 64,
	       "counters share no line with prod");
#endif

#endif /* _LINUX_PFQ_H */
