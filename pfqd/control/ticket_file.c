/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The file of a ticket has a number as its name, and these lines, with the secret in hexadecimal
 * and other numbers in decimal:
 *
 *	pfq-ticket 1 SECRET
 *	user UID GID [GROUP...]
 *	group NAME
 *	devices LIST
 *	end
 *
 * A pfqd that is killed may leave a file without its end. A new file replaces no other one.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "ticket.h"

#define FOLDER_MODE	0700
#define FILE_MODE	0600
#define SECRET_DIGITS	(2 * PFQ_TICKET_BYTES)

/* --- the folder ----------------------------------------------------------------- */

static int refuse(const char *path, int error, struct pfq_error *err)
{
	return error_set(err, -error, "folder %s: %s", path, pfq_reason(PFQ_REASON_PFQD, error));
}

/* A user who can write there can make tickets; one who can read there can use them. */
static int check_owner(const char *path, const struct stat *st, struct pfq_error *err)
{
	if (st->st_uid != geteuid())
		return error_set(err, -EPERM, "folder %s belongs to user %u, not to user %u: "
				 "remove it", path, st->st_uid, geteuid());
	if ((st->st_mode & 07777) != FOLDER_MODE)
		return error_set(err, -EPERM, "folder %s has mode %04o, not %04o: remove it", path,
				 st->st_mode & 07777, FOLDER_MODE);
	return 0;
}

int ticket_folder_open(const char *path, struct pfq_error *err)
{
	struct stat st;
	int fd, ret;

	if (mkdir(path, FOLDER_MODE) && errno != EEXIST)
		return refuse(path, errno, err);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return refuse(path, errno, err);
	ret = fstat(fd, &st) ? refuse(path, errno, err) : check_owner(path, &st, err);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x > *y ? -1 : *x < *y;
}

/* Append the number that is a file's @name, if it is one. Returns 0 or -ENOMEM. */
static int append(uint64_t **numbers, int *count, const char *name)
{
	uint64_t *more;

	if (!*name || name[strspn(name, "0123456789")] || strlen(name) > 18)
		return 0;
	more = realloc(*numbers, ((size_t)*count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	*numbers = more;
	more[(*count)++] = strtoull(name, NULL, 10);
	return 0;
}

int ticket_folder_list(int folder, uint64_t **numbers)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), count = 0, ret = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	*numbers = NULL;
	if (!dir) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	for (errno = 0; !ret && count < INT_MAX && (entry = readdir(dir)); errno = 0)
		ret = append(numbers, &count, entry->d_name);
	if (!ret)
		ret = -errno;
	closedir(dir);
	if (ret) {
		free(*numbers);
		return ret;
	}
	if (count)
		qsort(*numbers, (size_t)count, sizeof(**numbers), compare);
	return count;
}

/* --- a file --------------------------------------------------------------------- */

static const char *name_of(uint64_t number, char name[24])
{
	snprintf(name, 24, "%" PRIu64, number);
	return name;
}

int ticket_file_remove(int folder, uint64_t number)
{
	char name[24];

	return unlinkat(folder, name_of(number, name), 0) && errno != ENOENT ? -errno : 0;
}

static void print(const struct ticket *ticket, FILE *f)
{
	unsigned int i;

	fprintf(f, "pfq-ticket 1 ");
	for (i = 0; i < PFQ_TICKET_BYTES; i++)
		fprintf(f, "%02x", ticket->secret[i]);
	fprintf(f, "\nuser %u %u", ticket->cred.uid, ticket->cred.gid);
	for (i = 0; i < ticket->cred.groups; i++)
		fprintf(f, " %u", ticket->cred.group[i]);
	fprintf(f, "\ngroup %s\ndevices %s\nend\n", ticket->group, ticket->devices);
}

int ticket_file_write(int folder, const struct ticket *ticket)
{
	char name[24];
	int fd = openat(folder, name_of(ticket->number, name),
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	int ret = f ? 0 : -errno;

	if (f) {
		print(ticket, f);
		if (fflush(f))
			ret = -errno;
		fclose(f);
	} else if (fd >= 0) {
		close(fd);
	}
	/* the next pfqd removes a file that has no end */
	if (ret && fd >= 0)
		(void)ticket_file_remove(folder, ticket->number);
	return ret;
}

/* The rest of the next line, which has to begin with @word; NULL: it does not, or it has no end. */
static char *next(FILE *f, char **line, size_t *size, const char *word)
{
	ssize_t n = getline(line, size, f);
	size_t length = strlen(word);

	if (n <= 0 || (*line)[n - 1] != '\n' || strncmp(*line, word, length))
		return NULL;
	(*line)[n - 1] = '\0';
	return *line + length;
}

static bool read_secret(struct ticket *ticket, const char *text)
{
	unsigned int i;

	if (!text || strlen(text) != SECRET_DIGITS ||
	    strspn(text, "0123456789abcdef") != SECRET_DIGITS)
		return false;
	for (i = 0; i < PFQ_TICKET_BYTES; i++)
		sscanf(text + 2 * i, "%2hhx", &ticket->secret[i]);
	return true;
}

/* Read a number and the blank after it. Returns false at the end, or if it is none. */
static bool read_id(const char **text, uint32_t *id)
{
	unsigned long long value;
	char *end;

	if (strspn(*text, "0123456789") == 0)
		return false;
	value = strtoull(*text, &end, 10);
	if (value >= UINT32_MAX || (*end && *end != ' '))
		return false;
	*id = (uint32_t)value;
	*text = *end ? end + 1 : end;
	return true;
}

static bool read_user(struct ticket *ticket, const char *text)
{
	struct access_cred *cred = &ticket->cred;
	size_t room;

	if (!text || !read_id(&text, &cred->uid) || !read_id(&text, &cred->gid))
		return false;
	room = strlen(text) / 2 + 1;	/* a group takes a digit and a blank at least */
	cred->group = calloc(room < TICKET_GROUPS ? room : TICKET_GROUPS, sizeof(*cred->group));
	while (cred->group && *text && cred->groups < TICKET_GROUPS &&
	       read_id(&text, &cred->group[cred->groups]))
		cred->groups++;
	return cred->group && !*text;
}

static bool read_group(struct ticket *ticket, const char *text)
{
	if (!text || strlen(text) > PFQ_NAME_MAX)
		return false;
	strcpy(ticket->group, text);
	return true;
}

static bool read_devices(struct ticket *ticket, const char *text)
{
	ticket->devices = text ? strdup(text) : NULL;
	return ticket->devices;
}

static bool read_ticket(struct ticket *ticket, FILE *f)
{
	char *line = NULL, *rest;
	size_t size = 0;
	bool ok;

	ok = read_secret(ticket, next(f, &line, &size, "pfq-ticket 1 ")) &&
	     read_user(ticket, next(f, &line, &size, "user ")) &&
	     read_group(ticket, next(f, &line, &size, "group ")) &&
	     read_devices(ticket, next(f, &line, &size, "devices ")) &&
	     (rest = next(f, &line, &size, "end")) && !*rest;
	free(line);
	return ok;
}

void ticket_free(struct ticket *ticket)
{
	if (!ticket)
		return;
	access_cred_free(&ticket->cred);
	free(ticket->devices);
	explicit_bzero(ticket->secret, sizeof(ticket->secret));
	free(ticket);
}

struct ticket *ticket_file_read(int folder, uint64_t number)
{
	struct ticket *ticket = calloc(1, sizeof(*ticket));
	char name[24];
	struct stat st;
	bool ok = false;
	FILE *f;
	int fd;

	fd = openat(folder, name_of(number, name),
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (ticket && f)
		ok = !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		     read_ticket(ticket, f);
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	if (ok) {
		ticket->number = number;
		return ticket;
	}
	ticket_free(ticket);
	return NULL;
}
