/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tickets. A member gets one with the answer to its JOIN, and shows it to the next pfqd, which then
 * judges the member by what it was granted at first: the member may have given up root since then.
 * A ticket is valid for a JOIN of the same group and devices, and for one member at a time. Each is
 * a file in a folder beside the socket, which only pfqd's user can enter, so that it outlives a
 * pfqd that is killed. Control thread only.
 */
#ifndef PFQD_TICKET_H
#define PFQD_TICKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <linux/pfq_control.h>

#include "pfqd/base/loop.h"
#include "pfqd/settings/access.h"

/* A ticket without a member is valid for this time: its member may be stopped, or is refused. */
#define TICKET_WAIT_MS	3600000
/* The same if its member has left after it has shown the ticket: the member may try again. */
#define TICKET_LEFT_MS	60000
#define TICKET_FOLDER	".tickets"	/* after the name of the socket */
#define TICKETS_FORMER	4096		/* of earlier pfqds; the newest ones are kept */
#define TICKETS_MAX	(2 * TICKETS_FORMER)
#define TICKET_GROUPS	1024		/* a user with more groups gets no ticket */

struct ticket {
	TAILQ_ENTRY(ticket) entry;
	uint8_t secret[PFQ_TICKET_BYTES];
	uint64_t number;		/* the name of its file */
	struct access_cred cred;	/* the member's, at first; its pid is 0 */
	char group[PFQ_NAME_MAX + 1];	/* of the JOIN; "": a private group */
	char *devices;			/* of the JOIN; "": none */
	bool is_taken;			/* by a member, or by a JOIN in work */
	bool is_shown;			/* a member has come with it */
	bool has_left;			/* the member, and pfqd was there */
	uint64_t until_ns;		/* CLOCK_MONOTONIC, while it is not taken */
};

struct tickets;

/* Make an empty set of tickets, which gives none. Returns 0 or -errno. */
int tickets_create(struct tickets **tickets, struct loop *loop);
/*
 * Free all tickets. The files of those whose members have not left stay for the next pfqd. NULL:
 * nothing.
 */
void tickets_destroy(struct tickets *tickets);
/*
 * Read the tickets that the last pfqd at @socket has left, and give tickets from now on. If the
 * folder cannot be used, the log says why, and no tickets are given.
 */
void tickets_open(struct tickets *tickets, const char *socket);
/* Are tickets given? NULL: no. */
bool tickets_are_given(const struct tickets *tickets);

/*
 * A JOIN of @group and @devices ("": none) has come with the ticket @secret. Returns the ticket,
 * which is taken then; or NULL, and sets *why to the reason.
 */
struct ticket *ticket_take(struct tickets *tickets, const uint8_t *secret, const char *group,
			   const char *devices, const char **why);
/*
 * Make a ticket, which is taken. Returns NULL if that fails; the log says why, and the member is as
 * one without a ticket.
 */
struct ticket *ticket_make(struct tickets *tickets, const struct access_cred *cred,
			   const char *group, const char *devices);
/* The JOIN was refused, or pfqd has removed the member: it may come with the ticket later. */
void ticket_put_back(struct tickets *tickets, struct ticket *ticket);
/* The member has left. */
void ticket_leave(struct tickets *tickets, struct ticket *ticket);

/* --- ticket_file.c ------------------------------------------------------------------ */

/* Open the folder @path, or make it. Returns the descriptor, or -errno with text. */
int ticket_folder_open(const char *path, struct pfq_error *err);
/*
 * Set *numbers to the names of the files in @folder, the highest first. The caller frees it.
 * Returns their count, or -errno.
 */
int ticket_folder_list(int folder, uint64_t **numbers);
/* Make the file of @ticket. Returns 0 or -errno; no file is left then. */
int ticket_file_write(int folder, const struct ticket *ticket);
/*
 * Make a ticket from the file @number. Returns NULL if there is no memory, or if pfqd has not
 * written the file.
 */
struct ticket *ticket_file_read(int folder, uint64_t number);
/* Remove the file @number. Returns 0 or -errno; a file that is not there is no error. */
int ticket_file_remove(int folder, uint64_t number);

/* Free a ticket, not its file. NULL: nothing. */
void ticket_free(struct ticket *ticket);

#endif /* PFQD_TICKET_H */
