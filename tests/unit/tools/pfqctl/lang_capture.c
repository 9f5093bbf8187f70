/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Captures that lang try reads and writes: what happens to files that are not as they should be,
 * and to programs that are not
 */
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pfqctl_run.h"

#define FRAME	1000
#define PACKETS	100

static char folder[] = "/tmp/pfq-lang-capture-XXXXXX";

/* Write a capture of PACKETS packets. Returns its size. */
static off_t make_capture(const char *name)
{
	struct pcap_pkthdr hdr = { .ts = { .tv_sec = 1000 }, .caplen = FRAME, .len = FRAME };
	const uint8_t b[FRAME] = { [12] = 8, [14] = 0x45, [16] = 3, 0xda, [22] = 64, [23] = 17 };
	pcap_t *shape = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *dumper;
	char path[100];
	unsigned int i;
	off_t size;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	dumper = pcap_dump_open(shape, path);
	assert_non_null(dumper);
	for (i = 0; i < PACKETS; i++)
		pcap_dump((u_char *)dumper, &hdr, b);
	size = pcap_dump_ftell(dumper);
	pcap_dump_close(dumper);
	pcap_close(shape);
	return size;
}

static off_t size_of(const char *name)
{
	char path[100];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void check_out(const char *part)
{
	if (!strstr(pfqctl_out, part))
		fail_msg("\"%s\" is not in \"%s\"", part, pfqctl_out);
}

static void the_input_is_not_overwritten(void **state)
{
	off_t size = make_capture("x-class-0.pcap");

	(void)state;
	assert_int_equal(pfqctl_run("lang try -e copy $T/x-class-0.pcap -w $T/x"), 1);
	check_out("x-class-0.pcap is the capture that is read");
	assert_int_equal(size_of("x-class-0.pcap"), size);
	/* by another name */
	assert_int_equal(pfqctl_run("lang try -e copy - -w $T/x < $T/x-class-0.pcap"), 1);
	assert_int_equal(size_of("x-class-0.pcap"), size);
	assert_int_equal(pfqctl_run("lang try -e copy $T/x-class-0.pcap -w $T/y"), 0);
	assert_int_equal(size_of("y-class-0.pcap"), size);
}

static void a_file_that_is_cut_off_is_tried_up_to_there(void **state)
{
	off_t size = make_capture("cut.pcap");
	char path[100];

	(void)state;
	snprintf(path, sizeof(path), "%s/cut.pcap", folder);
	assert_int_equal(truncate(path, size - 5), 0);
	assert_int_equal(pfqctl_run("lang try -e 'is_ip >-> copy' $T/cut.pcap -w $T/cut"), 1);
	check_out("\n99 packets, 0 of them dropped\n");
	check_out("cut.pcap: truncated");
	assert_int_equal(size_of("cut-class-0.pcap"), size - FRAME - 16);
	/* nothing of one that cannot be written */
	assert_int_equal(pfqctl_run("lang try -e 'is_ip >-> copy' $T/cut.pcap -w $T/none/x"), 1);
	assert_null(strstr(pfqctl_out, "packets"));
}

/* JSON has the errors and the advice of each command that compiles a text. */
static void json_has_notes(void **state)
{
	static const char *const wrong[] = {
		"-j lang check -e upd", "-j lang show -e upd", "-j lang set -e upd demo",
		"-j lang try -e upd $T/notes.pcap",
	};
	json_t *j;
	unsigned int i;

	(void)state;
	make_capture("notes.pcap");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(pfqctl_run(wrong[i]), 1);
		check_out("did you mean udp?");
		j = json_loads(pfqctl_out, 0, NULL);
		assert_int_equal(json_array_size(json_object_get(j, "notes")), 1);
		json_decref(j);
	}
	j = pfqctl_json("-j lang try -e 'class 1' $T/notes.pcap");
	assert_int_equal(json_array_size(json_object_get(j, "notes")), 1);
	json_decref(j);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && !setenv("T", folder, 1) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_input_is_not_overwritten),
		cmocka_unit_test(a_file_that_is_cut_off_is_tried_up_to_there),
		cmocka_unit_test(json_has_notes),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
