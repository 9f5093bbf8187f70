/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the folder and the files of tickets: reading what was written, and each refusal. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pfqd/control/ticket.h"
#include "tests/unit/fixture/check.h"

static char dir[] = "/tmp/pfqd-ticket-XXXXXX", path[80];
static struct pfq_error err;
static int folder;

static int setup(void **state)
{
	(void)state;
	strcpy(strrchr(dir, '-') + 1, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/tickets", dir);
	folder = ticket_folder_open(path, &err);
	if (folder < 0)
		fail_msg("%s", err.text);
	return 0;
}

static int teardown(void **state)
{
	char command[80];

	(void)state;
	close(folder);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	return 0;
}

/* --- files ------------------------------------------------------------------------ */

static void write_text(const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void write_and_read(void **state)
{
	gid_t groups[] = { 4, 0, 4294967294 };
	struct ticket ticket = { .number = 5, .group = "ids",
				 .cred = { .uid = 7, .gid = 8, .groups = 3, .group = groups },
				 .devices = (char *)"eth0/0-3, lo" }, *read;
	unsigned int i;

	(void)state;
	for (i = 0; i < PFQ_TICKET_BYTES; i++)
		ticket.secret[i] = (uint8_t)(i * 37);
	assert_int_equal(ticket_file_write(folder, &ticket), 0);
	/* the file of another ticket is not replaced */
	assert_int_equal(ticket_file_write(folder, &ticket), -EEXIST);
	read = ticket_file_read(folder, 5);
	assert_non_null(read);
	assert_memory_equal(read->secret, ticket.secret, PFQ_TICKET_BYTES);
	assert_int_equal(read->number, 5);
	assert_int_equal(read->cred.uid, 7);
	assert_int_equal(read->cred.gid, 8);
	assert_int_equal(read->cred.groups, 3);
	assert_memory_equal(read->cred.group, groups, sizeof(groups));
	assert_string_equal(read->group, "ids");
	assert_string_equal(read->devices, "eth0/0-3, lo");
	assert_false(read->is_taken);
	ticket_free(read);
	/* a private group, and a user without more groups */
	ticket = (struct ticket){ .number = 6, .devices = (char *)"" };
	assert_int_equal(ticket_file_write(folder, &ticket), 0);
	read = ticket_file_read(folder, 6);
	assert_non_null(read);
	assert_int_equal(read->cred.groups, 0);
	assert_string_equal(read->group, "");
	ticket_free(read);
	ticket_file_remove(folder, 6);
	assert_null(ticket_file_read(folder, 6));
}

#define SECRET	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define GOOD	"pfq-ticket 1 " SECRET "\nuser 0 0 5 6\ngroup g\ndevices \nend\n"

/* pfqd has not written it whole, or not at all. */
static void malformed(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"pfq-ticket 1 " SECRET,
		"pfq-ticket 1 " SECRET "\n",
		"pfq-ticket 2 " SECRET "\nuser 0 0\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "0\nuser 0 0\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 \nuser 0 0\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser 0\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser \ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser 0 0 x\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser 0 0  1\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser 0 -1\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser 4294967295 0\ngroup g\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser 0 0\ndevices \nend\n",
		"pfq-ticket 1 " SECRET "\nuser 0 0\ngroup g\nend\n",
		"pfq-ticket 1 " SECRET "\nuser 0 0\ngroup g\ndevices \n",
		"pfq-ticket 1 " SECRET "\nuser 0 0\ngroup g\ndevices \nend",
		"pfq-ticket 1 " SECRET "\nuser 0 0\ngroup g\ndevices \nendless\n",
		"pfq-ticket 1 " SECRET "\nuser 0 0\ngroup gggggggggggggggggggggggggggggggg\n"
		"devices \nend\n",
	};
	struct ticket *ticket;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_text("7", texts[i]);
		check_case(texts[i], !ticket_file_read(folder, 7));
	}
	write_text("7", GOOD);
	ticket = ticket_file_read(folder, 7);
	assert_non_null(ticket);
	ticket_free(ticket);
}

/* A user with more groups than are allowed, and as many */
static void many_groups(void **state)
{
	struct ticket *ticket;
	unsigned int i, n;
	FILE *f;

	(void)state;
	for (n = TICKET_GROUPS; n <= TICKET_GROUPS + 1; n++) {
		f = fopen(strcat(strcpy((char[100]){ 0 }, path), "/7"), "w");
		assert_non_null(f);
		fprintf(f, "pfq-ticket 1 " SECRET "\nuser 0 0");
		for (i = 0; i < n; i++)
			fprintf(f, " %u", i);
		fprintf(f, "\ngroup g\ndevices \nend\n");
		fclose(f);
		ticket = ticket_file_read(folder, 7);
		assert_int_equal(!!ticket, n == TICKET_GROUPS);
		if (ticket)
			assert_int_equal(ticket->cred.groups, n);
		ticket_free(ticket);
	}
}

/* Files that others have made */
static void of_others(void **state)
{
	(void)state;
	write_text("7", GOOD);
	assert_int_equal(symlinkat("7", folder, "8"), 0);
	assert_null(ticket_file_read(folder, 8));
	assert_int_equal(fchownat(folder, "7", 65534, 65534, 0), 0);
	assert_null(ticket_file_read(folder, 7));
	assert_int_equal(mkdirat(folder, "9", 0700), 0);
	assert_null(ticket_file_read(folder, 9));
	assert_int_equal(mkfifoat(folder, "10", 0600), 0);
	assert_null(ticket_file_read(folder, 10));
}

/* --- the folder ------------------------------------------------------------------- */

static void listed_from_the_highest(void **state)
{
	static const char *const names[] = { "3", "x", "20", "100", "3x", "-1",
					     "1234567890123456789" };
	uint64_t *numbers;
	size_t i;

	(void)state;
	assert_int_equal(ticket_folder_list(folder, &numbers), 0);
	free(numbers);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		write_text(names[i], "");
	assert_int_equal(ticket_folder_list(folder, &numbers), 3);
	assert_int_equal(numbers[0], 100);
	assert_int_equal(numbers[1], 20);
	assert_int_equal(numbers[2], 3);
	free(numbers);
}

static void refused(int error, const char *text)
{
	int fd = ticket_folder_open(path, &err);

	if (fd >= 0)
		fail_msg("not refused: %s", text);
	assert_int_equal(fd, error);
	check_text(err.text, path);
	check_text(err.text, text);
}

/* Others could read or write there. */
static void bad_folder(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(fstat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fchmod(folder, 0750), 0);
	refused(-EPERM, "has mode 0750, not 0700: remove it");
	assert_int_equal(fchmod(folder, 01700), 0);
	refused(-EPERM, "has mode 1700, not 0700: remove it");
	assert_int_equal(fchmod(folder, 0700), 0);
	assert_int_equal(fchown(folder, 65534, -1), 0);
	refused(-EPERM, "belongs to user 65534, not to user 0: remove it");
	assert_int_equal(fchown(folder, 0, -1), 0);
	fd = ticket_folder_open(path, &err);
	assert_true(fd >= 0);
	close(fd);
}

/* Something else is in its place. */
static void no_folder(void **state)
{
	(void)state;
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink(dir, path), 0);
	refused(-ENOTDIR, "Not a directory");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0700), 0);
	refused(-ENOTDIR, "Not a directory");
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/none/tickets", dir);
	refused(-ENOENT, "No such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(write_and_read, setup, teardown),
		cmocka_unit_test_setup_teardown(malformed, setup, teardown),
		cmocka_unit_test_setup_teardown(many_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(listed_from_the_highest, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(no_folder, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
