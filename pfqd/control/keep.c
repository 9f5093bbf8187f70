/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <string.h>

#include "keep.h"
#include "pfqd/base/log.h"
#include "pfqd/base/store.h"

void keep_connection(struct connection *c)
{
	int ret;

	if (c->is_kept || !c->all->keeps)
		return;
	ret = store_put_member(c->sock, c->endpoint->id);
	c->is_kept = !ret;
	if (ret)
		log_debug("the service manager does not keep a connection: %s", strerror(-ret));
}
