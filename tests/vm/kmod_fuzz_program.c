/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Programs in pfq-lang: sent in each way, looked at, counted, and their live sets changed */
#include <stdio.h>
#include <string.h>
#include <linux/pfq_lang.h>
#include "kmod_fuzz.h"
#include "kmod_wire.h"

static _Thread_local struct message message;

static void request(struct world *w)
{
	int n;

	(void)channel_send(&w->channel, &message);
	for (n = 0; n < 3 && channel_receive(&w->channel, &message, n ? 0 : 20); n++)
		;
}

const char *set_name(struct world *w)
{
	static const char *const names[] = { WIRE_SET, WIRE_PORTS, WIRE_FLOWS, "macs", "vlans",
					     "none", "" };

	return names[below(w, sizeof(names) / sizeof(names[0]))];
}

/* Change bits, bytes or words anywhere, or cut. */
static void spoil(struct world *w, uint8_t *bytes, uint32_t *size)
{
	uint32_t i, n = 1 + below(w, 4), at, word;

	for (i = 0; i < n; i++) {
		at = below(w, *size / 4) * 4;
		word = (uint32_t)random_number(w);
		if (below(w, 2))
			bytes[at + below(w, 4)] ^= (uint8_t)(1U << below(w, 8));
		else
			memcpy(bytes + at, &word, sizeof(word));
	}
	if (!below(w, 8))
		*size -= below(w, *size);
}

void put_program(struct world *w, struct message *m)
{
	static _Thread_local uint8_t bytes[PFQ_LANG_BYTES_MAX];
	const struct wire *of = wire(below(w, WIRES));
	uint32_t size = (uint32_t)of->size;

	memcpy(bytes, of->bytes, size);
	if (below(w, 2))
		spoil(w, bytes, &size);
	message_put(m, PFQ_A_PROGRAM, bytes, size);
}

/* Is the group one that only a user with permission may make or change? */
static bool may_make(const struct world *w)
{
	return w->identity == IS_ROOT || w->identity == IS_NETNS;
}

/* Give a program to a group, in each of the three ways. */
static void give(struct world *w, struct file *f)
{
	static const uint8_t cmds[] = { PFQ_CMD_GROUP_ADD, PFQ_CMD_GROUP_SET, PFQ_CMD_JOIN };
	uint8_t cmd = cmds[below(w, sizeof(cmds))];

	message_begin(&w->channel, &message, cmd, NLM_F_ACK);
	message_put_text(&message, PFQ_A_GROUP, w->identity == IS_ROOT ?
			 (below(w, 2) ? "fuzz1" : "fuzz2") : "mine");
	message_put_text(&message, PFQ_A_BINDINGS, w->device);
	put_program(w, &message);
	if (below(w, 2))
		message_put_text(&message, PFQ_A_PROGRAM_TEXT, "anything");
	if (cmd == PFQ_CMD_JOIN)
		message_put_u32(&message, PFQ_A_FD, (uint32_t)f->fd);
	else
		message_put_u32(&message, PFQ_A_ACCESS, 0666);
	channel_drain(&w->channel);
	if (channel_send(&w->channel, &message) || channel_receive(&w->channel, &message, 100) <= 0)
		return;
	if (((struct nlmsghdr *)message.buf)->nlmsg_seq == w->channel.seq &&
	    message_status(&message) == 0 && !may_make(w)) {
		fprintf(stderr, "kmod-fuzz: a user without permission has given a program\n");
		*is_broken = true;
	}
}

/* Look at a group's program, or let it count for a file, for a while or not allowed long. */
static void look(struct world *w, struct file *f)
{
	bool is_profile = below(w, 4);

	message_begin(&w->channel, &message, is_profile ? PFQ_CMD_PROFILE_GET : PFQ_CMD_PROGRAM_GET,
		      0);
	message_put_text(&message, PFQ_A_GROUP, below(w, 2) ? "shared" : group_name(w));
	if (is_profile)
		message_put_u32(&message, PFQ_A_FD, below(w, 8) ? (uint32_t)f->fd : some_fd(w));
	if (is_profile && below(w, 2))
		message_put_u32(&message, PFQ_A_PROFILE, below(w, PFQ_PROFILE_S_MAX + 2));
	request(w);
}

static void begin_set(struct world *w, const struct file *f, uint8_t cmd, uint16_t flags)
{
	message_begin(&w->channel, &message, cmd, flags);
	message_put_text(&message, PFQ_A_GROUP, below(w, 2) ? "shared" : group_name(w));
	message_put_text(&message, PFQ_A_SET, set_name(w));
	if (below(w, 4))
		message_put_u32(&message, PFQ_A_FD, below(w, 8) ? (uint32_t)f->fd : some_fd(w));
}

/* Entries of each kind, right ones and others: the sets' kinds differ, too. */
static void put_entries(struct world *w)
{
	static const uint32_t entry_bytes[] = { sizeof(struct pfq_lang_prefix),
						sizeof(struct pfq_lang_flow),
						sizeof(struct pfq_lang_range), 1 };
	static _Thread_local uint8_t bytes[PFQ_ENTRIES_MAX];
	uint32_t each = entry_bytes[below(w, 4)], n = below(w, PFQ_ENTRIES_MAX / each / 8), i;
	struct pfq_lang_prefix p = { .plen = 32, .family = 4 };

	for (i = 0; i < n * each; i++)
		bytes[i] = (uint8_t)below(w, 2);
	for (i = 0; i < n && each == sizeof(p) && below(w, 100); i++) {
		memcpy(p.addr, &(uint32_t){ random_u32(w) }, 4);
		p.timeout_s = below(w, 3);
		memcpy(bytes + i * each, &p, sizeof(p));
	}
	message_put_u32(&message, PFQ_A_ENTRY_BYTES, below(w, 8) ? each : random_u32(w));
	message_put(&message, PFQ_A_ENTRIES, bytes, n * each + !below(w, 8));
}

static void change_set(struct world *w, struct file *f)
{
	uint32_t op = below(w, __PFQ_LANG_SET_OP_MAX + 1);

	begin_set(w, f, PFQ_CMD_SET_CHANGE, 0);
	message_put_u32(&message, PFQ_A_SET_OP, op);
	if (op != PFQ_LANG_SET_FLUSH || !below(w, 4))
		put_entries(w);
	request(w);
}

/* Read a list to its end, partly, or not at all. */
static void list_set(struct world *w, struct file *f)
{
	uint32_t parts = below(w, 2) ? 100 : below(w, 3);

	begin_set(w, f, PFQ_CMD_SET_GET, NLM_F_DUMP);
	if (channel_send(&w->channel, &message))
		return;
	while (parts-- && channel_receive(&w->channel, &message, 20) > 0 &&
	       message_status(&message) == 1)
		;
	if (!below(w, 3))
		(void)channel_reopen(&w->channel);
}

static const act_fn fns[] = { give, give, give, look, look, change_set, change_set, list_set };

const struct acts program_acts = { fns, sizeof(fns) / sizeof(fns[0]) };
