/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The rows, and the flags of a program that follow from its symbols. */
#include "lang_row.h"

#define ROW(name, text, type, args, units, help) \
	[PFQ_LANG_##name] = { text, PFQ_LANG_##type, PFQ_LANG_ARGS_##args, units },
#define ARGS_ROW(name, max, kind)	[PFQ_LANG_ARGS_##name] = { max, PFQ_LANG_KIND_##kind },

static const struct pfq_lang_row lang_rows[] = { PFQ_LANG_SYMBOLS(ROW) };
static const struct pfq_lang_args_row lang_args_rows[] = { PFQ_LANG_ARGS(ARGS_ROW) };

#undef ROW
#undef ARGS_ROW

const struct pfq_lang_row *pfq_lang_row(u32 symbol)
{
	return symbol < __PFQ_LANG_SYMBOL_MAX ? &lang_rows[symbol] : NULL;
}

const struct pfq_lang_args_row *pfq_lang_args_row(const struct pfq_lang_row *row)
{
	return &lang_args_rows[row->args];
}

/* --- flags --------------------------------------------------------------------------- */

/* by type; a symbol with flags of its own is in the table below */
static const u16 flags_of_type[] = {
	[PFQ_LANG_PRED] = PFQ_PROGRAM_PARSE,
	[PFQ_LANG_PROP] = PFQ_PROGRAM_PARSE,
	[PFQ_LANG_STEER] = PFQ_PROGRAM_PARSE | PFQ_PROGRAM_SHARES,
	[PFQ_LANG_ACTION] = 0,
	[PFQ_LANG_STRUCT] = 0,
};

static const struct {
	u16 symbol, flags;
} flags_of_symbol[] = {
	/* these parse by themselves, if they have to */
	{ PFQ_LANG_STEER_FLOW, PFQ_PROGRAM_SHARES | PFQ_PROGRAM_USES_FLOW },
	{ PFQ_LANG_STEER_RSS, PFQ_PROGRAM_SHARES | PFQ_PROGRAM_USES_FLOW | PFQ_PROGRAM_RXHASH },
	{ PFQ_LANG_SAMPLE_FLOW, 0 },
	/* some packets go by the flow hash */
	{ PFQ_LANG_STEER_FLOW_INNER,
	  PFQ_PROGRAM_PARSE | PFQ_PROGRAM_SHARES | PFQ_PROGRAM_USES_FLOW },
	{ PFQ_LANG_STEER_GTP, PFQ_PROGRAM_PARSE | PFQ_PROGRAM_SHARES | PFQ_PROGRAM_USES_FLOW },
	{ PFQ_LANG_STEER_RTP, PFQ_PROGRAM_PARSE | PFQ_PROGRAM_SHARES | PFQ_PROGRAM_USES_FLOW },
	{ PFQ_LANG_STEER_VOIP, PFQ_PROGRAM_PARSE | PFQ_PROGRAM_SHARES | PFQ_PROGRAM_USES_FLOW },
	/* these read nothing that the parser finds */
	{ PFQ_LANG_STEER_MAC, PFQ_PROGRAM_SHARES },
	{ PFQ_LANG_STEER_LOCAL_LINK, PFQ_PROGRAM_SHARES },
	{ PFQ_LANG_DOUBLE_STEER_MAC, PFQ_PROGRAM_SHARES },
	{ PFQ_LANG_STEER_VLAN, PFQ_PROGRAM_SHARES },
	{ PFQ_LANG_STEER_TO, PFQ_PROGRAM_SHARES },
	{ PFQ_LANG_STEER_RR, 0 },
	{ PFQ_LANG_STEER_RANDOM, 0 },
	{ PFQ_LANG_COPY, 0 },
	{ PFQ_LANG_BROADCAST, 0 },
	{ PFQ_LANG_HAS_VLAN, 0 },
	{ PFQ_LANG_HAS_VID, 0 },
	{ PFQ_LANG_HAS_VID_IN, 0 },
	{ PFQ_LANG_HAS_MARK, 0 },
	{ PFQ_LANG_SAMPLE, 0 },
	{ PFQ_LANG_WITHIN, 0 },
	{ PFQ_LANG_PRESSURE, PFQ_PROGRAM_PRESSURE },
	{ PFQ_LANG_HAS_VID_SET, 0 },
	/* these read it, and are no predicates */
	{ PFQ_LANG_LEARN_SRC, PFQ_PROGRAM_PARSE },
	{ PFQ_LANG_LEARN_DST, PFQ_PROGRAM_PARSE },
	{ PFQ_LANG_LEARN_FLOW, PFQ_PROGRAM_PARSE },
	{ PFQ_LANG_ENTER, PFQ_PROGRAM_PARSE },
	/* outcomes that need a closer look */
	{ PFQ_LANG_ALSO, PFQ_PROGRAM_SPECIAL },
	{ PFQ_LANG_SET_MARK, PFQ_PROGRAM_SPECIAL },
	{ PFQ_LANG_SLICE, PFQ_PROGRAM_SPECIAL },
	{ PFQ_LANG_SLICE_PAYLOAD, PFQ_PROGRAM_PARSE | PFQ_PROGRAM_SPECIAL },
};

static u32 flags_of(u32 symbol)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(flags_of_symbol); i++)
		if (flags_of_symbol[i].symbol == symbol)
			return flags_of_symbol[i].flags;
	return flags_of_type[lang_rows[symbol].type];
}

void pfq_program_begin(struct pfq_program *prog)
{
	prog->flags = PFQ_PROGRAM_COPY;
	prog->classes = PFQ_CLASS_DEFAULT;
}

void pfq_program_add(struct pfq_program *prog, u32 symbol)
{
	prog->flags |= flags_of(symbol);
	if (symbol == PFQ_LANG_BROADCAST)
		prog->classes = ~0ULL;
	else if (lang_rows[symbol].type == PFQ_LANG_STEER && symbol != PFQ_LANG_COPY)
		prog->flags &= ~(u32)PFQ_PROGRAM_COPY;
}
