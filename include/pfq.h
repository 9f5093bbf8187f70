/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * libpfq: join a group of an engine, read its packets in place, ask for
 * statistics.
 *
 * Errors: functions return 0 or a count, or a negative errno; nothing is ever
 * printed. After an error of a call that takes a struct pfq_error, text says
 * in one line what is wrong and what to do; it names the socket, the variable
 * or the group it speaks of.
 *
 * Threads: a struct pfq or a struct pfq_ctl belongs to one thread at a time;
 * two of them are independent. pfq_stats_get() may be called from any thread.
 * No thread is ever started, no signal handler installed, and a struct pfq
 * goes on working in the child of a fork (in one of the two processes).
 */
#ifndef PFQ_H
#define PFQ_H

#include <stddef.h>
#include <stdint.h>
#include <linux/pfq.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PFQ_API __attribute__((visibility("default")))

#define PFQ_SOCKET_DEFAULT	"/run/pfqd/pfqd.sock"

struct pfq_error {
	char text[256];
};

/*
 * What an error of a call that takes no struct pfq_error means in this process, and what to
 * do: "Too many open files: raise `ulimit -n` ...". @error: as returned.
 */
PFQ_API const char *pfq_error_text(int error);

/* --- control: ask an engine ------------------------------------------------ */

struct pfq_ctl;

struct pfq_engine_info {
	char	 engine[16];
	char	 version[32];
	uint32_t pid;
	uint64_t netns_dev, netns_ino;	/* of /proc/PID/ns/net; the kernel engine says no device */
	uint32_t workers;
	char	 cpus[256];
	uint64_t uptime_ns;
	char	 socket[108];
};

struct pfq_ingest_info {
	char	 device[256];
	char	 driver[16];	/* packet, file, ... */
	char	 mode[32];	/* free text, such as "tpacket_v3" */
	char	 queues[256];	/* empty: all */
	uint32_t state;		/* enum pfq_device_state */
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
	uint32_t ifindex;	/* in the engine's network namespace; 0: none */
	char	 written[PFQ_DEVICE_NAME_MAX + 1];	/* the binding's name where device is another one */
	char	 why[256];	/* it is not used, or broke off; empty: nothing to say */
};

#define PFQ_GROUP_DEVICES_MAX	32

struct pfq_group_info {
	char	 name[PFQ_NAME_MAX + 1];
	uint32_t id;			/* 0: private, not joinable by others */
	char	 bindings[1024];	/* as typed: eth0,eth1/0-3 */
	char	 steer[64];
	char	 filter[4096];		/* pcap expression, empty: none */
	char	 vlans[1024];		/* empty: all */
	uint32_t members, members_wanted;
	uint32_t owner_uid, owner_gid, access;	/* access: mode bits, 0660 */
	uint32_t joinable;		/* by the caller: 1 or 0 */
	uint32_t linktype, snaplen;
	uint64_t ring_bytes;
	unsigned int devices;		/* entries of device[] */
	struct {
		char	 name[256];
		uint32_t ifindex;	/* in the engine's network namespace; 0: none */
		uint32_t state;		/* enum pfq_device_state */
	} device[PFQ_GROUP_DEVICES_MAX];	/* name: the kernel's, of a device that is there */
	uint64_t counters[PFQ_GROUP_COUNTERS_MAX];
	struct {
		char	 written[PFQ_DEVICE_NAME_MAX + 1];	/* the binding's where name is another one */
		char	 why[256];	/* it is not used; empty: it is */
	} device_note[PFQ_GROUP_DEVICES_MAX];	/* of device[] */
	uint64_t frag_wait_ns;		/* later fragments wait so long for the first one; 0: not at all */
};

struct pfq_endpoint_info {
	uint32_t id;
	char	 group[PFQ_NAME_MAX + 1];
	char	 name[PFQ_NAME_MAX + 1];
	char	 comm[32];
	uint32_t pid, uid;
	uint32_t weight;
	uint64_t classes;
	uint32_t started;	/* takes flows */
	uint32_t snaplen;
	uint64_t ring_bytes, page_bytes;
	uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX];
	uint64_t read, unread;	/* packets; read is what the consumer claims, at most delivered */
};

/*
 * Connect to the engine behind @socket, an absolute path (NULL: PFQ_SOCKET_DEFAULT), and
 * shake hands. Takes at most a second.
 * -EINVAL: @socket is no absolute path, or too long a one;
 * -ENOENT, -ECONNREFUSED: nobody listens there; -EACCES: not for this user;
 * -EPROTO: another version; -ETIMEDOUT; -EPIPE: it hung up, for it is just ending.
 */
PFQ_API int pfq_ctl_open(struct pfq_ctl **ctl, const char *socket, struct pfq_error *err);
PFQ_API void pfq_ctl_close(struct pfq_ctl *ctl);

/* What HELLO told; valid until pfq_ctl_close(). */
PFQ_API const struct pfq_engine_info *pfq_ctl_engine(const struct pfq_ctl *ctl);

/*
 * Walk what the engine has; @fn is called for each and ends the walk by
 * returning non-zero, which is then returned; it must not use @ctl. @group
 * NULL: all.
 * -ENOENT: no such group.
 */
PFQ_API int pfq_ctl_status(struct pfq_ctl *ctl, struct pfq_engine_info *info,
			   int (*fn)(const struct pfq_ingest_info *, void *), void *arg,
			   struct pfq_error *err);
PFQ_API int pfq_ctl_groups(struct pfq_ctl *ctl, const char *group,
			   int (*fn)(const struct pfq_group_info *, void *), void *arg,
			   struct pfq_error *err);
PFQ_API int pfq_ctl_endpoints(struct pfq_ctl *ctl, const char *group,
			      int (*fn)(const struct pfq_endpoint_info *, void *), void *arg,
			      struct pfq_error *err);

/* --- network devices ---------------------------------------------------------- */

/*
 * The device that @name means in the caller's network namespace, by whichever of its names:
 * *ifindex, which is its identity, and @fn (NULL: nobody) is called for each name of it, the
 * kernel's first; it ends the walk by returning non-zero, which is then returned.
 * -ENODEV: no device of that name; others: the kernel cannot be asked.
 */
PFQ_API int pfq_device_find(const char *name, uint32_t *ifindex,
			    int (*fn)(const char *name, void *arg), void *arg);

/* --- endpoint: join and read ------------------------------------------------ */

struct pfq;

/* All zero: the engine's or the group's defaults. */
struct pfq_params {
	const char *engine;	/* "auto", "user", "kernel"; NULL: auto */
	const char *socket;	/* NULL: PFQ_SOCKET_DEFAULT */
	const char *group;	/* name or id in decimal; NULL: private */
	const char *bindings;	/* eth0,eth1/0-3; NULL: none */
	const char *steer;	/* policy, should this call make the group */
	const char *name;	/* of the endpoint; see pfq_name() */
	const char *hugepages;	/* "auto", "off", or a size such as "2M" */
	const char *vlans;	/* "10,20-29,untagged", for a group this call makes */
	uint32_t snaplen;	/* bytes kept of a packet */
	uint32_t weight;
	uint64_t ring_bytes;
	uint64_t classes;
	unsigned int promisc : 1;
	unsigned int order_none : 1;	/* do not merge lanes by timestamp */
	/* devices' timestamps where there are any, for a group this call makes; lanes are not merged then */
	unsigned int adapter_time : 1;
};

/*
 * Join. Delivery of copies begins at once; steered flows begin with the first
 * pfq_read(), pfq_wait(), or pfq_fd().
 * -ENOENT: no such group, or no such device; -EACCES, -EPERM: refused;
 * -EINVAL: a bad value; -EEXIST: a name of another process's; -ENOMEM, -EDQUOT: a
 * limit; -EMFILE, -ENFILE: no descriptor left; -EOPNOTSUPP: no such engine
 * here; and those of pfq_ctl_open(). Takes at most 1 s to connect and, since the
 * engine has to find and fill the memory, 5 s to join; huge pages of this process are found
 * and cleared before that.
 */
PFQ_API int pfq_open(struct pfq **q, const struct pfq_params *params, struct pfq_error *err);
PFQ_API void pfq_close(struct pfq *q);

PFQ_API uint32_t pfq_linktype(const struct pfq *q);	/* LINKTYPE_* */
PFQ_API uint32_t pfq_snaplen(const struct pfq *q);
PFQ_API uint32_t pfq_lanes(const struct pfq *q);
PFQ_API uint64_t pfq_ring_bytes(const struct pfq *q);
PFQ_API uint64_t pfq_page_bytes(const struct pfq *q);
/* how large the ring is and where, and why not larger or elsewhere: a line for a person */
PFQ_API const char *pfq_ring_text(const struct pfq *q);
/* not 0: the group has its devices' clocks, see adapter_time; whoever made it has asked for that */
PFQ_API int pfq_adapter_time(const struct pfq *q);
PFQ_API const char *pfq_group(const struct pfq *q);
/*
 * The endpoint's name; empty: none. Of what this process opens in one group under one name,
 * the second has NAME.2, and so on; a name of another process's is refused with -EEXIST.
 */
PFQ_API const char *pfq_name(const struct pfq *q);
PFQ_API const char *pfq_bindings(const struct pfq *q);
/*
 * Device @i of the group as it was when this endpoint joined: its name, the kernel's where
 * it was there, and its *ifindex, 0 where it was not. NULL: no more.
 */
PFQ_API const char *pfq_device(const struct pfq *q, unsigned int i, uint32_t *ifindex);
PFQ_API const struct pfq_engine_info *pfq_engine(const struct pfq *q);

/*
 * The next records in order, at most @max, without waiting: pointers into the
 * ring, the packet's bytes behind each header. They stay valid until the next
 * pfq_read(), pfq_release() or pfq_close(): each call gives back what the call
 * before had handed out. Returns the number of records; 0: none now;
 * -EPIPE: none, and the engine is gone; -EPROTO: the ring is damaged.
 * Once pfq_fd() has been asked for, one that finds only records which those of
 * another lane may precede waits for that lane, 10 ms at most: whoever was
 * woken for them would find nothing. It does not after one that found records.
 */
PFQ_API int pfq_read(struct pfq *q, const struct pfq_rec **recs, int max);

/*
 * Give back the first @n of the records handed out by the last pfq_read();
 * the others are handed out again by the next one. Afterwards, as after a
 * pfq_read() that returns 0, the descriptor of pfq_fd() is right: readable
 * where records are left, and otherwise not before some come.
 */
PFQ_API void pfq_release(struct pfq *q, int n);

/* The lane of a record of the last pfq_read(), and its position there. */
PFQ_API uint32_t pfq_rec_lane(const struct pfq *q, const struct pfq_rec *rec, uint64_t *position);

/*
 * Wake-up policy: ring when a lane holds @threshold bytes (1: at once) or the
 * first unread record is @delay_ns old (~0: never for that reason).
 */
PFQ_API void pfq_wakeup_set(struct pfq *q, uint32_t threshold, uint64_t delay_ns);

/*
 * Wait until there may be records, @extra_fd (-1: none) is readable,
 * @timeout_ms (-1: for ever) have passed, or the engine is gone.
 * 1: look; 0: time has passed; 2: @extra_fd; -EINTR; -EPIPE as pfq_read().
 * 0 at once, and once: the engine had rung for nothing, so that the descriptor
 * was readable and pfq_read() found none; whoever was woken by it is not kept.
 * Give back what was handed out before: the engine counts it as unread.
 */
PFQ_API int pfq_wait(struct pfq *q, int extra_fd, int timeout_ms);

/*
 * A descriptor for poll, select and epoll, readable as long as records wait
 * or the engine is gone; owned by @q. It obeys pfq_wakeup_set(). Records that
 * were handed out count as waiting: before waiting give them back, by
 * pfq_release() or a pfq_read() that returns 0, or call pfq_read() again when
 * it is readable. What comes while some are left is an edge for epoll.
 */
PFQ_API int pfq_fd(struct pfq *q);

/*
 * Open now what pfq_fd() needs, for a process that will not be able to open anything later. It
 * takes no flows yet. 0, or -EMFILE and the like.
 */
PFQ_API int pfq_fd_prepare(struct pfq *q);

/* Take a share of the group's flows from now on; pfq_read() and so on imply it. */
PFQ_API int pfq_start(struct pfq *q, struct pfq_error *err);

/*
 * The endpoint's filter: @count instructions of classic BPF (struct
 * sock_filter), compiled for frames without their outer VLAN tag;
 * count 0: no filter. On success positions[lane], for pfq_lanes() lanes, says
 * which records were made before the change.
 */
PFQ_API int pfq_filter_set(struct pfq *q, const void *insns, unsigned int count,
			   uint64_t *positions, struct pfq_error *err);
PFQ_API int pfq_direction_set(struct pfq *q, enum pfq_direction direction,
			      uint64_t *positions, struct pfq_error *err);

/* Send @len bytes through the group's first device. Returns 0 or -errno. */
PFQ_API int pfq_inject(struct pfq *q, const void *frame, size_t len, struct pfq_error *err);

struct pfq_stats {
	uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX];
	uint64_t read, unread;
};

/* From the ring itself: asks nobody, and works after the engine is gone. */
PFQ_API void pfq_stats_get(const struct pfq *q, struct pfq_stats *stats);

/*
 * Sum of drop_socket of the ingests behind the endpoint's group since it was
 * joined. Asks the engine; -EPIPE when that is gone.
 */
PFQ_API int pfq_ingest_lost(struct pfq *q, uint64_t *packets);

#ifdef __cplusplus
}
#endif

#endif /* PFQ_H */
