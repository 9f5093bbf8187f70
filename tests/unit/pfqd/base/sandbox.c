/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests which capabilities a thread has after sandbox_enter(). */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "pfqd/base/sandbox.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/child.h"

static int enter(enum sandbox_role role)
{
	struct pfq_error err = { .text = "" };
	int ret = sandbox_enter(role, &err);

	if (ret)
		dprintf(2, "sandbox: %s\n", err.text);
	return ret;
}

/* the value of a hexadecimal or decimal @field in the status of this thread */
static unsigned long long status_of(const char *field, int base)
{
	unsigned long long value = ~0ULL;
	char line[256];
	FILE *f = fopen("/proc/thread-self/status", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, field, strlen(field)))
			value = strtoull(line + strlen(field), NULL, base);
	}
	if (f)
		fclose(f);
	return value;
}

#define CAP_BIT_IPC_LOCK (1ULL << 14)

/* Read the capabilities before a filter: a worker may open no file. */
static int drops_all(void)
{
	int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
	char text[4096] = "", *eff;

	need(fd >= 0 && !enter(SANDBOX_WORKER));
	need(read(fd, text, sizeof(text) - 1) > 0);
	eff = strstr(text, "CapPrm:");
	need(eff && !strtoull(eff + 7, NULL, 16));
	eff = strstr(text, "CapEff:");
	need(eff && !strtoull(eff + 7, NULL, 16));
	eff = strstr(text, "NoNewPrivs:");
	need(eff && strtoull(eff + 11, NULL, 10) == 1);
	return 0;
}

static int drops_most(void)
{
	need(status_of("CapEff:", 16) & CAP_BIT_IPC_LOCK);
	need(!enter(SANDBOX_MAKER));
	need(status_of("CapPrm:", 16) == CAP_BIT_IPC_LOCK);
	need(status_of("CapEff:", 16) == CAP_BIT_IPC_LOCK);
	return 0;
}

static int drops_none(void)
{
	unsigned long long before = status_of("CapEff:", 16);

	need(before && !enter(SANDBOX_CONTROL));
	need(status_of("CapEff:", 16) == before);
	return 0;
}

static void test_capabilities(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	in_child(drops_all);
	in_child(drops_most);
	in_child(drops_none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capabilities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
