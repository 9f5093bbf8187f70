/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group's program, which the group's settings and snapshots share. It does not change: a group
 * that is given another program has both until the workers have the new snapshot. The last user
 * frees it. Control thread only.
 *
 * A program in pfq-lang is made from its bytes, and loaded when a group gets it. It then takes over
 * the objects of the program that it replaces, see core/lang.h.
 */
#ifndef PFQD_PROGRAM_H
#define PFQD_PROGRAM_H

#include "core/lang.h"
#include "core/profile.h"
#include "pfq.h"

struct program {
	unsigned int users;
	char *text;		/* in pfq-lang, cut to PFQ_PROGRAM_TEXT_MAX; NULL: a policy */
	void *wire;		/* linux/pfq_lang.h; NULL: a policy */
	size_t wire_bytes;
	struct pfq_program *core;	/* NULL: not loaded yet */
	struct pfq_profile *profile;	/* of one that counts; NULL: it does not */
};

/* Make the program of a steering policy. Returns 0, -ENOMEM, or as pfq_program_from_policy(). */
int program_from_policy(struct program **program, const char *policy);
/*
 * Make a program from @wire, which a client has sent. @text: what it was made from. Returns 0, or
 * -EINVAL, -EOPNOTSUPP or -ENOMEM with text.
 */
int program_from_wire(struct program **program, const void *wire, size_t bytes, const char *text,
		      struct pfq_error *err);
/* Get the program of PFQ_DEFAULT_STEER. It always exists, so this cannot fail. */
struct program *program_usual(void);
/* Become a user of @program, which is returned; and no longer be one. NULL: nothing. */
struct program *program_get(struct program *program);
void program_put(struct program *program);

/* Set *bytes to those that a loaded program takes; 0: a policy. Returns 0 or -ENOMEM. */
int program_bytes(const struct program *program, uint32_t lanes, uint64_t *bytes);
/*
 * Make program->core, unless it is there. Objects of @former (NULL: none), which may be loaded, are
 * used by both. @lanes, @seed: of the engine. Returns 0, -ENOMEM, or -ENOSPC: a live set that both
 * use has no room for its items. program_load_error() sets the text, and returns @ret.
 */
int program_load(struct program *program, const struct program *former, uint32_t lanes,
		 uint32_t seed);
int program_load_error(int ret, struct pfq_error *err);
/* The live set of that name of a loaded program; NULL: there is none. */
struct pfq_object *program_set(const struct program *program, const char *name);
/*
 * Make a program that does the same as @of, which is loaded, with the same objects, and counts the
 * answers of its steps. It has neither text nor wire. Returns 0 or -ENOMEM.
 */
int program_counting(struct program **program, const struct program *of, uint32_t lanes);
/* The @i-th object of @kind of a loaded program; NULL: it has fewer. */
struct pfq_object *program_object(const struct program *program, enum pfq_lang_kind kind,
				  unsigned int i);

#endif /* PFQD_PROGRAM_H */
