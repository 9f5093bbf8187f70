/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group's program is a list of functions from one table. They are applied to a packet in turn,
 * until the list ends or one of them returns false. A steering policy with its name ("flow",
 * "to:3") is a program of one function. The table, in program.c, has name, argument types and
 * function: a policy is one row and one function.
 */
#ifndef PFQ_CORE_PROGRAM_H
#define PFQ_CORE_PROGRAM_H

#include "view.h"

enum pfq_verdict_kind {
	PFQ_VERDICT_DROP,
	PFQ_VERDICT_COPY,	/* to every member of the classes */
	PFQ_VERDICT_STEER,	/* to the member that h1 selects in the steering table */
	PFQ_VERDICT_DOUBLE,	/* by h1 and h2; one copy if both select the same member */
	/* by number: started members, counted from 0 in the order of joining */
	PFQ_VERDICT_INDEX,	/* the h1-th; nobody if there are fewer */
	PFQ_VERDICT_TURN,	/* the (h1 mod members)-th */
	/* as STEER, by the hash of the fragment's datagram: pfq_datagram_hash() */
	PFQ_VERDICT_DATAGRAM,
};

struct pfq_verdict {
	enum pfq_verdict_kind kind;
	u32	h1, h2;
	u64	classes;	/* mask; PFQ_CLASS_DEFAULT at the beginning */
	u32	flow_hash;	/* for the record; 0: not computed */
};

struct pfq_frag_table;

/* Values that a lane passes to programs. Other lanes use only frags. */
struct pfq_lane_env {
	u32	seed;		/* of the hashes; all lanes of an engine have the same */
	u32	lane;
	u64	turn;		/* for round robin */
	u64	random;		/* xorshift state, never 0 */
	/* monotonic clock, for held fragments; 0: the packets' time is used instead */
	u64	now_ns;
	struct pfq_frag_table *frags;
};

#define PFQ_PROGRAM_MAX		64
#define PFQ_PROGRAM_ARGS	4

enum pfq_arg_type {
	PFQ_ARG_NONE,
	PFQ_ARG_U32,
};

struct pfq_program_arg {
	u64 value;
};

/* One step. Reads @v, changes *out. Returns false to end the program with the verdict as it is. */
typedef bool (*pfq_program_fn)(struct pfq_view *v, struct pfq_verdict *out,
			       struct pfq_lane_env *env, const struct pfq_program_arg *args);

struct pfq_program_row {
	const char *name;
	enum pfq_arg_type args[PFQ_PROGRAM_ARGS];
	pfq_program_fn fn;
};

struct pfq_program {
	u32 count;
	struct {
		pfq_program_fn fn;
		struct pfq_program_arg args[PFQ_PROGRAM_ARGS];
	} step[PFQ_PROGRAM_MAX];
};

/* Row @i of the table, from 0; NULL after the last. */
const struct pfq_program_row *pfq_program_row(unsigned int i);

#define PFQ_PROGRAM_LIST_BYTES	256

/* Write the names for an error text: "copy, flow, ..., to:N", cut where @size bytes are too few. */
void pfq_program_list(char *list, size_t size);

/*
 * Make a program of one function from a policy such as "flow" or "to:3". Returns -ENOENT for an
 * unknown name, -EINVAL for a wrong argument, -EOPNOTSUPP for a name that is planned but does not
 * exist yet.
 */
int pfq_program_from_policy(struct pfq_program *prog, const char *policy);

/* Does any step use view.rxhash? If not, the ingest need not compute it. */
bool pfq_program_uses_rxhash(const struct pfq_program *prog);

/*
 * Is this the policy "flow"? Such a program steers by pfq_program_flow_hash(), within the default
 * class, and the record shows that hash.
 */
bool pfq_program_is_flow(const struct pfq_program *prog);
/*
 * The flow hash. PFQ_HASH_DATAGRAM if it depends on other fragments: @v, or the packet that @v
 * quotes, is a fragment. Then pfq_datagram_hash() finds it. Parses @v.
 */
u32 pfq_program_flow_hash(struct pfq_view *v, struct pfq_lane_env *env);
/*
 * The flow hash of @v from its own bytes, fragment or not. For a first fragment it is the
 * datagram's.
 */
u32 pfq_program_own_hash(const struct pfq_view *v, u32 seed);
/* Does any step use the flow hash, even if only for packets without the device's hash? */
bool pfq_program_uses_flow(const struct pfq_program *prog);

/* Is this the policy "copy": every packet to every member of the default class? */
bool pfq_program_is_copy(const struct pfq_program *prog);
/*
 * Does every member have packets of its own? Not with the policies "copy", "rr" and "random",
 * where the next packet of a flow may go to any member.
 */
bool pfq_program_has_shares(const struct pfq_program *prog);

/*
 * The classes that the program can address, as a mask. A member that subscribes to none of them
 * gets no packets.
 */
u64 pfq_program_classes(const struct pfq_program *prog);

/* pfq_program_run() of a program that has not exactly one step. */
void pfq_program_run_steps(const struct pfq_program *prog, struct pfq_view *v,
			   struct pfq_verdict *out, struct pfq_lane_env *env);

/* Run @prog on @v and write the verdict to *out. A program without steps copies. */
static inline void pfq_program_run(const struct pfq_program *prog, struct pfq_view *v,
				   struct pfq_verdict *out, struct pfq_lane_env *env)
{
	*out = (struct pfq_verdict){ .kind = PFQ_VERDICT_COPY, .classes = PFQ_CLASS_DEFAULT };
	/* a policy has one step */
	if (likely(prog->count == 1))
		prog->step[0].fn(v, out, env, prog->step[0].args);
	else
		pfq_program_run_steps(prog, v, out, env);
}

#endif /* PFQ_CORE_PROGRAM_H */
