/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family PFQ_FAMILY_NAME: see linux/pfq_control.h. netlink.c has the table of
 * requests; the other files have the functions that answer them.
 */
#ifndef PFQK_NETLINK_H
#define PFQK_NETLINK_H

#include <net/genetlink.h>
#include <linux/pfq_control.h>

struct file;
struct pfqk_endpoint;
struct pfqk_group;
struct pfqk_group_settings;
struct pfqk_binding;
struct pfqk_memory;
struct pfqk_memory_wish;
struct pfqk_net;

/* A request. Its attributes are those that its command takes. */
struct pfqk_request {
	const struct sk_buff *skb;	/* the message, for the sender's capabilities */
	struct genl_info *info;
	struct pfqk_net *pn;
	/* if the request names an endpoint's file: the file, held; endpoint.lock is held too */
	struct file *file;
	struct pfqk_endpoint *ep;
};

extern struct genl_family pfqk_family;
extern u64 pfqk_loaded_ns;	/* monotonic, ns: when the module was loaded */

#define PFQK_CHANGES	0	/* index of the multicast group */

int pfqk_netlink_init(void);
void pfqk_netlink_exit(void);

/* Is @name valid for a group or an endpoint: a-z, then a-z 0-9 _ . - ? */
bool pfqk_netlink_name_valid(const char *name);

/* The value of an attribute; 0 or NULL if the attribute is absent. */
u32 pfqk_request_u32(const struct pfqk_request *req, enum pfq_attr attr);
u64 pfqk_request_u64(const struct pfqk_request *req, enum pfq_attr attr);
const char *pfqk_request_string(const struct pfqk_request *req, enum pfq_attr attr);

/* Set a constant text and the attribute that it is about. Evaluates to @err, -errno. */
#define pfqk_refuse(req, attr, err, text) ({					\
	NL_SET_ERR_MSG_ATTR((req)->info->extack, (req)->info->attrs[attr], text);	\
	(err);									\
})

/*
 * The same for requests that only an administrator may make. In a child user namespace that is not
 * allowed any, the text says that instead of @text.
 */
int pfqk_refuse_admin(struct pfqk_request *req, enum pfq_attr attr, int err, const char *text);

/*
 * Begin an answer of up to @bytes. NULL: no memory. pfqk_reply_send() sends it, or frees it after
 * an @err, which it returns.
 */
struct sk_buff *pfqk_reply_begin(const struct pfqk_request *req, size_t bytes, void **hdr);
int pfqk_reply_send(const struct pfqk_request *req, struct sk_buff *msg, void *hdr, int err);

/*
 * netlink_notify.c: tell listeners of a change. @ep is NULL if it is about the group. Under the
 * namespace's lock.
 */
void pfqk_notify(u8 cmd, const struct pfqk_group *g, const struct pfqk_endpoint *ep);

/* --- handlers, by file ------------------------------------------------------------ */

/* netlink_show.c */
int pfqk_request_hello(struct pfqk_request *req);
int pfqk_request_status(struct pfqk_request *req);
int pfqk_dump_start(struct netlink_callback *cb);
int pfqk_dump_groups(struct sk_buff *msg, struct netlink_callback *cb);
int pfqk_dump_endpoints(struct sk_buff *msg, struct netlink_callback *cb);

/* netlink_join.c */
int pfqk_request_join(struct pfqk_request *req);

/*
 * Ring memory of a JOIN (netlink_memory.c). pfqk_request_memory() reads the request and the
 * memory that the consumer brought. pfqk_memory_refuse() writes @why, a constant text, into the
 * error. pfqk_reply_memory() adds what was allocated; it returns 0 or -EMSGSIZE.
 */
int pfqk_request_memory(struct pfqk_request *req, struct pfqk_memory_wish *wish);
void pfqk_memory_refuse(struct pfqk_request *req, const struct pfqk_memory_wish *wish,
			const char *why);
int pfqk_reply_memory(struct sk_buff *msg, const struct pfqk_memory *m);

/*
 * Add a DEVICE_BOUND nest, of at most PFQK_REPLY_BINDING_BYTES. Returns 0 or -EMSGSIZE. Under the
 * namespace's lock.
 */
#define PFQK_REPLY_BINDING_BYTES	560
int pfqk_reply_binding(struct sk_buff *msg, const struct net *net, const struct pfqk_binding *b);

/* netlink_endpoint.c */
int pfqk_request_start(struct pfqk_request *req);
int pfqk_request_filter(struct pfqk_request *req);
int pfqk_request_direction(struct pfqk_request *req);
int pfqk_request_inject(struct pfqk_request *req);

/* netlink_group.c */
int pfqk_request_group_add(struct pfqk_request *req);
int pfqk_request_group_set(struct pfqk_request *req);
int pfqk_request_group_del(struct pfqk_request *req);
/* Read STEER, or PROGRAM and its text, into @s. */
int pfqk_request_program(struct pfqk_request *req, struct pfqk_group_settings *s);

/* netlink_program.c */
int pfqk_request_program_get(struct pfqk_request *req);
int pfqk_request_profile(struct pfqk_request *req);

/* netlink_set.c */
int pfqk_request_set_change(struct pfqk_request *req);
int pfqk_dump_set(struct sk_buff *msg, struct netlink_callback *cb);

#endif /* PFQK_NETLINK_H */
