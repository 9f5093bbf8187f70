/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/base/store.h"
#include "listener.h"

/* The folders that the service manager removes when the unit is stopped, with colons between. */
static const char *runtime_folders(void)
{
	const char *folders = getenv("RUNTIME_DIRECTORY");

	return folders ? folders : "";
}

/* Does the service manager remove the file at @path when the unit is stopped? */
static bool is_removed_with_unit(const char *path)
{
	const char *folder = runtime_folders();
	size_t n;

	for (; *folder; folder += n + (folder[n] == ':')) {
		n = strcspn(folder, ":");
		if (n && !strncmp(path, folder, n) && path[n] == '/')
			return true;
	}
	return false;
}

static bool is_its_file(const struct store_listener *kept, const struct stat *st)
{
	return S_ISSOCK(st->st_mode) && st->st_dev == kept->dev && st->st_ino == kept->ino;
}

/* Why the socket, which is bound to @bound, cannot serve @path; NULL: it can. */
static const char *unfit(const struct store_listener *kept, const char *bound, const char *path)
{
	struct stat st;

	if (strcmp(bound, path))
		return "the configuration has another socket";
	if (!is_removed_with_unit(path))
		return "it is not in the unit's RuntimeDirectory=";
	if (lstat(path, &st))
		return "its file is gone";
	if (!is_its_file(kept, &st))
		return "another file has replaced its own";
	if (st.st_uid != geteuid())
		return "its file belongs to another user";
	if ((st.st_mode & ~(mode_t)S_IFMT) != LISTENER_SOCK_MODE)
		return "the mode of its file was changed";
	return NULL;
}

/* The path that @sock is bound to; "": none. */
static void path_of(int sock, struct sockaddr_un *un)
{
	socklen_t len = sizeof(*un);

	memset(un, 0, sizeof(*un));
	if (getsockname(sock, (struct sockaddr *)un, &len))
		un->sun_path[0] = '\0';
	un->sun_path[sizeof(un->sun_path) - 1] = '\0';
}

static void remove_file(const struct store_listener *kept, const char *bound)
{
	struct stat st;

	if (!lstat(bound, &st) && is_its_file(kept, &st))
		unlink(bound);
}

bool listener_take(struct listener *l, struct store_listener *kept, const char *path)
{
	struct sockaddr_un un;
	const char *why;

	if (kept->sock < 0)
		return false;
	path_of(kept->sock, &un);
	why = unfit(kept, un.sun_path, path);
	if (!why && fcntl(kept->sock, F_SETFL, O_NONBLOCK))
		why = strerror(errno);
	if (why) {
		log_info("socket %s of the last pfqd is not taken over: %s", un.sun_path, why);
		remove_file(kept, un.sun_path);
		return false;
	}
	strcpy(l->path, path);
	l->sock = kept->sock;
	l->dev = kept->dev;
	l->ino = kept->ino;
	l->is_kept = true;
	kept->sock = -1;
	log_info("socket %s of the last pfqd taken over", path);
	return true;
}

void listener_drop(struct store_listener *kept)
{
	if (kept->sock < 0)
		return;
	/* no program can connect any more, also while others have copies */
	shutdown(kept->sock, SHUT_RDWR);
	close(kept->sock);
	store_drop_listener(kept->dev, kept->ino);
	kept->sock = -1;
}

int listener_serve(struct listener *l, struct pfq_error *err)
{
	/* a client sees the process that has called listen() last */
	if (l->is_kept && listen(l->sock, LISTENER_BACKLOG))
		return error_set(err, -errno, "socket %s: %s", l->path,
				 pfq_reason(PFQ_REASON_PFQD, errno));
	return 0;
}

void listener_keep(struct listener *l)
{
	int ret;

	if (l->is_kept || !store_is_there())
		return;
	if (!is_removed_with_unit(l->path)) {
		log_warning("the service manager does not keep socket %s, because it is outside of "
			    "RuntimeDirectory=%s: a program that starts while pfqd is restarted "
			    "will be refused", l->path, runtime_folders());
		return;
	}
	ret = store_put_listener(l->sock, l->dev, l->ino);
	l->is_kept = !ret;
	if (ret)
		log_warning("the service manager does not keep socket %s: %s", l->path,
			    strerror(-ret));
}

void listener_leave(const struct listener *l)
{
	pid_t child;

	if (!l->is_kept)
		return;
	child = fork();
	if (!child)
		_exit(!!listen(l->sock, LISTENER_BACKLOG));
	if (child > 0)
		waitpid(child, NULL, 0);
}
