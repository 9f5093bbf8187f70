/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Changes of pfqd's configuration, and its present text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>
#include "ctl.h"
#include "error.h"

struct change {
	enum pfq_cmd cmd;
	const char *group;	/* NULL: none */
	const char *settings;	/* NULL: none */
	void (*fn)(const char *line, void *arg);
	void *arg;
};

static int check_length(const char *what, const char *text, size_t max, struct pfq_error *err)
{
	if (!text || strlen(text) <= max)
		return 0;
	return pfq_error_set(err, -EINVAL, "%s \"%.64s...\": at most %zu bytes are allowed", what,
			     text, max);
}

/* Call fn() for each line of @text. */
static int say_lines(const struct change *ch, const char *text, struct pfq_error *err)
{
	char *copy = strdup(text ? text : ""), *rest = copy, *line;

	if (!copy)
		return pfq_error_set(err, -ENOMEM, "no memory");
	while (ch->fn && (line = strsep(&rest, "\n"))) {
		if (*line)
			ch->fn(line, ch->arg);
	}
	free(copy);
	return 0;
}

static int ask(struct pfq_conn *c, const struct change *ch, struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	struct pfq_msg_out o;
	int ret;

	pfq_msg_begin(&o, ch->cmd, NLM_F_REQUEST, pfq_conn_seq(c));
	if (ch->group)
		pfq_msg_put_string(&o, PFQ_A_GROUP, ch->group);
	if (ch->settings)
		pfq_msg_put_string(&o, PFQ_A_TEXT, ch->settings);
	ret = pfq_conn_request(c, &o, ch->cmd, &answer, PFQ_CHANGE_MS, err);
	return ret ? ret : say_lines(ch, pfq_attrs_string(&answer.msg.attrs, PFQ_A_TEXT), err);
}

/*
 * Call @fn with the connection to pfqd. The module may have taken over @ctl's connection; its pfqd
 * makes changes.
 */
static int with_pfqd(struct pfq_ctl *ctl, const struct change *ch,
		     int (*fn)(struct pfq_conn *c, const struct change *ch, struct pfq_error *err),
		     struct pfq_error *err)
{
	struct pfq_conn pfqd;
	int ret;

	if (ctl->conn.transport != &pfq_transport_kernel)
		return fn(&ctl->conn, ch, err);
	ret = pfq_conn_open_pfqd(&pfqd, &ctl->conn, err);
	if (ret)
		return ret;
	ret = fn(&pfqd, ch, err);
	pfq_conn_close(&pfqd);
	return ret;
}

static int change(struct pfq_ctl *ctl, const struct change *ch, struct pfq_error *err)
{
	int ret;

	ret = check_length("group", ch->group, PFQ_NAME_MAX, err);
	if (!ret)
		ret = check_length("settings", ch->settings, PFQ_TEXT_MAX, err);
	return ret ? ret : with_pfqd(ctl, ch, ask, err);
}

int pfq_ctl_reload(struct pfq_ctl *ctl, void (*fn)(const char *line, void *), void *arg,
		   struct pfq_error *err)
{
	return change(ctl, &(struct change){ PFQ_CMD_RELOAD, NULL, NULL, fn, arg }, err);
}

int pfq_ctl_group_add(struct pfq_ctl *ctl, const char *group, const char *settings,
		      void (*fn)(const char *line, void *), void *arg, struct pfq_error *err)
{
	return change(ctl, &(struct change){ PFQ_CMD_GROUP_ADD, group, settings, fn, arg }, err);
}

int pfq_ctl_group_set(struct pfq_ctl *ctl, const char *group, const char *settings,
		      void (*fn)(const char *line, void *), void *arg, struct pfq_error *err)
{
	return change(ctl, &(struct change){ PFQ_CMD_GROUP_SET, group, settings, fn, arg }, err);
}

int pfq_ctl_group_del(struct pfq_ctl *ctl, const char *group,
		      void (*fn)(const char *line, void *), void *arg, struct pfq_error *err)
{
	return change(ctl, &(struct change){ PFQ_CMD_GROUP_DEL, group, NULL, fn, arg }, err);
}

/* --- save ------------------------------------------------------------------- */

struct save {
	int (*fn)(const char *text, void *arg);
	void *arg;
};

static int on_part(const struct pfq_msg *m, void *arg)
{
	const struct save *s = arg;
	const char *text = pfq_attrs_string(&m->attrs, PFQ_A_TEXT);

	return text ? s->fn(text, s->arg) : 0;
}

static int dump(struct pfq_conn *c, const struct change *ch, struct pfq_error *err)
{
	struct pfq_msg_out o;

	pfq_msg_begin(&o, ch->cmd, NLM_F_REQUEST | NLM_F_DUMP, pfq_conn_seq(c));
	return pfq_conn_dump(c, &o, ch->cmd, on_part, ch->arg, err);
}

int pfq_ctl_save(struct pfq_ctl *ctl, int (*fn)(const char *text, void *), void *arg,
		 struct pfq_error *err)
{
	struct save s = { fn, arg };

	return with_pfqd(ctl, &(struct change){ .cmd = PFQ_CMD_SAVE, .arg = &s }, dump, err);
}
