/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Programs that take all the time, or all the memory, that a program may take */
#include <errno.h>
#include <stdlib.h>
#include "kmod_program.h"
#include "tests/unit/fixture/blob.h"
#include "core/lang_row.h"

#define DUP_BYTES	2048	/* the most that is_dup compares */
#define WORD_BYTES	8	/* of a packet that is_dup remembers */

void program_plain(struct blob *b)
{
	blob_one(b, PFQ_LANG_IS_UDP, 0, 0);
	blob_step(b, PFQ_LANG_STEER_FLOW, 0, 0);
}

/* A step that goes on, whatever it answers. */
static void goes_on(struct blob *b, u32 symbol, u64 arg0)
{
	struct pfq_lang_step *s = blob_step(b, symbol, arg0, 0);

	s->no = s->yes;
}

int program_longest(struct blob *b)
{
	u32 dup = pfq_lang_row(PFQ_LANG_IS_DUP)->units + PFQ_LANG_DUP_UNITS(DUP_BYTES);
	struct pfq_lang_check *check = malloc(sizeof(*check));
	u32 left = PFQ_LANG_COST_MAX - pfq_lang_row(PFQ_LANG_COPY)->units;
	size_t size;
	u8 *bytes;
	int ret;

	if (!check)
		return -ENOMEM;
	blob_one(b, PFQ_LANG_COPY, 0, 0);
	for (; left >= dup; left -= dup)
		goes_on(b, PFQ_LANG_IS_DUP, blob_dup(b, 1024, 1000000000, DUP_BYTES, true));
	for (; left; left -= pfq_lang_row(PFQ_LANG_IS_UDP)->units)
		goes_on(b, PFQ_LANG_IS_UDP, 0);
	bytes = blob_bytes(b, &size);
	ret = pfq_lang_verify(check, bytes, size);
	if (!ret && check->cost != PFQ_LANG_COST_MAX)
		ret = -EINVAL;
	free(bytes);
	free(check);
	return ret;
}

void program_large(struct blob *b, uint32_t tables, uint32_t mib)
{
	blob_one(b, PFQ_LANG_COPY, 0, 0);
	while (tables--)
		goes_on(b, PFQ_LANG_IS_DUP, blob_dup(b, (mib << 20) / WORD_BYTES, 1000, 16, true));
}
