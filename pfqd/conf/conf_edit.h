/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Changes one group of a configuration, with the checks and texts of pfqd.conf. Control thread
 * only.
 */
#ifndef PFQD_CONF_EDIT_H
#define PFQD_CONF_EDIT_H

#include "conf.h"

enum conf_edit_kind {
	CONF_EDIT_ADD,
	CONF_EDIT_SET,
	CONF_EDIT_DEL,
};

/*
 * @lines has a line for each key, as in pfqd.conf: "key = value". "key =" sets the default. "device
 * += LIST" and "device -= LIST" add and remove devices; these two only with CONF_EDIT_SET.
 */
struct conf_edit {
	enum conf_edit_kind kind;
	const char *group;
	const char *lines;	/* not with CONF_EDIT_DEL */
};

/*
 * Make a copy of @conf with the change @edit. The copy has compiled filters for the changed group
 * only. Returns 0; -EINVAL after complaints, whose texts name no file and line if @report->file is
 * NULL; -EEXIST or -ENOENT, also with a complaint; or -ENOMEM.
 */
int conf_edit(struct conf **out, const struct conf *conf, const struct conf_edit *edit,
	      struct conf_report *report);

#endif /* PFQD_CONF_EDIT_H */
