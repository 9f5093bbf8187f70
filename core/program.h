/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group's program decides who gets a packet, and how much of it. It is a list of steps, made by
 * lang.h from the wire form of linux/pfq_lang.h. A steering policy with its name ("flow", "to:3")
 * is a program of one step.
 *
 * A program never changes. All lanes run it at the same time.
 */
#ifndef PFQ_CORE_PROGRAM_H
#define PFQ_CORE_PROGRAM_H

#include <linux/pfq_lang.h>
#include "parse.h"

enum pfq_verdict_kind {
	PFQ_VERDICT_DROP,
	PFQ_VERDICT_COPY,	/* to every member of the classes */
	PFQ_VERDICT_STEER,	/* to the member that h1 selects in the steering table */
	PFQ_VERDICT_DOUBLE,	/* by h1 and h2; one copy if both select the same member */
	/* by number: started members, counted from 0 in the order of joining */
	PFQ_VERDICT_INDEX,	/* the h1-th; nobody if there are fewer */
	PFQ_VERDICT_TURN,	/* the (h1 mod members)-th */
	/*
	 * As STEER, by the hash of the fragment's datagram: pfq_datagram_hash(). h1 is the hash if
	 * this is the first fragment, or PFQ_HASH_DATAGRAM: that of its flow. Datagrams have other
	 * decisions for another h2.
	 */
	PFQ_VERDICT_DATAGRAM,
};

/* Reasons to look at more of an outcome than at the main verdict's kind and classes. */
enum pfq_verdict_special {
	PFQ_SPECIAL_CUT		= 1 << 0,
	PFQ_SPECIAL_MARK	= 1 << 1,	/* the record has a label */
	PFQ_SPECIAL_ALSO	= 1 << 2,	/* there may be further outputs */
};

/* One output. Two words of 16 bytes, because each packet's outcome begins with a fresh one. */
struct pfq_verdict {
	/* the first three are pfq_verdict_head() */
	u16	kind;		/* enum pfq_verdict_kind */
	/* of the main output only */
	u8	special;	/* PFQ_SPECIAL_*, of all outputs together */
	u8	more;		/* number of further outputs */
	u32	h1, h2;
	u32	flow_hash;	/* for the record; 0: not computed */
	u64	classes;	/* mask; PFQ_CLASS_DEFAULT at the beginning */
	u32	cut;		/* bytes of the frame to keep; 0: all */
	u32	mark;
};

/* Kind, special and more as one number, which is compared at once. */
static inline u32 pfq_verdict_head(const struct pfq_verdict *verdict)
{
	u32 head;

	memcpy(&head, verdict, sizeof(head));
	return head;
}

/* The head of a main output of that kind, of which nothing more has to be looked at. */
static inline u32 pfq_verdict_plain(enum pfq_verdict_kind kind)
{
	struct pfq_verdict verdict = { .kind = (u16)kind };

	return pfq_verdict_head(&verdict);
}

/* Begin an output: the whole packet, to each member of the default class. */
static inline void pfq_verdict_begin(struct pfq_verdict *verdict)
{
	static const struct pfq_verdict copy = {
		.kind = PFQ_VERDICT_COPY, .classes = PFQ_CLASS_DEFAULT,
	};

	/* a copy; the compiler would clear an assigned constant first, and then set parts of it */
	memcpy(verdict, &copy, sizeof(copy));
}

/* The verdicts of a program on a packet. */
struct pfq_outcome {
	struct pfq_verdict main;
	struct pfq_verdict also[PFQ_LANG_ALSO_MAX];	/* main.more of them are valid */
};

struct pfq_flows;
struct pfq_frag_table;
struct pfq_object;
struct pfq_profile;

/* Values and memory that a lane passes to programs. Other lanes use only frags. */
struct pfq_lane_env {
	u32	seed;		/* of the hashes; all lanes of an engine have the same */
	u32	lane;
	u64	turn;		/* for round robin */
	u64	random;		/* xorshift state, never 0 */
	/* monotonic clock, for held fragments; 0: the packets' time is used instead */
	u64	now_ns;
	struct pfq_frag_table *frags;
	/* percent of the fullest ring, if the program that runs has PFQ_PROGRAM_PRESSURE */
	u32	pressure;
	/* the packets inside tunnels, by the number of tunnels around them, from 1 */
	struct pfq_view inside[PFQ_LANG_TUNNELS_MAX];
};

struct pfq_program;

/* A program at work on one packet. */
struct pfq_run {
	struct pfq_view *v;		/* the packet of this level */
	struct pfq_view *frame;		/* the packet of level 0 */
	struct pfq_verdict *to;		/* the output that functions change */
	struct pfq_outcome *out;
	struct pfq_lane_env *env;
	/* OP_HAS_*: those of the next two that are there. A step that first asks finds them. */
	u32 have;
	u32 level;
	u64 key, counts;
	const struct pfq_program *prog;
	/* of SAVE, which alone fills them */
	struct pfq_verdict saved[PFQ_LANG_SAVES_MAX];
	/* of ENTER; not valid at level 0 */
	u8 depth[PFQ_LANG_TUNNELS_MAX + 1];	/* tunnels around the packet of level 1, 2, ... */
};

struct pfq_step;

/* Do one step. Returns the next one, which its answer selects; NULL: the end. */
typedef const struct pfq_step *(*pfq_op_fn)(const struct pfq_step *s, struct pfq_run *r);

struct pfq_step {
	union {			/* by PFQ_DISPATCH_SWITCH */
		pfq_op_fn fn;
		const void *label;	/* in the switch */
	};
	const struct pfq_step *next[2];		/* no, yes; NULL: the end, if calls run the steps */
	union {
		u64 arg[2];
		void *object;
		/* learn_*: the set, and seconds that an entry lasts */
		struct {
			struct pfq_object *object;
			u64 timeout_s;
		} live;
		/* yes if (value & mask) - base <= span */
		struct {
			u32 mask, base, span, place;
		} test;
	};
	u64 symbol;		/* enum pfq_lang_symbol, or one of the following */
};

/* Steps that lie behind those of the program: it ends without the main output, or with it. */
#define PFQ_STEP_STOP	__PFQ_LANG_SYMBOL_MAX
#define PFQ_STEP_END	(__PFQ_LANG_SYMBOL_MAX + 1)
#define PFQ_STEPS_BEHIND	2

/* Properties of a program, by its steps. */
enum pfq_program_flags {
	PFQ_PROGRAM_FLOW	= 1 << 0,	/* the one step steer_flow */
	PFQ_PROGRAM_COPY	= 1 << 1,	/* every output is a copy to each member */
	PFQ_PROGRAM_ALL		= 1 << 7,	/* no step, or the one step copy */
	PFQ_PROGRAM_PARSE	= 1 << 2,	/* some step reads the parsed view */
	PFQ_PROGRAM_RXHASH	= 1 << 3,	/* some step uses view.rxhash */
	/* some step uses the flow hash, even if only for packets without the device's hash */
	PFQ_PROGRAM_USES_FLOW	= 1 << 4,
	PFQ_PROGRAM_SHARES	= 1 << 5,	/* some step gives each member packets of its own */
	PFQ_PROGRAM_SPECIAL	= 1 << 6,	/* some outcome has PFQ_SPECIAL_* */
	PFQ_PROGRAM_PRESSURE	= 1 << 8,	/* some step uses pfq_lane_env.pressure */
};

struct pfq_program {
	u32	flags;		/* PFQ_PROGRAM_* */
	u32	objects;	/* number of object[] */
	/* of the only step, or of all if they are counted; NULL: pfq_program_run_steps() */
	pfq_op_fn only;
	u64	classes;
	struct pfq_flows *flows;	/* of the object FLOWS; NULL: there is none */
	struct pfq_profile *profile;	/* NULL: the steps' answers are not counted */
	/* by their number in the wire form; NULL for a kind without state */
	struct pfq_object **object;
	struct pfq_step step[1];	/* the first one; lang.h puts others behind it */
};

/* A policy: its name, without argument, and the one step of its program. */
struct pfq_program_row {
	const char *name;
	u16 symbol;	/* enum pfq_lang_symbol; STEER_TO has an argument */
};

/* Row @i of the table, from 0; NULL after the last. */
const struct pfq_program_row *pfq_program_row(unsigned int i);

#define PFQ_PROGRAM_LIST_BYTES	256

/* Write the names for an error text: "copy, flow, ..., to:N", cut where @size bytes are too few. */
void pfq_program_list(char *list, size_t size);

/*
 * Make a program of one step from a policy such as "flow" or "to:3". It has no objects and no
 * pointers into itself. Returns -ENOENT for an unknown name, -EINVAL for a wrong argument.
 */
int pfq_program_from_policy(struct pfq_program *prog, const char *policy);

/* Does any step use view.rxhash? If not, the ingest need not compute it. */
static inline bool pfq_program_uses_rxhash(const struct pfq_program *prog)
{
	return prog->flags & PFQ_PROGRAM_RXHASH;
}

/*
 * Is this the policy "flow"? Such a program steers by pfq_program_flow_hash(), within the default
 * class, and the record shows that hash.
 */
static inline bool pfq_program_is_flow(const struct pfq_program *prog)
{
	return prog->flags & PFQ_PROGRAM_FLOW;
}

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
static inline bool pfq_program_uses_flow(const struct pfq_program *prog)
{
	return prog->flags & PFQ_PROGRAM_USES_FLOW;
}

/* Can an outcome have PFQ_SPECIAL_*? */
static inline bool pfq_program_is_special(const struct pfq_program *prog)
{
	return prog->flags & PFQ_PROGRAM_SPECIAL;
}

/* Is this the policy "copy": every packet to every member of the default class? */
static inline bool pfq_program_copies_all(const struct pfq_program *prog)
{
	return prog->flags & PFQ_PROGRAM_ALL;
}

/* Does a packet, if any, go to every member of its classes, started or not? */
static inline bool pfq_program_is_copy(const struct pfq_program *prog)
{
	return prog->flags & PFQ_PROGRAM_COPY;
}

/*
 * Do members have packets of their own? Not with the policies "copy", "rr" and "random", where the
 * next packet of a flow may go to any member.
 */
static inline bool pfq_program_has_shares(const struct pfq_program *prog)
{
	return prog->flags & PFQ_PROGRAM_SHARES;
}

/*
 * The classes that the program can address, as a mask. A member that subscribes to none of them
 * gets no packets.
 */
static inline u64 pfq_program_classes(const struct pfq_program *prog)
{
	return prog->classes;
}

/*
 * For those who make programs. pfq_step_set() lets the step do @symbol, PFQ_STEP_STOP or
 * PFQ_STEP_END, by the dispatcher of this build. The others derive the flags: pfq_program_begin(),
 * then pfq_program_add() for each step, and pfq_program_only() if there is one step and it ends the
 * program.
 */
void pfq_step_set(struct pfq_step *s, u32 symbol);
void pfq_program_begin(struct pfq_program *prog);
void pfq_program_add(struct pfq_program *prog, u32 symbol);
void pfq_program_only(struct pfq_program *prog, u32 symbol);

/* pfq_program_run() of a program of several steps. */
void pfq_program_run_steps(const struct pfq_program *prog, struct pfq_run *run);

/* Run @prog on @v. Writes out->main, and the further outputs that it counts. */
static inline void pfq_program_run(const struct pfq_program *prog, struct pfq_view *v,
				   struct pfq_outcome *out, struct pfq_lane_env *env)
{
	struct pfq_run run;

	pfq_verdict_begin(&out->main);
	if (prog->flags & PFQ_PROGRAM_PARSE)
		pfq_parse(v);
	run.v = run.frame = v;
	run.to = &out->main;
	run.out = out;
	run.env = env;
	run.have = 0;
	run.level = 0;
	run.prog = prog;
	/* a policy has one step */
	if (likely(prog->only))
		prog->only(prog->step, &run);
	else
		pfq_program_run_steps(prog, &run);
}

#endif /* PFQ_CORE_PROGRAM_H */
