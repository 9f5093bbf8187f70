/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "log.h"
#include "store.h"

/* FDNAME= */
#define MEMBER	"member-"	/* and the id of the endpoint */
#define LISTENER "listener-"	/* and the device and the inode of its file */
#define SHARES	"shares-"	/* and a number: the highest one has the present shares */

static unsigned int shares_number;	/* 0: the store has none */

bool store_is_there(void)
{
	return getenv("NOTIFY_SOCKET");
}

static int put(int fd, const char *message)
{
	int ret = sd_pid_notify_with_fds(0, 0, message, &fd, 1);

	return ret < 0 ? ret : 0;
}

int store_put_member(int sock, uint32_t endpoint)
{
	char message[64];

	snprintf(message, sizeof(message), "FDSTORE=1\nFDNAME=" MEMBER "%u", endpoint);
	return put(sock, message);
}

/* Write LISTENER's name for this file. */
static void name_listener(char *name, size_t size, dev_t dev, ino_t ino)
{
	snprintf(name, size, LISTENER "%" PRIu64 "-%" PRIu64, (uint64_t)dev, (uint64_t)ino);
}

int store_put_listener(int sock, dev_t dev, ino_t ino)
{
	char name[64], message[96];

	name_listener(name, sizeof(name), dev, ino);
	snprintf(message, sizeof(message), "FDSTORE=1\nFDNAME=%s", name);
	return put(sock, message);
}

void store_drop_listener(dev_t dev, ino_t ino)
{
	char name[64];

	name_listener(name, sizeof(name), dev, ino);
	sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", name);
}

static void drop_shares(unsigned int number)
{
	sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=" SHARES "%u", number);
}

void store_drop_shares(void)
{
	if (shares_number)
		drop_shares(shares_number);
	shares_number = 0;
}

/* The store has one file or two at each moment, and each of them is whole. */
static int replace_shares(int fd)
{
	char message[64];
	int ret;

	snprintf(message, sizeof(message), "FDSTORE=1\nFDNAME=" SHARES "%u", shares_number + 1);
	ret = put(fd, message);
	if (ret)
		return ret;
	if (shares_number)
		drop_shares(shares_number);
	shares_number++;
	return 0;
}

int store_put_shares(void (*print)(void *arg, FILE *f), void *arg)
{
	int fd = memfd_create("pfq-shares", MFD_CLOEXEC), ret;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	print(arg, f);
	ret = fflush(f) || ferror(f) ? -EIO : replace_shares(fd);
	fclose(f);
	return ret;
}

/* --- what the last pfqd has left ---------------------------------------------------- */

static bool take_member(struct store *s, int fd, const char *name)
{
	struct store_member *m = &s->member[s->members];

	if (sscanf(name, MEMBER "%u", &m->endpoint) != 1 ||
	    sd_is_socket(fd, AF_UNIX, SOCK_SEQPACKET, 0) <= 0)
		return false;
	m->sock = fd;
	s->members++;
	return true;
}

static bool take_listener(struct store *s, int fd, const char *name)
{
	uint64_t dev, ino;

	if (s->listener.sock >= 0 ||
	    sscanf(name, LISTENER "%" SCNu64 "-%" SCNu64, &dev, &ino) != 2 ||
	    sd_is_socket(fd, AF_UNIX, SOCK_SEQPACKET, 1) <= 0)
		return false;
	s->listener = (struct store_listener){ fd, (dev_t)dev, (ino_t)ino };
	return true;
}

static bool take_shares(struct store *s, int fd, const char *name)
{
	unsigned int number;
	FILE *f;

	if (sscanf(name, SHARES "%u", &number) != 1 || !number || lseek(fd, 0, SEEK_SET))
		return false;
	if (number < shares_number) {
		drop_shares(number);
		close(fd);
		return true;
	}
	f = fdopen(fd, "r");
	if (!f)
		return false;
	if (s->shares)
		fclose(s->shares);
	store_drop_shares();
	s->shares = f;
	shares_number = number;
	return true;
}

static bool take(struct store *s, int fd, const char *name)
{
	return take_member(s, fd, name) || take_listener(s, fd, name) || take_shares(s, fd, name);
}

void store_take(struct store *s)
{
	char **names = NULL;
	int count = sd_listen_fds_with_names(1, &names), i;

	memset(s, 0, sizeof(*s));
	s->listener.sock = -1;
	if (count < 0)
		log_warning("the descriptors of the service manager: %s", strerror(-count));
	s->member = count > 0 ? calloc((size_t)count, sizeof(*s->member)) : NULL;
	for (i = 0; i < count; i++) {
		int fd = SD_LISTEN_FDS_START + i;

		if (!s->member || !take(s, fd, names[i])) {
			log_warning("descriptor %d of the service manager, \"%.32s\", is closed: "
				    "pfqd has no use for it", fd, names[i]);
			close(fd);
		}
		free(names[i]);
	}
	free(names);
}

void store_close(struct store *s)
{
	unsigned int i;

	for (i = 0; i < s->members; i++) {
		if (s->member[i].sock >= 0)
			close(s->member[i].sock);
	}
	free(s->member);
	if (s->listener.sock >= 0)
		close(s->listener.sock);
	if (s->shares)
		fclose(s->shares);
	memset(s, 0, sizeof(*s));
	s->listener.sock = -1;
}
