/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that frames which an endpoint injected are recognised once, within a second. */
#include <pthread.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "core/group.h"

#define NOW	1700000000000000000ULL
#define MS	1000000ULL

static struct pfq_echo echo;

static int fresh(void **state)
{
	(void)state;
	memset(&echo, 0, sizeof(echo));
	return 0;
}

static struct pfq_view outgoing(const u8 *data, u32 len, u64 ts_ns)
{
	return (struct pfq_view){ .data = data, .caplen = len, .len = len, .ts_ns = ts_ns,
				  .flags = PFQ_REC_F_OUT, .linktype = 1 };
}

static void frame_of(struct packet *p, u32 n)
{
	struct ends e = { 1, 2, (u16)n, 53, n };

	memset(p, 0, sizeof(*p));
	packet_kind("ip4-udp")->build(p, &e);
}

static void a_frame_is_taken_once(void **state)
{
	struct packet a, b;
	struct pfq_view va, vb;

	(void)state;
	frame_of(&a, 1);
	frame_of(&b, 2);
	va = outgoing(a.data, a.len, NOW + MS);
	vb = outgoing(b.data, b.len, NOW + MS);
	assert_false(pfq_echo_take(&echo, &va));
	pfq_echo_add(&echo, a.data, a.len, NOW);
	assert_int_equal(echo.pending, 1);
	assert_false(pfq_echo_take(&echo, &vb));
	assert_true(pfq_echo_take(&echo, &va));
	assert_false(pfq_echo_take(&echo, &va));
	assert_int_equal(echo.pending, 0);
	/* A frame that was added twice is taken twice. */
	pfq_echo_add(&echo, a.data, a.len, NOW);
	pfq_echo_add(&echo, a.data, a.len, NOW);
	assert_true(pfq_echo_take(&echo, &va));
	assert_true(pfq_echo_take(&echo, &va));
	assert_false(pfq_echo_take(&echo, &va));
}

static void every_byte_of_the_head_and_the_length_count(void **state)
{
	struct packet p;
	struct pfq_view v;
	u32 i;

	(void)state;
	frame_of(&p, 1);
	p.len = 200;
	pfq_echo_add(&echo, p.data, p.len, NOW);
	v = outgoing(p.data, p.len, NOW);
	for (i = 0; i < 128; i++) {
		p.data[i] ^= 1;
		/*
		 * Bytes 12 and 13 say whether there is a tag, so the result is another
		 * frame in any case.
		 */
		check_case("byte", !pfq_echo_take(&echo, &v));
		p.data[i] ^= 1;
	}
	v.len = v.caplen = 199;
	assert_false(pfq_echo_take(&echo, &v));
	v.len = v.caplen = 200;
	assert_true(pfq_echo_take(&echo, &v));
}

/* The frame was injected with the tag in its bytes, and is seen with the tag in metadata. */
static void tagged_frames_are_known(void **state)
{
	static const char *const kinds[] = { "tag-8100", "tag-88a8", "tags-most" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct packet p = { .len = 0 };
		struct ends e = { 1, 2, 3, 4, 5 };
		struct pfq_view v;
		u16 tpid, tci;

		packet_kind(kinds[i])->build(&p, &e);
		pfq_echo_add(&echo, p.data, p.len, NOW);
		tpid = get_unaligned_be16(p.data + 12);
		tci = get_unaligned_be16(p.data + 14);
		memmove(p.data + 12, p.data + 16, p.len - 16);
		p.len -= 4;
		v = outgoing(p.data, p.len, NOW);
		check_case(kinds[i], !pfq_echo_take(&echo, &v));
		v.flags |= PFQ_REC_F_VLAN;
		v.tpid = tpid;
		v.tci = tci ^ 1;
		check_case(kinds[i], !pfq_echo_take(&echo, &v));
		v.tci = tci;
		check_case(kinds[i], pfq_echo_take(&echo, &v));
	}
}

static void old_entries_are_void(void **state)
{
	struct packet p;
	struct pfq_view v;

	(void)state;
	frame_of(&p, 1);
	pfq_echo_add(&echo, p.data, p.len, NOW);
	v = outgoing(p.data, p.len, NOW + 1100 * MS);
	assert_false(pfq_echo_take(&echo, &v));
	assert_int_equal(echo.pending, 0);
	/* just within the second; the clocks differ a little */
	pfq_echo_add(&echo, p.data, p.len, NOW);
	v.ts_ns = NOW + 950 * MS;
	assert_true(pfq_echo_take(&echo, &v));
	pfq_echo_add(&echo, p.data, p.len, NOW);
	v.ts_ns = NOW - 5 * MS;
	assert_true(pfq_echo_take(&echo, &v));
}

static void a_full_table_forgets_the_oldest(void **state)
{
	struct packet p;
	struct pfq_view v;
	u32 n, known = 0;

	(void)state;
	for (n = 0; n < PFQ_ECHO_MAX + 10; n++) {
		frame_of(&p, n);
		pfq_echo_add(&echo, p.data, p.len, NOW + n * 2 * MS);
	}
	assert_int_equal(echo.pending, PFQ_ECHO_MAX);
	for (n = 0; n < PFQ_ECHO_MAX + 10; n++) {
		bool taken;

		frame_of(&p, n);
		v = outgoing(p.data, p.len, NOW + 200 * MS);
		taken = pfq_echo_take(&echo, &v);
		assert_int_equal(taken, n >= 10);
		known += taken;
	}
	assert_int_equal(known, PFQ_ECHO_MAX);
	assert_int_equal(echo.pending, 0);
	/* Entries that have expired are replaced first. */
	for (n = 0; n < PFQ_ECHO_MAX; n++) {
		frame_of(&p, n);
		pfq_echo_add(&echo, p.data, p.len, NOW + (n == 0 ? 0 : 5000 * MS));
	}
	frame_of(&p, 1000);
	pfq_echo_add(&echo, p.data, p.len, NOW + 5001 * MS);
	frame_of(&p, 1);
	v = outgoing(p.data, p.len, NOW + 5002 * MS);
	assert_true(pfq_echo_take(&echo, &v));
}

static void short_captures_are_not_guessed(void **state)
{
	struct packet p;
	struct pfq_view v;
	u32 caplen;

	(void)state;
	frame_of(&p, 1);
	p.len = 150;
	pfq_echo_add(&echo, p.data, p.len, NOW);
	for (caplen = 0; caplen < 128; caplen++) {
		u8 *data = packet_exact(&p, caplen);

		v = outgoing(data, caplen, NOW);
		v.len = p.len;
		assert_false(pfq_echo_take(&echo, &v));
		free(data);
	}
	/* Adding a frame of any length does not read beyond its end. */
	for (caplen = 0; caplen < 150; caplen++) {
		u8 *data = packet_exact(&p, caplen);

		pfq_echo_add(&echo, data, caplen, NOW);
		v = outgoing(data, caplen, NOW);
		assert_true(pfq_echo_take(&echo, &v));
		free(data);
	}
}

/* --- two lanes look for each frame at once -------------------------------------------- */

#define FRAMES	100000

static u32 at[2], taken[FRAMES];

/* Both lanes look for the frame at once, and one of them finds it. Lane 0 injects it before. */
static void *lane(void *arg)
{
	u32 l = (u32)(uintptr_t)arg, n, spins;
	u64 random = l + 1;
	struct packet p;

	for (n = 0; n < FRAMES; n++) {
		struct pfq_view v;

		frame_of(&p, n);
		v = outgoing(p.data, p.len, NOW + n);
		if (!l)
			pfq_echo_add(&echo, p.data, p.len, NOW + n);
		__atomic_store_n(&at[l], n + 1, __ATOMIC_RELEASE);
		for (spins = 0; __atomic_load_n(&at[!l], __ATOMIC_ACQUIRE) <= n; spins++)
			if (spins > 200)
				sched_yield();
		check_jitter(&random);
		if (pfq_echo_take(&echo, &v))
			__atomic_fetch_add(&taken[n], 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void each_is_taken_by_one_lane(void **state)
{
	pthread_t thread[2];
	u32 n, i;

	(void)state;
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, lane, (void *)(uintptr_t)i), 0);
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	for (n = 0; n < FRAMES; n++)
		assert_int_equal(taken[n], 1);
	assert_int_equal(echo.pending, 0);
	for (i = 0; i < PFQ_ECHO_MAX; i++)
		assert_int_equal(echo.entry[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_frame_is_taken_once, fresh),
		cmocka_unit_test_setup(every_byte_of_the_head_and_the_length_count, fresh),
		cmocka_unit_test_setup(tagged_frames_are_known, fresh),
		cmocka_unit_test_setup(old_entries_are_void, fresh),
		cmocka_unit_test_setup(a_full_table_forgets_the_oldest, fresh),
		cmocka_unit_test_setup(short_captures_are_not_guessed, fresh),
		cmocka_unit_test_setup(each_is_taken_by_one_lane, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
