/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Duplicates, against an exact list; and what of a packet is compared. */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets.h"
#include "core/dup.h"

#define NOW		1700000000000000000ULL
#define SECOND		1000000000ULL
#define HOUR		(3600 * SECOND)
#define SEED		77

/* --- the table ----------------------------------------------------------------------- */

static struct pfq_dup *table_of(u32 size, u64 window_ns)
{
	u64 bytes = pfq_dup_bytes(size);
	struct pfq_dup *t = aligned_alloc(64, bytes);

	assert_non_null(t);
	memset(t, 0, bytes);
	pfq_dup_init(t, size, window_ns);
	return t;
}

static u64 random_key(u64 *random)
{
	return check_random(random) << 32 ^ check_random(random);
}

#define STEPS		2000000U
#define STEP_NS		1000ULL
#define WINDOW_STEPS	8192U		/* of a table of 4 * WINDOW_STEPS words */

/* the packets so far: for each step, the number of its packet, and when that was seen last */
static u32 packet_at[STEPS];
static u64 seen_ns[STEPS];

/*
 * One packet each step, at a quarter's load. One in @one_in is a copy of a packet @back steps ago,
 * or of a time at random within the window. Returns how many copies of a million are missed. No
 * other packet may be called a copy.
 */
static u64 missed(u32 one_in, u32 back)
{
	u64 window = WINDOW_STEPS * STEP_NS, random = one_in + back, base, now, since;
	struct pfq_dup *t = table_of(4 * WINDOW_STEPS, window);
	u32 n, ago, copies = 0, lost = 0;
	bool is;

	base = random_key(&random);
	for (n = 0; n < STEPS; n++) {
		now = NOW + n * STEP_NS;
		ago = back ? back : 1 + (u32)(check_random(&random) % (WINDOW_STEPS - 1));
		packet_at[n] = n;
		if (n >= ago && check_random(&random) % one_in == 0)
			packet_at[n] = packet_at[n - ago];
		/* keys that the multiplication spreads, each its own */
		is = pfq_dup_seen(t, pfq_mul_fold(base + packet_at[n], 0x9e3779b97f4a7c15ULL), now);
		since = packet_at[n] == n ? ~0ULL : now - seen_ns[packet_at[n]];
		seen_ns[packet_at[n]] = now;
		if (since > window)
			assert_false(is && since > window * 104 / 100);
		else
			copies++, lost += !is;
	}
	free(t);
	print_message("1 in %u a copy, %u steps later: %u of %u copies missed\n", one_in, back,
		      lost, copies);
	return (u64)lost * 1000000 / copies;
}

/* "at most 0.02 % of the copies", of packets that come twice; and when most packets come once */
static void copies_are_found_as_promised(void **state)
{
	(void)state;
	assert_int_equal(missed(2, 200), 0);
	assert_true(missed(2, 0) <= 200);
	assert_true(missed(10, 0) <= 200);
	assert_true(missed(10, WINDOW_STEPS * 95 / 100) <= 1200);
}

static void the_window_ends(void **state)
{
	static const u64 windows[] = { 1, 63, 64, 1000, 999999, 1000000, 12345678, SECOND };
	u64 key = 0x123456789abcdef0ULL, end;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		struct pfq_dup *t = table_of(64, windows[i]);
		u64 now = NOW + i * 12345;

		assert_false(pfq_dup_seen(t, key, now));
		assert_true(pfq_dup_seen(t, key, now));
		assert_true(pfq_dup_seen(t, key, now + windows[i]));
		/* the last copy counts, not the first packet */
		assert_true(pfq_dup_seen(t, key, now + 2 * windows[i]));
		end = now + 2 * windows[i] + windows[i] * 104 / 100 + 2;
		assert_false(pfq_dup_seen(t, key, end));
		assert_false(pfq_dup_seen(t, key + (1ULL << 32), end));
		free(t);
	}
}

static void windows_have_limits(void **state)
{
	struct pfq_dup *t = table_of(64, 100 * SECOND);

	(void)state;
	assert_false(pfq_dup_seen(t, 1ULL << 40, NOW));
	assert_false(pfq_dup_seen(t, 1ULL << 40, NOW + 2 * SECOND));
	free(t);
	t = table_of(64, 0);
	assert_false(pfq_dup_seen(t, 1ULL << 40, NOW));
	assert_true(pfq_dup_seen(t, 1ULL << 40, NOW));
	free(t);
	assert_int_equal(pfq_dup_bytes(65536), 64 + (512 << 10));
	assert_int_equal(pfq_dup_bytes(65537), 64 + (1024 << 10));
	assert_int_equal(pfq_dup_bytes(1), 64 + 64);
	assert_int_equal(pfq_dup_bytes(PFQ_DUP_MAX), 64 + (1ULL << 30));
}

static void clocks_may_differ(void **state)
{
	struct pfq_dup *t = table_of(64, 1000000);
	u64 key = 1ULL << 40, n;

	(void)state;
	assert_false(pfq_dup_seen(t, key, NOW));
	assert_true(pfq_dup_seen(t, key, NOW - 900000));
	/* the time has not gone back */
	assert_true(pfq_dup_seen(t, key, NOW + 1000000));
	for (n = 1; n < 20; n++) {
		assert_false(pfq_dup_seen(t, key, NOW + (n % 2 ? -HOUR : 0) + n * SECOND));
		assert_true(pfq_dup_seen(t, key, NOW + (n % 2 ? -HOUR : 0) + n * SECOND + 1000));
	}
	free(t);
}

/* A lane that is behind by many windows takes the place of no newer packet. */
static void late_lanes_forget_nothing(void **state)
{
	static const u64 windows[] = { 1000, 1000000, 2000000, SECOND / 2 };
	u64 late[] = { 0, SECOND / 50, SECOND * 9 / 10, SECOND * 9 / 10 }, n;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		struct pfq_dup *t = table_of(8, windows[i]);
		u64 key = 1ULL << 40;

		late[0] = 20000 * windows[0];
		assert_false(pfq_dup_seen(t, key, NOW));
		for (n = 1; n < 8; n++)
			assert_false(pfq_dup_seen(t, key + (n << 40), NOW - late[i] + n));
		assert_true(pfq_dup_seen(t, key, NOW + windows[i] / 2));
		free(t);
	}
}

static void the_time_wraps(void **state)
{
	/* units of 8192 ns */
	u64 wrap = 12345 * (8192ULL << 24), now, key = 3ULL << 40;
	struct pfq_dup *t = table_of(64, 1000000);

	(void)state;
	for (now = wrap - 10000000; now < wrap + 10000000; now += 3000000, key += 1ULL << 40) {
		assert_false(pfq_dup_seen(t, key, now));
		assert_true(pfq_dup_seen(t, key, now + 999000));
		assert_false(pfq_dup_seen(t, key, now + 2200000));
	}
	free(t);
}

/* --- the key ------------------------------------------------------------------------- */

static u64 key_of(const struct packet_kind *k, const struct packet *p, bool by_frame, u32 bytes)
{
	u8 *data = packet_exact(p, p->len);
	struct pfq_view v = packet_view(k, p, data, p->len);
	u64 key = pfq_dup_key(&v, by_frame, bytes, SEED);

	free(data);
	return key;
}

static u32 ip_end(const struct packet *p, u32 version)
{
	const u8 *ip = p->data + p->l3;

	if (version == 4)
		return p->l3 + get_unaligned_be16(ip + 2);
	return p->l3 + 40 + get_unaligned_be16(ip + 4);
}

/* Does byte @i of the IP header change on the way? */
static bool is_free(u32 version, u32 i)
{
	if (version == 4)
		return i == 1 || i == 8 || i == 10 || i == 11;
	return i < 4 || i == 7;
}

/* The lowest bit of each byte counts, but not in headers outside, nor where routers change it. */
static void bytes_of_ip_count(void **state)
{
	const struct ends e = { 7, 9, 80, 1025, 1 };
	u32 i, n;

	(void)state;
	for (i = 0; i < packet_kinds_count; i++) {
		const struct packet_kind *k = &packet_kinds[i];
		struct packet p = { .len = 0 }, q;
		u64 key;

		k->build(&p, &e);
		key = key_of(k, &p, false, 2048);
		check_case(k->name, key == key_of(k, &p, false, 2048));
		for (n = k->version ? p.l3 : 0; n < p.len; n++) {
			bool is_counted = !k->version ||
					  (n < ip_end(&p, k->version) &&
					   !is_free(k->version, n - p.l3));

			q = p;
			q.data[n] ^= 1;
			check_case(k->name, (key_of(k, &q, false, 2048) != key) == is_counted);
			check_case(k->name, key_of(k, &q, true, 2048) != key_of(k, &p, true, 2048));
		}
	}
}

/* The same IP packet, with other bytes between the MAC addresses and the IP header. */
static void headers_outside_do_not_count(void **state)
{
	static const struct {
		const char *kind;
		u8 bytes[12], count;
	} outer[] = {
		{ "ip4-tcp", { 0x81, 0, 0, 5, 8, 0 }, 6 },
		{ "ip4-udp", { 0x88, 0x47, 0, 0, 0x10, 64, 8, 0, 0x21, 64 }, 10 },
		{ "ip4-udp", { 0x88, 0x64, 0x11, 0, 0, 1, 0, 60, 0, 0x21 }, 10 },
		{ "ip6-tcp", { 0x81, 0, 0, 5, 0x86, 0xdd }, 6 },
		{ "ip6-udp", { 0x88, 0x47, 0, 0, 0x11, 64 }, 6 },
		{ "ip6-udp", { 0x88, 0x64, 0x11, 0, 0, 1, 0, 60, 0, 0x57 }, 10 },
	};
	const struct ends e = { 7, 9, 80, 1025, 1 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(outer); i++) {
		const struct packet_kind *k = packet_kind(outer[i].kind);
		struct packet p = { .len = 0 }, q;

		k->build(&p, &e);
		/* the right length, so that what follows is padding */
		if (k->version == 4)
			p.data[p.l3 + 2] = 0, p.data[p.l3 + 3] = (u8)(p.len - p.l3);
		else
			p.data[p.l3 + 4] = 0, p.data[p.l3 + 5] = (u8)(p.len - p.l3 - 40);
		q = p;
		q.data[0] ^= 0x40;
		memcpy(q.data + 12, outer[i].bytes, outer[i].count);
		memcpy(q.data + 12 + outer[i].count, p.data + 14, p.len - 14);
		q.len = p.len - 2 + outer[i].count;
		check_case(k->name, key_of(k, &p, false, 256) == key_of(k, &q, false, 256));
		check_case(k->name, key_of(k, &p, true, 256) != key_of(k, &q, true, 256));
		/* padding */
		q.data[q.len++] = 9;
		check_case(k->name, key_of(k, &p, false, 256) == key_of(k, &q, false, 256));
	}
}

static void so_many_bytes_count(void **state)
{
	const struct packet_kind *k = packet_kind("ip4-udp");
	const struct ends e = { 7, 9, 80, 1025, 1 };
	struct packet p = { .len = 0 }, q;
	u32 bytes, n;

	(void)state;
	k->build(&p, &e);
	for (bytes = 20; bytes < p.len - p.l3; bytes++)
		for (n = 20; n < ip_end(&p, 4) - p.l3; n++) {
			q = p;
			q.data[p.l3 + n] ^= 0x80;
			assert_int_equal(key_of(k, &p, false, bytes) != key_of(k, &q, false, bytes),
					 n < bytes);
		}
	/* cut at each length: nothing beyond is read */
	for (n = 0; n <= p.len; n++) {
		q = p;
		q.len = n;
		key_of(k, &q, false, 256);
		key_of(k, &q, true, 256);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_found_as_promised),
		cmocka_unit_test(the_window_ends),
		cmocka_unit_test(windows_have_limits),
		cmocka_unit_test(clocks_may_differ),
		cmocka_unit_test(late_lanes_forget_nothing),
		cmocka_unit_test(the_time_wraps),
		cmocka_unit_test(bytes_of_ip_count),
		cmocka_unit_test(headers_outside_do_not_count),
		cmocka_unit_test(so_many_bytes_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
