/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ownership, locks and lifetime in the module.
 *
 * OBJECTS
 *
 * device file	struct pfqk_endpoint, made by open(), freed after release(). Like a
 *		socket, it keeps its network namespace, from the JOIN on. Like any open
 *		file, it keeps the module in memory.
 * endpoint	owns its ring memory and producers, its filter, its doorbell. Mappings
 *		hold the file, so that the memory outlives them all. It keeps pages
 *		pinned that its consumer brought, also before a JOIN, and the mm that
 *		they are counted for.
 * group	on its namespace's list. A group made by a JOIN ends with its last
 *		member. A group made by GROUP_ADD ends by GROUP_DEL, with the file that it
 *		was made through, or with the namespace. Its members then read end of
 *		file.
 * absent	part of a group: a member that left and whose share is kept for a time. The
 *		namespace's work item "linger" ends it.
 * binding	part of a group: a device's name, its queues, and the hook, which is NULL
 *		while the device is absent.
 * hook		a packet_type on one device, shared by the bindings of all groups to
 *		that device. It ends with the last of them, or with the device. These
 *		groups have one clock for their records: the host's, or the adapter's.
 * plan		of a hook: the groups, and the queues that each of them takes.
 *		Immutable.
 * program	of a group: shared by its settings and snapshots, which count as users.
 *		Immutable, except for its objects: counters, which each lane writes its own
 *		part of, and indices of devices, which the control side writes.
 * snapshot	of a group: the form that core/ uses. Immutable, except for the data
 *		that it points to, of which each lane writes its own. Made again for
 *		every change.
 * hold		a group's table of held fragments, shared by its lanes (core/hold.h).
 *		Made when a second member starts; ends with the group.
 * lane		a group's part of one CPU, with its timer.
 * cpu		the working memory of a CPU, which all groups use in turn.
 *
 * LOCKS, taken in this order
 *
 * rtnl			devices come and go; held to bind and unbind
 * net_device.lock	of some devices, from 6.15 on; held by the kernel when it
 *			notifies about them
 * pfqk_net.lock		groups, members, bindings, hooks of a namespace
 * pfqk_limit's lock	the resources that users have
 *
 * endpoint.lock, before all of these, keeps two requests on one file apart.
 *
 * The threads of a caller can hold its mmap_lock as long as they like. So the module waits for it
 * only while it holds none of these locks and none of generic netlink's. The ioctl that pins
 * memory sets endpoint.is_bringing instead, and no request waits for that (device_memory.c).
 * mmap() of the file is called with mmap_lock held and takes none of these locks.
 *
 * dev_set_promiscuity() takes net_device.lock. So it is called without pfqk_net.lock, and never
 * from a notification that may come with net_device.lock held (promisc.h).
 *
 * Waits for memory and for grace periods happen outside of rtnl and pfqk_net.lock. No lock is
 * taken while a packet is handled.
 *
 * LANE CONTEXT
 *
 * A lane's producers, doorbell state and counters are written by its CPU with bottom halves off,
 * and by no other CPU. The kernel calls receive and transmit hooks in that state. Lane timers are
 * soft and pinned, so they run in it too. pfqk_cpu.busy tells other CPUs that a CPU is handling a
 * packet. They check it before they renew the watermarks of its lanes (lane.c).
 *
 * RCU
 *
 * Handling a packet reads hook.plan, then group.snapshot, and what these point to: group,
 * endpoint, producers, ring memory, filter. Code that unpublishes one of these passes it to
 * pfqk_retire() (retire.c), which frees it in process context after a grace period. Freeing a
 * group cancels the timers of its lanes, since nothing can start them any more. Module exit waits
 * for all of this.
 *
 * TRUST
 *
 * Of the memory that a consumer can write, the module reads only the reader area. A consumer that
 * brought the data area can write that too (pinned.h). But the module reads nothing back from it,
 * and keeps the position and size of a lane in its own memory. core/ring.c reads a cursor once and
 * uses it only if it is possible. The doorbell's words only decide when this consumer is woken. A
 * policy checks everything in a request first, then the code that uses it.
 */
#ifndef PFQK_H
#define PFQK_H

#include <linux/types.h>
#include <linux/pfq.h>
#include "../core/limit.h"

#define PFQK_RING_LIMIT		(1ULL << 34)	/* upper limit of ring_max_mib, in bytes */

#endif /* PFQK_H */
