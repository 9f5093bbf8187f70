/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Makes a program from the bytes that a client has sent, for the control side of both engines. The
 * client is not trusted: every word of the bytes is checked, and a program that was verified does
 * no harm but take the time that linux/pfq_lang.h allows.
 *
 * The shell goes through these steps:
 *
 *	1. Copy the bytes to memory that nobody else can write, aligned to 8 bytes.
 *	2. pfq_lang_verify() checks them.
 *	3. pfq_lang_bytes() says how much memory the program and its objects take, for limits.
 *	4. For each object with state (pfq_object_bytes() is not 0) the shell takes over the one of
 *	   the program before for which pfq_object_is_like() answers yes. Else it allocates memory
 *	   and calls pfq_object_init(). It counts who uses the object in pfq_object.users.
 *	5. It allocates check->program_bytes, and pfq_lang_build() fills them. The bytes of step 1
 *	   are not needed any more.
 *	6. It publishes the program. When no lane runs the program any more, it drops its uses of
 *	   program->object[], and frees the program as one piece.
 *
 * No function here allocates or blocks. Any thread may call them.
 */
#ifndef PFQ_CORE_LANG_H
#define PFQ_CORE_LANG_H

#include "object.h"
#include "program.h"

/* The reason why a program is refused. */
struct pfq_lang_fault {
	enum pfq_lang_reason reason;
	/* number of the wrong one; -1: none */
	s32 step, object;
};

/* The ways that lead to a step, taken together. */
struct pfq_lang_ways {
	u32	cost;			/* of the most expensive one, in units, without the step */
	bool	is_reached, in_also;
	u8	lowest, highest;	/* levels */
	u8	outputs;		/* highest number of further outputs */
	/* masks of the slots that SAVE has filled on all ways, outside and within ALSO */
	u8	saves[2];
	u8	saved_outputs[PFQ_LANG_SAVES_MAX];
};

/* Results of pfq_lang_verify(), and its working memory. Too large for a kernel stack. */
struct pfq_lang_check {
	u32	steps, objects;
	u32	cost;		/* of the most expensive way, in units */
	u64	program_bytes;	/* for pfq_lang_build() */
	struct pfq_lang_fault fault;	/* of a program that is refused */
	/* working memory */
	struct pfq_lang_ways ways[PFQ_LANG_STEPS_MAX];
};

/*
 * Check the @bytes bytes at @blob. Returns 0; -EINVAL for a program that no engine takes;
 * -EOPNOTSUPP for one that this engine does not know (a newer version, symbol or kind of object).
 * In both cases check->fault says what is wrong.
 */
int pfq_lang_verify(struct pfq_lang_check *check, const void *blob, size_t bytes);

#define PFQ_LANG_FAULT_BYTES	160

/* Write the fault as text, such as "step 7: this engine does not know the symbol". */
void pfq_lang_explain(const struct pfq_lang_fault *fault, char *text, size_t size);

/* --- of a verified program only ---------------------------------------------------- */

/* Bytes of memory that program and objects take in an engine with @lanes lanes. */
u64 pfq_lang_bytes(const struct pfq_lang_check *check, const void *blob, u32 lanes);

/* Object @i of the program, as the client has sent it. @i is below check->objects. */
struct pfq_lang_object pfq_lang_object(const void *blob, u32 i);

/* Its data: as many bytes as the object's count says, times the bytes of an entry. */
const void *pfq_lang_data(const void *blob, const struct pfq_lang_object *is);

/*
 * Fill @prog, check->program_bytes bytes aligned to 8. @object: check->objects of them, with NULL
 * for those without state. @prog must not be moved afterwards, since it holds pointers into itself.
 */
void pfq_lang_build(struct pfq_program *prog, const struct pfq_lang_check *check, const void *blob,
		    struct pfq_object *const *object);

#endif /* PFQ_CORE_LANG_H */
