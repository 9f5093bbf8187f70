/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "kmod_failslab.h"
#include "kmod_message.h"
#include "kmod_wire.h"

#define RING_BYTES	(1 << 18)

/* Make a group with a program, or give it another one. */
static int give(enum pfq_cmd cmd, unsigned int i)
{
	struct message *m = request_begin(cmd, cmd == PFQ_CMD_JOIN ? 0 : NLM_F_ACK);

	request_put_devices(cmd == PFQ_CMD_JOIN ? 1 : 2);
	message_put(m, PFQ_A_PROGRAM, wire(i)->bytes, wire(i)->size);
	message_put_text(m, PFQ_A_PROGRAM_TEXT, wire(i)->text);
	if (cmd == PFQ_CMD_JOIN) {
		request_put_fd();
		message_put_u64(m, PFQ_A_RING_BYTES, RING_BYTES);
	}
	return request_run();
}

int program_join(void) { return give(PFQ_CMD_JOIN, 0); }
int program_add(void) { return give(PFQ_CMD_GROUP_ADD, 0); }
int program_set(void) { return give(PFQ_CMD_GROUP_SET, 0); }
int program_set_like(void) { return give(PFQ_CMD_GROUP_SET, 1); }
int program_set_other(void) { return give(PFQ_CMD_GROUP_SET, 2); }

int program_get(void)
{
	request_begin(PFQ_CMD_PROGRAM_GET, 0);
	return request_run();
}

int program_count(void)
{
	struct message *m = request_begin(PFQ_CMD_PROFILE_GET, 0);

	request_put_fd();
	message_put_u32(m, PFQ_A_PROFILE, PFQ_PROFILE_S_MAX);
	return request_run();
}

int set_change(void)
{
	const struct pfq_lang_prefix p = { .addr = { 192, 0, 2, 1 }, .plen = 32, .family = 4 };
	struct message *m = request_begin(PFQ_CMD_SET_CHANGE, 0);

	message_put_text(m, PFQ_A_SET, WIRE_SET);
	message_put_u32(m, PFQ_A_SET_OP, PFQ_LANG_SET_ADD);
	message_put_u32(m, PFQ_A_ENTRY_BYTES, sizeof(p));
	message_put(m, PFQ_A_ENTRIES, &p, sizeof(p));
	return request_run();
}

int set_list(void)
{
	struct message *m = request_begin(PFQ_CMD_SET_GET, NLM_F_DUMP);

	message_put_text(m, PFQ_A_SET, WIRE_SET);
	return request_run();
}
