/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The compiler without memory, and in several threads at the same time */
#include <errno.h>
#include <pthread.h>
#include "tests/unit/fixture/check.h"
#include "lang/compile.h"

#define THREADS	4
#define ROUNDS	200

static const char *const programs[] = {
	"let control = has_port [53, 67-68] or is_icmp or is_arp\n"
	"in when control (count control >-> also (class 1 >-> copy)) >-> steer_flow",
	"par (steer_ip >-> has_addr [10.0.0.0/8, 2001:db8::/32]) (inv drop) >-> from_device "
	"\"eth0\"",
	"let few = within_src 10pps burst=5 size=64 flows size=1K idle=5s\n"
	"in when (is_dup 2ms by=frame bytes=64) drop >-> few >-> when (few) (flow_bytes > 5M) >-> "
	"steer_by flow_packets",
	"flows size=1M size=5 in is_dup 2s or within 5pps burst=ip or is_dup 2ms by=mac",
	"has_port 10.0.0.1 >-> is_upd >-> (when udp)",
	"ip >-> >-> udp",
	"((((((((((((((((((((((((((((((((((((((((ip))))))))))))))))))))))))))))))))))))))))",
};

#define PROGRAMS	(sizeof(programs) / sizeof(programs[0]))

/* --- no memory ------------------------------------------------------------------------ */

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t n, size_t bytes);
void *__real_realloc(void *p, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t n, size_t bytes);
void *__wrap_realloc(void *p, size_t bytes);

static unsigned int left;	/* allocations until one fails; 0: none fails */
static unsigned int failed;

static bool is_over(void)
{
	if (!left || --left)
		return false;
	failed++;
	return true;
}

void *__wrap_malloc(size_t bytes)
{
	return is_over() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t n, size_t bytes)
{
	return is_over() ? NULL : __real_calloc(n, bytes);
}

void *__wrap_realloc(void *p, size_t bytes)
{
	return is_over() ? NULL : __real_realloc(p, bytes);
}

/* Each allocation fails once. */
static void no_memory(void **state)
{
	unsigned int i, at, before;
	struct pfq_lang *lang;
	int ret;

	(void)state;
	for (i = 0; i < PROGRAMS; i++) {
		for (at = 1;; at++) {
			before = failed;
			left = at;
			ret = pfq_lang_compile(&lang, programs[i], strlen(programs[i]));
			left = 0;
			if (failed == before)
				break;
			assert_int_equal(ret, -ENOMEM);
			assert_null(lang);
		}
		assert_true(at > 4);
		pfq_lang_free(lang);
	}
}

/* --- threads -------------------------------------------------------------------------- */

static void *compile_all(void *arg)
{
	struct pfq_lang *const *expected = arg;
	struct pfq_lang *lang;
	unsigned int i, k;

	for (k = 0; k < ROUNDS * PROGRAMS; k++) {
		i = k % PROGRAMS;
		pfq_lang_compile(&lang, programs[i], strlen(programs[i]));
		if (lang->size != expected[i]->size || lang->notes != expected[i]->notes ||
		    (lang->bytes && memcmp(lang->bytes, expected[i]->bytes, lang->size)))
			return arg;
		pfq_lang_free(lang);
	}
	return NULL;
}

static void threads(void **state)
{
	struct pfq_lang *expected[PROGRAMS];
	pthread_t thread[THREADS];
	void *result;
	unsigned int i;

	(void)state;
	for (i = 0; i < PROGRAMS; i++)
		pfq_lang_compile(&expected[i], programs[i], strlen(programs[i]));
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, compile_all, expected), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], &result), 0);
		assert_null(result);
	}
	for (i = 0; i < PROGRAMS; i++)
		pfq_lang_free(expected[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory),
		cmocka_unit_test(threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
