/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who owns what in the module, who may touch it, and how it goes away.
 *
 * OBJECTS
 *
 * device file	struct pfqk_endpoint, made by open(), freed after release(). It
 *		keeps its network namespace from the JOIN on, as a socket does,
 *		and the module in memory, as every open file does.
 * endpoint	owns its ring memory and producers, its filter, its doorbell.
 *		Mappings hold the file, so that the memory outlives them all. Pages that
 *		its consumer brought it keeps pinned, also before its JOIN, and the mm that they count for.
 * group	on its namespace's list. One made by a JOIN goes with its last
 *		member; one made by GROUP_ADD by GROUP_DEL, with the file that it was
 *		made through, or with the namespace.
 *		Then its members are cut off: they hear end of file.
 * binding	part of a group: a device's name, its queues, and the hook, NULL
 *		while the device is absent.
 * hook		a packet_type on one device, shared by the bindings of all groups
 *		that name it; goes with the last of them, or with its device. These groups
 *		have one clock for their records: the host's, or the adapter's.
 * plan		of a hook: which groups want which queues. Immutable.
 * snapshot	of a group: what core/ sees of it. Immutable but for what its
 *		pointers lead to, by lane. Made anew for every change.
 * hold		a group's table of fragments that wait, shared by its lanes (core/hold.h). Made
 *		when a second member starts; goes with the group.
 * lane		a group's part of one CPU: its timer. cpu: the working memory of a
 *		CPU, which all groups use in turn.
 *
 * LOCKS, taken in this order
 *
 * rtnl			devices come and go; whoever binds or unbinds holds it
 * net_device.lock	of some devices, from 6.15 on; the core tells of them with it held
 * pfqk_net.lock	groups, members, bindings, hooks of a namespace
 * pfqk_limit's lock	what users have
 *
 * endpoint.lock (before all of these) keeps two requests on one file apart. The caller's mmap_lock,
 * which its threads can keep as long as they like, is only ever waited for with none of
 * these held, nor one of generic netlink's: the ioctl that pins memory sets endpoint.is_bringing
 * instead, and no request waits for that (device_memory.c). mmap() of the file, which comes with that
 * lock held, takes none of ours.
 * dev_set_promiscuity() takes net_device.lock: it is called without pfqk_net.lock, and never where
 * the core tells of a device with that lock held (promisc.h).
 * A wait for memory or for a grace period happens outside of rtnl and
 * pfqk_net.lock. No lock is ever taken on a packet's way.
 *
 * LANE CONTEXT
 *
 * A lane's producers, doorbell state and counters are written by its CPU with
 * bottom halves off, and by nobody else. Receive and transmit hooks are called so;
 * lane timers are soft and pinned, so they run so. pfqk_cpu.busy says that a CPU is
 * on a packet's way; it is what other CPUs look at before they renew the
 * watermarks of its lanes (lane.c).
 *
 * RCU
 *
 * The packet's way reads hook.plan, then group.snapshot, and what these
 * lead to: group, endpoint, producers, ring memory, filter. Whoever unpublishes one
 * of these hands it to pfqk_retire() (retire.c), which frees it in process context
 * after a grace period. A group that is retired cancels its lanes' timers then:
 * nobody can start them any more. Module exit waits for all retirements.
 *
 * TRUST
 *
 * Of what a consumer can write, the reader area is all that is ever read. (It may
 * write the data area, too, where it brought that: pinned.h. Nothing there is read
 * back, and where a lane lies and how large it is are words of the module's own.) core/ring.c reads a
 * cursor once and believes it when it is possible, and the doorbell's words
 * decide only when this consumer is woken. Everything in a request is
 * checked by a policy first, then by who uses it.
 */
#ifndef PFQK_H
#define PFQK_H

#include <linux/types.h>
#include <linux/pfq.h>

#define PFQK_VERSION		"0.1.0"
#define PFQK_GROUPS_MAX		1024	/* of a namespace */
#define PFQK_RING_DEFAULT	(64ULL << 20)
#define PFQK_RING_LIMIT		(1ULL << 34)	/* the most that ring_max_mib may say */
#define PFQK_STEER_DEFAULT	"flow"

#endif /* PFQK_H */
