/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests how often a new handle connects to the engine, and what it says of libpcap's own devices,
 * which are no interfaces. libpfq is a fake, and --wrap redirects
 * access() to this file, so that the machine seems to have the kernel module.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libpcap-pfq/pfq-choice.h"
#include "tests/unit/fixture/check.h"

static struct pfq_engine_info engine;
static unsigned int connections, open_now;
static int refusal;		/* the error of each connection; 0: none */

int __wrap_access(const char *path, int mode);

int __wrap_access(const char *path, int mode)
{
	(void)mode;
	assert_string_equal(path, PFQ_DEVICE);
	return 0;
}

static int fake_open(struct pfq_ctl **ctl, const char *socket, struct pfq_error *err)
{
	(void)socket;
	connections++;
	snprintf(err->text, sizeof(err->text), "refused");
	*ctl = refusal ? NULL : (struct pfq_ctl *)&engine;
	open_now += !refusal;
	return refusal;
}

static void fake_close(struct pfq_ctl *ctl)
{
	assert_ptr_equal(ctl, &engine);
	open_now--;
}

static const struct pfq_engine_info *fake_engine(const struct pfq_ctl *ctl)
{
	assert_ptr_equal(ctl, &engine);
	return &engine;
}

static int fake_find(const char *name, uint32_t *ifindex, int (*fn)(const char *name, void *arg),
		     void *arg)
{
	(void)fn;
	(void)arg;
	assert_string_equal(name, "lo");
	*ifindex = 1;
	return 0;
}

const struct pfq_lib *pfq_lib_get(char *err, size_t err_size)
{
	static const struct pfq_lib lib = {
		.pfq_ctl_await = fake_open,
		.pfq_ctl_close = fake_close,
		.pfq_ctl_engine = fake_engine,
		.pfq_device_find = fake_find,
	};

	(void)err;
	(void)err_size;
	return &lib;
}

static int begin(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	memset(&engine, 0, sizeof(engine));
	strcpy(engine.engine, "kernel");
	engine.netns_ino = st.st_ino;
	connections = 0;
	refusal = 0;
	/* any PFQ_ variable of the caller may change the choice, or make it look at devices */
	return clearenv();
}

/* A pfq device is known by its name, so only the question about timestamps needs the engine. */
static void asks_for_a_pfq_device(void **state)
{
	struct pfq_choice choice;

	(void)state;
	assert_true(pfq_choice_make(&choice, "pfq:lo"));
	assert_int_equal(connections, 0);
	assert_true(pfq_choice_has_adapter_time(&choice));
	assert_int_equal(connections, 1);
	strcpy(engine.engine, "user");
	assert_false(pfq_choice_has_adapter_time(&choice));
	assert_int_equal(open_now, 0);
}

/* An ordinary device is taken over after a question, whose answer is enough. */
static void asks_once_to_take_over(void **state)
{
	struct pfq_choice choice;

	(void)state;
	setenv("PFQ_FORCE_ALL", "1", 1);
	assert_true(pfq_choice_make(&choice, "lo"));
	assert_int_equal(choice.status, 0);
	assert_true(pfq_choice_has_adapter_time(&choice));
	assert_int_equal(connections, 1);
	strcpy(engine.engine, "user");
	assert_true(pfq_choice_make(&choice, "lo"));
	assert_false(pfq_choice_has_adapter_time(&choice));
	assert_int_equal(connections, 2);
	assert_int_equal(open_now, 0);
}

/* An engine that did not answer is not asked again, which may take another second. */
static void asks_a_silent_engine_once(void **state)
{
	struct pfq_choice choice;

	(void)state;
	setenv("PFQ_FORCE_ALL", "1", 1);
	refusal = -ETIMEDOUT;
	assert_true(pfq_choice_make(&choice, "lo"));
	assert_int_equal(choice.status, PCAP_ERROR);
	assert_false(pfq_choice_has_adapter_time(&choice));
	assert_int_equal(connections, 1);
	assert_int_equal(open_now, 0);
}

/* No question is needed for it, and the program is told. */
static void warns_of_no_interface(void **state)
{
	struct pfq_choice choice;

	(void)state;
	setenv("PFQ_GROUP", "ids", 1);
	assert_false(pfq_choice_make(&choice, "nflog"));
	assert_int_equal(choice.status, 0);
	check_text(choice.warning, "PFQ_GROUP is set, but nflog stays an ordinary device: there is "
				   "no such interface");
	assert_int_equal(connections, 0);
	clearenv();
	assert_false(pfq_choice_make(&choice, "nflog"));
	assert_string_equal(choice.warning, "");
}

/* A warning that does not fit says that it is cut, and what happens. */
static void long_warning(void **state)
{
	static const char end[] = "... nflog is captured without a group";
	char path[] = "/tmp/pfq-test-a-path-of-many-bytes-which-leaves-little-room-XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	struct pfq_choice choice;

	(void)state;
	clearenv();
	fprintf(f, "[default]\nring = %064d\n", 0);
	fclose(f);
	setenv("PFQ_CONFIG", path, 1);
	assert_false(pfq_choice_make(&choice, "nflog"));
	unlink(path);
	clearenv();
	assert_int_equal(choice.status, 0);
	assert_true(!strncmp(choice.warning, path, strlen(path)));
	assert_true(strlen(choice.warning) < PCAP_ERRBUF_SIZE);
	assert_string_equal(choice.warning + strlen(choice.warning) - strlen(end), end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(asks_for_a_pfq_device, begin),
		cmocka_unit_test_setup(asks_once_to_take_over, begin),
		cmocka_unit_test_setup(asks_a_silent_engine_once, begin),
		cmocka_unit_test_setup(warns_of_no_interface, begin),
		cmocka_unit_test_setup(long_warning, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
