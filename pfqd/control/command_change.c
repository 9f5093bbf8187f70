/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* RELOAD, SAVE, GROUP_ADD, GROUP_SET and GROUP_DEL: root changes and reads the configuration. */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "pfqd/base/error.h"
#include "pfqd/reload/reload.h"

#define TEXT_CUT	"the log of pfqd has more lines\n"

/* the lines of an answer */
struct text {
	char *bytes;		/* [PFQ_TEXT_MAX + 1] */
	size_t used;
	bool is_full;
};

static void on_line(void *arg, const char *line)
{
	struct text *t = arg;
	size_t n = strlen(line) + 1;

	if (t->is_full)
		return;
	if (t->used + n + strlen(TEXT_CUT) > PFQ_TEXT_MAX) {
		t->is_full = true;
		strcpy(t->bytes + t->used, TEXT_CUT);
		return;
	}
	memcpy(t->bytes + t->used, line, n - 1);
	t->used += n;
	t->bytes[t->used - 1] = '\n';
	t->bytes[t->used] = '\0';
}

/* May the client change the configuration? Returns 0, or -errno with text. */
static int check(const struct connection *c, struct pfq_error *err)
{
	if (c->cred.uid)
		return error_set(err, -EPERM,
				 "only root may change or save the configuration of pfqd");
	/* the change might remove the group, and close this connection */
	if (c->endpoint)
		return error_set(err, -EISCONN,
				 "this connection has joined a group; use another one");
	if (!c->all->reload)
		return error_set(err, -EOPNOTSUPP, "this pfqd cannot change its configuration");
	return 0;
}

/* Make the change @edit, or read the file again if @edit is NULL, and answer with the lines. */
static int change(struct connection *c, const struct pfq_msg *req, const struct conf_edit *edit,
		  struct reply *r)
{
	struct text text = { .bytes = calloc(1, PFQ_TEXT_MAX + 1) };
	const struct reload_report report = { on_line, &text };
	int ret;

	ret = text.bytes ? check(c, &r->err) : error_set(&r->err, -ENOMEM, "no memory");
	if (!ret && edit)
		ret = reload_edit(c->all->reload, edit, &report, &r->err);
	else if (!ret)
		ret = reload_file(c->all->reload, &report, &r->err);
	if (!ret) {
		pfq_msg_begin(&r->out, req->cmd, 0, req->seq);
		r->has_out = true;
		pfq_msg_put_string(&r->out, PFQ_A_TEXT, text.bytes);
	}
	free(text.bytes);
	return ret;
}

static int change_group(struct connection *c, const struct pfq_msg *req, enum conf_edit_kind kind,
			struct reply *r)
{
	const char *lines = pfq_attrs_string(&req->attrs, PFQ_A_TEXT);
	const struct conf_edit edit = {
		.kind = kind,
		.group = pfq_attrs_string(&req->attrs, PFQ_A_GROUP),
		.lines = lines ? lines : "",
	};

	return change(c, req, &edit, r);
}

int command_reload(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	return change(c, req, NULL, r);
}

int command_group_add(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	return change_group(c, req, CONF_EDIT_ADD, r);
}

int command_group_set(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	return change_group(c, req, CONF_EDIT_SET, r);
}

int command_group_del(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	return change_group(c, req, CONF_EDIT_DEL, r);
}

/* Put the next part of the configuration. */
static bool next_part(struct connection *c, struct pfq_msg_out *o)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	bool is_part;

	if (!f)
		return false;
	is_part = reload_print(c->all->reload, (unsigned int)c->dump.cursor, f);
	if (fclose(f))
		is_part = false;
	if (is_part) {
		c->dump.cursor++;
		pfq_msg_begin(o, PFQ_CMD_SAVE, NLM_F_MULTI, c->dump.seq);
		pfq_msg_put_string(o, PFQ_A_TEXT, text);
	}
	free(text);
	return is_part;
}

int command_save(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	int ret = check(c, &r->err);

	if (ret)
		return ret;
	c->dump.cursor = 0;
	c->dump.seq = req->seq;
	c->dump.progress_ns = registry_now_ns();
	c->dump.next = next_part;
	return 0;
}
