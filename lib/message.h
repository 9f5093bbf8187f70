/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Control messages of linux/pfq.h, section 3: the one user-space codec, for
 * libpfq and for pfqd. Encoding and decoding is libnl's; this adds what a peer
 * that is not the kernel makes necessary: every length, type and descriptor
 * is checked, and what is wrong is said in one line.
 *
 * No call here blocks, prints, or keeps a pointer to its arguments, except
 * that a struct pfq_msg points into the buffer that it was parsed from.
 */
#ifndef PFQ_MESSAGE_H
#define PFQ_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/pfq.h>

struct nlattr;
struct nlmsghdr;
struct nl_msg;

#define PFQ_MSG_TEXT_MAX	255	/* bytes of an error's text */
#define PFQ_MSG_FDS_MAX		3	/* descriptors with one message */

/* --- decode ---------------------------------------------------------------- */

/* attributes of a message or of a nest: the first one of each type, or NULL */
struct pfq_attrs {
	const struct nlattr *attr[PFQ_A_MAX + 1];
	unsigned int unknown;	/* a type above PFQ_A_MAX that was there; 0: none */
	const struct nlattr *head;
	int bytes;		/* of all, from head on */
};

struct pfq_msg {
	const struct nlmsghdr *hdr;	/* NULL: not even a header could be read */
	uint16_t type;		/* PFQ_MSG_TYPE, NLMSG_ERROR or NLMSG_DONE */
	uint16_t flags;		/* NLM_F_* */
	uint32_t seq;
	uint8_t cmd;		/* PFQ_CMD_* or unknown; 0 unless type is PFQ_MSG_TYPE */
	int error;		/* of NLMSG_ERROR and NLMSG_DONE: 0 or -errno */
	char text[PFQ_MSG_TEXT_MAX + 1]; /* of NLMSG_ERROR; or what pfq_msg_parse() found wrong */
	struct pfq_attrs attrs;	/* empty unless type is PFQ_MSG_TYPE */
};

/*
 * Check and take apart one datagram. @buf: aligned as by malloc(), and kept as
 * long as @m is used.
 * -EBADMSG: no message at all, hang up; -EINVAL: a message with a bad
 * attribute; hdr, seq and cmd are valid, text says which: answer it.
 */
int pfq_msg_parse(struct pfq_msg *m, const void *buf, size_t len);

/*
 * The engine's further check of a parsed message: is it a request that
 * linux/pfq.h knows, with the flags and attributes that this command takes?
 * -EBADMSG: no request; -EOPNOTSUPP: unknown command; -EINVAL; text is
 * filled.
 */
int pfq_msg_check_request(struct pfq_msg *m);

/* Attributes of a nest (or text, PFQ_MSG_TEXT_MAX + 1 bytes, says what is wrong). */
int pfq_attrs_parse(struct pfq_attrs *a, const struct nlattr *nest, char *text);

/* Nests may occur more than once: the one after @prev (NULL: the first), or NULL. */
const struct nlattr *pfq_attrs_next(const struct pfq_attrs *a, enum pfq_attr attr,
				    const struct nlattr *prev);

static inline bool pfq_attrs_has(const struct pfq_attrs *a, enum pfq_attr attr)
{
	return a->attr[attr];
}

/* Values; 0, NULL or nothing where the attribute is absent. */
uint32_t pfq_attrs_u32(const struct pfq_attrs *a, enum pfq_attr attr);
uint64_t pfq_attrs_u64(const struct pfq_attrs *a, enum pfq_attr attr);
const char *pfq_attrs_string(const struct pfq_attrs *a, enum pfq_attr attr);
const void *pfq_attrs_binary(const struct pfq_attrs *a, enum pfq_attr attr, size_t *bytes);

/* Copy, cut to @size, always NUL-terminated; "" where absent. */
void pfq_attrs_copy(const struct pfq_attrs *a, enum pfq_attr attr, char *dst, size_t size);

/* An array of u64: fills all @count of @dst, with 0 what was not sent; returns how many were. */
unsigned int pfq_attrs_u64s(const struct pfq_attrs *a, enum pfq_attr attr, uint64_t *dst,
			    unsigned int count);

/* "JOIN", "BINDINGS"; "?" for what is not known */
const char *pfq_msg_cmd_name(unsigned int cmd);
const char *pfq_msg_attr_name(unsigned int attr);

/* --- encode ---------------------------------------------------------------- */

/*
 * A message being made. error keeps the first failure (-ENOMEM, -EMSGSIZE: the
 * message or a value is too long, -EINVAL: wrong type), so that only the last
 * step, sending, need be looked at. pfq_msg_free() at the end in any case; it
 * may be called again.
 */
struct pfq_msg_out {
	struct nl_msg *nl;
	int error;
};

/*
 * A request (NLM_F_REQUEST, and NLM_F_DUMP where it is one), an answer (0), or
 * part of a dump (NLM_F_MULTI).
 */
void pfq_msg_begin(struct pfq_msg_out *o, enum pfq_cmd cmd, uint16_t flags, uint32_t seq);

/* NLMSG_ERROR in answer to @req: @error 0 or -errno; @text NULL or one line, cut where too long. */
void pfq_msg_begin_error(struct pfq_msg_out *o, const struct pfq_msg *req, int error,
			 const char *text);

/* The end of a dump. */
void pfq_msg_begin_done(struct pfq_msg_out *o, uint32_t seq);
void pfq_msg_free(struct pfq_msg_out *o);

void pfq_msg_put_u32(struct pfq_msg_out *o, enum pfq_attr attr, uint32_t value);
void pfq_msg_put_u64(struct pfq_msg_out *o, enum pfq_attr attr, uint64_t value);
void pfq_msg_put_string(struct pfq_msg_out *o, enum pfq_attr attr, const char *value);
void pfq_msg_put_binary(struct pfq_msg_out *o, enum pfq_attr attr, const void *value,
			size_t bytes);
struct nlattr *pfq_msg_nest(struct pfq_msg_out *o, enum pfq_attr attr);
void pfq_msg_nest_end(struct pfq_msg_out *o, struct nlattr *nest);

/* The finished message; valid until pfq_msg_free(). 0 or o->error. */
int pfq_msg_bytes(const struct pfq_msg_out *o, const void **buf, size_t *len);

/* --- one message a datagram, on SOCK_SEQPACKET -------------------------------- */

/*
 * Send without blocking and without SIGPIPE: 0, o->error, -EAGAIN where the
 * peer does not read, or another -errno of sendmsg(). The descriptors stay
 * the caller's.
 */
int pfq_msg_send(int sock, const struct pfq_msg_out *o, const int *fds, unsigned int nfds);

/*
 * Receive without blocking into @buf (PFQ_MSG_MAX bytes): the length; 0: the
 * peer has closed; -EAGAIN; -EMSGSIZE: longer than @size, -EPROTO: more
 * descriptors than @fds_max, -EMFILE, -ENFILE: this process cannot hold those that came,
 * -EACCES: a security module keeps them away; these are all closed then, as is the
 * datagram lost. @nfds of @fds, CLOEXEC, become the caller's. @fds NULL where
 * @fds_max is 0.
 */
ssize_t pfq_msg_recv(int sock, void *buf, size_t size, int *fds, unsigned int fds_max,
		     unsigned int *nfds);

/*
 * The same by recv(), which sandboxes know that do not know recvmsg(). Descriptors that a peer
 * attaches are dropped, and not told of.
 */
ssize_t pfq_msg_recv_bytes(int sock, void *buf, size_t size);

#endif /* PFQ_MESSAGE_H */
