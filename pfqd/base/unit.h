/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The folders that pfqd's unit of systemd hides from pfqd. A path there leads to another file than
 * the administrator sees, or to none. Any thread.
 */
#ifndef PFQD_UNIT_H
#define PFQD_UNIT_H

/*
 * Why pfqd and other processes do not see the same file at @path: a text that names the setting of
 * the unit and what to do. NULL: they see the same, or pfqd does not run in a unit. @root: "", or a
 * test's folder with its own proc/.
 */
const char *unit_hides(const char *root, const char *path);

/*
 * The same for a call on @path that failed with @error (of either sign). A file that the unit lets
 * pfqd only read counts as hidden if the error is EROFS.
 */
const char *unit_explains(const char *root, const char *path, int error);

#endif /* PFQD_UNIT_H */
