/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "ingest_replay.h"

static char dir[] = "/tmp/pfq-ingest-file-XXXXXX";

int replay_setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

int replay_teardown(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

void write_pcap(const char *name, int dlt, const struct packet *packets, uint32_t count)
{
	pcap_t *dead = pcap_open_dead_with_tstamp_precision(dlt, 262144,
							    PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *dump = pcap_dump_open(dead, path_of(name));
	static uint8_t frame[262144];

	assert_non_null(dump);
	for (uint32_t i = 0; i < count; i++) {
		struct pcap_pkthdr hdr = {
			.ts.tv_sec = (time_t)(packets[i].ts_ns / SECOND),
			.ts.tv_usec = (suseconds_t)(packets[i].ts_ns % SECOND),
			.caplen = packets[i].caplen,
			.len = packets[i].len,
		};

		memset(frame, 0x5a, sizeof(frame));
		net_packet(frame, i);
		pcap_dump((u_char *)dump, &hdr, packets[i].data ? packets[i].data : frame);
	}
	pcap_dump_close(dump);
	pcap_close(dead);
}

void write_plain(const char *name, uint32_t count, uint64_t gap_ns)
{
	struct packet *packets = calloc(count, sizeof(*packets));

	for (uint32_t i = 0; i < count; i++)
		packets[i] = (struct packet){ FIRST_NS + i * gap_ns, 60, 60, NULL };
	write_pcap(name, DLT_EN10MB, packets, count);
	free(packets);
}

void write_bytes(const char *name, const void *data, size_t size)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	fclose(f);
}

static struct ingest *open_file(const char *name, uint32_t loops, bool recorded, bool now)
{
	struct ingest_params params = {
		.path = path_of(name),
		.lanes = 1,
		.speed = recorded ? INGEST_SPEED_RECORDED : INGEST_SPEED_FULL,
		.loops = loops,
		.stamp = now ? INGEST_STAMP_NOW : INGEST_STAMP_FILE,
	};
	struct pfq_error err = { "" };
	struct ingest *in = NULL;

	if (ingest_driver_find("file")->open(&in, &params, &err))
		fail_msg("%s", err.text);
	return in;
}

static void replay_begin(struct replay *r, struct ingest *in)
{
	memset(r, 0, sizeof(*r));
	r->driver = ingest_driver_find("file");
	r->in = in;
	r->ordered = true;
	assert_int_equal(r->driver->fd(r->in), -1);
}

void replay_open(struct replay *r, const char *name, uint32_t loops, bool recorded)
{
	replay_begin(r, open_file(name, loops, recorded, false));
}

void replay_open_now(struct replay *r, const char *name, uint32_t loops, bool recorded)
{
	replay_begin(r, open_file(name, loops, recorded, true));
}

int replay_step(struct replay *r)
{
	uint64_t next_ns, mark = r->driver->watermark(r->in), now;
	int rc;

	r->batch.n = 0;
	rc = r->driver->rx(r->in, &r->batch, &next_ns);
	for (int i = 0; i < rc; i++) {
		uint64_t ts_ns = r->batch.view[i].ts_ns;

		assert_true(!r->ordered || ts_ns >= mark);
		if (!r->packets++)
			r->first_ts_ns = ts_ns;
		else if (ts_ns < r->last_ts_ns)
			r->ordered = false;
		r->last_ts_ns = ts_ns;
	}
	if (rc > 0)
		r->driver->done(r->in);
	if (rc == 0) {
		now = net_clock_ns(CLOCK_MONOTONIC);
		assert_true(next_ns != ~0ULL);
		if (next_ns > now)
			usleep((useconds_t)((next_ns - now) / 1000 + 1));
	}
	assert_true(r->driver->watermark(r->in) >= mark);
	return rc;
}

static void replay_until(struct replay *r, int end)
{
	int rc;

	do
		rc = replay_step(r);
	while (rc >= 0);
	assert_int_equal(rc, end);
	/* for ever */
	assert_int_equal(replay_step(r), end);
	assert_int_equal(r->driver->watermark(r->in), PFQ_LANE_UNFED);
}

void replay_all(struct replay *r)
{
	replay_until(r, -ENODATA);
}

const char *replay_broken(struct replay *r)
{
	replay_until(r, -EIO);
	return r->driver->why(r->in);
}

uint64_t replay_counter(struct replay *r, enum pfq_ingest_counter which)
{
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];

	r->driver->counters(r->in, counters);
	return counters[which];
}

void replay_close(struct replay *r)
{
	r->driver->close(r->in);
}
