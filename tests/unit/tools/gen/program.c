// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Tests pfq-gen's programs. The kernel runs them on one frame after the other. They must
 * write the same bytes as frame.c, or those of a capture, whatever the page held before.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include "tests/unit/fixture/check.h"
#include "tools/gen/program.h"

#define ROOM 4096

/* Without BPF, or without the right to use it, the test is skipped. */
static bool is_missing(int ret)
{
	return ret == -EPERM || ret == -EACCES || ret == -ENOSYS;
}

/* Run the program once. The page is dirty: it holds other input than the program began with. */
static uint32_t run_once(const struct program *p, uint8_t *out)
{
	uint8_t *in = malloc(p->input_length);
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in, .data_size_in = p->input_length,
		    .data_out = out, .data_size_out = ROOM, .repeat = 1);

	assert_non_null(in);
	/* The program does not write the payload: it stays zeros. */
	memset(in, 0, p->input_length);
	memset(in, 0xa5, p->input_length < 42 ? p->input_length : 42);
	assert_int_equal(bpf_prog_test_run_opts(p->fd, &opts), 0);
	free(in);
	assert_int_equal(opts.retval, XDP_REDIRECT);
	return opts.data_size_out;
}

static void check_made(const struct program_made *made, unsigned int frames)
{
	uint64_t random, bytes = 0;
	struct frame expected;
	struct program p;
	char text[4096] = "";
	uint8_t out[ROOM];
	int ret = program_open_made(&p, made, 1, text, sizeof(text));

	if (is_missing(ret))
		skip();
	check_case(text, !ret);
	random = p.state->random;
	frame_build(&expected, &made->spec);
	for (unsigned int n = 0; n < frames; n++) {
		uint32_t length = made->is_imix ? program_imix_length(&made->spec, n) :
						  made->spec.length;
		uint32_t flow = made->is_random ?
			(uint32_t)((frame_random(&random) >> 32) % made->flows) : n % made->flows;

		frame_set(&expected, flow, length, (uint16_t)n);
		assert_int_equal(run_once(&p, out), length);
		assert_memory_equal(out, expected.data, length);
		bytes += length;
	}
	assert_int_equal(p.state->frames, frames);
	assert_int_equal(p.state->failed, 0);
	assert_int_equal(p.state->bytes, bytes);
	program_close(&p);
}

static void made_frames_are_those_of_frame_c(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < 32; kind++) {
		struct program_made made = {
			.flows = 1000, .is_random = !!(kind & 4), .is_imix = !!(kind & 8),
		};

		frame_spec_init(&made.spec);
		made.spec.v6 = kind & 1;
		made.spec.tcp = kind & 2;
		made.spec.length = kind & 16 && !made.is_imix ? FRAME_LENGTH_MAX :
								frame_length_min(&made.spec);
		check_made(&made, 200);
	}
}

/* The identification wraps, and the sums carry. */
static void many_frames(void **state)
{
	struct program_made made = { .flows = FRAME_FLOWS_MAX };

	(void)state;
	frame_spec_init(&made.spec);
	check_made(&made, 70000);
}

static void imix_is_7_4_1(void **state)
{
	unsigned int small = 0, middle = 0, large = 0;
	struct frame_spec spec;

	(void)state;
	frame_spec_init(&spec);
	for (unsigned int n = 0; n < 1200; n++) {
		uint32_t length = program_imix_length(&spec, n);

		small += length == 60;
		middle += length == 590;
		large += length == 1514;
	}
	assert_int_equal(small, 700);
	assert_int_equal(middle, 400);
	assert_int_equal(large, 100);
}

static void a_capture_comes_out_as_it_is(void **state)
{
	static const uint32_t lengths[] = { 14, 60, 1514, 15, 333 };
	struct trace_frame frames[5];
	struct trace t = { .frames = frames, .count = 5, .length_max = 1514, .length_min = 14 };
	uint64_t random = 1;
	uint8_t data[5][1514], out[ROOM];
	struct program p;
	char text[4096] = "";
	int ret;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		for (unsigned int k = 0; k < lengths[i]; k++)
			data[i][k] = (uint8_t)check_random(&random);
		frames[i] = (struct trace_frame){ data[i], lengths[i] };
	}
	ret = program_open_trace(&p, &t, 1, text, sizeof(text));
	if (is_missing(ret))
		skip();
	check_case(text, !ret);
	for (unsigned int n = 0; n < 23; n++) {
		assert_int_equal(run_once(&p, out), lengths[n % 5]);
		assert_memory_equal(out, data[n % 5], lengths[n % 5]);
	}
	assert_int_equal(p.state->failed, 0);
	program_close(&p);
}

static void too_large_a_capture_is_refused(void **state)
{
	struct trace t = { .count = 1u << 20, .length_max = 1514 };
	struct program p;
	char text[256] = "";

	(void)state;
	assert_int_equal(program_open_trace(&p, &t, 1, text, sizeof(text)), -E2BIG);
	assert_non_null(strstr(text, "1048576"));
}

static void check_counter(bool is_sink)
{
	uint8_t in[100] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = in, .data_size_in = sizeof(in),
		    .repeat = 7);
	struct program_count count;
	struct program p;
	char text[4096] = "";
	int ret = program_open_counter(&p, is_sink, text, sizeof(text));

	if (is_missing(ret))
		skip();
	check_case(text, !ret);
	assert_int_equal(bpf_prog_test_run_opts(p.fd, &opts), 0);
	assert_int_equal(opts.retval, is_sink ? XDP_DROP : XDP_PASS);
	assert_int_equal(program_counter_read(&p, &count), 0);
	assert_int_equal(count.packets, 7);
	assert_int_equal(count.bytes, 700);
	program_close(&p);
}

static void the_far_end_counts_and_drops_or_passes(void **state)
{
	(void)state;
	check_counter(true);
	check_counter(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_frames_are_those_of_frame_c),
		cmocka_unit_test(many_frames),
		cmocka_unit_test(imix_is_7_4_1),
		cmocka_unit_test(a_capture_comes_out_as_it_is),
		cmocka_unit_test(too_large_a_capture_is_refused),
		cmocka_unit_test(the_far_end_counts_and_drops_or_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
