/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* HELLO, STATUS_GET, and the dumps of groups and endpoints. */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "pfqd/base/error.h"
#include "pfqd/ingest/file_text.h"
#include "rejoin.h"
#include "ticket.h"

static void put_engine(struct pfq_msg_out *o, const struct registry *e)
{
	struct stat st;

	pfq_msg_put_string(o, PFQ_A_ENGINE, e->is_kernel ? "kernel" : "user");
	pfq_msg_put_string(o, PFQ_A_VERSION, PACKAGE_VERSION);
	pfq_msg_put_u32(o, PFQ_A_PID, getpid());
	if (stat("/proc/self/ns/net", &st))
		return;
	pfq_msg_put_u64(o, PFQ_A_NETNS_DEV, st.st_dev);
	pfq_msg_put_u64(o, PFQ_A_NETNS_INO, st.st_ino);
}

int command_hello(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	uint32_t abi = pfq_attrs_u32(&req->attrs, PFQ_A_ABI);

	if (abi != PFQ_ABI_VERSION)
		return error_set(&r->err, -EPROTO,
				 "pfqd %s speaks version %d of the protocol, not %u; "
				 "use libpfq and pfqd of one release",
				 PACKAGE_VERSION, PFQ_ABI_VERSION, abi);
	c->is_greeted = true;
	pfq_msg_begin(&r->out, PFQ_CMD_HELLO, 0, req->seq);
	r->has_out = true;
	pfq_msg_put_u32(&r->out, PFQ_A_ABI, PFQ_ABI_VERSION);
	if (tickets_are_given(c->all->tickets))
		pfq_msg_put_u32(&r->out, PFQ_A_TICKETS, 1);
	put_engine(&r->out, c->registry);
	return 0;
}

/* --- STATUS_GET -------------------------------------------------------------- */

/*
 * Put DEVICE: "file:PATH", or the kernel's name of the device without queues. Put WRITTEN as well
 * if the configuration calls the device @written, another name.
 */
static void put_device(struct pfq_msg_out *o, const struct source *src, const char *written)
{
	char text[SETTINGS_PATH_MAX + 8];

	if (source_is_file(src)) {
		source_print(src, text, sizeof(text));
		pfq_msg_put_string(o, PFQ_A_DEVICE, text);
		return;
	}
	pfq_msg_put_string(o, PFQ_A_DEVICE, source_device(src));
	if (strcmp(source_device(src), written))
		pfq_msg_put_string(o, PFQ_A_WRITTEN, written);
}

/*
 * Upper limits of a STATUS_GET answer in bytes, without the reasons (WHY); put_why() adds a reason
 * only if it fits. A source needs DEVICE (15 bytes), WRITTEN (127 bytes), DRIVER, MODE, QUEUES,
 * STATE, IFINDEX, COUNTERS and the nest.
 */
#define STATUS_ENGINE_BYTES	1024
#define STATUS_SOURCE_BYTES	532
_Static_assert(STATUS_ENGINE_BYTES + LIMIT_SOURCES_TOTAL * STATUS_SOURCE_BYTES <= PFQ_MSG_MAX,
	       "a STATUS_GET of all sources is one message");

/* Skip the name of the source at the beginning of @why: another attribute has the name. */
static const char *without_name(const struct source *src, const char *why)
{
	bool is_file = source_is_file(src);
	char name[SOURCE_TEXT_MAX];
	int len = snprintf(name, sizeof(name), "%s %s: ", is_file ? src->driver->name : "device",
			   is_file ? file_text_path(src->file.path) : source_device(src));

	return strncmp(why, name, (size_t)len) ? why : why + len;
}

/*
 * Put WHY unless @why is empty or does not fit. @others is the number of sources that still have to
 * go into @o.
 */
static void put_why(struct pfq_msg_out *o, const struct source *src, const char *why,
		    unsigned int others)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const void *buf;
	size_t used;

	snprintf(text, sizeof(text), "%s", without_name(src, why));
	if (!*text || pfq_msg_bytes(o, &buf, &used) ||
	    used + nla_total_size((int)strlen(text) + 1) + others * STATUS_SOURCE_BYTES >
		    PFQ_MSG_MAX)
		return;
	pfq_msg_put_string(o, PFQ_A_WHY, text);
}

static uint32_t ifindex_of(const struct registry *e, const struct source *src)
{
	const struct device *dev = source_is_file(src) ? NULL :
				   devices_find(e->devices, source_device(src));

	return src->ifindex ? src->ifindex : dev ? dev->ifindex : 0;
}

static void put_source(const struct registry *e, struct pfq_msg_out *o, const struct source *src,
		       unsigned int others)
{
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
	char queues[BINDING_QUEUES_TEXT_MAX + 1] = "";
	struct nlattr *nest = pfq_msg_nest(o, PFQ_A_INGEST);
	enum pfq_device_state state = source_state(src);

	put_device(o, src, src->binding.device);
	pfq_msg_put_string(o, PFQ_A_DRIVER, src->driver->name);
	pfq_msg_put_string(o, PFQ_A_MODE, source_mode(src));
	if (!source_is_file(src))
		binding_queues_print(&src->binding, queues, sizeof(queues));
	pfq_msg_put_string(o, PFQ_A_QUEUES, queues);
	pfq_msg_put_u32(o, PFQ_A_STATE, state);
	source_counters(src, counters);
	pfq_msg_put_binary(o, PFQ_A_COUNTERS, counters, sizeof(counters));
	pfq_msg_put_u32(o, PFQ_A_IFINDEX, ifindex_of(e, src));
	put_why(o, src, src->error.text[0] || state != PFQ_DEVICE_UNUSED ? src->error.text :
		"no group can use it: pfqctl groups NAME says why", others);
	pfq_msg_nest_end(o, nest);
}

int command_status(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	const struct registry *e = c->registry;
	const struct source *src;
	unsigned int others = e->sources.count;

	pfq_msg_begin(&r->out, PFQ_CMD_STATUS_GET, 0, req->seq);
	r->has_out = true;
	put_engine(&r->out, c->registry);
	pfq_msg_put_u32(&r->out, PFQ_A_WORKERS, e->lanes);
	pfq_msg_put_string(&r->out, PFQ_A_CPUS, e->cpus);
	pfq_msg_put_u64(&r->out, PFQ_A_UPTIME_NS, registry_now_ns() - e->started_ns);
	pfq_msg_put_string(&r->out, PFQ_A_SOCKET, c->all->path);
	TAILQ_FOREACH(src, &e->sources.live, entry)
		put_source(e, &r->out, src, --others);
	rejoin_put(c->all, &r->out);
	return 0;
}

/* --- dumps ------------------------------------------------------------------- */

/*
 * Begin a dump of the group that the request names, or of all groups. @next makes each message of
 * the dump.
 */
static int begin_dump(struct connection *c, const struct pfq_msg *req, struct reply *r,
		      bool (*next)(struct connection *, struct pfq_msg_out *))
{
	pfq_attrs_copy(&req->attrs, PFQ_A_GROUP, c->dump.group, sizeof(c->dump.group));
	if (pfq_attrs_has(&req->attrs, PFQ_A_GROUP) &&
	    !registry_group_named(c->registry, c->dump.group))
		return error_set(&r->err, -ENOENT, "no group \"%s\" here", c->dump.group);
	c->dump.cursor = 0;
	c->dump.seq = req->seq;
	c->dump.progress_ns = registry_now_ns();
	c->dump.next = next;
	return 0;
}

static bool is_asked_for(const struct connection *c, const struct pfqd_group *g)
{
	return !c->dump.group[0] || registry_group_named(c->registry, c->dump.group) == g;
}

static void put_process(struct pfq_msg_out *o, pid_t pid, uid_t uid, const char *comm)
{
	pfq_msg_put_u32(o, PFQ_A_PID, pid);
	pfq_msg_put_u32(o, PFQ_A_UID, uid);
	pfq_msg_put_string(o, PFQ_A_COMM, comm);
}

void command_put_feed(const struct registry *e, struct pfq_msg_out *o,
		      const struct group_feed *feed)
{
	struct nlattr *nest = pfq_msg_nest(o, PFQ_A_DEVICE_BOUND);
	const struct source *src = feed->source;

	put_device(o, src, group_feed_name(feed));
	pfq_msg_put_u32(o, PFQ_A_IFINDEX, ifindex_of(e, src));
	pfq_msg_put_u32(o, PFQ_A_STATE, feed->is_refused ? PFQ_DEVICE_UNUSED : src->state);
	if (feed->binder.pid)
		put_process(o, feed->binder.pid, feed->binder.uid, feed->binder.comm);
	put_why(o, src, feed->is_refused ? feed->why : src->error.text, 0);
	pfq_msg_nest_end(o, nest);
}

static void put_group_settings(struct pfq_msg_out *o, const struct pfqd_group *g)
{
	const struct group_settings *s = &g->settings;
	char bindings[BINDING_TEXT_MAX + 1];

	group_bindings_print(g, bindings, sizeof(bindings));
	pfq_msg_put_string(o, PFQ_A_GROUP, s->name);
	pfq_msg_put_u32(o, PFQ_A_ID, s->id);
	pfq_msg_put_string(o, PFQ_A_BINDINGS, bindings);
	pfq_msg_put_string(o, PFQ_A_STEER, s->steer);
	if (s->program->text)
		pfq_msg_put_string(o, PFQ_A_PROGRAM_TEXT, s->program->text);
	pfq_msg_put_string(o, PFQ_A_FILTER_TEXT, s->filter_text);
	pfq_msg_put_string(o, PFQ_A_VLANS, s->vlans_text);
	pfq_msg_put_u32(o, PFQ_A_MEMBERS_WANTED, s->members_wanted);
	pfq_msg_put_u32(o, PFQ_A_OWNER_UID, s->access.uid);
	pfq_msg_put_u32(o, PFQ_A_OWNER_GID, s->access.gid);
	pfq_msg_put_u32(o, PFQ_A_ACCESS, s->access.mode);
	pfq_msg_put_u64(o, PFQ_A_RING_BYTES, s->ring_bytes);
	pfq_msg_put_u32(o, PFQ_A_SNAPLEN, s->snaplen);
	pfq_msg_put_u64(o, PFQ_A_FRAG_WAIT_NS,
			pfq_program_uses_flow(s->program->core) ? s->frag_wait_ns : 0);
	pfq_msg_put_u64(o, PFQ_A_LINGER_NS, s->linger_ns);
	pfq_msg_put_u32(o, PFQ_A_LINGER_TO, s->linger_to);
}

static void put_counts(struct pfq_msg_out *o, const struct program *p)
{
	const struct pfq_object *object;
	struct pfq_count sum;
	struct nlattr *nest;
	uint64_t values[2];
	unsigned int i;

	for (i = 0; (object = program_object(p, PFQ_LANG_KIND_COUNTER, i)); i++) {
		nest = pfq_msg_nest(o, PFQ_A_COUNT);
		sum = pfq_object_count(object);
		values[0] = sum.packets;
		values[1] = sum.bytes;
		pfq_msg_put_string(o, PFQ_A_NAME, object->name);
		pfq_msg_put_binary(o, PFQ_A_COUNTERS, values, sizeof(values));
		pfq_msg_nest_end(o, nest);
	}
}

static uint32_t bindable(const struct connection *c, const struct pfqd_group *g)
{
	if (!g->settings.driver->is_device)
		return PFQ_BINDABLE_FILE;
	if (c->cred.uid)
		return PFQ_BINDABLE_NO;
	return g->settings.is_tap ? PFQ_BINDABLE_TAP : PFQ_BINDABLE_YES;
}

static void put_group(struct connection *c, struct pfq_msg_out *o, const struct pfqd_group *g)
{
	uint64_t counters[PFQ_GROUP_COUNTERS_MAX];
	unsigned int i;

	pfq_msg_begin(o, PFQ_CMD_GROUP_GET, NLM_F_MULTI, c->dump.seq);
	put_group_settings(o, g);
	pfq_msg_put_u32(o, PFQ_A_MEMBERS, g->members);
	pfq_msg_put_u32(o, PFQ_A_ABSENT, g->absents);
	pfq_msg_put_u32(o, PFQ_A_LINKTYPE, group_linktype(g));
	pfq_msg_put_u32(o, PFQ_A_JOINABLE, g->kind != GROUP_PRIVATE &&
			access_allowed(&g->settings.access, &c->cred, ACCESS_READ));
	pfq_msg_put_u32(o, PFQ_A_BINDABLE, bindable(c, g));
	group_counters(g, counters);
	pfq_msg_put_binary(o, PFQ_A_COUNTERS, counters, sizeof(counters));
	put_counts(o, g->settings.program);
	for (i = 0; i < g->feeds; i++)
		command_put_feed(c->registry, o, &g->feed[i]);
}

static bool next_group(struct connection *c, struct pfq_msg_out *o)
{
	const struct pfqd_group *g;

	TAILQ_FOREACH(g, &c->registry->groups, entry) {
		if (g->serial <= c->dump.cursor || !is_asked_for(c, g))
			continue;
		c->dump.cursor = g->serial;
		put_group(c, o, g);
		return true;
	}
	return false;
}

int command_groups(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	return begin_dump(c, req, r, next_group);
}

/* Attributes of any endpoint, present or absent. */
static void put_identity(struct pfq_msg_out *o, const struct pfqd_group *g, uint32_t id,
			 const struct endpoint_params *p)
{
	pfq_msg_put_u32(o, PFQ_A_ENDPOINT, id);
	pfq_msg_put_string(o, PFQ_A_GROUP, g->settings.name);
	pfq_msg_put_string(o, PFQ_A_NAME, p->name);
	pfq_msg_put_u32(o, PFQ_A_WEIGHT, p->weight);
	pfq_msg_put_u64(o, PFQ_A_CLASSES, p->classes);
	pfq_msg_put_u32(o, PFQ_A_SNAPLEN, p->snaplen);
}

static void put_counters(struct pfq_msg_out *o,
			 const uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX], uint64_t read)
{
	pfq_msg_put_binary(o, PFQ_A_COUNTERS, counters,
			   PFQ_ENDPOINT_COUNTERS_MAX * sizeof(*counters));
	pfq_msg_put_u64(o, PFQ_A_READ, read);
	pfq_msg_put_u64(o, PFQ_A_UNREAD, counters[PFQ_ENDPOINT_delivered] - read);
}

static void put_endpoint(struct pfq_msg_out *o, const struct endpoint *ep)
{
	uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX];

	put_identity(o, ep->group, ep->id, &ep->params);
	put_process(o, ep->pid, ep->uid, ep->comm);
	pfq_msg_put_u32(o, PFQ_A_STARTED, ep->is_started);
	pfq_msg_put_u64(o, PFQ_A_RING_BYTES, ep->memory.lane_bytes * ep->lanes);
	pfq_msg_put_u64(o, PFQ_A_PAGE_BYTES, ep->memory.page_bytes);
	endpoint_counters(ep, counters);
	put_counters(o, counters, endpoint_read_packets(ep, counters[PFQ_ENDPOINT_delivered]));
}

/* Its ring is gone. At least 1 ns is left, because 0 means that an endpoint is there. */
static void put_absent(struct pfq_msg_out *o, const struct absent *a)
{
	uint64_t now_ns = registry_now_ns();

	put_identity(o, a->group, a->id, &a->params);
	put_process(o, a->pid, a->uid, a->comm);
	put_counters(o, a->counters, a->read);
	pfq_msg_put_u64(o, PFQ_A_LINGER_NS, a->until_ns > now_ns ? a->until_ns - now_ns : 1);
}

/* the endpoint or absent member with the lowest id above the cursor */
struct next {
	uint32_t id;
	const struct endpoint *endpoint;
	const struct absent *absent;
};

static void find_next(const struct pfqd_group *g, uint64_t cursor, struct next *next)
{
	const struct endpoint *ep;
	const struct absent *a;

	TAILQ_FOREACH(ep, &g->member, entry) {
		if (ep->id > cursor && (!next->id || ep->id < next->id))
			*next = (struct next){ .id = ep->id, .endpoint = ep };
	}
	TAILQ_FOREACH(a, &g->absent, entry) {
		if (a->id > cursor && (!next->id || a->id < next->id))
			*next = (struct next){ .id = a->id, .absent = a };
	}
}

/* Put the next endpoint, of all groups that were asked for. */
static bool next_endpoint(struct connection *c, struct pfq_msg_out *o)
{
	struct next next = { .id = 0 };
	const struct pfqd_group *g;

	TAILQ_FOREACH(g, &c->registry->groups, entry) {
		if (is_asked_for(c, g))
			find_next(g, c->dump.cursor, &next);
	}
	if (!next.id)
		return false;
	c->dump.cursor = next.id;
	pfq_msg_begin(o, PFQ_CMD_ENDPOINT_GET, NLM_F_MULTI, c->dump.seq);
	if (next.endpoint)
		put_endpoint(o, next.endpoint);
	else
		put_absent(o, next.absent);
	return true;
}

int command_endpoints(struct connection *c, const struct pfq_msg *req, struct reply *r)
{
	return begin_dump(c, req, r, next_endpoint);
}
