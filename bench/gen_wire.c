// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "gen_wire.h"

#define SETTLE_ROUNDS	 500
#define SETTLE_ROUND_NS	 2000000

static int sink_open(struct wire *w, const char *spec, char *text, size_t text_size)
{
	char reason[256];
	int rc = program_open_sink(&w->sink, reason, sizeof(reason));

	if (rc) {
		snprintf(text, text_size, "--sink: %s", reason);
		return rc;
	}
	w->has_sink = true;
	w->sink_link = netdev_attach(&w->far, w->sink.fd);
	if (w->sink_link >= 0)
		return 0;
	snprintf(text, text_size, "--sink: \"%s\": %s%s", spec, strerror(-w->sink_link),
		 w->sink_link == -EBUSY ? ": another XDP program is there" :
		 w->sink_link == -EOPNOTSUPP ? ": the driver has no native XDP" : "");
	return w->sink_link;
}

int wire_open(struct wire *w, const struct gen_options *o, char *text, size_t text_size)
{
	const char *far = o->sink ? o->sink : o->peer;
	char reason[256];
	int rc;

	*w = (struct wire){ .sink_link = -1 };
	rc = netdev_open(&w->output, o->device, reason, sizeof(reason));
	if (rc) {
		snprintf(text, text_size, "--output: %s", reason);
		return rc;
	}
	if (far) {
		rc = netdev_open(&w->far, far, reason, sizeof(reason));
		w->has_far = !rc;
		if (rc)
			snprintf(text, text_size, "--%s: %s", o->sink ? "sink" : "peer", reason);
	}
	if (!rc && o->sink)
		rc = sink_open(w, o->sink, text, text_size);
	if (rc)
		wire_close(w);
	return rc;
}

void wire_close(struct wire *w)
{
	if (w->sink_link >= 0)
		close(w->sink_link);
	if (w->has_sink)
		program_close(&w->sink);
	if (w->has_far)
		netdev_close(&w->far);
	netdev_close(&w->output);
}

int wire_begin(struct wire *w)
{
	int rc = netdev_counters(&w->output, &w->output_before);

	if (!rc && w->has_far)
		rc = netdev_counters(&w->far, &w->far_before);
	return rc;
}

int wire_count(const struct wire *w, struct wire_count *c)
{
	struct netdev_counters output, far;
	struct program_count sink;
	int rc = netdev_counters(&w->output, &output);

	if (rc)
		return rc;
	c->carried = output.tx_packets - w->output_before.tx_packets;
	c->dropped = output.tx_dropped - w->output_before.tx_dropped;
	c->received = c->carried;
	if (w->has_sink) {
		rc = program_sink_count(&w->sink, &sink);
		c->received = sink.packets;
	} else if (w->has_far) {
		rc = netdev_counters(&w->far, &far);
		c->received = far.rx_packets - w->far_before.rx_packets;
	}
	return rc;
}

int wire_settle(const struct wire *w, uint64_t sent, struct wire_count *c)
{
	struct timespec round = { .tv_nsec = SETTLE_ROUND_NS };

	for (int i = 0; i < SETTLE_ROUNDS; i++) {
		int rc = wire_count(w, c);

		if (rc || c->received + c->dropped >= sent)
			return rc;
		nanosleep(&round, NULL);
	}
	return 0;
}
