/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group's program: a list of functions out of one table, applied to a packet
 * in turn until the list ends or one drops it. A steering policy by name
 * ("flow", "to:3") is a program of one. The table, in program.c, holds name,
 * argument types and function: a policy is one row and one function.
 */
#ifndef PFQ_CORE_PROGRAM_H
#define PFQ_CORE_PROGRAM_H

#include "view.h"

enum pfq_verdict_kind {
	PFQ_VERDICT_DROP,
	PFQ_VERDICT_COPY,	/* to every member of the classes */
	PFQ_VERDICT_STEER,	/* by h1 through the indirection table */
	PFQ_VERDICT_DOUBLE,	/* by h1 and h2; one copy if both are the same member */
	/* members that take flows, in order of joining, counted from 0 */
	PFQ_VERDICT_INDEX,	/* the h1-th; none if there are fewer */
	PFQ_VERDICT_TURN,	/* the (h1 mod members)-th */
	PFQ_VERDICT_DATAGRAM,	/* as STEER, by the flow hash of the fragment's datagram: the group has it */
};

struct pfq_verdict {
	enum pfq_verdict_kind kind;
	u32	h1, h2;
	u64	classes;	/* mask; PFQ_CLASS_DEFAULT to begin with */
	u32	flow_hash;	/* for the record; 0: not computed */
};

struct pfq_frag_table;

/* what a lane lends to programs; private to it but for frags */
struct pfq_lane_env {
	u32	seed;		/* of the hashes; the same in all lanes of an engine */
	u32	lane;
	u64	turn;		/* round robin */
	u64	random;		/* xorshift state, never 0 */
	u64	now_ns;		/* monotonic: fragments wait by it; 0: by the packets' time */
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

/* returns false to end the program; the verdict stands as it is */
typedef bool (*pfq_program_fn)(struct pfq_view *v, struct pfq_verdict *out,
			       struct pfq_lane_env *env, const struct pfq_program_arg *args);

struct pfq_program_row {
	const char *name;
	enum pfq_arg_type args[PFQ_PROGRAM_ARGS];
	pfq_program_fn fn;
	const char *help;	/* for manuals and error texts */
};

struct pfq_program {
	u32 count;
	struct {
		pfq_program_fn fn;
		struct pfq_program_arg args[PFQ_PROGRAM_ARGS];
	} step[PFQ_PROGRAM_MAX];
};

/* rows of the table, NULL after the last */
const struct pfq_program_row *pfq_program_row(unsigned int i);

/*
 * A program of one from "flow" or "to:3". -ENOENT: no such name; -EINVAL: its
 * argument; -EOPNOTSUPP: a name that is promised and has not come yet.
 */
int pfq_program_from_policy(struct pfq_program *prog, const char *policy);

/* does any step ask for view.rxhash? A source may be spared to compute it. */
bool pfq_program_uses_rxhash(const struct pfq_program *prog);

/* the policy "flow": by pfq_program_flow_hash(), which the record shows; in the default class */
bool pfq_program_is_flow(const struct pfq_program *prog);
/* PFQ_HASH_DATAGRAM: that of the datagram which it, or the packet it quotes, is a fragment of */
u32 pfq_program_flow_hash(struct pfq_view *v, struct pfq_lane_env *env);
/* of one in hand alone, fragment or not: a first fragment's is its datagram's */
u32 pfq_program_own_hash(const struct pfq_view *v, u32 seed);
/* does any step ask for the flow hash, if only of packets for which the device gives none? */
bool pfq_program_uses_flow(const struct pfq_program *prog);

/* the policy "copy": to all of the default class */
bool pfq_program_is_copy(const struct pfq_program *prog);

/* pfq_program_run() of other than one step */
void pfq_program_run_steps(const struct pfq_program *prog, struct pfq_view *v,
			   struct pfq_verdict *out, struct pfq_lane_env *env);

/* count 0: copy */
static inline void pfq_program_run(const struct pfq_program *prog, struct pfq_view *v,
				   struct pfq_verdict *out, struct pfq_lane_env *env)
{
	*out = (struct pfq_verdict){ .kind = PFQ_VERDICT_COPY, .classes = PFQ_CLASS_DEFAULT };
	/* a policy is a program of one */
	if (likely(prog->count == 1))
		prog->step[0].fn(v, out, env, prog->step[0].args);
	else
		pfq_program_run_steps(prog, v, out, env);
}

#endif /* PFQ_CORE_PROGRAM_H */
