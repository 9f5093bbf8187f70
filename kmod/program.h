/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group's program, which the group's settings and snapshots share. It does not change. The last
 * user frees it: a snapshot puts its program after the grace period, so that no packet uses it.
 *
 * A program in pfq-lang is made from its bytes, and loaded when a group gets it. It then takes over
 * the objects of the program that it replaces, see core/lang.h.
 */
#ifndef PFQK_PROGRAM_H
#define PFQK_PROGRAM_H

#include <linux/netlink.h>
#include <linux/refcount.h>
#include "../core/lang.h"
#include "../core/profile.h"

struct pfqk_program {
	refcount_t users;
	char	*text;			/* in pfq-lang; NULL: a policy */
	void	*wire;			/* linux/pfq_lang.h; NULL: a policy */
	size_t	wire_bytes;
	struct pfq_program *core;	/* NULL: not loaded yet */
	struct pfq_profile *profile;	/* of one that counts; NULL: it does not */
};

/* Make the program of PFQ_DEFAULT_STEER. Call it before all others here. */
void pfqk_program_init(void);
/* The last call: no answer refers to a text of here any more. */
void pfqk_program_exit(void);
/* Get the program of PFQ_DEFAULT_STEER. It always exists, so this cannot fail. */
struct pfqk_program *pfqk_program_usual(void);
/* Make the program of a steering policy: an error of pfq_program_from_policy(), or -ENOMEM. */
int pfqk_program_from_policy(struct pfqk_program **program, const char *policy);
/*
 * Make a program from @wire, which a client has sent. @text: what it was made from; "" is allowed.
 * Returns -EINVAL or -EOPNOTSUPP with text, or -ENOMEM.
 */
int pfqk_program_from_wire(struct pfqk_program **program, const void *wire, size_t bytes,
			   const char *text, struct netlink_ext_ack *extack);
/* Become a user of @program, which is returned; and no longer be one. NULL: nothing. Sleeps. */
struct pfqk_program *pfqk_program_get(struct pfqk_program *program);
void pfqk_program_put(struct pfqk_program *program);

/* Set *bytes to those that the program takes when it is loaded. 0: a policy, or it is loaded. */
int pfqk_program_bytes(const struct pfqk_program *program, u64 *bytes);
/*
 * Make program->core, unless it is there. Objects of @former (NULL: none), which may be loaded, are
 * used by both. Returns 0, -ENOMEM, or -ENOSPC with text: a live set that both use has no room for
 * its items.
 */
int pfqk_program_load(struct pfqk_program *program, const struct pfqk_program *former,
		      struct netlink_ext_ack *extack);
/* The live set of that name of a loaded program; NULL: there is none. */
struct pfq_object *pfqk_program_set(const struct pfqk_program *program, const char *name);
/*
 * Make a program that does the same as @of, which is loaded, with the same objects, and counts the
 * answers of its steps. It has neither text nor wire. Returns 0 or -ENOMEM.
 */
int pfqk_program_counting(struct pfqk_program **program, const struct pfqk_program *of);
/* The @i-th object of @kind of a loaded program; NULL: it has fewer. */
struct pfq_object *pfqk_program_object(const struct pfqk_program *program, enum pfq_lang_kind kind,
				       u32 i);

#endif /* PFQK_PROGRAM_H */
