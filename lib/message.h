/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The user-space codec for the messages of linux/pfq_control.h; for libpfq and for pfqd. libnl
 * encodes and decodes. The codec adds checks that a peer other than the kernel needs: of every
 * length, type and descriptor. An error is described in one line of text.
 *
 * No call here blocks or prints. None keeps a pointer to its arguments, except that a struct
 * pfq_msg points into the buffer that it was parsed from. Different messages may be used by
 * different threads.
 */
#ifndef PFQ_MESSAGE_H
#define PFQ_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/pfq_control.h>

struct nlattr;
struct nlmsghdr;
struct nl_msg;

#define PFQ_MSG_TEXT_MAX	255	/* bytes of an error's text */
#define PFQ_MSG_FDS_MAX		3	/* descriptors with one message */

/* --- decode ---------------------------------------------------------------- */

/* The attributes of a message or of a nest: the first one of each type, or NULL. */
struct pfq_attrs {
	const struct nlattr *attr[PFQ_A_MAX + 1];
	unsigned int unknown;	/* a type above PFQ_A_MAX that occurred; 0: none */
	const struct nlattr *head;
	int bytes;		/* of all attributes, from head on */
};

struct pfq_msg {
	const struct nlmsghdr *hdr;	/* NULL: not even a header could be read */
	uint16_t type;		/* PFQ_MSG_TYPE, NLMSG_ERROR or NLMSG_DONE */
	uint16_t flags;		/* NLM_F_* */
	uint32_t seq;
	uint8_t cmd;		/* PFQ_CMD_*, or an unknown number; 0 unless type is PFQ_MSG_TYPE */
	int error;		/* of NLMSG_ERROR and NLMSG_DONE: 0 or -errno */
	/* of NLMSG_ERROR; or the error that pfq_msg_parse() found */
	char text[PFQ_MSG_TEXT_MAX + 1];
	struct pfq_attrs attrs;	/* empty unless type is PFQ_MSG_TYPE */
};

/*
 * Check one datagram and take it apart. @buf is aligned as by malloc(), and the caller keeps it as
 * long as @m is used. Returns 0, or:
 * - -EBADMSG: this is no message at all; end the connection.
 * - -EINVAL: a message with a bad attribute. hdr, seq and cmd are valid, and text names the
 *   attribute, so that the caller can answer.
 */
int pfq_msg_parse(struct pfq_msg *m, const void *buf, size_t len);

/*
 * For engines: check a parsed message further. It must be a request of linux/pfq_control.h, with
 * flags and attributes that its command takes. -EBADMSG: no request. -EOPNOTSUPP: unknown command.
 * -EINVAL: wrong flags or attributes. text is filled in for the last two.
 */
int pfq_msg_check_request(struct pfq_msg *m);

/*
 * Parse the attributes of a nest. Returns 0, or -EINVAL with @text (PFQ_MSG_TEXT_MAX + 1 bytes)
 * filled in.
 */
int pfq_attrs_parse(struct pfq_attrs *a, const struct nlattr *nest, char *text);

/*
 * Nests may occur more than once. Returns the one after @prev (NULL: the first), or NULL after the
 * last.
 */
const struct nlattr *pfq_attrs_next(const struct pfq_attrs *a, enum pfq_attr attr,
				    const struct nlattr *prev);

/* Does the engine say that a JOIN is in work? */
static inline bool pfq_msg_is_working(const struct pfq_msg *m)
{
	return m->type == PFQ_MSG_TYPE && m->cmd == PFQ_CMD_JOIN && m->seq == PFQ_SEQ_WORKING;
}

/* Does the engine tell a member that its group was removed? */
static inline bool pfq_msg_is_removed(const struct pfq_msg *m)
{
	return m->type == PFQ_MSG_TYPE && m->cmd == PFQ_CMD_GROUP_DEL && m->seq == PFQ_SEQ_REMOVED;
}

/* Is the attribute present? */
static inline bool pfq_attrs_has(const struct pfq_attrs *a, enum pfq_attr attr)
{
	return a->attr[attr];
}

/*
 * The value of an attribute. 0 or NULL if the attribute is absent. Pointers lead into the
 * message's buffer.
 */
uint32_t pfq_attrs_u32(const struct pfq_attrs *a, enum pfq_attr attr);
uint64_t pfq_attrs_u64(const struct pfq_attrs *a, enum pfq_attr attr);
const char *pfq_attrs_string(const struct pfq_attrs *a, enum pfq_attr attr);
const void *pfq_attrs_binary(const struct pfq_attrs *a, enum pfq_attr attr, size_t *bytes);

/* Copy a string, cut to @size, always NUL-terminated; "" if the attribute is absent. */
void pfq_attrs_copy(const struct pfq_attrs *a, enum pfq_attr attr, char *dst, size_t size);

/*
 * Copy an array of u64 to @dst, which gets all of @count elements: those not sent become 0.
 * Returns the number of elements that were sent, at most @count.
 */
unsigned int pfq_attrs_u64s(const struct pfq_attrs *a, enum pfq_attr attr, uint64_t *dst,
			    unsigned int count);

/* Names such as "JOIN" or "BINDINGS"; "?" for an unknown number. Constant text. */
const char *pfq_msg_cmd_name(unsigned int cmd);
const char *pfq_msg_attr_name(unsigned int attr);

/* --- encode ---------------------------------------------------------------- */

/*
 * A message that is being made. error keeps the first failure, so that the caller need only check
 * the last step, sending. -ENOMEM: no memory. -EMSGSIZE: the message or a value is too long.
 * -EINVAL: a value of the wrong type. The caller calls pfq_msg_free() at the end in any case;
 * calling it again is harmless.
 */
struct pfq_msg_out {
	struct nl_msg *nl;
	int error;
};

/*
 * Begin a message: a request (NLM_F_REQUEST, with NLM_F_DUMP for a dump), an answer (0), or a part
 * of a dump (NLM_F_MULTI).
 */
void pfq_msg_begin(struct pfq_msg_out *o, enum pfq_cmd cmd, uint16_t flags, uint32_t seq);

/*
 * Begin an NLMSG_ERROR that answers @req. @error: 0 or -errno. @text: NULL or one line, which is
 * cut if it is too long.
 */
void pfq_msg_begin_error(struct pfq_msg_out *o, const struct pfq_msg *req, int error,
			 const char *text);

/* Begin the message that ends a dump. */
void pfq_msg_begin_done(struct pfq_msg_out *o, uint32_t seq);
void pfq_msg_free(struct pfq_msg_out *o);

/* Add an attribute, or begin and end a nest. Values are copied. A failure is kept in o->error. */
void pfq_msg_put_u32(struct pfq_msg_out *o, enum pfq_attr attr, uint32_t value);
void pfq_msg_put_u64(struct pfq_msg_out *o, enum pfq_attr attr, uint64_t value);
void pfq_msg_put_string(struct pfq_msg_out *o, enum pfq_attr attr, const char *value);
void pfq_msg_put_binary(struct pfq_msg_out *o, enum pfq_attr attr, const void *value,
			size_t bytes);
struct nlattr *pfq_msg_nest(struct pfq_msg_out *o, enum pfq_attr attr);
void pfq_msg_nest_end(struct pfq_msg_out *o, struct nlattr *nest);

/* The finished message, valid until pfq_msg_free(). Returns 0 or o->error. */
int pfq_msg_bytes(const struct pfq_msg_out *o, const void **buf, size_t *len);

/* --- one message a datagram, on SOCK_SEQPACKET -------------------------------- */

/*
 * Send without blocking and without SIGPIPE. Returns 0, o->error, or sendmsg()'s -errno. -EAGAIN:
 * the peer does not read. The caller keeps the descriptors.
 */
int pfq_msg_send(int sock, const struct pfq_msg_out *o, const int *fds, unsigned int nfds);

/*
 * Receive one message into @buf, of PFQ_MSG_MAX bytes, without blocking. Returns its length; 0:
 * the peer has closed. On success the caller owns the *nfds descriptors in @fds, which are
 * CLOEXEC. @fds may be NULL if @fds_max is 0.
 *
 * -EAGAIN: there is no message. The other errors lose the datagram and close its descriptors:
 * - -EMSGSIZE: the message is longer than @size
 * - -EPROTO: more descriptors came than @fds_max
 * - -EMFILE, -ENFILE: this process or the machine has no room for the descriptors
 * - -EACCES: a security module refused them
 */
ssize_t pfq_msg_recv(int sock, void *buf, size_t size, int *fds, unsigned int fds_max,
		     unsigned int *nfds);

/*
 * The same by recv(), for sandboxes that allow recv() but not recvmsg(). The kernel drops
 * descriptors that the peer attached; no error tells of it.
 */
ssize_t pfq_msg_recv_bytes(int sock, void *buf, size_t size);

/*
 * Wait for poll() @events on @sock, of any engine, until @deadline_ns (CLOCK_MONOTONIC): 0,
 * -ETIMEDOUT, or another -errno of ppoll().
 */
int pfq_msg_wait(int sock, short events, uint64_t deadline_ns);

#endif /* PFQ_MESSAGE_H */
