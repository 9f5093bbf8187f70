// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Tests the frames that the tools make: right lengths and checksums, one flow for each number. */
#include "tests/unit/fixture/check.h"
#include "tools/common/frame.h"

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

/* Add the one's complement sum of a range to @sum: 0xffff if the checksum in it is right. */
static uint32_t sum_of(const uint8_t *at, uint32_t length, uint32_t sum)
{
	for (uint32_t i = 0; i < length; i++)
		sum += i & 1 ? at[i] : (uint32_t)at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void check_ip4(const struct frame *f, uint32_t length)
{
	const uint8_t *ip = f->data + 14, *l4 = ip + 20;

	assert_int_equal(get16(f->data + 12), 0x0800);
	assert_int_equal(ip[0], 0x45);
	assert_int_equal(get16(ip + 2), length - 14);
	assert_int_equal(sum_of(ip, 20, 0), 0xffff);
	assert_int_equal(ip[9], f->tcp ? 6 : 17);
	assert_int_equal(sum_of(l4, length - 34, sum_of(ip + 12, 8, ip[9] + length - 34)), 0xffff);
	if (!f->tcp)
		assert_int_equal(get16(l4 + 4), length - 34);
}

static void check_ip6(const struct frame *f, uint32_t length)
{
	const uint8_t *ip = f->data + 14, *l4 = ip + 40;

	assert_int_equal(get16(f->data + 12), 0x86dd);
	assert_int_equal(ip[0], 0x60);
	assert_int_equal(get16(ip + 4), length - 54);
	assert_int_equal(ip[6], f->tcp ? 6 : 17);
	assert_int_equal(sum_of(l4, length - 54, sum_of(ip + 8, 32, ip[6] + length - 54)), 0xffff);
	if (!f->tcp)
		assert_int_equal(get16(l4 + 4), length - 54);
}

static void lengths_and_checksums_are_right(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct frame_spec spec;
		struct frame f;

		frame_spec_init(&spec);
		spec.v6 = kind & 1;
		spec.tcp = kind & 2;
		for (uint32_t length = frame_length_min(&spec); length <= FRAME_LENGTH_MAX;
		     length++) {
			spec.length = length;
			frame_build(&f, &spec);
			assert_int_equal(f.length, length);
			for (int i = 0; i < 3; i++) {
				(spec.v6 ? check_ip6 : check_ip4)(&f, length);
				frame_set(&f, (uint32_t)check_random(&random) % FRAME_FLOWS_MAX,
					  length, (uint16_t)check_random(&random));
			}
		}
	}
}

/* A UDP checksum is never 0, because 0 means that there is none. */
static void udp_has_a_checksum(void **state)
{
	unsigned int inverted = 0;
	struct frame_spec spec;
	struct frame f;

	(void)state;
	frame_spec_init(&spec);
	spec.v6 = true; /* its addresses give sums near 0 */
	spec.length = 100;
	frame_build(&f, &spec);
	for (uint32_t flow = 0; flow < 1u << 20; flow++) {
		uint32_t checksum;

		frame_set(&f, flow, spec.length, 0);
		checksum = get16(f.data + f.at_checksum);
		assert_int_not_equal(checksum, 0);
		inverted += checksum == 0xffff;
	}
	assert_true(inverted > 0); /* else no sum was 0 */
}

static void shortest_frames_hold_their_headers(void **state)
{
	static const uint32_t expected[] = { 60, 62, 60, 74 };

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct frame_spec spec = { .v6 = kind & 1, .tcp = kind & 2 };

		assert_int_equal(frame_length_min(&spec), expected[kind]);
	}
}

static void a_flow_is_a_number(void **state)
{
	uint8_t *seen = calloc(FRAME_FLOWS_MAX, 1);

	(void)state;
	assert_non_null(seen);
	for (uint32_t flow = 0; flow < FRAME_FLOWS_MAX; flow++) {
		uint32_t port = frame_flow_port(flow), address = frame_flow_address(flow), key;

		assert_true(port >= FRAME_PORT_BASE &&
			    port < FRAME_PORT_BASE + (1 << FRAME_PORT_BITS));
		key = address << FRAME_PORT_BITS | (port - FRAME_PORT_BASE);
		assert_true(key < FRAME_FLOWS_MAX);
		assert_int_equal(seen[key], 0);
		seen[key] = 1;
	}
	free(seen);
}

static void addresses_are_where_they_belong(void **state)
{
	struct frame_spec spec;
	struct frame f;

	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		frame_spec_init(&spec);
		spec.v6 = v6;
		spec.length = 100;
		frame_build(&f, &spec);
		frame_set(&f, 12345, 100, 7);
		assert_memory_equal(f.data, spec.destination, 6);
		assert_memory_equal(f.data + 6, spec.source, 6);
		/* the last two bytes of the source address */
		assert_int_equal(get16(f.data + (v6 ? 14 + 22 : 14 + 14)),
				 frame_flow_address(12345));
		assert_int_equal(get16(f.data + (v6 ? 54 : 34)), frame_flow_port(12345));
		assert_int_equal(get16(f.data + (v6 ? 56 : 36)), 9);
		if (!v6)
			assert_int_equal(get16(f.data + 18), 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_and_checksums_are_right),
		cmocka_unit_test(udp_has_a_checksum),
		cmocka_unit_test(shortest_frames_hold_their_headers),
		cmocka_unit_test(a_flow_is_a_number),
		cmocka_unit_test(addresses_are_where_they_belong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
