/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "pfqd/base/log.h"
#include "supervisor.h"

#define STATUS_MS	10000	/* how often the line is renewed if there is no watchdog */

struct supervisor {
	struct registry *registry;
	unsigned int kernel_groups;
	struct loop_watch *timer;	/* NULL: nobody listens */
	unsigned int period_ms;
	bool has_watchdog;
	bool is_silent;			/* a worker hangs: there is no sign of life */
	char status[128];		/* the line that was sent last */
};

/* --- the line ------------------------------------------------------------------ */

/* Packets that the present members and sources have lost. */
static uint64_t lost_packets(const struct registry *e)
{
	const struct pfqd_group *g;
	const struct endpoint *ep;
	const struct source *src;
	uint64_t sum = 0;

	TAILQ_FOREACH(g, &e->groups, entry) {
		TAILQ_FOREACH(ep, &g->member, entry) {
			uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX];

			endpoint_counters(ep, counters);
			sum += counters[PFQ_ENDPOINT_drop_ring_full];
		}
	}
	TAILQ_FOREACH(src, &e->sources.live, entry) {
		uint64_t counters[PFQ_INGEST_COUNTERS_MAX];

		source_counters(src, counters);
		sum += counters[PFQ_INGEST_drop_socket];
	}
	return sum;
}

static void print_status(const struct supervisor *s, char *line, size_t size)
{
	unsigned int groups = s->registry->group_count, members = 0;
	const struct pfqd_group *g;

	if (s->registry->is_kernel) {
		snprintf(line, size, "kernel engine, groups: %u", s->kernel_groups);
		return;
	}
	TAILQ_FOREACH(g, &s->registry->groups, entry)
		members += g->members;
	snprintf(line, size, "groups: %u, members: %u, packets lost: %" PRIu64, groups, members,
		 lost_packets(s->registry));
}

/* Send the line if it has changed. */
static void send_status(struct supervisor *s)
{
	char line[sizeof(s->status)];

	print_status(s, line, sizeof(line));
	if (!strcmp(line, s->status))
		return;
	strcpy(s->status, line);
	sd_notifyf(0, "STATUS=%s", line);
}

/* --- signs of life ------------------------------------------------------------- */

/*
 * Send a sign of life if each worker has run since the last period. A worker that hangs does not
 * stop the control thread, so that pfqctl still answers.
 */
static void send_life(struct supervisor *s)
{
	int hung = s->registry->workers ? workers_look(s->registry->workers) : -1;

	if (hung >= 0 && !s->is_silent)
		log_error("worker %d has hung for %u ms: the service manager gets no sign of life "
			  "until it runs again", hung, s->period_ms);
	if (hung < 0 && s->is_silent)
		log_warning("the workers run again");
	s->is_silent = hung >= 0;
	if (!s->is_silent)
		sd_notify(0, "WATCHDOG=1");
}

static void on_timer(void *arg, uint32_t events)
{
	struct supervisor *s = arg;

	(void)events;
	if (s->has_watchdog)
		send_life(s);
	send_status(s);
	loop_timer_set(s->timer, s->period_ms);
}

/* --- life ---------------------------------------------------------------------- */

int supervisor_create(struct supervisor **out, struct loop *loop, struct registry *registry,
		      unsigned int kernel_groups)
{
	struct supervisor *s = calloc(1, sizeof(*s));
	uint64_t watchdog_us = 0;
	int ret = 0;

	if (!s)
		return -ENOMEM;
	s->registry = registry;
	s->kernel_groups = kernel_groups;
	s->has_watchdog = sd_watchdog_enabled(0, &watchdog_us) > 0 && watchdog_us >= 2000;
	s->period_ms = s->has_watchdog ? (unsigned int)(watchdog_us / 2000) : STATUS_MS;
	if (getenv("NOTIFY_SOCKET"))
		ret = loop_timer_add(loop, on_timer, s, &s->timer);
	if (ret) {
		free(s);
		return ret;
	}
	*out = s;
	return 0;
}

void supervisor_destroy(struct supervisor *s)
{
	if (!s)
		return;
	loop_watch_del(s->timer);
	free(s);
}

void supervisor_ready(struct supervisor *s)
{
	if (!s->timer)
		return;
	print_status(s, s->status, sizeof(s->status));
	sd_notifyf(0, "READY=1\nSTATUS=%s", s->status);
	if (s->has_watchdog)
		send_life(s);
	loop_timer_set(s->timer, s->period_ms);
}

void supervisor_groups(struct supervisor *s, unsigned int groups)
{
	s->kernel_groups = groups;
}

void supervisor_reloading(struct supervisor *s)
{
	uint64_t ns = registry_now_ns();

	if (s->timer)
		sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, ns / 1000);
}

void supervisor_stopping(struct supervisor *s)
{
	if (s && s->timer)
		sd_notify(0, "STOPPING=1");
}
