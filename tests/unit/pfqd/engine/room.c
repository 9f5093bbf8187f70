/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the count of memory that is promised to rings. It takes no memory. */
#include "config.h"

#include <errno.h>

#include "pfqd/engine/room.h"
#include "pfqd/host/available.h"
#include "tests/unit/fixture/check.h"

/* Two rings that fit one by one do not fit together. */
static void test_promises_count(void **state)
{
	uint64_t bytes = available_bytes("") / 5 * 3;
	struct pfq_error err;

	(void)state;
	assert_int_equal(room_promise(bytes, &err), 0);
	assert_int_equal(room_promise(bytes, &err), -ENOMEM);
	check_text(err.text, "are available, other rings that are being made take ");
	check_text(err.text, "; ask for a smaller one");
	/* a refused ring is not promised anything */
	assert_int_equal(room_promise(1 << 20, &err), 0);
	room_end(1 << 20);
	room_end(bytes);
	assert_int_equal(room_promise(bytes, &err), 0);
	room_end(bytes);
}

static void test_too_much(void **state)
{
	struct pfq_error err;

	(void)state;
	assert_int_equal(room_promise(available_bytes(""), &err), -ENOMEM);
	check_text(err.text, "are available, and 67108864 are kept for the system");
	assert_int_equal(room_promise(UINT64_MAX, &err), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_promises_count),
		cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
