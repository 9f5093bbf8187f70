/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * libpfq: join a group of an engine, read its packets in place, ask for
 * statistics.
 *
 * Errors: functions return 0 or a count, or a negative errno. The library prints
 * nothing. After an error of a call with a struct pfq_error, its text is one line
 * that says what is wrong and what to do. The text names the socket, the variable
 * or the group in question.
 *
 * Threads: a struct pfq or a struct pfq_ctl belongs to one thread at a time;
 * two of them are independent. Any thread may call pfq_stats_get(). The library
 * starts no thread and installs no signal handler. After a fork, either the parent
 * or the child may use a struct pfq.
 */
#ifndef PFQ_H
#define PFQ_H

#include <stddef.h>
#include <stdint.h>
#include <linux/pfq.h>
#include <linux/pfq_lang.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PFQ_API __attribute__((visibility("default")))

#define PFQ_SOCKET_DEFAULT	"/run/pfqd/pfqd.sock"

struct pfq_error {
	char text[256];
};

/*
 * The text for an error of a call without a struct pfq_error: its meaning in this process, and
 * what to do, as in "Too many open files: raise `ulimit -n` ...". @error: as returned.
 */
PFQ_API const char *pfq_error_text(int error);

/* --- control: ask an engine ------------------------------------------------ */

struct pfq_ctl;

struct pfq_engine_info {
	char	 engine[16];
	char	 version[32];
	uint32_t pid;
	/* of /proc/PID/ns/net; the kernel engine has no netns_dev */
	uint64_t netns_dev, netns_ino;
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
	/* the binding's name, if it is not device */
	char	 written[PFQ_DEVICE_NAME_MAX + 1];
	char	 why[256];	/* why it is not used or stopped; may be empty */
};

#define PFQ_GROUP_DEVICES_MAX	32

struct pfq_group_info {
	char	 name[PFQ_NAME_MAX + 1];
	uint32_t id;			/* 0: private, not joinable by others */
	char	 bindings[1024];	/* as typed: eth0,eth1/0-3 */
	char	 steer[64];		/* "lang": a program in pfq-lang */
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
	} device[PFQ_GROUP_DEVICES_MAX];	/* name: the kernel's, if the device exists */
	uint64_t counters[PFQ_GROUP_COUNTERS_MAX];
	struct {
		/* the binding's name, if it is not name */
		char	 written[PFQ_DEVICE_NAME_MAX + 1];
		char	 why[256];	/* why it is not used; empty: it is used */
	} device_note[PFQ_GROUP_DEVICES_MAX];	/* about device[] of the same index */
	uint64_t frag_wait_ns;		/* how long fragments wait for the first; 0: none */
	uint32_t bindable;		/* by the caller: enum pfq_bindable */
	uint64_t linger_ns;		/* how long a share waits for its member; 0: not at all */
	uint32_t linger_to;		/* enum pfq_linger_to */
	uint32_t absent;		/* members that have left and may come back */
	/* the program's text, which may be cut; empty: steer has a policy */
	char	 lang[4096];
	unsigned int counts;		/* entries of count[] */
	struct {
		char	 name[PFQ_LANG_NAME_MAX + 1];
		uint64_t packets, bytes;
	} count[PFQ_LANG_COUNTERS_MAX];	/* the program's counters */
	struct {
		uint32_t pid;		/* 0: the group's settings have bound it */
		uint32_t uid;
		char	 comm[32];
	} device_binder[PFQ_GROUP_DEVICES_MAX];	/* of the JOIN that has bound device[] */
};

struct pfq_program_info {
	char	 group[PFQ_NAME_MAX + 1];
	char	 steer[64];		/* "lang": the others below are there */
	const void *wire;		/* linux/pfq_lang.h, aligned to 8; NULL: a policy */
	size_t	 wire_bytes;
	const char *text;		/* the source of wire; it may be cut, or empty */
};

struct pfq_endpoint_info {
	uint32_t id;
	char	 group[PFQ_NAME_MAX + 1];
	char	 name[PFQ_NAME_MAX + 1];
	char	 comm[32];
	uint32_t pid, uid;
	uint32_t weight;
	uint64_t classes;
	uint32_t started;	/* 1: gets flows; 0: copies only */
	uint32_t snaplen;
	uint64_t ring_bytes, page_bytes;
	uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX];
	uint64_t read, unread;	/* packets; read: as the consumer reports, at most delivered */
	/* not 0: it is absent; its share waits for so long for its return */
	uint64_t linger_ns;
};

/* a process whose JOIN pfqd refuses again and again, as when it comes back to another pfqd */
struct pfq_refusal_info {
	uint32_t pid, uid;
	char	 comm[32];
	char	 group[PFQ_NAME_MAX + 1];	/* "": a private group */
	char	 why[256];
};

/*
 * Connect to the engine behind @socket, an absolute path (NULL: PFQ_SOCKET_DEFAULT), and
 * exchange HELLO. Takes at most a second.
 * -EINVAL: @socket is not an absolute path, or too long;
 * -ENOENT, -ECONNREFUSED: no process listens there; -EACCES: the user has no
 * permission; -EPROTO: another version; -ETIMEDOUT; -EPIPE: the engine closed the
 * connection, because it is ending.
 */
PFQ_API int pfq_ctl_open(struct pfq_ctl **ctl, const char *socket, struct pfq_error *err);
/*
 * The same. If the service manager restarts pfqd and keeps its socket meanwhile, wait for the next
 * pfqd, up to 30 s. Then -ETIMEDOUT.
 */
PFQ_API int pfq_ctl_await(struct pfq_ctl **ctl, const char *socket, struct pfq_error *err);
/* Close the connection and free @ctl. NULL: nothing. */
PFQ_API void pfq_ctl_close(struct pfq_ctl *ctl);

/* The engine's answer to HELLO; valid until pfq_ctl_close(). */
PFQ_API const struct pfq_engine_info *pfq_ctl_engine(const struct pfq_ctl *ctl);

/*
 * Call @fn for each ingest, group or endpoint of the engine. If @fn returns a value
 * other than 0, the walk ends and returns this value. @fn must not use @ctl; its first
 * argument is valid only during the call. pfq_ctl_status() fills @info, unless @info is
 * NULL; its @fn may be NULL. @group NULL: all groups.
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
/*
 * The same for the processes that pfqd's user engine refuses again and again, oldest first. Sets
 * *count, unless @count is NULL, to the number of all of them: an answer may have room for less.
 */
PFQ_API int pfq_ctl_refusals(struct pfq_ctl *ctl, uint32_t *count,
			     int (*fn)(const struct pfq_refusal_info *, void *), void *arg,
			     struct pfq_error *err);

/*
 * Call @fn, once, with the program of @group, as the engine runs it; @fn may use @ctl. Its first
 * argument is valid only during the call. Returns what @fn returns. -ENOENT: no such group.
 */
PFQ_API int pfq_ctl_program(struct pfq_ctl *ctl, const char *group,
			    int (*fn)(const struct pfq_program_info *, void *), void *arg,
			    struct pfq_error *err);

/* How often a step of a program has answered no and yes. */
struct pfq_step_count {
	uint64_t no, yes;
};

/*
 * Get what the program of @group has answered since the counts began: in the order of its steps,
 * for up to PFQ_LANG_STEPS_MAX of them. @seconds: 1-60: let the counts begin, and end after so many
 * seconds; 0: go on. They also end with @ctl, and when the group gets another program. *steps is 0
 * if none are counted for @ctl. -ENOENT: no such group; -EACCES: no access w to it; -EBUSY: it
 * counts for another client.
 */
PFQ_API int pfq_ctl_profile(struct pfq_ctl *ctl, const char *group, unsigned int seconds,
			    struct pfq_step_count *step, unsigned int *steps,
			    struct pfq_error *err);

/*
 * Change the configuration of pfqd, which may run either engine; only root may. pfq_ctl_reload()
 * lets pfqd read its file again. @settings of the others has a line for each key, as in
 * pfqd.conf(5): "key = value". In pfq_ctl_group_set(), "key =" sets the default, and "device +=
 * LIST" and "device -= LIST" add and remove devices. @fn, unless it is NULL, is called for each
 * line that tells a difference, after the change was made; it must not use @ctl. An error has
 * changed nothing.
 */
PFQ_API int pfq_ctl_reload(struct pfq_ctl *ctl, void (*fn)(const char *line, void *), void *arg,
			   struct pfq_error *err);
PFQ_API int pfq_ctl_group_add(struct pfq_ctl *ctl, const char *group, const char *settings,
			      void (*fn)(const char *line, void *), void *arg,
			      struct pfq_error *err);
PFQ_API int pfq_ctl_group_set(struct pfq_ctl *ctl, const char *group, const char *settings,
			      void (*fn)(const char *line, void *), void *arg,
			      struct pfq_error *err);
PFQ_API int pfq_ctl_group_del(struct pfq_ctl *ctl, const char *group,
			      void (*fn)(const char *line, void *), void *arg,
			      struct pfq_error *err);

/*
 * Call @fn for each part of pfqd's present configuration, a text in the form of pfqd.conf(5). If
 * @fn returns a value other than 0, the walk ends and returns this value. Only root may ask.
 */
PFQ_API int pfq_ctl_save(struct pfq_ctl *ctl, int (*fn)(const char *text, void *), void *arg,
			 struct pfq_error *err);

/* --- counters ------------------------------------------------------------------ */

/* the lists of counters in linux/pfq.h; counters[] above are in their order */
enum pfq_counter_list {
	PFQ_COUNTER_LIST_GROUP,
	PFQ_COUNTER_LIST_ENDPOINT,
	PFQ_COUNTER_LIST_INGEST,
};

struct pfq_counter {
	const char *name;
	enum pfq_counter_kind kind;
	const char *text;	/* one line for a person */
};

/* The counter counters[@i] of @list. NULL: it has no more, or there is no such list. */
PFQ_API const struct pfq_counter *pfq_counter_get(enum pfq_counter_list list, unsigned int i);

/*
 * Packets that the sums of linux/pfq.h do not account for: 0 while nothing moves, unless the
 * engine has a bug. For an endpoint, delivered = read + unread is checked, too. Too many count
 * like too few.
 */
PFQ_API uint64_t pfq_group_unexplained(const struct pfq_group_info *group);
PFQ_API uint64_t pfq_endpoint_unexplained(const struct pfq_endpoint_info *endpoint);

/* --- network devices ---------------------------------------------------------- */

/*
 * Find the device that has @name as any of its names in the caller's network namespace. Sets
 * *ifindex, the device's identity. Calls @fn, unless it is NULL, for each name of the device,
 * the kernel's name first. If @fn returns a value other than 0, the walk ends and returns it.
 * -ENODEV: no device has that name; other errors: the request to the kernel failed.
 */
PFQ_API int pfq_device_find(const char *name, uint32_t *ifindex,
			    int (*fn)(const char *name, void *arg), void *arg);

/* --- endpoint: join and read ------------------------------------------------ */

struct pfq;

#define PFQ_RECONNECT_NO	(~0U)

/* If all is zero, the engine's or the group's defaults apply. */
struct pfq_params {
	const char *engine;	/* "auto", "user", "kernel"; NULL: auto */
	const char *socket;	/* NULL: PFQ_SOCKET_DEFAULT */
	const char *group;	/* name or id in decimal; NULL: private */
	const char *bindings;	/* eth0,eth1/0-3; NULL: none */
	const char *steer;	/* policy, if this call makes the group */
	const char *name;	/* of the endpoint; see pfq_name() */
	const char *hugepages;	/* "auto", "off", or a size such as "2M" */
	const char *vlans;	/* "10,20-29,untagged", for a group this call makes */
	uint32_t snaplen;	/* bytes kept of a packet */
	uint32_t weight;
	uint64_t ring_bytes;
	uint64_t classes;
	/*
	 * When pfqd ends, go on with the next one: after so many seconds at the latest; 0:
	 * whenever it comes; PFQ_RECONNECT_NO: not at all
	 */
	uint32_t reconnect_s;
	unsigned int promisc : 1;
	unsigned int order_none : 1;	/* do not merge lanes by timestamp */
	/*
	 * for a group this call makes: use devices' timestamps, if there are any, and merge no
	 * lanes
	 */
	unsigned int adapter_time : 1;
	unsigned int immediate : 1;	/* the group's packets come one by one, each at once */
	/*
	 * for a group this call makes: a program in pfq-lang instead of steer, or the name of its
	 * file, "file:PATH" or an absolute path; NULL: none
	 */
	const char *lang;
};

/*
 * Join. The engine delivers copies at once. It delivers flows when the endpoint has started:
 * the first pfq_read(), pfq_wait() or pfq_fd() starts it.
 * -ENOENT: no such group, or no such device; -EACCES, -EPERM: refused;
 * -EINVAL: a bad value; -EEXIST: another process has the name; -ENOMEM, -EDQUOT: a
 * limit; -EMFILE, -ENFILE: no descriptor left; -EOPNOTSUPP: no such engine
 * here; and the errors of pfq_ctl_await(). Takes at most 1 s to connect, unless pfqd is being
 * restarted. Joining takes
 * as long as the engine says that it is at work, because it finds and clears the memory;
 * the call gives up when the engine has been silent for 5 s. Before that, the call may
 * find and clear huge pages of this process.
 */
PFQ_API int pfq_open(struct pfq **q, const struct pfq_params *params, struct pfq_error *err);
/*
 * Leave the group, unmap the ring and free @q. Records, texts and the descriptor of
 * pfq_fd() are invalid after this call. NULL: nothing.
 */
PFQ_API void pfq_close(struct pfq *q);

/*
 * Properties of the endpoint. @q owns the texts, which are valid until pfq_close(). Link type and
 * group do not change after pfq_open(). The others may change by a pfq_read() that goes on with
 * another engine; it frees their texts. The snaplen is never larger than after pfq_open().
 */
PFQ_API uint32_t pfq_linktype(const struct pfq *q);	/* LINKTYPE_* */
PFQ_API uint32_t pfq_snaplen(const struct pfq *q);	/* bytes kept of a packet */
PFQ_API uint32_t pfq_lanes(const struct pfq *q);
PFQ_API uint64_t pfq_ring_bytes(const struct pfq *q);	/* for records, in all lanes together */
PFQ_API uint64_t pfq_page_bytes(const struct pfq *q);	/* size of a page of the ring's memory */
/* one line: how large the ring is and where it lies, and why it is not larger or elsewhere */
PFQ_API const char *pfq_ring_text(const struct pfq *q);
/* not 0: the group has its devices' clocks (adapter_time), as the program that made it has asked */
PFQ_API int pfq_adapter_time(const struct pfq *q);
PFQ_API const char *pfq_group(const struct pfq *q);
/*
 * The endpoint's name; empty: none. If this process opens several endpoints with one name in one
 * group, the second has NAME.2, and so on. A name of another process is refused with -EEXIST.
 */
PFQ_API const char *pfq_name(const struct pfq *q);
PFQ_API const char *pfq_bindings(const struct pfq *q);
/*
 * Device @i of the group as it was when this endpoint joined. Returns the kernel's name and sets
 * *ifindex, if the device existed; else returns the binding's name and sets 0. NULL: no more.
 */
PFQ_API const char *pfq_device(const struct pfq *q, unsigned int i, uint32_t *ifindex);
/* The engine's answer to HELLO; valid until pfq_close(). Its values are the current engine's. */
PFQ_API const struct pfq_engine_info *pfq_engine(const struct pfq *q);

/*
 * NULL: the endpoint has its engine, or nothing more is known than that the engine has ended.
 * Otherwise this is one line: what the endpoint waits for, or why it cannot go on. Valid until the
 * next call on @q.
 */
PFQ_API const char *pfq_engine_away(const struct pfq *q);

/*
 * Return the next records in order, at most @max, without waiting. The pointers point
 * into the ring; the packet's bytes follow each header. They stay valid until the next
 * pfq_read(), pfq_release() or pfq_close(): each call gives back the records of the call
 * before. Returns the number of records; 0: none now; -EPIPE: none, and the engine has
 * ended; -EPROTO: the ring is damaged.
 * When pfqd ends, the call first returns the records that are left, and then 0 until the
 * endpoint has joined the next pfqd as before (reconnect_s). Errors then: -EPIPE: the time
 * is over, or a sandbox forbids to connect; -EPROTO: the group has another link type;
 * -EINVAL: the engine refuses the filter. pfq_engine_away() has the text.
 * There is one exception after the program has called pfq_fd(): if another lane may still
 * get a record that precedes all records found, the call waits for that lane, 10 ms at
 * most. Otherwise the descriptor would have woken the program for nothing. The call after
 * one that found records does not wait.
 */
PFQ_API int pfq_read(struct pfq *q, const struct pfq_rec **recs, int max);

/*
 * Give back the first @n of the records of the last pfq_read(); the next pfq_read()
 * returns the others again. After this call, and after a pfq_read() that returns 0,
 * the descriptor of pfq_fd() is readable if records are left; else it becomes readable
 * when records come.
 */
PFQ_API void pfq_release(struct pfq *q, int n);

/* The lane of a record of the last pfq_read(), and its position there. */
PFQ_API uint32_t pfq_rec_lane(const struct pfq *q, const struct pfq_rec *rec, uint64_t *position);

/*
 * Set when the engine rings the doorbell: a lane holds @threshold bytes (1: at once), or
 * the first unread record is @delay_ns old (~0: never for this reason).
 */
PFQ_API void pfq_wakeup_set(struct pfq *q, uint32_t threshold, uint64_t delay_ns);

/*
 * Wait until there may be records, @extra_fd (-1: none) is readable,
 * @timeout_ms (-1: for ever) have passed, or the engine has ended.
 * 1: there may be records, or pfq_engine_away() has another text; 0: the time has passed;
 * 2: @extra_fd; -EINTR; other errors as of pfq_read(). If the engine has rung for
 * nothing, the descriptor was readable and
 * pfq_read() found no record; the next call then returns 0 at once, so that the
 * program does not wait.
 * Give back all records before this call: the engine counts them as unread.
 */
PFQ_API int pfq_wait(struct pfq *q, int extra_fd, int timeout_ms);

/*
 * A descriptor for poll, select and epoll, owned by @q. It is readable while records
 * wait, by the rules of pfq_wakeup_set(), and when pfq_read() has to be called because the
 * engine has ended or is back. Its number never changes. Records that
 * pfq_read() has returned count as waiting. Before waiting, give them back by
 * pfq_release() or a pfq_read() that returns 0, or call pfq_read() again when the
 * descriptor is readable. Records that come while others are left are an edge for epoll.
 */
PFQ_API int pfq_fd(struct pfq *q);

/*
 * Open the descriptors that pfq_fd() needs, for a process that cannot open any later. The
 * endpoint is not started by it. 0, or -EMFILE and the like.
 */
PFQ_API int pfq_fd_prepare(struct pfq *q);

/* Start the endpoint: it gets flows from now on. pfq_read(), pfq_wait() and pfq_fd() imply it. */
PFQ_API int pfq_start(struct pfq *q, struct pfq_error *err);

/*
 * The requests below may be made while the engine is away: the next one gets the latest
 * filter and direction. pfq_inject() then returns -EPIPE.
 *
 * Set the endpoint's filter: @count instructions of classic BPF (struct
 * sock_filter), compiled for frames without their outer VLAN tag;
 * count 0: no filter. On success, the records before positions[lane] were made
 * before the change; there are pfq_lanes() lanes. @positions may be NULL.
 */
PFQ_API int pfq_filter_set(struct pfq *q, const void *insns, unsigned int count,
			   uint64_t *positions, struct pfq_error *err);

/* Choose received packets, sent packets, or both. @positions: as for pfq_filter_set(). */
PFQ_API int pfq_direction_set(struct pfq *q, enum pfq_direction direction,
			      uint64_t *positions, struct pfq_error *err);

/* Send @len bytes through the group's first device. Returns 0 or -errno. */
PFQ_API int pfq_inject(struct pfq *q, const void *frame, size_t len, struct pfq_error *err);

struct pfq_stats {
	uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX];
	uint64_t read, unread;
};

/*
 * Read from the ring itself, without a request; this works after the engine has ended. The
 * sums of earlier engines are part of it.
 */
PFQ_API void pfq_stats_get(const struct pfq *q, struct pfq_stats *stats);

/*
 * The sum of drop_socket of the group's ingests since the endpoint joined. Asks the
 * engine; -EPIPE: the engine has ended; -EAGAIN: another thread changes to the next one now.
 * While one thread reads, another one may call this.
 */
PFQ_API int pfq_ingest_lost(struct pfq *q, uint64_t *packets);

/* live sets of a group's program */
#include <pfq_set.h>

#ifdef __cplusplus
}
#endif

#endif /* PFQ_H */
