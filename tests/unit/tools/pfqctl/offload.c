/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests which offloads of a device are named, with the kernel's answers made here. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "tests/unit/fixture/check.h"
#include "tools/pfqctl/offload.h"

static uint32_t gro, flags, tso;
static bool is_refused;

int __wrap_ioctl(int fd, unsigned long request, ...);

/* Answer ETHTOOL_G* about the device va. */
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct ethtool_value *value;
	struct ifreq *ifr;
	va_list ap;

	va_start(ap, request);
	ifr = va_arg(ap, struct ifreq *);
	va_end(ap);
	assert_true(fd >= 0);
	assert_int_equal(request, SIOCETHTOOL);
	assert_string_equal(ifr->ifr_name, "va");
	value = (struct ethtool_value *)ifr->ifr_data;
	value->data = value->cmd == ETHTOOL_GGRO ? gro : value->cmd == ETHTOOL_GTSO ? tso : flags;
	errno = EOPNOTSUPP;
	return is_refused ? -1 : 0;
}

static void check(const char *what, const char *command)
{
	char told[128], off[128] = "";

	assert_int_equal(offload_joins("va", told, sizeof(told), off, sizeof(off)), *what != '\0');
	assert_string_equal(told, what);
	assert_string_equal(off, command);
}

static void names(void **state)
{
	(void)state;
	check("", "");
	gro = 1;
	check("received packets (gro)", "gro off");
	/* other flags than LRO */
	flags = ETH_FLAG_RXHASH | ETH_FLAG_NTUPLE;
	check("received packets (gro)", "gro off");
	flags |= ETH_FLAG_LRO;
	check("received packets (gro, lro)", "gro off lro off");
	tso = 1;
	check("received packets (gro, lro) and sent packets (tso)", "gro off lro off tso off");
	gro = flags = 0;
	check("sent packets (tso)", "tso off");
	is_refused = true;
	check("", "");
}

/* An answer for another namespace would be about another device of the same name. */
static void namespaces(void **state)
{
	struct pfq_engine_info engine = { .pid = 1 };
	struct stat st;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	engine.netns_ino = st.st_ino;
	assert_true(offload_is_here(&engine));
	engine.netns_dev = st.st_dev;
	assert_true(offload_is_here(&engine));
	engine.netns_dev++;
	assert_false(offload_is_here(&engine));
	engine.netns_dev--;
	engine.netns_ino++;
	assert_false(offload_is_here(&engine));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
