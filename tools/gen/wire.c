// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "wire.h"

#define SETTLE_ROUNDS	 500
#define SETTLE_ROUND_NS	 2000000

/*
 * Attach the program that counts frames at the far end. @is_sink: the program drops them,
 * otherwise the host gets them, and GRO is switched off. Returns 0 or -errno with @text.
 */
static int counter_open(struct wire *w, bool is_sink, char *text, size_t text_size)
{
	int ret = program_open_counter(&w->counter, is_sink, text, text_size);

	if (ret)
		return ret;
	w->has_counter = true;
	w->gro_was_on = netdev_gro(&w->far) > 0;
	w->link = netdev_attach(&w->far, w->counter.fd);
	/*
	 * veth turns GRO on when a program is attached. A device without GRO has nothing to
	 * turn off.
	 */
	if (w->link >= 0 && !is_sink)
		netdev_gro_set(&w->far, false);
	if (w->link >= 0)
		return 0;
	snprintf(text, text_size, "%s%s", strerror(-w->link),
		 w->link == -EBUSY ? ": another XDP program is there" :
		 w->link == -EOPNOTSUPP ? ": the driver has no native XDP" : "");
	return w->link;
}

/*
 * Open the far end that --sink, --pass or --peer names, with a counting program for the
 * first two. Returns 0, or -errno with @text.
 */
static int far_open(struct wire *w, const struct gen_options *o, char *text, size_t text_size)
{
	const struct {
		const char *option, *spec;
	} ends[] = { { "sink", o->sink }, { "pass", o->pass }, { "peer", o->peer } };
	char reason[16384];
	int ret = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && !ret; i++) {
		if (!ends[i].spec)
			continue;
		ret = netdev_open(&w->far, ends[i].spec, reason, sizeof(reason));
		w->has_far = !ret;
		if (!ret && ends[i].spec != o->peer)
			ret = counter_open(w, ends[i].spec == o->sink, reason, sizeof(reason));
		if (ret)
			snprintf(text, text_size, "--%s: \"%s\": %s", ends[i].option, ends[i].spec,
				 reason);
	}
	return ret;
}

int wire_open(struct wire *w, const struct gen_options *o, char *text, size_t text_size)
{
	char reason[256];
	int ret;

	*w = (struct wire){ .link = -1 };
	ret = netdev_open(&w->output, o->device, reason, sizeof(reason));
	if (ret) {
		snprintf(text, text_size, "--output: \"%s\": %s", o->device, reason);
		return ret;
	}
	ret = far_open(w, o, text, text_size);
	if (ret)
		wire_close(w);
	return ret;
}

void wire_close(struct wire *w)
{
	if (w->link >= 0)
		close(w->link);
	if (w->gro_was_on)
		netdev_gro_set(&w->far, true);
	if (w->has_counter)
		program_close(&w->counter);
	if (w->has_far)
		netdev_close(&w->far);
	netdev_close(&w->output);
}

int wire_begin(struct wire *w)
{
	int ret = netdev_counters(&w->output, &w->output_before);

	if (!ret && w->has_far)
		ret = netdev_counters(&w->far, &w->far_before);
	return ret;
}

int wire_count(const struct wire *w, struct wire_count *c)
{
	struct netdev_counters output, far;
	struct program_count counted;
	int ret = netdev_counters(&w->output, &output);

	if (ret)
		return ret;
	c->carried = output.tx_packets - w->output_before.tx_packets;
	c->dropped = output.tx_dropped - w->output_before.tx_dropped;
	c->received = c->carried;
	if (w->has_counter) {
		ret = program_counter_read(&w->counter, &counted);
		c->received = counted.packets;
	} else if (w->has_far) {
		ret = netdev_counters(&w->far, &far);
		c->received = far.rx_packets - w->far_before.rx_packets;
	}
	return ret;
}

int wire_settle(const struct wire *w, uint64_t sent, struct wire_count *c)
{
	struct timespec round = { .tv_nsec = SETTLE_ROUND_NS };

	for (int i = 0; i < SETTLE_ROUNDS; i++) {
		int ret = wire_count(w, c);

		if (ret || c->received + c->dropped >= sent)
			return ret;
		nanosleep(&round, NULL);
	}
	return 0;
}
