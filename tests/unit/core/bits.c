/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "tests/unit/fixture/check.h"
#include "core/bits.h"

/* Ranges come and go at random; an array of bytes has the same numbers. */
static void maps_are_as_an_array(void **state)
{
	u64 *bits = calloc(1, pfq_bits_bytes(PFQ_BITS_PORTS)), random = 9;
	u8 *model = calloc(1, PFQ_BITS_PORTS);
	u32 n, k, first, last;
	bool is_in;

	(void)state;
	assert_true(bits && model);
	assert_int_equal(pfq_bits_bytes(PFQ_BITS_PORTS), 8192);
	assert_int_equal(pfq_bits_bytes(PFQ_BITS_VLANS), 512);
	for (n = 0; n < 200; n++) {
		first = (u32)(check_random(&random) % PFQ_BITS_PORTS);
		last = first + (u32)(check_random(&random) % (n % 2 ? 2 : 500));
		last = last < PFQ_BITS_PORTS ? last : PFQ_BITS_PORTS - 1;
		is_in = check_random(&random) % 3;
		pfq_bits_change(bits, first, last, is_in);
		memset(model + first, is_in, last - first + 1);
		for (k = 0; k < PFQ_BITS_PORTS; k++)
			assert_int_equal(pfq_bits_has(bits, k), model[k]);
		for (k = first = 0; k < PFQ_BITS_PORTS; first = k + 1) {
			k = pfq_bits_next(bits, PFQ_BITS_PORTS, first);
			for (; first < k; first++)
				assert_int_equal(model[first], 0);
			assert_true(k == PFQ_BITS_PORTS || model[k]);
		}
	}
	pfq_bits_change(bits, 0, PFQ_BITS_PORTS - 1, true);
	assert_int_equal(pfq_bits_next(bits, PFQ_BITS_PORTS, 65535), 65535);
	pfq_bits_change(bits, 0, PFQ_BITS_PORTS - 1, false);
	assert_int_equal(pfq_bits_next(bits, PFQ_BITS_PORTS, 0), PFQ_BITS_PORTS);
	free(bits);
	free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(maps_are_as_an_array) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
