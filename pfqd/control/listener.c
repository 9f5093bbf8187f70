/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/base/unit.h"
#include "listener.h"

#define LISTENER_DIR_MODE	0755
#define LISTENER_LOCK_TRIES	50
#define LISTENER_LOCK_WAIT_NS	20000000

struct folder {
	char path[sizeof(((struct listener *)0)->path)];
	bool is_made;		/* just now */
};

void listener_init(struct listener *l)
{
	memset(l, 0, sizeof(*l));
	l->sock = -1;
}

/* Why @path cannot be used; @error of either sign. */
static const char *reason(const char *path, int error)
{
	const char *why = unit_explains("", path, error);

	return why ? why : pfq_reason(PFQ_REASON_PFQD, error);
}

static int refuse_folder(const char *path, const char *dir, int error, struct pfq_error *err)
{
	return error_set(err, -error, "socket %s: folder %s: %s", path, dir, reason(dir, error));
}

/*
 * Open the folder of @path. If it is missing, make it, but not its parents. Returns the descriptor
 * or -errno.
 */
static int open_dir(const char *path, struct folder *folder, struct pfq_error *err)
{
	char *slash;
	int fd;

	strcpy(folder->path, path);
	slash = strrchr(folder->path, '/');
	slash[slash == folder->path] = '\0';
	folder->is_made = !mkdir(folder->path, LISTENER_DIR_MODE);
	if (!folder->is_made && errno != EEXIST)
		return refuse_folder(path, folder->path, errno, err);
	fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? refuse_folder(path, folder->path, errno, err) : fd;
}

/* Is the folder only for pfqd? */
static bool is_own(const struct folder *folder)
{
	const char *given = getenv("RUNTIME_DIRECTORY");
	size_t n = strlen(folder->path);

	return folder->is_made || (given && !strcmp(given, folder->path)) ||
	       (!strncmp(PFQ_SOCKET_DEFAULT, folder->path, n) &&
		strrchr(PFQ_SOCKET_DEFAULT, '/') == &PFQ_SOCKET_DEFAULT[n]);
}

/* Open the folder of @path and lock it against other pfqd that start. */
static int lock_dir(const char *path, struct pfq_error *err)
{
	struct timespec wait = { .tv_nsec = LISTENER_LOCK_WAIT_NS };
	struct folder folder;
	int fd = open_dir(path, &folder, err), i;

	if (fd < 0)
		return fd;
	for (i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
		if (i == LISTENER_LOCK_TRIES) {
			close(fd);
			return error_set(err, -EBUSY,
					 "socket %s: another process keeps folder %s locked",
					 path, folder.path);
		}
		nanosleep(&wait, NULL);
	}
	return fd;
}

/*
 * Find out whether a process listens on the socket file @un. Returns 1 (*pid: that process, 0 if it
 * is in another PID namespace), 0 if no process listens, or -errno.
 */
static int find_listener(const struct sockaddr_un *un, pid_t *pid)
{
	socklen_t len = sizeof(struct ucred);
	struct ucred uc = { .pid = 0 };
	int sock, ret = 1;

	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return -errno;
	if (connect(sock, (const struct sockaddr *)un, sizeof(*un)))
		ret = errno == ECONNREFUSED || errno == ENOENT ? 0 : -errno;
	else if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &uc, &len))
		uc.pid = 0;
	*pid = uc.pid;
	close(sock);
	return ret;
}

/*
 * Can only root have made the folder @fd? Then nobody but root may change its parent folder.
 * Somebody else's folder may have been prepared for an attack.
 */
static bool is_made_by_root(int fd)
{
	struct stat st;

	return !fstatat(fd, "..", &st, 0) && !st.st_uid && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* Give the folder @fd to the user, unless it is the user's. */
static int give_folder(const char *path, const struct folder *folder, int fd, uid_t uid, gid_t gid,
		       struct pfq_error *err)
{
	struct stat st;

	if (!fstat(fd, &st) && st.st_uid == uid)
		return 0;
	if (!folder->is_made && (!is_own(folder) || !is_made_by_root(fd)))
		return 0;
	return fchown(fd, uid, gid) ?
		error_set(err, -errno, "socket %s: folder %s cannot be given to user %u: %s", path,
			  folder->path, uid, pfq_reason(PFQ_REASON_PFQD, errno)) : 0;
}

int listener_prepare(const char *path, uid_t uid, gid_t gid, struct pfq_error *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct folder folder;
	struct stat st;
	pid_t pid;
	int fd = open_dir(path, &folder, err), ret = 0;

	if (fd < 0)
		return fd;
	strcpy(un.sun_path, path);
	/* the last part of the folder's path must not be a link, which may lead anywhere */
	if (!lstat(folder.path, &st) && S_ISDIR(st.st_mode) && find_listener(&un, &pid) <= 0)
		ret = give_folder(path, &folder, fd, uid, gid, err);
	close(fd);
	return ret;
}

/* Why this process may not write into the folder of @path: it may be another user's. */
static int refuse_write(const char *path, int error, struct pfq_error *err)
{
	char dir[sizeof(((struct listener *)0)->path)];
	struct stat st;
	char *slash;

	strcpy(dir, path);
	slash = strrchr(dir, '/');
	slash[slash == dir] = '\0';
	if (error != EACCES || stat(dir, &st) || st.st_uid == geteuid())
		return error_set(err, -error, "socket %s: %s", path, reason(path, error));
	return error_set(err, -error,
			 "socket %s: folder %s belongs to user %u, and user %u cannot write there: "
			 "chown %u %s, or choose another folder", path, dir, st.st_uid, geteuid(),
			 geteuid(), dir);
}

/*
 * Make @un free: remove the socket file of a dead process. -EADDRINUSE if a process listens there.
 */
static int clear_path(const struct sockaddr_un *un, struct pfq_error *err)
{
	const char *path = un->sun_path;
	struct stat st;
	pid_t pid = 0;
	int ret;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 :
			error_set(err, -errno, "socket %s: %s", path,
				  pfq_reason(PFQ_REASON_PFQD, errno));
	if (!S_ISSOCK(st.st_mode))
		return error_set(err, -EEXIST,
				 "socket %s: the file there is not a socket; remove it "
				 "or choose another path",
				 path);
	ret = find_listener(un, &pid);
	if (ret > 0)
		return error_set(err, -EADDRINUSE,
				 "socket %s is in use by process %d; end it or choose "
				 "another path",
				 path, pid);
	/* a full backlog or another socket type: a process uses the file */
	if (ret < 0)
		return error_set(err, -EADDRINUSE, "socket %s is in use (%s); choose another path",
				 path, pfq_reason(PFQ_REASON_PFQD, ret));
	return unlink(path) ? refuse_write(path, errno, err) : 0;
}

static int bind_listen(struct listener *l, const struct sockaddr_un *un, struct pfq_error *err)
{
	mode_t mask = umask(0777 & ~LISTENER_SOCK_MODE);
	struct stat st;
	int ret;

	l->sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ret = l->sock < 0 || bind(l->sock, (const struct sockaddr *)un, sizeof(*un)) ? -errno : 0;
	umask(mask);
	if (!ret && lstat(un->sun_path, &st))
		ret = -errno;
	if (!ret) {
		strcpy(l->path, un->sun_path);
		l->dev = st.st_dev;
		l->ino = st.st_ino;
		ret = listen(l->sock, LISTENER_BACKLOG) ? -errno : 0;
	}
	return ret ? refuse_write(un->sun_path, -ret, err) : 0;
}

/* Make @path free, with its folder locked. Returns the lock's descriptor, or -errno. */
static int take_path(struct sockaddr_un *un, const char *path, struct pfq_error *err)
{
	const char *hidden;
	int lock, ret;

	if (*path != '/' || strlen(path) >= sizeof(un->sun_path))
		return error_set(err, -EINVAL,
				 "socket \"%.64s\" is not allowed; allowed: an absolute "
				 "path of at most %zu bytes",
				 path, sizeof(un->sun_path) - 1);
	hidden = unit_hides("", path);
	if (hidden)
		return error_set(err, -EXDEV, "socket %s: %s", path, hidden);
	strcpy(un->sun_path, path);
	lock = lock_dir(path, err);
	if (lock < 0)
		return lock;
	ret = clear_path(un, err);
	if (!ret)
		return lock;
	close(lock);
	return ret;
}

int listener_check(const char *path, struct pfq_error *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int lock = take_path(&un, path, err);

	if (lock < 0)
		return lock;
	close(lock);
	return 0;
}

int listener_open(struct listener *l, const char *path, struct pfq_error *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int lock = take_path(&un, path, err), ret;

	if (lock < 0)
		return lock;
	ret = bind_listen(l, &un, err);
	close(lock);
	if (ret)
		listener_close(l);
	return ret;
}

void listener_close(struct listener *l)
{
	struct stat st;

	if (l->sock >= 0)
		close(l->sock);
	/* another process may have replaced the file */
	if (l->path[0] && !l->is_kept && !lstat(l->path, &st) && st.st_dev == l->dev &&
	    st.st_ino == l->ino)
		unlink(l->path);
	listener_init(l);
}
