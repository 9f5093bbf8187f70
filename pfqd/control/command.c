/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "command.h"
#include "pfqd/base/error.h"

static const struct {
	int (*fn)(struct connection *c, const struct pfq_msg *req, struct reply *r);
	bool of_endpoint;	/* the command needs a connection that has joined */
	bool of_pfqd;		/* the command is pfqd's own, with either engine */
} rows[PFQ_CMD_MAX + 1] = {
	[PFQ_CMD_HELLO]		= { command_hello, false, true },
	[PFQ_CMD_STATUS_GET]	= { command_status, false, false },
	[PFQ_CMD_GROUP_GET]	= { command_groups, false, false },
	[PFQ_CMD_ENDPOINT_GET]	= { command_endpoints, false, false },
	[PFQ_CMD_JOIN]		= { command_join, false, false },
	[PFQ_CMD_START]		= { command_start, true, false },
	[PFQ_CMD_FILTER_SET]	= { command_filter, true, false },
	[PFQ_CMD_DIRECTION_SET]	= { command_direction, true, false },
	[PFQ_CMD_INJECT]	= { command_inject, true, false },
	[PFQ_CMD_GROUP_ADD]	= { command_group_add, false, true },
	[PFQ_CMD_GROUP_SET]	= { command_group_set, false, true },
	[PFQ_CMD_GROUP_DEL]	= { command_group_del, false, true },
	[PFQ_CMD_RELOAD]	= { command_reload, false, true },
	[PFQ_CMD_SAVE]		= { command_save, false, true },
	[PFQ_CMD_PROGRAM_GET]	= { command_program, false, false },
	[PFQ_CMD_PROFILE_GET]	= { command_profile, false, false },
	[PFQ_CMD_SET_CHANGE]	= { command_set_change, false, false },
	[PFQ_CMD_SET_GET]	= { command_set_get, false, false },
};

int command_run(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	if (req->cmd > PFQ_CMD_MAX || !rows[req->cmd].fn)
		return error_set(&r->err, -EOPNOTSUPP, "command %u is not known here", req->cmd);
	if (!c->is_greeted && req->cmd != PFQ_CMD_HELLO)
		return error_set(&r->err, -EPROTO, "the first request must be HELLO");
	if (c->registry->is_kernel && !rows[req->cmd].of_pfqd)
		return error_set(
			&r->err, -EOPNOTSUPP,
			"%s: this pfqd runs the kernel engine; ask it by generic netlink",
			pfq_msg_cmd_name(req->cmd));
	if (rows[req->cmd].of_endpoint && !c->endpoint)
		return error_set(&r->err, -ENOTCONN,
				 "%s: this connection has no endpoint; JOIN first",
				 pfq_msg_cmd_name(req->cmd));
	return rows[req->cmd].fn(c, req, r);
}
