/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>
#include "conn.h"
#include "ctl.h"
#include "error.h"
#include "info.h"

static int open_ctl(struct pfq_ctl **ctl, const char *socket, unsigned int restart_ms,
		    struct pfq_error *err)
{
	struct pfq_ctl *c = malloc(sizeof(*c));
	int ret;

	*ctl = NULL;
	if (!c)
		return pfq_error_set(err, -ENOMEM, "no memory for a connection");
	ret = pfq_conn_open(&c->conn, NULL, socket, restart_ms, err);
	if (ret)
		free(c);
	else
		*ctl = c;
	return ret;
}

int pfq_ctl_open(struct pfq_ctl **ctl, const char *socket, struct pfq_error *err)
{
	return open_ctl(ctl, socket, 0, err);
}

int pfq_ctl_await(struct pfq_ctl **ctl, const char *socket, struct pfq_error *err)
{
	return open_ctl(ctl, socket, PFQ_RESTART_MS, err);
}

void pfq_ctl_close(struct pfq_ctl *ctl)
{
	if (!ctl)
		return;
	pfq_conn_close(&ctl->conn);
	free(ctl);
}

const struct pfq_engine_info *pfq_ctl_engine(const struct pfq_ctl *ctl)
{
	return &ctl->conn.info;
}

static int bad_answer(const struct pfq_conn *c, enum pfq_cmd cmd, struct pfq_error *err)
{
	return pfq_error_set(err, -EPROTO, "%s: pfqd's answer to %s is malformed", c->where,
			     pfq_msg_cmd_name(cmd));
}

void pfq_conn_status_begin(struct pfq_conn *c, struct pfq_msg_out *o)
{
	pfq_msg_begin(o, PFQ_CMD_STATUS_GET, NLM_F_REQUEST, pfq_conn_seq(c));
}

int pfq_conn_status_walk(const struct pfq_conn *c, const struct pfq_answer *answer,
			 int (*fn)(const struct pfq_ingest_info *, void *), void *arg,
			 struct pfq_error *err)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_ingest_info ingest;
	struct pfq_attrs a;
	int ret;

	if (answer->msg.type != PFQ_MSG_TYPE)
		return bad_answer(c, PFQ_CMD_STATUS_GET, err);
	while (fn && (nest = pfq_attrs_next(&answer->msg.attrs, PFQ_A_INGEST, nest))) {
		if (pfq_attrs_parse(&a, nest, text))
			return bad_answer(c, PFQ_CMD_STATUS_GET, err);
		pfq_info_ingest(&ingest, &a);
		ret = fn(&ingest, arg);
		if (ret)
			return ret;
	}
	return 0;
}

int pfq_conn_status(struct pfq_conn *c, struct pfq_engine_info *info,
		    int (*fn)(const struct pfq_ingest_info *, void *), void *arg,
		    struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	struct pfq_msg_out o;
	int ret;

	pfq_conn_status_begin(c, &o);
	ret = pfq_conn_request(c, &o, PFQ_CMD_STATUS_GET, &answer, PFQ_REQUEST_MS, err);
	if (ret)
		return ret;
	if (info && answer.msg.type == PFQ_MSG_TYPE)
		pfq_info_engine(info, &answer.msg.attrs);
	return pfq_conn_status_walk(c, &answer, fn, arg, err);
}

int pfq_ctl_status(struct pfq_ctl *ctl, struct pfq_engine_info *info,
		   int (*fn)(const struct pfq_ingest_info *, void *), void *arg,
		   struct pfq_error *err)
{
	return pfq_conn_status(&ctl->conn, info, fn, arg, err);
}

static int walk_refusals(const struct pfq_conn *c, const struct pfq_attrs *attrs,
			 int (*fn)(const struct pfq_refusal_info *, void *), void *arg,
			 struct pfq_error *err)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_refusal_info info;
	struct pfq_attrs a;
	int ret = 0;

	while (!ret && (nest = pfq_attrs_next(attrs, PFQ_A_REFUSED, nest))) {
		if (pfq_attrs_parse(&a, nest, text))
			return bad_answer(c, PFQ_CMD_STATUS_GET, err);
		pfq_info_refusal(&info, &a);
		ret = fn(&info, arg);
	}
	return ret;
}

int pfq_ctl_refusals(struct pfq_ctl *ctl, uint32_t *count,
		     int (*fn)(const struct pfq_refusal_info *, void *), void *arg,
		     struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	struct pfq_conn *c = &ctl->conn;
	struct pfq_msg_out o;
	int ret;

	pfq_conn_status_begin(c, &o);
	ret = pfq_conn_request(c, &o, PFQ_CMD_STATUS_GET, &answer, PFQ_REQUEST_MS, err);
	if (ret)
		return ret;
	if (answer.msg.type != PFQ_MSG_TYPE)
		return bad_answer(c, PFQ_CMD_STATUS_GET, err);
	if (count)
		*count = pfq_attrs_u32(&answer.msg.attrs, PFQ_A_REFUSALS);
	return walk_refusals(c, &answer.msg.attrs, fn, arg, err);
}

static int check_group(const char *group, struct pfq_error *err)
{
	if (!group || strlen(group) <= PFQ_NAME_MAX)
		return 0;
	return pfq_error_set(err, -EINVAL, "group \"%.64s\": a name of at most %d bytes is allowed",
			     group, PFQ_NAME_MAX);
}

static int dump(struct pfq_conn *c, enum pfq_cmd cmd, const char *group,
		int (*fn)(const struct pfq_msg *m, void *arg), void *arg, struct pfq_error *err)
{
	struct pfq_msg_out o;
	int ret = check_group(group, err);

	if (ret)
		return ret;
	pfq_msg_begin(&o, cmd, NLM_F_REQUEST | NLM_F_DUMP, pfq_conn_seq(c));
	if (group)
		pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	return pfq_conn_dump(c, &o, cmd, fn, arg, err);
}

struct group_walk {
	int (*fn)(const struct pfq_group_info *, void *);
	void *arg;
	struct pfq_conn *conn;
	struct pfq_error *err;
};

static int group_message(const struct pfq_msg *m, void *arg)
{
	const struct group_walk *w = arg;
	struct pfq_group_info info;

	if (pfq_info_group(&info, &m->attrs))
		return bad_answer(w->conn, PFQ_CMD_GROUP_GET, w->err);
	return w->fn(&info, w->arg);
}

int pfq_ctl_groups(struct pfq_ctl *ctl, const char *group,
		   int (*fn)(const struct pfq_group_info *, void *), void *arg,
		   struct pfq_error *err)
{
	struct group_walk w = { fn, arg, &ctl->conn, err };

	return dump(&ctl->conn, PFQ_CMD_GROUP_GET, group, group_message, &w, err);
}

struct endpoint_walk {
	int (*fn)(const struct pfq_endpoint_info *, void *);
	void *arg;
};

static int endpoint_message(const struct pfq_msg *m, void *arg)
{
	const struct endpoint_walk *w = arg;
	struct pfq_endpoint_info info;

	pfq_info_endpoint(&info, &m->attrs);
	return w->fn(&info, w->arg);
}

int pfq_ctl_endpoints(struct pfq_ctl *ctl, const char *group,
		      int (*fn)(const struct pfq_endpoint_info *, void *), void *arg,
		      struct pfq_error *err)
{
	struct endpoint_walk w = { fn, arg };

	return dump(&ctl->conn, PFQ_CMD_ENDPOINT_GET, group, endpoint_message, &w, err);
}

/* --- programs --------------------------------------------------------------------- */

/* Fill in @info, with a copy of the program's bytes and text, which the caller frees. */
static int take_program(struct pfq_program_info *info, void **copy, const struct pfq_attrs *a)
{
	const char *text = pfq_attrs_string(a, PFQ_A_PROGRAM_TEXT);
	size_t bytes = 0;
	const void *wire = pfq_attrs_binary(a, PFQ_A_PROGRAM, &bytes);

	*info = (struct pfq_program_info){ .wire = NULL };
	*copy = NULL;
	pfq_attrs_copy(a, PFQ_A_GROUP, info->group, sizeof(info->group));
	pfq_attrs_copy(a, PFQ_A_STEER, info->steer, sizeof(info->steer));
	if (!wire)
		return 0;
	text = text ? text : "";
	/* an attribute is aligned to 4 bytes only */
	*copy = malloc(bytes + strlen(text) + 1);
	if (!*copy)
		return -ENOMEM;
	memcpy(*copy, wire, bytes);
	info->wire = *copy;
	info->wire_bytes = bytes;
	info->text = strcpy((char *)*copy + bytes, text);
	return 0;
}

int pfq_ctl_program(struct pfq_ctl *ctl, const char *group,
		    int (*fn)(const struct pfq_program_info *, void *), void *arg,
		    struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	struct pfq_conn *c = &ctl->conn;
	struct pfq_program_info info;
	struct pfq_msg_out o;
	void *copy;
	int ret = check_group(group, err);

	if (ret)
		return ret;
	pfq_msg_begin(&o, PFQ_CMD_PROGRAM_GET, NLM_F_REQUEST, pfq_conn_seq(c));
	pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	ret = pfq_conn_request(c, &o, PFQ_CMD_PROGRAM_GET, &answer, PFQ_REQUEST_MS, err);
	if (ret)
		return ret;
	if (answer.msg.type != PFQ_MSG_TYPE || !pfq_attrs_has(&answer.msg.attrs, PFQ_A_STEER))
		return bad_answer(c, PFQ_CMD_PROGRAM_GET, err);
	if (take_program(&info, &copy, &answer.msg.attrs))
		return pfq_error_set(err, -ENOMEM, "no memory for a program");
	ret = fn(&info, arg);
	free(copy);
	return ret;
}

int pfq_ctl_profile(struct pfq_ctl *ctl, const char *group, unsigned int seconds,
		    struct pfq_step_count *step, unsigned int *steps, struct pfq_error *err)
{
	struct pfq_answer answer = { .fds_max = 0 };
	struct pfq_conn *c = &ctl->conn;
	uint64_t *times = (void *)step;
	struct pfq_msg_out o;
	int ret = check_group(group, err);

	*steps = 0;
	if (ret)
		return ret;
	pfq_msg_begin(&o, PFQ_CMD_PROFILE_GET, NLM_F_REQUEST, pfq_conn_seq(c));
	pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	if (seconds)
		pfq_msg_put_u32(&o, PFQ_A_PROFILE, seconds);
	ret = pfq_conn_request(c, &o, PFQ_CMD_PROFILE_GET, &answer, PFQ_REQUEST_MS, err);
	if (ret)
		return ret;
	if (answer.msg.type != PFQ_MSG_TYPE)
		return bad_answer(c, PFQ_CMD_PROFILE_GET, err);
	*steps = pfq_attrs_u64s(&answer.msg.attrs, PFQ_A_STEPS, times, 2 * PFQ_LANG_STEPS_MAX) / 2;
	return 0;
}
