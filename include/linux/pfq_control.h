/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * pfq: the messages between an engine and its clients.
 *
 * This header goes on with the specification of linux/pfq.h, by the same rules: enumerations and
 * lists only grow at their end.
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
 *                                                 [TICKETS = 1: a JOIN may have TICKET]
 * STATUS_GET     -                                ENGINE VERSION PID NETNS_* WORKERS CPUS UPTIME_NS
 *                                                 SOCKET, and an INGEST nest for each open ingest:
 *                                                 DEVICE DRIVER MODE QUEUES STATE COUNTERS IFINDEX
 *                                                 [WRITTEN] [WHY: a text, the reason of the state].
 *                                                 [REFUSALS: the number of clients whose JOIN was
 *                                                 refused twice or more, and a REFUSED nest for
 *                                                 each, as far as there is room: PID UID COMM WHY
 *                                                 [GROUP]; pfqd]
 * GROUP_GET dump [GROUP]                          for each group one message: GROUP ID BINDINGS
 *                                                 STEER FILTER_TEXT VLANS MEMBERS MEMBERS_WANTED
 *                                                 OWNER_UID OWNER_GID ACCESS LINKTYPE RING_BYTES
 *                                                 SNAPLEN JOINABLE BINDABLE FRAG_WAIT_NS LINGER_NS
 *                                                 LINGER_TO ABSENT COUNTERS [PROGRAM_TEXT] (kernel
 *                                                 engine: PROMISC DIRECTION MODE), a DEVICE_BOUND
 *                                                 nest for each device: DEVICE IFINDEX STATE
 *                                                 [WRITTEN] [WHY] [PID UID COMM: a JOIN of this
 *                                                 process has bound it, until the last member
 *                                                 leaves; pfqd], and a COUNT nest for each counter
 *                                                 of the program: NAME COUNTERS
 * ENDPOINT_GET dump [GROUP]                       for each endpoint one: ENDPOINT GROUP NAME PID
 *                                                 UID COMM WEIGHT CLASSES STARTED SNAPLEN
 *                                                 RING_BYTES PAGE_BYTES COUNTERS READ UNREAD
 *                                                 [LINGER_NS: absent, with so much time left]
 * JOIN           [GROUP] [BINDINGS] [STEER]       ENDPOINT GROUP ID LINKTYPE SNAPLEN RING_BYTES
 *                [NAME] [SNAPLEN] [RING_BYTES]    READER_BYTES PAGE_BYTES LANES BINDINGS NAME,
 *                [CLASSES] [WEIGHT] [PROMISC]     [KEPT], a DEVICE_BOUND nest a device, three
 *                [HUGEPAGES] [VLANS] [IMMEDIATE]  descriptors: data area, reader area, doorbell
 *                [PROGRAM] [PROGRAM_TEXT]         (kernel engine: section 4, and AREA_BYTES
 *                [FILTER] [DIRECTION]: pfqd       [MEMORY_PINNED] [MEMORY_TEXT])
 *                [TSTAMP]: kernel engine          [TICKET]: pfqd
 *                [TICKET]: pfqd
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
 *                [PROGRAM] [PROGRAM_TEXT]
 * GROUP_SET      as GROUP_ADD; an attribute       -          kernel engine; pfqd: see below
 *                that is left out has its
 *                default, but ID stays
 * GROUP_DEL      GROUP [FD: of the owner]         -          kernel engine; pfqd: see below
 * PROGRAM_GET    GROUP                            GROUP STEER [PROGRAM PROGRAM_TEXT: with the
 *                                                 STEER "lang"]
 * PROFILE_GET    GROUP [PROFILE] [FD: kernel      GROUP [STEPS]
 *                engine]
 * SET_CHANGE     GROUP SET SET_OP [FD]            SET_SIZE [MISSING] [AT FAULT [LENGTHS]]
 *                [ENTRY_BYTES ENTRIES: not for flush]
 * SET_GET dump   GROUP SET [FD]                   SET_KIND SET_SIZE ENTRY_BYTES [ENTRIES]
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
 * SET_CHANGE changes the live set SET of the group's program, while packets are looked up in it.
 * SET_OP is of enum pfq_lang_set_op. ENTRIES are of the form that the set's kind has in
 * linux/pfq_lang.h, and ENTRY_BYTES is its size. timeout_s of an entry to add: seconds that it
 * lasts; 0: as long as the set says; PFQ_LANG_TIMEOUT_NEVER: for ever. To change many entries, send
 * as many requests as it takes. The answer has FAULT, of enum pfq_lang_reason, if entry AT was not
 * taken; those before it were, if FAULT is FULL, LENGTHS or BUSY, and none for another fault.
 * LENGTHS has the lengths that the set has prefixes of. MISSING is the number of entries to remove
 * that the set did not have.
 *
 * SET_GET gives all entries of the set, in as many messages as it takes, and at least one. Their
 * timeout_s is the time that is left; 0: for ever. Of flows the set has hashes only, so that these
 * entries are 0, but for flags and timeout_s. SET_KIND is of enum pfq_lang_kind.
 *
 * Both need the permission w of the group. The kernel engine judges the user who has opened FD, a
 * file of PFQ_DEVICE; without FD, the sender needs CAP_NET_ADMIN.
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
 * TICKET is a secret that proves what the endpoint was granted. The next pfqd takes it in a JOIN of
 * the same GROUP and BINDINGS, from one process at a time. It then judges the JOIN, and the
 * endpoint's INJECT, by the identity that the first JOIN came from, because the process may have
 * given up root since then. A ticket that is not valid changes nothing.
 *
 * A JOIN without GROUP makes a private group: this endpoint alone gets a copy of
 * all packets of its BINDINGS. A JOIN with a GROUP that does not exist makes the
 * group, with STEER or PROGRAM, if the caller has the permission; the group ends with its
 * last member.
 *
 * PROGRAM is a program of linux/pfq_lang.h, and stands in place of STEER; both are refused. The
 * engine verifies it. PROGRAM_TEXT is the text that it was made from, cut to the attribute's
 * length; the engine only shows it. A group with a program has the STEER "lang". COUNTERS of a
 * COUNT nest are packets and bytes.
 *
 * PROFILE_GET with PROFILE lets the engine count, for so many seconds, how often each step of the
 * group's program answers no and yes; 1 to PFQ_PROFILE_S_MAX. STEPS has two __u64 for each step, no
 * first. The counts begin at 0, belong to the connection (kernel engine: to the file FD), and end
 * with it, after the time, or with the program. After that the answer has no STEPS. A policy is a
 * program of one step. The caller needs the access w to the group. One caller at a time counts in a
 * group; for others PROFILE is -EBUSY.
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
 * gives the reason why a device is not used (STATE is PFQ_DEVICE_UNUSED), or names a queue that it
 * lacks (PFQ_DEVICE_UP).
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
#ifndef _LINUX_PFQ_CONTROL_H
#define _LINUX_PFQ_CONTROL_H

#include <linux/pfq.h>
#include <linux/pfq_lang.h>

#define PFQ_FAMILY_NAME		"pfq"
#define PFQ_CHANGES_NAME	"changes"	/* multicast group of the family */
#define PFQ_MSG_TYPE		0x20	/* above NLMSG_MIN_TYPE; Unix socket only */
#define PFQ_MSG_MAX		65536	/* bytes of one message */
#define PFQ_TEXT_MAX		32000	/* bytes of the attribute TEXT, no NUL */
#define PFQ_ENTRIES_MAX		60000	/* bytes of the attribute ENTRIES */
#define PFQ_PROGRAM_TEXT_MAX	4095	/* bytes of the attribute PROGRAM_TEXT, no NUL */
#define PFQ_STEER_LANG		"lang"	/* STEER of a group with a program in pfq-lang */
#define PFQ_SEQ_WORKING		0	/* nlmsg_seq: the JOIN is in work */
#define PFQ_SEQ_REMOVED		0	/* nlmsg_seq: the member's group was removed */
#define PFQ_WORKING_MS		500
#define PFQ_SILENCE_MS		5000
#define PFQ_TICKET_BYTES	32
#define PFQ_PROFILE_S_MAX	60	/* seconds of PROFILE */

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
	PFQ_CMD_PROGRAM_GET,
	PFQ_CMD_PROFILE_GET,
	PFQ_CMD_SET_CHANGE,
	PFQ_CMD_SET_GET,
	__PFQ_CMD_MAX
};
#define PFQ_CMD_MAX	(__PFQ_CMD_MAX - 1)

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
	_(TEXT,			STRING,	PFQ_TEXT_MAX) \
	_(TICKETS,		U32,	4) \
	_(TICKET,		BINARY,	PFQ_TICKET_BYTES) \
	_(PROGRAM,		BINARY,	PFQ_LANG_BYTES_MAX) \
	_(PROGRAM_TEXT,		STRING,	PFQ_PROGRAM_TEXT_MAX) \
	_(COUNT,		NESTED,	0) \
	_(REFUSED,		NESTED,	0) \
	_(REFUSALS,		U32,	4) \
	_(PROFILE,		U32,	4) \
	_(STEPS,		BINARY,	(16 * PFQ_LANG_STEPS_MAX)) \
	_(SET,			STRING,	PFQ_LANG_NAME_MAX) \
	_(SET_OP,		U32,	4) \
	_(SET_KIND,		U32,	4) \
	_(SET_SIZE,		U32,	4) \
	_(ENTRY_BYTES,		U32,	4) \
	_(ENTRIES,		BINARY,	PFQ_ENTRIES_MAX) \
	_(AT,			U32,	4) \
	_(FAULT,		U32,	4) \
	_(MISSING,		U32,	4) \
	_(LENGTHS,		BINARY,	PFQ_LANG_SET_LENGTHS)

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
	MAY(LINGER_NS) MAY(LINGER_TO) MAY(PROGRAM) MAY(PROGRAM_TEXT)

#define PFQ_REQUEST_LIST(_, MUST, MAY, K_MUST, K_MAY, P_MUST, P_MAY) \
	_(HELLO,	ONE,	MUST(ABI)) \
	_(STATUS_GET,	ONE,	) \
	_(GROUP_GET,	DUMP,	MAY(GROUP)) \
	_(ENDPOINT_GET,	DUMP,	MAY(GROUP)) \
	_(JOIN,		ONE,	K_MUST(FD) K_MAY(TSTAMP) P_MAY(FILTER) \
		P_MAY(DIRECTION) P_MAY(TICKET) \
		MAY(GROUP) MAY(BINDINGS) MAY(STEER) MAY(NAME) MAY(SNAPLEN) MAY(RING_BYTES) \
		MAY(CLASSES) MAY(WEIGHT) MAY(PROMISC) MAY(HUGEPAGES) MAY(VLANS) MAY(IMMEDIATE) \
		MAY(PROGRAM) MAY(PROGRAM_TEXT)) \
	_(START,	ONE,	K_MUST(FD)) \
	_(FILTER_SET,	ONE,	K_MUST(FD) MAY(FILTER)) \
	_(DIRECTION_SET, ONE,	K_MUST(FD) MUST(DIRECTION)) \
	_(INJECT,	ONE,	K_MUST(FD) MUST(FRAME)) \
	_(GROUP_ADD,	ONE,	MUST(GROUP) P_MAY(TEXT) PFQ_GROUP_RULES(K_MAY)) \
	_(GROUP_DEL,	ONE,	MUST(GROUP) K_MAY(FD)) \
	_(GROUP_SET,	ONE,	MUST(GROUP) P_MUST(TEXT) PFQ_GROUP_RULES(K_MAY)) \
	_(RELOAD,	ONE,	) \
	_(SAVE,		DUMP,	) \
	_(PROGRAM_GET,	ONE,	MUST(GROUP)) \
	_(PROFILE_GET,	ONE,	K_MUST(FD) MUST(GROUP) MAY(PROFILE)) \
	_(SET_CHANGE,	ONE,	MUST(GROUP) MUST(SET) MUST(SET_OP) MAY(ENTRY_BYTES) MAY(ENTRIES) \
		K_MAY(FD)) \
	_(SET_GET,	DUMP,	MUST(GROUP) MUST(SET) K_MAY(FD))

/*
 * FILTER is an array of struct sock_filter (8 bytes each), compiled for frames
 * without their outer VLAN tag; ancillary loads return the tag, as on
 * the kernel's own packet sockets.
 * COUNTERS is an array of __u64 in the order of the matching enumeration; a
 * reader uses the counters that both sides know.
 */

#endif /* _LINUX_PFQ_CONTROL_H */
