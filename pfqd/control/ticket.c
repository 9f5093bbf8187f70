/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "pfqd/base/log.h"
#include "ticket.h"

#define LOOK_MS		30000	/* how often tickets whose time is over are looked for */
#define NS_PER_MS	1000000ULL

TAILQ_HEAD(ticket_list, ticket);

struct tickets {
	struct ticket_list list;
	unsigned int count;
	uint64_t last_number;
	char path[128];			/* of the folder */
	int folder;			/* -1: no tickets are given */
	struct loop_watch *timer;	/* runs while a ticket waits for its member */
	bool is_timed;
	bool has_failed;		/* and the log has said so */
};

/* --- life --------------------------------------------------------------------- */

/* Otherwise the next pfqd would take the ticket again. */
static void remove_file(const struct tickets *t, uint64_t number)
{
	int ret = ticket_file_remove(t->folder, number);

	if (ret)
		log_warning("a ticket that is not valid any more cannot be removed: %s/%" PRIu64
			    ": %s", t->path, number, strerror(-ret));
}

static void drop(struct tickets *t, struct ticket *ticket)
{
	remove_file(t, ticket->number);
	TAILQ_REMOVE(&t->list, ticket, entry);
	t->count--;
	ticket_free(ticket);
}

static void look_later(struct tickets *t)
{
	if (!t->is_timed)
		loop_timer_set(t->timer, LOOK_MS);
	t->is_timed = true;
}

/* Drop the tickets whose time is over. */
static void on_timer(void *arg, uint32_t events)
{
	uint64_t now = loop_now_ns();
	struct ticket *ticket, *next;
	struct tickets *t = arg;

	(void)events;
	t->is_timed = false;
	for (ticket = TAILQ_FIRST(&t->list); ticket; ticket = next) {
		next = TAILQ_NEXT(ticket, entry);
		if (ticket->is_taken)
			continue;
		if (now >= ticket->until_ns)
			drop(t, ticket);
		else
			look_later(t);
	}
}

int tickets_create(struct tickets **out, struct loop *loop)
{
	struct tickets *t = calloc(1, sizeof(*t));
	int ret;

	if (!t)
		return -ENOMEM;
	TAILQ_INIT(&t->list);
	t->folder = -1;
	ret = loop_timer_add(loop, on_timer, t, &t->timer);
	if (ret) {
		free(t);
		return ret;
	}
	*out = t;
	return 0;
}

void tickets_destroy(struct tickets *t)
{
	struct ticket *ticket;

	if (!t)
		return;
	loop_watch_del(t->timer);
	while ((ticket = TAILQ_FIRST(&t->list))) {
		if (ticket->has_left)
			remove_file(t, ticket->number);
		TAILQ_REMOVE(&t->list, ticket, entry);
		ticket_free(ticket);
	}
	/* fails if the next pfqd needs the folder */
	if (t->folder >= 0 && !close(t->folder))
		(void)unlinkat(AT_FDCWD, t->path, AT_REMOVEDIR);
	free(t);
}

/* --- the tickets of the last pfqd ----------------------------------------------- */

static void add(struct tickets *t, struct ticket *ticket)
{
	TAILQ_INSERT_TAIL(&t->list, ticket, entry);
	t->count++;
}

static void wait_for_member(struct tickets *t, struct ticket *ticket, unsigned int ms)
{
	ticket->is_taken = false;
	ticket->until_ns = loop_now_ns() + ms * NS_PER_MS;
	look_later(t);
}

/* Take over the newest files. The others are of programs that have ended without a pfqd. */
static void read_files(struct tickets *t)
{
	struct ticket *ticket;
	uint64_t *numbers;
	int count = ticket_folder_list(t->folder, &numbers), i;

	if (count < 0) {
		log_warning("the tickets of the last pfqd are lost: %s: %s", t->path,
			    strerror(-count));
		return;
	}
	t->last_number = count ? numbers[0] : 0;
	for (i = 0; i < count; i++) {
		ticket = i < TICKETS_FORMER ? ticket_file_read(t->folder, numbers[i]) : NULL;
		if (ticket) {
			add(t, ticket);
			wait_for_member(t, ticket, TICKET_WAIT_MS);
		} else {
			remove_file(t, numbers[i]);
		}
	}
	free(numbers);
	if (t->count)
		log_info("%u ticket%s of the last pfqd taken over", t->count,
			 t->count == 1 ? "" : "s");
}

void tickets_open(struct tickets *t, const char *socket)
{
	struct pfq_error err;

	snprintf(t->path, sizeof(t->path), "%s" TICKET_FOLDER, socket);
	t->folder = ticket_folder_open(t->path, &err);
	if (t->folder >= 0)
		read_files(t);
	else
		log_warning("%s: a program that gives up root will not be let in again when pfqd "
			    "was killed", err.text);
}

bool tickets_are_given(const struct tickets *t)
{
	return t && t->folder >= 0;
}

/* --- use ------------------------------------------------------------------------ */

/* The time that this takes tells nothing about @secret. */
static bool is_same(const uint8_t *secret, const uint8_t *other)
{
	unsigned int i, bits = 0;

	for (i = 0; i < PFQ_TICKET_BYTES; i++)
		bits |= secret[i] ^ other[i];
	return !bits;
}

static struct ticket *find(const struct tickets *t, const uint8_t *secret)
{
	struct ticket *ticket, *found = NULL;

	TAILQ_FOREACH(ticket, &t->list, entry) {
		if (is_same(ticket->secret, secret))
			found = ticket;
	}
	return found;
}

struct ticket *ticket_take(struct tickets *t, const uint8_t *secret, const char *group,
			   const char *devices, const char **why)
{
	struct ticket *ticket = t ? find(t, secret) : NULL;

	*why = NULL;
	if (!ticket || (!ticket->is_taken && loop_now_ns() >= ticket->until_ns))
		*why = "pfqd does not know it, or its time is over";
	else if (ticket->is_taken)
		*why = "another program uses it";
	else if (strcmp(ticket->group, group) || strcmp(ticket->devices, devices))
		*why = "it is for another group, or for other devices";
	if (*why)
		return NULL;
	ticket->is_taken = true;
	ticket->is_shown = true;
	ticket->has_left = false;
	return ticket;
}

/* Returns 0 or -errno. */
static int fill(struct ticket *ticket, const struct access_cred *cred, const char *group,
		const char *devices)
{
	ssize_t n;

	/* a line of the file ends there */
	if (cred->groups > TICKET_GROUPS || strchr(group, '\n') || strchr(devices, '\n'))
		return -E2BIG;
	snprintf(ticket->group, sizeof(ticket->group), "%s", group);
	ticket->devices = strdup(devices);
	if (!ticket->devices || access_cred_copy(&ticket->cred, cred))
		return -ENOMEM;
	ticket->cred.pid = 0;
	n = getrandom(ticket->secret, sizeof(ticket->secret), 0);
	return n < 0 ? -errno : n == sizeof(ticket->secret) ? 0 : -EIO;
}

static int make(struct tickets *t, struct ticket *ticket, const struct access_cred *cred,
		const char *group, const char *devices)
{
	int ret;

	if (t->count == TICKETS_MAX)
		return -EDQUOT;
	ret = fill(ticket, cred, group, devices);
	if (ret)
		return ret;
	ticket->number = ++t->last_number;
	ticket->is_taken = true;
	return ticket_file_write(t->folder, ticket);
}

struct ticket *ticket_make(struct tickets *t, const struct access_cred *cred, const char *group,
			   const char *devices)
{
	struct ticket *ticket;
	int ret;

	if (!tickets_are_given(t))
		return NULL;
	ticket = calloc(1, sizeof(*ticket));
	ret = ticket ? make(t, ticket, cred, group, devices) : -ENOMEM;
	if (!ret) {
		add(t, ticket);
		return ticket;
	}
	/* a client can join as often as it wants */
	log_write(t->has_failed ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING, NULL,
		  "%s: a member gets no ticket: %s", t->path, strerror(-ret));
	t->has_failed = true;
	ticket_free(ticket);
	return NULL;
}

void ticket_put_back(struct tickets *t, struct ticket *ticket)
{
	wait_for_member(t, ticket, TICKET_WAIT_MS);
}

void ticket_leave(struct tickets *t, struct ticket *ticket)
{
	/* a member that has never shown it is at its first pfqd, and does not try again */
	if (!ticket->is_shown) {
		drop(t, ticket);
		return;
	}
	ticket->has_left = true;
	wait_for_member(t, ticket, TICKET_LEFT_MS);
}
