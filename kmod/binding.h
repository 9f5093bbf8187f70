/* SPDX-License-Identifier: GPL-2.0-only */
/* What feeds a group, as written: "eth0, eth1/0-3, eth2/5". */
#ifndef PFQK_BINDING_H
#define PFQK_BINDING_H

#include <linux/bitmap.h>
#include <linux/netlink.h>
#include <linux/pfq.h>

#define PFQK_QUEUES_MAX		256
#define PFQK_BINDINGS_MAX	32	/* of a group */
#define PFQK_BINDINGS_TEXT	1024

struct pfqk_hook;

struct pfqk_binding {
	char	device[PFQ_DEVICE_NAME_MAX + 1];	/* as written: any name of the device */
	bool	is_all;			/* every queue */
	DECLARE_BITMAP(queues, PFQK_QUEUES_MAX);	/* unless all */

	/* of a group's binding; rtnl and the namespace's lock */
	struct pfqk_hook *hook;		/* NULL: the device is absent, or refused: */
	const char *why;		/* a constant; NULL: it is absent, or used */
	bool	is_transient;		/* came by a JOIN: goes with the last member */
};

struct pfqk_binding_list {
	u32	count;
	struct pfqk_binding binding[PFQK_BINDINGS_MAX];
};

/*
 * -EINVAL with a text for @extack. Blanks around commas do not matter, '^' is
 * read as ','. A device that comes several times has the union of its
 * queues, which must not overlap.
 */
int pfqk_binding_list_parse(struct pfqk_binding_list *list, const char *text,
			    struct netlink_ext_ack *extack);

/*
 * Of the queues alone: the names do not tell whether the device is the same. Are all of @b's
 * @a's? Is there one that both have?
 */
bool pfqk_binding_covers(const struct pfqk_binding *a, const struct pfqk_binding *b);
bool pfqk_binding_overlaps(const struct pfqk_binding *a, const struct pfqk_binding *b);

/* as it is read; returns the bytes that it has */
int pfqk_binding_print(const struct pfqk_binding *b, char *text, size_t size);
/* "0-3,5", "" for all */
int pfqk_binding_queues_print(const struct pfqk_binding *b, char *text, size_t size);

#endif /* PFQK_BINDING_H */
