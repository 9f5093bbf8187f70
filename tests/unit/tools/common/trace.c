// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Tests captures in memory: they have the file's bytes. For a bad file the error says what
 * is wrong.
 */
#include <errno.h>
#include <pcap/pcap.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tools/common/trace.h"

#define FRAMES 3000

struct file {
	char path[64];
};

static void frame_fill(uint8_t *data, uint32_t n, uint32_t *caplen, uint32_t *len)
{
	*caplen = 14 + n % 1500;
	*len = n % 100 == 99 ? *caplen + 10 : *caplen; /* some are cut */
	for (uint32_t i = 0; i < *caplen; i++)
		data[i] = (uint8_t)(n + i);
}

static int file_write(void **state)
{
	struct file *f = calloc(1, sizeof(*f));
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 262144);
	pcap_dumper_t *dumper;
	int fd;

	strcpy(f->path, "captop_trace.XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	dumper = pcap_dump_fopen(dead, fdopen(fd, "w"));
	assert_non_null(dumper);
	for (uint32_t n = 0; n < FRAMES; n++) {
		uint8_t data[2000];
		struct pcap_pkthdr header = { .ts = { n, 0 } };

		frame_fill(data, n, &header.caplen, &header.len);
		pcap_dump((u_char *)dumper, &header, data);
	}
	pcap_dump_close(dumper);
	pcap_close(dead);
	*state = f;
	return 0;
}

static int file_remove(void **state)
{
	struct file *f = *state;

	unlink(f->path);
	free(f);
	return 0;
}

static void the_file_is_there_byte_for_byte(void **state)
{
	struct file *f = *state;
	char text[256] = "";
	uint64_t bytes = 0;
	struct trace t;

	assert_int_equal(trace_load(&t, f->path, NULL, text, sizeof(text)), 0);
	assert_int_equal(t.count, FRAMES);
	assert_int_equal(t.linktype, DLT_EN10MB);
	assert_int_equal(t.cut, FRAMES / 100);
	assert_int_equal(t.length_min, 14);
	assert_int_equal(t.length_max, 14 + 1499);
	for (uint32_t n = 0; n < FRAMES; n++) {
		uint8_t data[2000];
		uint32_t caplen, len;

		frame_fill(data, n, &caplen, &len);
		assert_int_equal(t.frames[n].length, caplen);
		assert_memory_equal(t.frames[n].data, data, caplen);
		bytes += caplen;
	}
	assert_int_equal(t.bytes, bytes);
	trace_free(&t);
	assert_null(t.frames);
}

static void a_filter_selects(void **state)
{
	struct file *f = *state;
	char text[256] = "";
	struct trace t;

	assert_int_equal(trace_load(&t, f->path, "ether[0] = 5", text, sizeof(text)), 0);
	assert_int_equal(t.count, (FRAMES + 255 - 5) / 256);
	for (size_t i = 0; i < t.count; i++)
		assert_int_equal(t.frames[i].data[0], 5);
	trace_free(&t);
}

static void errors_name_the_cause(void **state)
{
	struct file *f = *state;
	char text[256] = "";
	struct trace t;

	assert_int_equal(trace_load(&t, f->path, "tcp porto 80", text, sizeof(text)), -EINVAL);
	assert_non_null(strstr(text, "tcp porto 80"));
	assert_int_equal(trace_load(&t, f->path, "ether[0] = 5 and ether[1] = 9", text,
				    sizeof(text)), -ENODATA);
	assert_non_null(strstr(text, f->path));
	assert_int_equal(trace_load(&t, "captop_trace.nothing", NULL, text, sizeof(text)), -EINVAL);
	assert_non_null(strstr(text, "captop_trace.nothing"));
	/* a file that is no capture, and one that ends within a packet */
	assert_int_equal(trace_load(&t, "/dev/null", NULL, text, sizeof(text)), -EINVAL);
	assert_int_equal(truncate(f->path, 24 + 16 + 14 + 16 + 5), 0);
	assert_int_equal(trace_load(&t, f->path, NULL, text, sizeof(text)), -EINVAL);
	assert_non_null(strstr(text, f->path));
	assert_int_equal(truncate(f->path, 24), 0);
	assert_int_equal(trace_load(&t, f->path, NULL, text, sizeof(text)), -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_file_is_there_byte_for_byte, file_write,
						file_remove),
		cmocka_unit_test_setup_teardown(a_filter_selects, file_write, file_remove),
		cmocka_unit_test_setup_teardown(errors_name_the_cause, file_write, file_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
