/* SPDX-License-Identifier: GPL-2.0-only */
/* The devices and queues that feed a group. Written as "eth0, eth1/0-3, eth2/5". */
#ifndef PFQK_BINDING_H
#define PFQK_BINDING_H

#include <linux/bitmap.h>
#include <linux/netlink.h>
#include <linux/pfq.h>

#define PFQK_QUEUES_MAX		256
#define PFQK_BINDINGS_MAX	32	/* of a group */
#define PFQK_BINDINGS_TEXT	1024

struct net_device;
struct pfqk_hook;

struct pfqk_binding {
	/* as written; may be any name of the device */
	char	device[PFQ_DEVICE_NAME_MAX + 1];
	bool	is_all;			/* every queue */
	DECLARE_BITMAP(queues, PFQK_QUEUES_MAX);	/* unless is_all */

	/* The rest is for a group's own binding; under rtnl and the namespace's lock. */
	struct pfqk_hook *hook;		/* NULL: the device is absent, or refused */
	/* why it is refused, constant text; NULL: it is absent or in use */
	const char *why;
	bool	is_transient;		/* made by a JOIN: ends with the last member */
};

struct pfqk_binding_list {
	u32	count;
	struct pfqk_binding binding[PFQK_BINDINGS_MAX];
};

/*
 * Parse @text into @list. Returns -EINVAL with a text in @extack, or -ENOMEM. Blanks around commas
 * are ignored, and '^' is read as ','. A device that occurs several times gets all of its queues
 * together, which must not overlap.
 */
int pfqk_binding_list_parse(struct pfqk_binding_list *list, const char *text,
			    struct netlink_ext_ack *extack);

/*
 * Compare queues only: names do not tell whether two devices are the same. pfqk_binding_covers():
 * does @a have all queues of @b? pfqk_binding_overlaps(): do both have a queue in common?
 */
bool pfqk_binding_covers(const struct pfqk_binding *a, const struct pfqk_binding *b);
bool pfqk_binding_overlaps(const struct pfqk_binding *a, const struct pfqk_binding *b);

/*
 * pfqk_binding_lacking(): the lowest queue of @b that @dev does not have. PFQK_QUEUES_MAX: it has
 * all of them, or does not tell. pfqk_binding_has_some(): has @dev one of the queues?
 */
u32 pfqk_binding_lacking(const struct pfqk_binding *b, const struct net_device *dev);
bool pfqk_binding_has_some(const struct pfqk_binding *b, const struct net_device *dev);

/* Print in the form that is parsed. Returns the number of bytes written. */
int pfqk_binding_print(const struct pfqk_binding *b, char *text, size_t size);
/* The queues, such as "0-3,5"; "" for all. Returns the number of bytes written. */
int pfqk_binding_queues_print(const struct pfqk_binding *b, char *text, size_t size);

#endif /* PFQK_BINDING_H */
