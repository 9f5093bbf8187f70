/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the pages of a ring, with a pool of eight huge pages and with an empty pool. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <hugetlbfs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/pool.h"
#include "pfqd/host/hugepage.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pool.h"

#define MIB	(1ULL << 20)

static struct pfq_error err;

/* The choice of pfqd: 0 is ordinary pages, 1 an error. */
static uint64_t chosen(const char *choice, uint64_t bytes)
{
	uint64_t page_bytes = 4711;
	int ret = hugepage_choose(choice, bytes, &page_bytes, &err);

	return ret ? 1 : page_bytes;
}

/* The choice of a consumer, for the kernel engine. */
static uint64_t consumer_chosen(const char *choice, uint64_t bytes)
{
	struct pfq_memory m;

	assert_int_equal(pfq_memory_open(&m, choice, bytes, &err), 0);
	assert_int_equal(m.fd >= 0, m.page_bytes != 0);
	if (m.fd >= 0)
		close(m.fd);
	return m.page_bytes;
}

static void test_both_know_the_sizes(void **state)
{
	uint64_t ours[PFQ_POOLS_MAX];
	long theirs[PFQ_POOLS_MAX];
	char list[256] = "off";
	int n = gethugepagesizes(theirs, PFQ_POOLS_MAX), used = 3, i, j;

	(void)state;
	assert_int_equal(pfq_pool_sizes(ours), n);
	for (i = 0; i < n; i++) {
		for (j = 0; j < n && (uint64_t)theirs[j] != ours[i]; j++)
			;
		assert_true(j < n);
		used += snprintf(list + used, sizeof(list) - (size_t)used, ", %" PRIu64 "K",
				 ours[i] >> 10);
	}
	assert_int_equal(chosen("3M", MIB), 1);
	check_text(err.text, list);
}

static void test_eight_pages(void **state)
{
	(void)state;
	if (!pool_take(8))
		skip();
	assert_int_equal(pfq_pool_free_bytes(POOL_PAGE_BYTES), 16 * MIB);
	assert_int_equal(chosen("auto", 16 * MIB), POOL_PAGE_BYTES);
	assert_int_equal(chosen("2M", 16 * MIB), POOL_PAGE_BYTES);
	assert_int_equal(chosen("off", 16 * MIB), 0);
	/* Too much of the page would be unused. */
	assert_int_equal(chosen("auto", MIB), 0);
	assert_int_equal(chosen("auto", 16 * MIB + 1), 0);
	assert_int_equal(chosen("2M", 16 * MIB + 1), 1);
	check_text(err.text, "no room for 18874368 bytes in hugepages of 2M: the pool has "
		   "16777216");
	assert_int_equal(consumer_chosen("auto", 16 * MIB), POOL_PAGE_BYTES);
	assert_int_equal(consumer_chosen("off", 16 * MIB), 0);
}

static void test_no_pages(void **state)
{
	(void)state;
	if (!pool_take(0))
		skip();
	assert_int_equal(pfq_pool_free_bytes(POOL_PAGE_BYTES), 0);
	assert_int_equal(chosen("auto", 16 * MIB), 0);
	assert_int_equal(chosen("2M", 16 * MIB), 1);
	check_text(err.text, "the pool has 0; enlarge it (");
	assert_int_equal(consumer_chosen("auto", 16 * MIB), 0);
}

/* The sysctl enlarges the pool of the default size only. */
static void test_how_to_enlarge(void **state)
{
	uint64_t size[PFQ_POOLS_MAX];
	unsigned int n = pfq_pool_sizes(size), i;
	char choice[32], where[128];

	(void)state;
	if (!n)
		skip();
	for (i = 0; i < n; i++) {
		snprintf(choice, sizeof(choice), "%" PRIu64 "K", size[i] >> 10);
		snprintf(where, sizeof(where), (uint64_t)gethugepagesize() == size[i] ?
			 "enlarge it (vm.nr_hugepages) or choose auto" :
			 "enlarge it (/sys/kernel/mm/hugepages/hugepages-%" PRIu64
			 "kB/nr_hugepages) or choose auto", size[i] >> 10);
		assert_int_equal(chosen(choice, 1ULL << 50), 1);
		check_text(err.text, where);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_know_the_sizes),
		cmocka_unit_test_teardown(test_eight_pages, pool_teardown),
		cmocka_unit_test_teardown(test_no_pages, pool_teardown),
		cmocka_unit_test(test_how_to_enlarge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
