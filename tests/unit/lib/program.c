/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests programs of a JOIN: where their text comes from, what is refused, what the JOIN carries. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lang/compile.h"
#include "lib/program.h"
#include "lib/wish.h"
#include "tests/unit/fixture/check.h"

static struct pfq_error err;
static char folder[] = "/tmp/pfq-program-XXXXXX", path[100];

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/p.lang", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void write_file(const void *bytes, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

/* Read @lang, which must be refused with @error and the text @format about the file. */
static void check_refused(const char *lang, int error, const char *format)
{
	char want[200], *text = "";

	snprintf(want, sizeof(want), format, path);
	assert_int_equal(pfq_program_read(&text, lang, &err), error);
	assert_null(text);
	check_text(err.text, want);
}

/* --- read ------------------------------------------------------------------------- */

static void from_text(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(pfq_program_read(&text, "is_udp >-> steer_flow", &err), 0);
	assert_string_equal(text, "is_udp >-> steer_flow");
	free(text);
	check_refused("is_udp >-> steer_flwo", -EINVAL,
		      "lang: column 12: \"steer_flwo\": no such name; did you mean steer_flow?");
	check_refused("", -EINVAL, "lang: column 1: ");
}

/* The name of a file begins with a word, or is an absolute path. */
static void from_file(void **state)
{
	static const char program[] = "is_udp # only\n>-> steer_flow\n";
	char *text, lang[120];

	(void)state;
	write_file(program, strlen(program));
	snprintf(lang, sizeof(lang), "file:%s", path);
	assert_int_equal(pfq_program_read(&text, path, &err), 0);
	assert_string_equal(text, program);
	free(text);
	assert_int_equal(pfq_program_read(&text, lang, &err), 0);
	assert_string_equal(text, program);
	free(text);
	write_file("is_udp\n >-> steer_flwo", 22);
	check_refused(lang, -EINVAL, "lang: %s:2:6: \"steer_flwo\": no such name");
	write_file("is_udp\0", 7);
	check_refused(lang, -EILSEQ, "lang: %s: ");
}

static void bad_files(void **state)
{
	char *large = malloc(PFQ_LANG_TEXT_MAX + 1), lang[120], *text;

	(void)state;
	assert_non_null(large);
	memset(large, ' ', PFQ_LANG_TEXT_MAX + 1);
	memcpy(large, "pass", 4);
	write_file(large, PFQ_LANG_TEXT_MAX + 1);
	check_refused(path, -EFBIG, "lang: %s: File too large; allowed: a file of text of at most "
		      "65536 bytes");
	write_file(large, PFQ_LANG_TEXT_MAX);
	assert_int_equal(pfq_program_read(&text, path, &err), 0);
	assert_int_equal(strlen(text), PFQ_LANG_TEXT_MAX);
	free(text);
	free(large);
	unlink(path);
	check_refused(path, -ENOENT, "lang: %s: No such file or directory");
	/* a FIFO without a writer must not stop the program */
	assert_int_equal(mkfifo(path, 0600), 0);
	check_refused(path, -ESPIPE, "lang: %s: no file on a disk; allowed: a file of text");
	snprintf(lang, sizeof(lang), "file:%s", folder);
	assert_int_equal(pfq_program_read(&text, lang, &err), -EISDIR);
	unlink(path);
}

/* --- put -------------------------------------------------------------------------- */

/* Take the message apart. Its attributes point into @buf. */
static void parse(struct pfq_msg *m, uint64_t *buf, const struct pfq_msg_out *o)
{
	const void *bytes;
	size_t len;

	assert_int_equal(pfq_msg_bytes(o, &bytes, &len), 0);
	memcpy(buf, bytes, len);
	assert_int_equal(pfq_msg_parse(m, buf, len), 0);
}

/* A long text is cut in what the engine shows, and the program is whole. */
static void carries_program_and_text(void **state)
{
	static uint64_t buf[PFQ_MSG_MAX / 8];
	char text[5000];
	struct pfq_lang *lang;
	struct pfq_msg_out o;
	struct pfq_msg m;
	const void *wire;
	size_t bytes;

	(void)state;
	memset(text, ' ', sizeof(text));
	strcpy(text + sizeof(text) - 11, "steer_flow");
	assert_int_equal(pfq_lang_compile(&lang, text, strlen(text)), 0);
	pfq_msg_begin(&o, PFQ_CMD_JOIN, 0, 1);
	assert_int_equal(pfq_program_put(&o, text, &err), 0);
	parse(&m, buf, &o);
	wire = pfq_attrs_binary(&m.attrs, PFQ_A_PROGRAM, &bytes);
	assert_int_equal(bytes, lang->size);
	assert_memory_equal(wire, lang->bytes, bytes);
	assert_int_equal(strlen(pfq_attrs_string(&m.attrs, PFQ_A_PROGRAM_TEXT)),
			 PFQ_PROGRAM_TEXT_MAX);
	pfq_msg_free(&o);
	pfq_lang_free(lang);
}

/* "has_port [1,3,5,...] >-> steer_flow" with @n ports. The caller frees it. */
static char *long_program(unsigned int n)
{
	char *text, *at;
	unsigned int i;

	at = text = malloc(64 + 6 * n);
	assert_non_null(text);
	at += sprintf(at, "has_port [1");
	for (i = 1; i < n; i++)
		at += sprintf(at, ",%u", 2 * i + 1);
	strcpy(at, "] >-> steer_flow");
	return text;
}

/* Each part is allowed, and all of them are too long for one message. */
static void all_parts_in_one_message(void **state)
{
	static const uint64_t filter[PFQ_FILTER_MAX];
	char *text = long_program(8500);
	struct pfq_params params = { .group = "ids", .lang = text };
	struct pfq_msg_out o;

	(void)state;
	pfq_msg_begin(&o, PFQ_CMD_JOIN, 0, 1);
	assert_int_equal(pfq_wish_put_join(&o, &params, &err), 0);
	assert_int_equal(o.error, 0);
	pfq_msg_free(&o);
	pfq_msg_begin(&o, PFQ_CMD_JOIN, 0, 1);
	pfq_wish_put_filter(&o, filter, PFQ_FILTER_MAX);
	assert_int_equal(pfq_wish_put_join(&o, &params, &err), -EMSGSIZE);
	assert_string_equal(err.text, "joining: program, filter, devices and vlan take more than "
			    "65536 bytes together; allowed: not more");
	pfq_msg_free(&o);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_text),
		cmocka_unit_test(from_file),
		cmocka_unit_test(bad_files),
		cmocka_unit_test(carries_program_and_text),
		cmocka_unit_test(all_parts_in_one_message),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
