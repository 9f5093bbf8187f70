/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "folder.h"

#define APPEARS	(IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)
#define GOES	(IN_DELETE_SELF | IN_MOVE_SELF)

/* Write the folder of @path, "/" at the top. */
static void dirname_of(char *dir, size_t size, const char *path)
{
	char *slash;

	snprintf(dir, size, "%s", path);
	slash = strrchr(dir, '/');
	if (!slash)
		return;
	slash[slash == dir] = '\0';
}

/*
 * Watch the folder, or its parent if it is not there. Returns true if the folder is watched from
 * now on, so that the file may be there already.
 */
static bool look(struct pfq_folder *f)
{
	bool is_again = false;

	for (;;) {
		f->watch = inotify_add_watch(f->fd, f->path, APPEARS | GOES);
		if (f->watch >= 0 || is_again)
			break;
		f->parent_watch = inotify_add_watch(f->fd, f->parent, APPEARS);
		/* the folder may have come between the two calls */
		is_again = true;
	}
	if (f->watch >= 0 && f->parent_watch >= 0) {
		(void)inotify_rm_watch(f->fd, f->parent_watch);
		f->parent_watch = -1;
	}
	return f->watch >= 0;
}

void pfq_folder_open(struct pfq_folder *f, const char *file)
{
	f->watch = -1;
	f->parent_watch = -1;
	snprintf(f->name, sizeof(f->name), "%s", strrchr(file, '/') + 1);
	dirname_of(f->path, sizeof(f->path), file);
	dirname_of(f->parent, sizeof(f->parent), f->path);
	f->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->fd < 0)
		return;
	if (!look(f) && f->parent_watch < 0)
		pfq_folder_close(f);
}

void pfq_folder_close(struct pfq_folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	f->watch = -1;
	f->parent_watch = -1;
}

/* One event. Returns true if the file may have appeared. */
static bool take(struct pfq_folder *f, const struct inotify_event *ev)
{
	if (ev->mask & IN_Q_OVERFLOW)
		return true;
	if (ev->wd == f->watch && ev->mask & IN_MOVE_SELF) {
		/* the folder has another path now: another one may take this path */
		(void)inotify_rm_watch(f->fd, f->watch);
		return look(f);
	}
	if (ev->wd == f->watch && ev->mask & IN_IGNORED)
		return look(f);
	if (ev->wd == f->parent_watch && ev->mask & (IN_CREATE | IN_MOVED_TO | IN_IGNORED)) {
		if (ev->mask & IN_IGNORED)
			f->parent_watch = -1;
		return look(f);
	}
	return ev->wd == f->watch && ev->mask & (IN_CREATE | IN_MOVED_TO) && ev->len &&
	       !strcmp(ev->name, f->name);
}

bool pfq_folder_has_news(struct pfq_folder *f)
{
	_Alignas(struct inotify_event) char buf[4 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	const struct inotify_event *ev;
	bool has_news = false;
	ssize_t n, at;

	if (f->fd < 0)
		return false;
	for (;;) {
		n = read(f->fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return has_news;
		for (at = 0; at < n; at += (ssize_t)(sizeof(*ev) + ev->len)) {
			ev = (const void *)(buf + at);
			has_news |= take(f, ev);
		}
	}
}
