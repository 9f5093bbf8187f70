/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The flow hash, and the policies by name: a policy is a row of the table. */
#include "program.h"
#include "frag.h"
#include "hash.h"
#include "icmp.h"
#include "parse.h"
#include "text.h"

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

noinline u32 pfq_program_flow_hash(struct pfq_view *v, struct pfq_lane_env *env)
{
	return flow_hash(v, env);
}

/* --- policies ------------------------------------------------------------------------ */

static const struct pfq_program_row rows[] = {
	{ "copy", PFQ_LANG_COPY },
	{ "flow", PFQ_LANG_STEER_FLOW },
	{ "flow-inner", PFQ_LANG_STEER_FLOW_INNER },
	{ "ip", PFQ_LANG_STEER_IP },
	{ "mac", PFQ_LANG_STEER_MAC },
	{ "vlan", PFQ_LANG_STEER_VLAN },
	{ "rr", PFQ_LANG_STEER_RR },
	{ "random", PFQ_LANG_STEER_RANDOM },
	{ "rss", PFQ_LANG_STEER_RSS },
	{ "to", PFQ_LANG_STEER_TO },
};

const struct pfq_program_row *pfq_program_row(unsigned int i)
{
	return i < ARRAY_SIZE(rows) ? &rows[i] : NULL;
}

void pfq_program_list(char *list, size_t size)
{
	unsigned int i;

	list[0] = 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i)
			pfq_text_append(list, size, ", ");
		pfq_text_append(list, size, rows[i].name);
		if (rows[i].symbol == PFQ_LANG_STEER_TO)
			pfq_text_append(list, size, ":N");
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
static int read_arg(const char *text, u32 symbol, u64 *arg)
{
	u32 value = 0;

	if (symbol != PFQ_LANG_STEER_TO)
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
	*arg = value;
	return 0;
}

int pfq_program_from_policy(struct pfq_program *prog, const char *policy)
{
	size_t n = name_len(policy);
	unsigned int i;

	memset(prog, 0, sizeof(*prog));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!name_is(rows[i].name, policy, n))
			continue;
		pfq_step_set(&prog->step[0], rows[i].symbol);
		pfq_program_begin(prog);
		pfq_program_add(prog, rows[i].symbol);
		pfq_program_only(prog, rows[i].symbol);
		return read_arg(policy + n, rows[i].symbol, &prog->step[0].arg[0]);
	}
	return -ENOENT;
}
