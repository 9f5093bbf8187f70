/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* lang show --profile: how often each step of a group's program answers yes and no */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lang.h"
#include "lang_step.h"
#include "lang_text.h"

#define NS_PER_S	1000000000ULL

struct profile {
	const struct request *r;
	struct pfq_ctl *ctl;
	struct pfq_error *err;
	struct lang_text text;
	uint64_t begin_ns, end_ns;	/* CLOCK_MONOTONIC */
	struct pfq_step_count count[PFQ_LANG_STEPS_MAX];
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	const struct timespec t = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static int print(const struct profile *p)
{
	double seconds = (double)(now_ns() - p->begin_ns) / NS_PER_S;

	if (p->r->is_json)
		return json_print(json_pack("{s:f, s:o}", "seconds", seconds, "steps",
					    lang_step_json(&p->text.parts, p->count)),
				  p->r->watch_ns);
	printf("after %.1f s:\n", seconds);
	lang_step_show(&p->text.parts, p->count);
	if (p->r->watch_ns)
		putchar('\n');
	return fflush(stdout) ? -errno : 0;
}

/* Get the counts, and print them. */
static int look(struct profile *p)
{
	unsigned int steps;
	int ret = pfq_ctl_profile(p->ctl, p->r->arg[1], 0, p->count, &steps, p->err);

	if (ret)
		return ret;
	if (steps)
		return print(p);
	snprintf(p->err->text, sizeof(p->err->text),
		 "group %.31s counts no more: it has another program now, or the time is over",
		 p->r->arg[1]);
	return -ESTALE;
}

static int watch(struct profile *p)
{
	uint64_t every_ns = p->r->watch_ns ? p->r->watch_ns : p->end_ns - p->begin_ns;
	uint64_t next_ns = p->begin_ns;
	int ret = p->r->watch_ns ? look(p) : 0;

	while (!ret && next_ns < p->end_ns) {
		next_ns += every_ns;
		if (next_ns > p->end_ns)
			next_ns = p->end_ns;
		sleep_until(next_ns);
		ret = look(p);
	}
	return ret;
}

static int on_program(const struct pfq_program_info *info, void *arg)
{
	struct profile *p = arg;

	return lang_text_of_group(&p->text, info, p->err);
}

/*
 * The counts begin before the program is asked for: if it is replaced in between, they end. They go
 * on for a second longer, so that the last look finds them.
 */
static int begin(struct profile *p)
{
	unsigned int steps;
	int ret;

	p->begin_ns = now_ns();
	p->end_ns = p->begin_ns + p->r->profile_s * NS_PER_S;
	ret = pfq_ctl_profile(p->ctl, p->r->arg[1], p->r->profile_s + 1, p->count, &steps, p->err);
	return ret ? ret : pfq_ctl_program(p->ctl, p->r->arg[1], on_program, p, p->err);
}

int lang_profile(const struct request *r, struct pfq_error *err)
{
	struct profile *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return -ENOMEM;
	p->r = r;
	p->err = err;
	ret = pfq_ctl_open(&p->ctl, r->socket, err);
	if (!ret)
		ret = begin(p);
	if (!ret)
		ret = watch(p);
	pfq_ctl_close(p->ctl);
	lang_text_free(&p->text);
	free(p);
	return ret;
}
