/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * pfq: the interface between an engine and its consumers.
 *
 * This header is the specification. The kernel module, the daemon and the client library share it
 * unchanged. Enumerations only grow at their end. A structure never changes its size. An engine
 * refuses a bit that is not defined here.
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
 *
 * 3. CONTROL
 *
 * Requests and replies are netlink messages: struct nlmsghdr, struct
 * genlmsghdr with one of PFQ_CMD_*, attributes PFQ_A_*. The kernel engine is
 * generic netlink family PFQ_FAMILY_NAME. The user engine listens on a
 * SOCK_SEQPACKET Unix socket; there one datagram, of at most PFQ_MSG_MAX
 * bytes, carries one message of type PFQ_MSG_TYPE, and the first request of a
 * connection must be HELLO.
 *
 * Every request with NLM_F_REQUEST gets exactly one answer:
 *  - NLMSG_ERROR holding struct nlmsgerr (error = 0, or a negative errno with
 *    the attribute NLMSGERR_ATTR_MSG: one line that says what to do), or
 *  - a message with the request's command, or
 *  - for NLM_F_DUMP, any number of messages with NLM_F_MULTI, then NLMSG_DONE.
 * nlmsg_seq of an answer is that of its request, which is not 0.
 *
 * A JOIN takes as long as the engine needs to make the ring. Meanwhile the user engine sends on
 * that connection, every PFQ_WORKING_MS, a message with the command JOIN, no attributes and
 * nlmsg_seq PFQ_SEQ_WORKING, and reads no further request from it. A consumer gives up after
 * PFQ_SILENCE_MS without a message. The kernel engine answers within the call that sends the JOIN.
 *
 * Before the user engine ends the connections of a group's members because the group was removed,
 * it sends on each of them GROUP_DEL with nlmsg_seq PFQ_SEQ_REMOVED, GROUP and WHY, one line that
 * gives the reason.
 *
 * command        request attributes               answer
 * HELLO          ABI                              ABI ENGINE VERSION PID NETNS_DEV NETNS_INO
 * STATUS_GET     -                                ENGINE VERSION PID NETNS_* WORKERS CPUS UPTIME_NS
 *                                                 SOCKET, and an INGEST nest for each open ingest:
 *                                                 DEVICE DRIVER MODE QUEUES STATE COUNTERS IFINDEX
 *                                                 [WRITTEN] [WHY: a text, the reason of the state]
 * GROUP_GET dump [GROUP]                          for each group one message: GROUP ID BINDINGS
 *                                                 STEER FILTER_TEXT VLANS MEMBERS MEMBERS_WANTED
 *                                                 OWNER_UID OWNER_GID ACCESS LINKTYPE RING_BYTES
 *                                                 SNAPLEN JOINABLE BINDABLE FRAG_WAIT_NS LINGER_NS
 *                                                 LINGER_TO ABSENT COUNTERS (kernel engine: PROMISC
 *                                                 DIRECTION MODE), and a DEVICE_BOUND nest for each
 *                                                 device: DEVICE IFINDEX STATE [WRITTEN] [WHY]
 * ENDPOINT_GET dump [GROUP]                       for each endpoint one: ENDPOINT GROUP NAME PID
 *                                                 UID COMM WEIGHT CLASSES STARTED SNAPLEN
 *                                                 RING_BYTES PAGE_BYTES COUNTERS READ UNREAD
 *                                                 [LINGER_NS: absent, with so much time left]
 * JOIN           [GROUP] [BINDINGS] [STEER]       ENDPOINT GROUP ID LINKTYPE SNAPLEN RING_BYTES
 *                [NAME] [SNAPLEN] [RING_BYTES]    READER_BYTES PAGE_BYTES LANES BINDINGS NAME,
 *                [CLASSES] [WEIGHT] [PROMISC]     [KEPT], a DEVICE_BOUND nest a device, three
 *                [HUGEPAGES] [VLANS] [IMMEDIATE]  descriptors: data area, reader area, doorbell
 *                [FILTER] [DIRECTION]: pfqd       (kernel engine: section 4, and AREA_BYTES
 *                [TSTAMP]: kernel engine          [MEMORY_PINNED] [MEMORY_TEXT])
 * START          -                                -    the endpoint is started: it gets flows
 * FILTER_SET     [FILTER]                         POSITIONS  none: filter removed
 * DIRECTION_SET  DIRECTION                        POSITIONS
 * INJECT         FRAME                            -
 * GROUP_ADD      GROUP [FD: the group belongs to  -          kernel engine; pfqd: see below
 *                that file]
 *                [ID] [BINDINGS] [STEER] [FILTER] [FILTER_TEXT] [VLANS]
 *                [MEMBERS_WANTED] [OWNER_UID] [OWNER_GID] [ACCESS]
 *                [RING_BYTES] [SNAPLEN] [PROMISC] [DIRECTION]
 *                [MODE: sniff, tap] [FRAG_WAIT_NS] [LINKTYPE: of FILTER] [LINGER_NS] [LINGER_TO]
 * GROUP_SET      as GROUP_ADD; an attribute       -          kernel engine; pfqd: see below
 *                that is left out has its
 *                default, but ID stays
 * GROUP_DEL      GROUP [FD: of the owner]         -          kernel engine; pfqd: see below
 *
 * pfqd takes these from root, with either engine:
 *
 * GROUP_ADD      GROUP [TEXT]                     TEXT
 * GROUP_SET      GROUP TEXT                       TEXT
 * GROUP_DEL      GROUP                            TEXT
 * RELOAD         -                                TEXT
 * SAVE dump      -                                TEXT
 *
 * GROUP_ADD and GROUP_SET change one group. TEXT of the request has a line for each key, as in
 * pfqd.conf; "key =" sets the default, and "device += LIST" and "device -= LIST" add and remove
 * devices. RELOAD lets pfqd read its file again. TEXT of these answers has a line for each
 * difference. SAVE gives the present configuration as a text in the form of pfqd.conf, cut between
 * lines into any number of messages.
 *
 * The kernel engine reports changes by messages to the family's multicast group
 * PFQ_CHANGES_NAME, in the network namespace of the change: GROUP_ADD and GROUP_DEL with
 * GROUP ID; JOIN and LEAVE with GROUP ID ENDPOINT NAME PID.
 *
 * When the file that owns a group is closed, a group without members ends. One with members goes on
 * until the last one leaves, or a GROUP_ADD of its name gives it another owner, with the settings
 * of that request.
 *
 * An endpoint lives as long as the connection on which it was made. With KEPT = 1 the service
 * manager has a copy of the connection: if the doorbell reports end of file and the connection does
 * not, the next pfqd takes the connection over. HELLO and a JOIN on it make an endpoint anew, with
 * the permissions that the process had when it connected.
 *
 * A JOIN without GROUP makes a private group: this endpoint alone gets a copy of all packets of its
 * BINDINGS. A JOIN with a GROUP that does not exist makes the group, with STEER, if the caller has
 * the permission; the group ends with its last member.
 *
 * The endpoint has FILTER and DIRECTION of its JOIN from its first record on.
 *
 * A JOIN with IMMEDIATE = 1 asks the engine to take this group's packets one by one, where it
 * would otherwise wait for more of them. One engine thread then reads the group's devices. This
 * ends when the last such endpoint leaves.
 *
 * NAME is unique in its group. If another endpoint of the same process has it, the
 * answer has NAME.2, or the next free number; NAME is cut to make room for the
 * number. If an endpoint of another process has it, the answer is -EEXIST.
 *
 * An endpoint with a NAME that leaves its group becomes absent for LINGER_NS: it keeps its share of
 * the packets, which LINGER_TO drops or lends. The endpoint of the same NAME that starts next takes
 * the share, with its own WEIGHT and CLASSES. The time that its JOIN is in work does not count. A
 * JOIN under that NAME by another user than the one that left is -EEXIST; root may. ABSENT is the
 * number of absent endpoints; MEMBERS has the others.
 *
 * POSITIONS has one __u64 for each lane: the records before this position were made
 * before the change took effect.
 *
 * BINDINGS name devices by a device's name or any of its alternative names. The name
 * decides only which device a binding starts with or waits for; IFINDEX is the device's
 * identity. A bound device stays bound when it is renamed. DEVICE is the kernel's name of
 * a device that exists. WRITTEN is the name in the binding, if it is another one. WHY
 * gives the reason why a device is not used (STATE is PFQ_DEVICE_UNUSED).
 *
 * 4. THE KERNEL ENGINE'S ENDPOINTS
 *
 * Each endpoint is an open file of PFQ_DEVICE. JOIN, START, FILTER_SET, DIRECTION_SET and
 * INJECT carry its descriptor in FD. The endpoint lives until the last descriptor and
 * mapping of that file is gone. A request belongs to the network namespace of the socket
 * by which it comes.
 *
 * The answer to JOIN has AREA_BYTES and no descriptors. The consumer maps both areas from the
 * file, shared: the data area at offset PFQ_MMAP_DATA, read-only, and the reader area at
 * PFQ_MMAP_READER. The file is also the doorbell: a ring makes it readable, and read() takes
 * the byte. read() never waits; without a byte it returns -EAGAIN.
 *
 * Before its JOIN, a consumer may bring memory for the data area by ioctl() PFQ_IOC_MEMORY on
 * the file. fd of struct pfq_ioc_memory is a file of huge pages, open for reading and writing:
 * of memfd_create() with MFD_HUGETLB, or of a hugetlbfs. The engine pins whole pages from the
 * file's beginning, as many as a ring of ring_bytes and snaplen takes. They count for the
 * caller's RLIMIT_MEMLOCK until the endpoint is gone. The engine extends an empty file; another
 * file must be large enough. With PFQ_MEMORY_F_LESS, the engine halves the size until it
 * is within the limits. fd = -1 gives the memory back. The ioctl returns 0, or -errno and
 * reason:
 *
 *	EBADF, EINVAL, EACCES, EPERM	no such file, or not of this kind
 *	ENOMEM	a limit: RLIMIT_MEMLOCK, the user's limit for rings, the pool of huge pages, a
 *		control group, a security module, the file's size; a JOIN without this memory
 *		still works
 *	EBUSY	the file has joined, owns groups, has memory, or another thread is bringing
 *		memory; a JOIN at the same time fails with this error, too
 *	EFAULT	the structure cannot be read or written, or the file's mapping was changed
 *	EINTR	a signal came
 *
 * The JOIN then puts the data area into this memory, as large as RING_BYTES says and the pinned
 * memory allows. The answer has MEMORY_PINNED = 1, AREA_BYTES bytes are pinned, and the
 * consumer maps its own file instead of PFQ_MMAP_DATA. If not even the smallest ring of the
 * snaplen fits, the engine allocates the data area itself and gives the memory back;
 * MEMORY_TEXT says why. But if HUGEPAGES names a size, the JOIN then fails with -ENOMEM; and with
 * -EINVAL, if the consumer has brought no memory. After a JOIN that fails, the next JOIN can use
 * the memory. The consumer can write the memory that it brought; the engine never reads it.
 *
 * A JOIN with TSTAMP = PFQ_TSTAMP_ADAPTER makes a group with the clocks of its devices. A record
 * that a device has stamped has the device's time and PFQ_REC_F_HWTS; an administrator must
 * have switched this on at the device. Any other record has the host's time. The engine knows
 * no clock that bounds the devices' times: watermarks stay 0, and lanes cannot be merged. Each
 * answer to a JOIN of such a group has TSTAMP. All groups that bind a device have the same clock.
 */
#ifndef _LINUX_PFQ_H
#define _LINUX_PFQ_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PFQ_ABI_VERSION		1
#define PFQ_FAMILY_NAME		"pfq"
#define PFQ_CHANGES_NAME	"changes"	/* multicast group of the family */
#define PFQ_MSG_TYPE		0x20	/* above NLMSG_MIN_TYPE; Unix socket only */
#define PFQ_MSG_MAX		65536	/* bytes of one message */
#define PFQ_TEXT_MAX		32000	/* bytes of the attribute TEXT, no NUL */
#define PFQ_SEQ_WORKING		0	/* nlmsg_seq: the JOIN is in work */
#define PFQ_SEQ_REMOVED		0	/* nlmsg_seq: the member's group was removed */
#define PFQ_WORKING_MS		500
#define PFQ_SILENCE_MS		5000

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

/* --- control ------------------------------------------------------------- */

enum pfq_cmd {
	PFQ_CMD_UNSPEC,
	PFQ_CMD_HELLO,
	PFQ_CMD_STATUS_GET,
	PFQ_CMD_GROUP_GET,
	PFQ_CMD_ENDPOINT_GET,
	PFQ_CMD_JOIN,
	PFQ_CMD_START,
	PFQ_CMD_FILTER_SET,
	PFQ_CMD_DIRECTION_SET,
	PFQ_CMD_INJECT,
	PFQ_CMD_GROUP_ADD,
	PFQ_CMD_GROUP_DEL,
	PFQ_CMD_LEAVE,		/* only in reports of changes */
	PFQ_CMD_GROUP_SET,
	PFQ_CMD_RELOAD,
	PFQ_CMD_SAVE,
	__PFQ_CMD_MAX
};
#define PFQ_CMD_MAX	(__PFQ_CMD_MAX - 1)

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

/*
 * Attributes: name, netlink type, largest payload in bytes (strings without
 * their NUL). Both sides expand this list into the enumeration and their
 * policy table. Add new attributes at the end.
 */
#define PFQ_ATTR_LIST(_) \
	_(ABI,			U32,	4) \
	_(ENGINE,		STRING,	15) \
	_(VERSION,		STRING,	31) \
	_(PID,			U32,	4) \
	_(NETNS_DEV,		U64,	8) \
	_(NETNS_INO,		U64,	8) \
	_(WORKERS,		U32,	4) \
	_(CPUS,			STRING,	255) \
	_(UPTIME_NS,		U64,	8) \
	_(SOCKET,		STRING,	107) \
	_(INGEST,		NESTED,	0) \
	_(DEVICE,		STRING,	255) \
	_(DRIVER,		STRING,	15) \
	_(MODE,			STRING,	31) \
	_(QUEUES,		STRING,	255) \
	_(STATE,		U32,	4) \
	_(IFINDEX,		U32,	4) \
	_(DEVICE_BOUND,		NESTED,	0) \
	_(GROUP,		STRING,	PFQ_NAME_MAX) \
	_(ID,			U32,	4) \
	_(BINDINGS,		STRING,	1023) \
	_(STEER,		STRING,	63) \
	_(FILTER_TEXT,		STRING,	4095) \
	_(VLANS,		STRING,	1023) \
	_(MEMBERS,		U32,	4) \
	_(MEMBERS_WANTED,	U32,	4) \
	_(OWNER_UID,		U32,	4) \
	_(OWNER_GID,		U32,	4) \
	_(ACCESS,		U32,	4) \
	_(JOINABLE,		U32,	4) \
	_(LINKTYPE,		U32,	4) \
	_(SNAPLEN,		U32,	4) \
	_(RING_BYTES,		U64,	8) \
	_(READER_BYTES,		U64,	8) \
	_(PAGE_BYTES,		U64,	8) \
	_(LANES,		U32,	4) \
	_(ENDPOINT,		U32,	4) \
	_(NAME,			STRING,	PFQ_NAME_MAX) \
	_(COMM,			STRING,	31) \
	_(UID,			U32,	4) \
	_(WEIGHT,		U32,	4) \
	_(CLASSES,		U64,	8) \
	_(STARTED,		U32,	4) \
	_(PROMISC,		U32,	4) \
	_(HUGEPAGES,		STRING,	31) \
	_(DIRECTION,		U32,	4) \
	_(FILTER,		BINARY,	(8 * PFQ_FILTER_MAX)) \
	_(POSITIONS,		BINARY,	(8 * PFQ_LANES_MAX)) \
	_(FRAME,		BINARY,	65000) \
	_(COUNTERS,		BINARY,	(8 * 64)) \
	_(READ,			U64,	8) \
	_(UNREAD,		U64,	8) \
	_(FD,			U32,	4) \
	_(AREA_BYTES,		U64,	8) \
	_(MEMORY_PINNED,	U32,	4) \
	_(MEMORY_TEXT,		STRING,	127) \
	_(TSTAMP,		U32,	4) \
	_(WHY,			STRING,	255) \
	_(WRITTEN,		STRING,	PFQ_DEVICE_NAME_MAX) \
	_(FRAG_WAIT_NS,		U64,	8) \
	_(BINDABLE,		U32,	4) \
	_(IMMEDIATE,		U32,	4) \
	_(KEPT,			U32,	4) \
	_(LINGER_NS,		U64,	8) \
	_(LINGER_TO,		U32,	4) \
	_(ABSENT,		U32,	4) \
	_(TEXT,			STRING,	PFQ_TEXT_MAX)

#define PFQ_ATTR_ENUM(name, type, max)	PFQ_A_##name,

enum pfq_attr {
	PFQ_A_UNSPEC,
	PFQ_ATTR_LIST(PFQ_ATTR_ENUM)
	__PFQ_A_MAX
};
#define PFQ_A_MAX	(__PFQ_A_MAX - 1)

/*
 * Requests: command, kind, and a rule for each attribute that it takes. Both sides expand this
 * list into their tables.
 *
 *	ONE	one answer
 *	DUMP	any number of answers
 *
 *	MUST	the attribute must be there
 *	MAY	the attribute may be there
 *	K_MUST, K_MAY	the same, for the kernel engine; pfqd refuses the attribute
 *	P_MUST, P_MAY	the same, for pfqd; the kernel engine refuses the attribute
 *
 * The kernel engine has no RELOAD and SAVE.
 */
#define PFQ_GROUP_RULES(MAY) \
	MAY(FD) MAY(ID) MAY(BINDINGS) MAY(STEER) MAY(FILTER) MAY(FILTER_TEXT) MAY(VLANS) \
	MAY(MEMBERS_WANTED) MAY(OWNER_UID) MAY(OWNER_GID) MAY(ACCESS) MAY(RING_BYTES) \
	MAY(SNAPLEN) MAY(PROMISC) MAY(DIRECTION) MAY(MODE) MAY(LINKTYPE) MAY(FRAG_WAIT_NS) \
	MAY(LINGER_NS) MAY(LINGER_TO)

#define PFQ_REQUEST_LIST(_, MUST, MAY, K_MUST, K_MAY, P_MUST, P_MAY) \
	_(HELLO,	ONE,	MUST(ABI)) \
	_(STATUS_GET,	ONE,	) \
	_(GROUP_GET,	DUMP,	MAY(GROUP)) \
	_(ENDPOINT_GET,	DUMP,	MAY(GROUP)) \
	_(JOIN,		ONE,	K_MUST(FD) K_MAY(TSTAMP) P_MAY(FILTER) \
		P_MAY(DIRECTION) \
		MAY(GROUP) MAY(BINDINGS) MAY(STEER) MAY(NAME) MAY(SNAPLEN) MAY(RING_BYTES) \
		MAY(CLASSES) MAY(WEIGHT) MAY(PROMISC) MAY(HUGEPAGES) MAY(VLANS) MAY(IMMEDIATE)) \
	_(START,	ONE,	K_MUST(FD)) \
	_(FILTER_SET,	ONE,	K_MUST(FD) MAY(FILTER)) \
	_(DIRECTION_SET, ONE,	K_MUST(FD) MUST(DIRECTION)) \
	_(INJECT,	ONE,	K_MUST(FD) MUST(FRAME)) \
	_(GROUP_ADD,	ONE,	MUST(GROUP) P_MAY(TEXT) PFQ_GROUP_RULES(K_MAY)) \
	_(GROUP_DEL,	ONE,	MUST(GROUP) K_MAY(FD)) \
	_(GROUP_SET,	ONE,	MUST(GROUP) P_MUST(TEXT) PFQ_GROUP_RULES(K_MAY)) \
	_(RELOAD,	ONE,	) \
	_(SAVE,		DUMP,	)

/*
 * FILTER is an array of struct sock_filter (8 bytes each), compiled for frames
 * without their outer VLAN tag; ancillary loads return the tag, as on
 * the kernel's own packet sockets.
 * COUNTERS is an array of __u64 in the order of the matching enumeration; a
 * reader uses the counters that both sides know.
 */

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
