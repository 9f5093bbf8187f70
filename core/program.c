/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A policy is a row of the table and a function above it. If a packet lacks the field that its
 * policy uses, h1 is PFQ_HASH_NONE (0), so that the member of slot 0 gets it.
 */
#include "program.h"
#include "frag.h"
#include "hash.h"
#include "icmp.h"
#include "parse.h"

/*
 * An ICMP error goes with the flow of the packet that it quotes. The quote begins with the network
 * header and mostly includes the ports. If it ends before the ports, the addresses in it are used.
 */
static noinline u32 icmp_hash(const struct pfq_view *v, u32 seed)
{
	struct pfq_view quote;

	if (!pfq_icmp_quote(v, &quote))
		return pfq_hash_flow(v, seed);
	if (quote.flow.flags & PFQ_FLOW_PORTS)
		return pfq_hash_flow(&quote, seed);
	if (pfq_flow_is_later(&quote) && !pfq_frag_is_known_alone(&quote))
		return PFQ_HASH_DATAGRAM;
	return pfq_frag_hash_alone(&quote, seed);
}

u32 pfq_program_own_hash(const struct pfq_view *v, u32 seed)
{
	if (unlikely(pfq_is_icmp(v)) && !pfq_flow_is_later(v))
		return icmp_hash(v, seed);
	return v->flow.flags & PFQ_FLOW_FRAG && !(v->flow.flags & PFQ_FLOW_PORTS) ?
		       pfq_frag_hash_alone(v, seed) : pfq_hash_flow(v, seed);
}

static inline u32 flow_hash(struct pfq_view *v, struct pfq_lane_env *env)
{
	pfq_parse(v);
	if (unlikely(v->flow.flags & PFQ_FLOW_FRAG) && !pfq_frag_is_known_alone(v))
		return PFQ_HASH_DATAGRAM;
	return pfq_program_own_hash(v, env->seed);
}

/* Sets the verdict to steer by the flow hash. */
static inline void steer_by_flow(struct pfq_view *v, struct pfq_verdict *out,
				 struct pfq_lane_env *env)
{
	u32 hash = flow_hash(v, env);

	out->kind = unlikely(hash == PFQ_HASH_DATAGRAM) ? PFQ_VERDICT_DATAGRAM : PFQ_VERDICT_STEER;
	out->flow_hash = hash;
	out->h1 = hash;
}

static bool step_copy(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		      const struct pfq_program_arg *args)
{
	(void)v;
	(void)env;
	(void)args;
	out->kind = PFQ_VERDICT_COPY;
	return true;
}

static bool step_flow(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		      const struct pfq_program_arg *args)
{
	(void)args;
	steer_by_flow(v, out, env);
	return true;
}

static bool step_ip(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		    const struct pfq_program_arg *args)
{
	(void)args;
	pfq_parse(v);
	out->kind = PFQ_VERDICT_STEER;
	out->h1 = pfq_hash_addrs(v, env->seed);
	return true;
}

static bool step_mac(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		     const struct pfq_program_arg *args)
{
	(void)args;
	out->kind = PFQ_VERDICT_STEER;
	out->h1 = pfq_hash_macs(v, env->seed);
	return true;
}

/* Untagged frames go together with frames of VLAN 0. */
static bool step_vlan(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		      const struct pfq_program_arg *args)
{
	u32 id = v->flags & PFQ_REC_F_VLAN ? v->tci & 0xfff : 0;

	(void)args;
	out->kind = PFQ_VERDICT_STEER;
	out->h1 = pfq_hash_u32(id, env->seed);
	return true;
}

static bool step_rr(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		    const struct pfq_program_arg *args)
{
	(void)v;
	(void)args;
	out->kind = PFQ_VERDICT_TURN;
	out->h1 = (u32)env->turn++;
	return true;
}

static bool step_random(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
			const struct pfq_program_arg *args)
{
	(void)v;
	(void)args;
	env->random ^= env->random << 13;
	env->random ^= env->random >> 7;
	env->random ^= env->random << 17;
	out->kind = PFQ_VERDICT_STEER;
	out->h1 = (u32)(env->random >> 32);
	return true;
}

static bool step_rss(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		     const struct pfq_program_arg *args)
{
	(void)args;
	out->kind = PFQ_VERDICT_STEER;
	out->h1 = v->rxhash;
	if (!v->rxhash)
		steer_by_flow(v, out, env);
	return true;
}

static bool step_to(struct pfq_view *v, struct pfq_verdict *out, struct pfq_lane_env *env,
		    const struct pfq_program_arg *args)
{
	(void)v;
	(void)env;
	out->kind = PFQ_VERDICT_INDEX;
	out->h1 = (u32)args[0].value;
	return true;
}

static const struct pfq_program_row rows[] = {
	{ "copy", { 0 }, step_copy },
	{ "flow", { 0 }, step_flow },
	{ "ip", { 0 }, step_ip },
	{ "mac", { 0 }, step_mac },
	{ "vlan", { 0 }, step_vlan },
	{ "rr", { 0 }, step_rr },
	{ "random", { 0 }, step_random },
	{ "rss", { 0 }, step_rss },
	{ "to", { PFQ_ARG_U32 }, step_to },
};

/* Planned names, for a clearer error. */
static const char *const later[] = { "flow-inner" };

const struct pfq_program_row *pfq_program_row(unsigned int i)
{
	return i < ARRAY_SIZE(rows) ? &rows[i] : NULL;
}

/* @text goes to the end of what is in @list, as far as there is room */
static void append(char *list, size_t size, const char *text)
{
	size_t n = 0;

	while (list[n])
		n++;
	for (; *text && n + 1 < size; text++)
		list[n++] = *text;
	list[n] = 0;
}

void pfq_program_list(char *list, size_t size)
{
	unsigned int i;

	list[0] = 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i)
			append(list, size, ", ");
		append(list, size, rows[i].name);
		if (rows[i].args[0] == PFQ_ARG_U32)
			append(list, size, ":N");
	}
}

static size_t name_len(const char *policy)
{
	size_t n = 0;

	while (policy[n] && policy[n] != ':')
		n++;
	return n;
}

static bool name_is(const char *name, const char *policy, size_t n)
{
	return !strncmp(name, policy, n) && !name[n];
}

/* @text is ":3" or empty. A policy has one argument at most. */
static int read_arg(const char *text, enum pfq_arg_type type, struct pfq_program_arg *arg)
{
	u32 value = 0;

	if (type == PFQ_ARG_NONE)
		return *text ? -EINVAL : 0;
	if (*text++ != ':' || !*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		value = value * 10 + (u32)(*text - '0');
		if (value >= PFQ_MEMBERS_MAX)
			return -EINVAL;
	}
	arg->value = value;
	return 0;
}

int pfq_program_from_policy(struct pfq_program *prog, const char *policy)
{
	size_t n = name_len(policy);
	unsigned int i;

	memset(prog, 0, sizeof(*prog));
	for (i = 0; i < ARRAY_SIZE(later); i++)
		if (name_is(later[i], policy, n))
			return -EOPNOTSUPP;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!name_is(rows[i].name, policy, n))
			continue;
		prog->count = 1;
		prog->step[0].fn = rows[i].fn;
		return read_arg(policy + n, rows[i].args[0], &prog->step[0].args[0]);
	}
	return -ENOENT;
}

bool pfq_program_uses_rxhash(const struct pfq_program *prog)
{
	u32 i;

	for (i = 0; i < prog->count; i++)
		if (prog->step[i].fn == step_rss)
			return true;
	return false;
}

bool pfq_program_uses_flow(const struct pfq_program *prog)
{
	u32 i;

	for (i = 0; i < prog->count; i++)
		if (prog->step[i].fn == step_flow || prog->step[i].fn == step_rss)
			return true;
	return false;
}

bool pfq_program_is_flow(const struct pfq_program *prog)
{
	return prog->count == 1 && prog->step[0].fn == step_flow;
}

u32 pfq_program_flow_hash(struct pfq_view *v, struct pfq_lane_env *env)
{
	return flow_hash(v, env);
}

bool pfq_program_is_copy(const struct pfq_program *prog)
{
	return !prog->count || (prog->count == 1 && prog->step[0].fn == step_copy);
}

bool pfq_program_has_shares(const struct pfq_program *prog)
{
	bool spreads = prog->count == 1 &&
		       (prog->step[0].fn == step_rr || prog->step[0].fn == step_random);

	return !pfq_program_is_copy(prog) && !spreads;
}

u64 pfq_program_classes(const struct pfq_program *prog)
{
	(void)prog;
	/* no function of the table changes the classes of the verdict */
	return PFQ_CLASS_DEFAULT;
}

void pfq_program_run_steps(const struct pfq_program *prog, struct pfq_view *v,
			   struct pfq_verdict *out, struct pfq_lane_env *env)
{
	u32 i;

	for (i = 0; i < prog->count; i++)
		if (!prog->step[i].fn(v, out, env, prog->step[i].args))
			return;
}
