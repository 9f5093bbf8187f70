/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests joining: requests that the library or the engine refuses, and what an endpoint asks
 * for.
 */
#include <errno.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"

static struct pfq_error err;

static int try_join(struct fake *f)
{
	struct pfq_params params = { .socket = f->path, .group = "ids" };
	struct pfq *q;
	int n = pfq_open(&q, &params, &err);

	if (n)
		assert_null(q);
	pfq_close(q);
	return n;
}

/* A pfqd with the kernel engine refers the client to it. */
static void refers_to_kernel(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .engine = "kernel" });
	struct pfq_params params = { .socket = f->path, .engine = "user", .group = "ids" };
	struct pfq_ctl *ctl;
	struct pfq *q;

	(void)state;
	assert_int_equal(pfq_open(&q, &params, &err), -EOPNOTSUPP);
	check_text(err.text,
		   "runs the kernel engine, not the user engine; allowed there: auto, kernel");
	/* Only without the module: with it, the kernel engine would answer. */
	if (access(PFQ_DEVICE, F_OK)) {
		assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), -ENOENT);
		check_text(err.text, "the kernel engine is not there");
	}
	fake_stop(f);
}

static void bad_params(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq_params params = { .socket = f->path, .engine = "gpu" };
	struct pfq *q;

	(void)state;
	assert_int_equal(pfq_open(&q, &params, &err), -EINVAL);
	check_text(err.text, "engine \"gpu\" is unknown; allowed are auto, user, kernel");
	params.engine = "user";
	params.name = "a-name-of-more-than-thirty-one-bytes";
	assert_int_equal(pfq_open(&q, &params, &err), -EINVAL);
	check_text(err.text, "name \"a-name-of-more-than-thirty-one-bytes\": 1 to 31 bytes");
	params.name = "";
	assert_int_equal(pfq_open(&q, &params, &err), -EINVAL);
	params.name = NULL;
	params.adapter_time = 1;
	assert_int_equal(pfq_open(&q, &params, &err), -EOPNOTSUPP);
	check_text(err.text, "the user engine has only the host's; allowed: the host's, "
			     "or the kernel engine");
	fake_stop(f);
}

static void spoil_magic(struct pfq_ring_hdr *h) { h->magic++; }
static void spoil_abi(struct pfq_ring_hdr *h) { h->abi++; }
static void spoil_no_lanes(struct pfq_ring_hdr *h) { h->lanes = 0; }
static void spoil_lanes(struct pfq_ring_hdr *h) { h->lanes = 65; }
static void spoil_more_lanes(struct pfq_ring_hdr *h) { h->lanes = 2; }
static void spoil_total(struct pfq_ring_hdr *h) { h->total_bytes++; }
static void spoil_lane_size(struct pfq_ring_hdr *h) { h->lane_size = 65536 - 32; }
static void spoil_lane_huge(struct pfq_ring_hdr *h) { h->lane_size = 1ULL << 63; }
static void spoil_lane_zero(struct pfq_ring_hdr *h) { h->lane_size = 0; }
static void spoil_lane_hdr(struct pfq_ring_hdr *h) { h->lane_hdr_offset = ~0ULL - 63; }
static void spoil_lane_hdr_low(struct pfq_ring_hdr *h) { h->lane_hdr_offset = 0; }
static void spoil_lane_hdr_odd(struct pfq_ring_hdr *h) { h->lane_hdr_offset += 8; }
static void spoil_data(struct pfq_ring_hdr *h) { h->data_offset = ~0ULL - 31; }
static void spoil_data_far(struct pfq_ring_hdr *h) { h->data_offset += 32; }
static void spoil_data_low(struct pfq_ring_hdr *h) { h->data_offset = 32; }
static void spoil_data_odd(struct pfq_ring_hdr *h) { h->data_offset -= 8; }

static void bad_geometry(void **state)
{
	static void (*const spoil[])(struct pfq_ring_hdr *) = {
		spoil_magic,	  spoil_abi,	  spoil_no_lanes,     spoil_lanes,
		spoil_more_lanes, spoil_total,	  spoil_lane_size,    spoil_lane_huge,
		spoil_lane_zero,  spoil_lane_hdr, spoil_lane_hdr_low, spoil_lane_hdr_odd,
		spoil_data,	  spoil_data_far, spoil_data_low,     spoil_data_odd,
	};
	struct fake *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(spoil) / sizeof(spoil[0]); i++) {
		f = fake_start(&(struct fake_config){ .spoil = spoil[i] });
		if (try_join(f) != -EPROTO)
			fail_msg("geometry %zu was taken", i);
		fake_stop(f);
	}
	check_text(err.text, "the engine's ring is damaged");
}

static void bad_descriptors(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .unsealed = true });

	(void)state;
	assert_int_equal(try_join(f), -EPROTO);
	check_text(err.text, "could shrink");
	fake_stop(f);
	f = fake_start(&(struct fake_config){ .fds = 2 });
	assert_int_equal(try_join(f), -EPROTO);
	check_text(err.text, "sent no ring");
	fake_stop(f);
}

static void endpoint_requests(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .lanes = 3,
							   .reconnect_s = PFQ_RECONNECT_NO });
	struct pfq *q = fake_join(f, false);
	uint64_t positions[3], lost = 0, insns[5] = { 0 };

	(void)state;
	assert_int_equal(pfq_linktype(q), 1);
	assert_int_equal(pfq_snaplen(q), 65535);
	assert_int_equal(pfq_lanes(q), 3);
	assert_int_equal(pfq_ring_bytes(q), 3 * 65536);
	assert_int_equal(pfq_page_bytes(q), 4096);
	assert_string_equal(pfq_group(q), "ids");
	assert_string_equal(pfq_bindings(q), "lo,eth7/0-3");
	assert_string_equal(pfq_engine(q)->version, "9.8.7");

	assert_int_equal(f->starts, 0);
	assert_int_equal(pfq_start(q, &err), 0);
	assert_int_equal(pfq_start(q, &err), 0);
	assert_int_equal(f->starts, 1);
	assert_int_equal(pfq_filter_set(q, insns, 5, positions, &err), 0);
	assert_int_equal(f->filter_insns, 5);
	assert_int_equal(positions[2], 96);
	assert_int_equal(pfq_filter_set(q, NULL, 0, NULL, &err), 0);
	assert_int_equal(f->filter_insns, 0);
	assert_int_equal(pfq_filter_set(q, NULL, PFQ_FILTER_MAX + 1, NULL, &err), -EINVAL);
	assert_int_equal(pfq_direction_set(q, PFQ_DIRECTION_OUT, positions, &err), 0);
	assert_int_equal(f->direction, PFQ_DIRECTION_OUT);
	assert_int_equal(pfq_direction_set(q, (enum pfq_direction)3, NULL, &err), -EINVAL);
	assert_int_equal(pfq_inject(q, insns, sizeof(insns), &err), 0);
	assert_int_equal(f->injected, 1);
	assert_int_equal(pfq_inject(q, insns, 0, &err), -EINVAL);
	assert_int_equal(pfq_inject(q, insns, 65001, &err), -EMSGSIZE);

	f->lost = 12;
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 12);
	fake_die(f);
	assert_int_equal(pfq_ingest_lost(q, &lost), -EPIPE);
	assert_int_equal(pfq_filter_set(q, NULL, 0, NULL, &err), -EPIPE);
	pfq_close(q);
	fake_stop(f);
}

static void start_refused(void **state)
{
	struct fake *f = fake_start(&(struct fake_config){ .start_error = -EPERM });
	struct pfq *q = fake_join(f, false);
	const struct pfq_rec *rec;

	(void)state;
	assert_int_equal(pfq_start(q, &err), -EPERM);
	assert_int_equal(pfq_read(q, &rec, 1), -EPERM);
	assert_int_equal(pfq_fd(q), -EPERM);
	pfq_close(q);
	fake_stop(f);
}

/* Packets lost before the JOIN do not count for this handle. */
static void lost_since_join(void **state)
{
	struct fake *f = fake_start(NULL);
	struct pfq *q;
	uint64_t lost = 0;

	(void)state;
	f->lost = 100;
	q = fake_join(f, false);
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 0);
	f->lost = 130;
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 30);
	f->lost = 4;	/* the device was opened again */
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 4);
	pfq_close(q);
	fake_stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refers_to_kernel),
		cmocka_unit_test(bad_params),
		cmocka_unit_test(bad_geometry),
		cmocka_unit_test(bad_descriptors),
		cmocka_unit_test(endpoint_requests),
		cmocka_unit_test(start_refused),
		cmocka_unit_test(lost_since_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
