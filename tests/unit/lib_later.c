/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib_joined.h"
#include "lib_later.h"

static void *later_run(void *arg)
{
	struct later *l = arg;

	usleep(l->ms * 1000);
	l->act();
	return NULL;
}

void later(struct later *l, unsigned int ms, void (*act)(void))
{
	l->ms = ms;
	l->act = act;
	assert_int_equal(pthread_create(&l->thread, NULL, later_run, l), 0);
}

void later_done(struct later *l)
{
	pthread_join(l->thread, NULL);
}

uint64_t elapsed_ms(uint64_t since)
{
	return (fake_now_ns() - since) / MS;
}
