/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <linux/if_ether.h>
#include <net/if.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "ingest_source.h"

uint16_t next_id = 7;

struct source *source_open_by(const char *driver, const char *device, uint32_t lanes,
			      const uint64_t *queues)
{
	struct source *s = calloc(1, sizeof(*s));
	struct pfq_error err = {""};

	s->driver = ingest_driver_find(driver);
	s->lanes = lanes;
	s->params = (struct ingest_params){
		.device = device,
		.ifindex = if_nametoindex(device),
		.queues = queues,
		.lanes = lanes,
		.fanout_id = next_id++,
	};
	for (uint32_t i = 0; i < lanes; i++) {
		s->params.lane = i;
		if (s->driver->open(&s->in[i], &s->params, &err))
			fail_msg("%s", err.text);
	}
	return s;
}

void source_close(struct source *s)
{
	for (uint32_t i = 0; i < s->lanes; i++) {
		if (s->in[i])
			s->driver->close(s->in[i]);
	}
	free(s);
}

bool source_wait(struct source *s, int timeout_ms)
{
	struct pollfd fds[LANES_MAX];

	for (uint32_t i = 0; i < s->lanes; i++)
		fds[i] = (struct pollfd){
			.fd = s->in[i] ? s->driver->fd(s->in[i]) : -1,
			.events = POLLIN,
		};
	return poll(fds, s->lanes, timeout_ms) > 0;
}

unsigned int source_read(struct source *s, view_fn fn, void *arg)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < s->lanes; i++) {
		uint64_t next_ns;
		int rc;

		if (!s->in[i])
			continue;
		s->batch.n = 0;
		rc = s->driver->rx(s->in[i], &s->batch, &next_ns);
		assert_true(rc >= 0);
		assert_int_equal(rc, s->batch.n);
		for (int k = 0; k < rc; k++)
			fn(&s->batch.view[k], i, arg);
		if (rc)
			s->driver->done(s->in[i]);
		n += (unsigned int)rc;
	}
	return n;
}

void source_drain(struct source *s, view_fn fn, void *arg)
{
	do {
		while (source_read(s, fn, arg))
			;
	} while (source_wait(s, QUIET_MS));
}

uint64_t source_count(struct source *s, enum pfq_ingest_counter which)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < s->lanes; i++) {
		uint64_t counters[PFQ_INGEST_COUNTERS_MAX];

		if (!s->in[i])
			continue;
		s->driver->counters(s->in[i], counters);
		sum += counters[which];
	}
	return sum;
}

void tally_init(struct tally *t, uint32_t max)
{
	memset(t, 0, sizeof(*t));
	t->count = calloc(max, 1);
	t->max = max;
	memset(t->flow_lane, -1, sizeof(t->flow_lane));
}

void tally_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct tally *t = arg;
	int64_t seq = net_seq(v->data, v->caplen);
	int8_t *flow_lane;

	if (seq < 0)
		return;
	assert_true(seq < t->max);
	t->count[seq]++;
	t->total++;
	t->lane[lane]++;
	flow_lane = &t->flow_lane[seq % NET_FLOWS];
	if (*flow_lane >= 0 && *flow_lane != (int8_t)lane)
		t->flow_moves++;
	*flow_lane = (int8_t)lane;
}

void tally_check(const struct tally *t, uint32_t first, uint32_t end)
{
	for (uint32_t i = 0; i < t->max; i++) {
		if (t->count[i] > 1)
			fail_msg("packet %u came %u times", i, t->count[i]);
		if (i >= first && i < end && !t->count[i])
			fail_msg("packet %u of %u..%u did not come", i, first, end - 1);
	}
}

void frames_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct frames *f = arg;
	uint32_t tag = v->flags & PFQ_REC_F_VLAN ? 4 : 0;
	uint8_t *to = f->frame[f->n].data;

	(void)lane;
	assert_true(f->n < FRAMES_MAX && v->caplen + tag <= sizeof(f->frame[0].data));
	assert_true(v->caplen >= ETH_HLEN);
	memcpy(to, v->data, 12);
	to[12] = (uint8_t)(v->tpid >> 8);
	to[13] = (uint8_t)v->tpid;
	to[14] = (uint8_t)(v->tci >> 8);
	to[15] = (uint8_t)v->tci;
	memcpy(to + 12 + tag, v->data + 12, v->caplen - 12);
	f->frame[f->n].caplen = v->caplen + tag;
	f->frame[f->n].len = v->len + tag;
	f->frame[f->n].flags = v->flags;
	f->frame[f->n].tci = v->tci;
	f->frame[f->n].tpid = v->tpid;
	f->frame[f->n].protocol = v->protocol;
	f->frame[f->n].pkttype = v->pkttype;
	f->n++;
}

void frames_pcap(u_char *arg, const struct pcap_pkthdr *hdr, const u_char *data)
{
	struct frames *f = (struct frames *)arg;

	assert_true(f->n < FRAMES_MAX && hdr->caplen <= sizeof(f->frame[0].data));
	memcpy(f->frame[f->n].data, data, hdr->caplen);
	f->frame[f->n].caplen = hdr->caplen;
	f->frame[f->n].len = hdr->len;
	f->n++;
}

pcap_t *stock_open(const char *device)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_live(device, 65535, 1, 10, text);

	assert_non_null(p);
	assert_int_equal(pcap_setnonblock(p, 1, text), 0);
	return p;
}

void frames_stock(pcap_t *pcap, struct frames *stock, unsigned int want)
{
	for (int i = 0; i < 2000 && stock->n < want; i++) {
		pcap_dispatch(pcap, -1, frames_pcap, (u_char *)stock);
		usleep(1000);
	}
	/* and what is too much */
	pcap_dispatch(pcap, -1, frames_pcap, (u_char *)stock);
}

void frames_same(const struct frames *ours, const struct frames *stock)
{
	assert_int_equal(ours->n, stock->n);
	for (unsigned int i = 0; i < ours->n; i++) {
		assert_int_equal(ours->frame[i].caplen, stock->frame[i].caplen);
		assert_int_equal(ours->frame[i].len, stock->frame[i].len);
		assert_memory_equal(ours->frame[i].data, stock->frame[i].data,
				    ours->frame[i].caplen);
	}
}

size_t tagged(uint8_t *frame, uint32_t seq, const uint16_t (*tags)[2], unsigned int count)
{
	size_t len = net_packet(frame, seq);

	for (unsigned int i = count; i--;) {
		memmove(frame + 16, frame + 12, len - 12);
		frame[12] = (uint8_t)(tags[i][0] >> 8);
		frame[13] = (uint8_t)tags[i][0];
		frame[14] = (uint8_t)(tags[i][1] >> 8);
		frame[15] = (uint8_t)tags[i][1];
		len += 4;
	}
	return len;
}

const struct vlan_case vlan_cases[VLAN_CASES] = {
	{0, {{0}}, ETH_P_IP},
	{1, {{0x8100, 5}}, ETH_P_IP},
	{1, {{0x8100, 0}}, ETH_P_IP}, /* priority tag, priority 0 */
	{1, {{0x8100, 0xe000}}, ETH_P_IP},
	{1, {{0x8100, 0xffff}}, ETH_P_IP},
	{1, {{0x88a8, 100}}, ETH_P_IP},
	{2, {{0x88a8, 100}, {0x8100, 5}}, 0x8100},
	{2, {{0x8100, 6}, {0x8100, 7}}, 0x8100},
	{3, {{0x88a8, 1}, {0x88a8, 2}, {0x8100, 3}}, 0x88a8},
	{1, {{0x9100, 9}}, 0x9100}, /* not a tag to the kernel */
};

void vlan_cases_send(int fd)
{
	uint8_t frame[128];

	for (unsigned int i = 0; i < VLAN_CASES; i++)
		net_send(fd, frame, tagged(frame, i, vlan_cases[i].tags, vlan_cases[i].count));
	memset(frame, 0, sizeof(frame));
	frame[13] = 40;
	net_send(fd, frame, 60);
	frame[12] = 0x81;
	frame[13] = 0;
	net_send(fd, frame, 14);
}

void send_some(uint32_t first, uint32_t n)
{
	uint8_t frame[NET_PACKET_BYTES];
	int fd = net_sender("vb");

	for (uint32_t i = first; i < first + n; i++) {
		net_packet(frame, i);
		net_send(fd, frame, sizeof(frame));
	}
	close(fd);
}

int promiscuity(const char *device)
{
	char line[512];
	int value = -1;
	FILE *f;

	snprintf(line, sizeof(line), "ip -d link show %s", device);
	f = popen(line, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char *at = strstr(line, "promiscuity ");

		if (at)
			value = atoi(at + strlen("promiscuity "));
	}
	pclose(f);
	return value;
}
