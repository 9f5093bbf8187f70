/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tells when a file appears, by inotify on its folder. If the folder goes away, its parent is
 * watched until the folder is back. One thread at a time uses a folder.
 */
#ifndef PFQ_LIB_FOLDER_H
#define PFQ_LIB_FOLDER_H

#include <stdbool.h>

struct pfq_folder {
	int fd;			/* readable when there may be news; -1: never tells anything */
	int watch, parent_watch;	/* -1: none */
	char path[108], parent[108], name[108];	/* of the folder, its parent, the file */
};

/* Watch the folder of @file, an absolute path. Sets fd -1 if the kernel or a sandbox refuses. */
void pfq_folder_open(struct pfq_folder *f, const char *file);
void pfq_folder_close(struct pfq_folder *f);

/*
 * Take all news out of fd. Returns true if the file may have appeared since the last call. Does
 * not wait.
 */
bool pfq_folder_has_news(struct pfq_folder *f);

/* Is anything watched? If not, the caller has to look by itself, now and then. */
static inline bool pfq_folder_is_watched(const struct pfq_folder *f)
{
	return f->fd >= 0 && (f->watch >= 0 || f->parent_watch >= 0);
}

#endif /* PFQ_LIB_FOLDER_H */
