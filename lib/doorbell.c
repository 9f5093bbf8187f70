/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "doorbell.h"
#include "ring.h"

/*
 * Time to wait for a byte that is due, in ms. An engine's worker may lose its CPU, even to us,
 * between clearing armed and sending the byte. Waiting gives the CPU back.
 */
#define OWED_MS	20

void pfq_doorbell_init(struct pfq_doorbell *d, int fd, bool is_device)
{
	/* is_hot: it may already hold bytes */
	*d = (struct pfq_doorbell){ .fd = fd, .is_device = is_device, .is_hot = true };
}

void pfq_doorbell_arm(struct pfq_doorbell *d, struct pfq_reader_hdr *h, uint32_t threshold,
		      uint64_t delay_ns)
{
	store_relaxed(&h->threshold, threshold);
	store_relaxed(&h->delay_ns, delay_ns);
	store_release(&h->armed, 1);
	/* pairs with the engine's fence between its prod and its load of armed */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	d->is_armed = true;
}

void pfq_doorbell_disarm(struct pfq_doorbell *d, struct pfq_reader_hdr *h)
{
	if (!d->is_armed)
		return;
	d->is_armed = false;
	if (!__atomic_exchange_n(&h->armed, 0, __ATOMIC_SEQ_CST))
		d->is_owed = true;
}

bool pfq_doorbell_is_quiet(struct pfq_doorbell *d, struct pfq_reader_hdr *h)
{
	if (!d->is_armed)
		return false;
	if (!load_relaxed(&h->armed)) {
		d->is_armed = false;
		d->is_owed = true;
	}
	return d->is_armed && !d->is_hot;
}

bool pfq_doorbell_has_news(const struct pfq_doorbell *d, short events)
{
	struct pollfd p = { .fd = d->fd, .events = events };

	return poll(&p, 1, 0) > 0;
}

/* The doorbell is a socket, or a device whose read() never waits and clears the doorbell. */
static ssize_t take_bytes(struct pfq_doorbell *d, char *bytes, size_t size)
{
	return d->is_device ? read(d->fd, bytes, size) : recv(d->fd, bytes, size, MSG_DONTWAIT);
}

static bool is_none(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/*
 * Was the call refused, so that it tells nothing about the engine? Either a sandbox refused it, or
 * the program has closed a descriptor that it did not open. The number may then be another file.
 */
static bool is_refusal(int error)
{
	return error == EPERM || error == EACCES || error == ENOSYS || error == EBADF ||
	       error == ENOTSOCK;
}

bool pfq_doorbell_drain(struct pfq_doorbell *d)
{
	struct pollfd p = { .fd = d->fd, .events = POLLIN };
	bool was_rung = false;
	char bytes[64];
	ssize_t n;

	if (!d->is_owed && !d->is_hot)
		return false;
	do {
		n = take_bytes(d, bytes, sizeof(bytes));
		if (is_none(n) && d->is_owed && !was_rung && poll(&p, 1, OWED_MS) > 0)
			n = take_bytes(d, bytes, sizeof(bytes));
		was_rung |= n > 0;
	} while (n == (ssize_t)sizeof(bytes) || (n < 0 && errno == EINTR));
	/* a byte that comes later is drained by the caller that sees it */
	d->is_hot = false;
	d->is_owed = false;
	/*
	 * End of file: the engine is gone. A device that hangs up stays readable, so the next call
	 * finds it; its errors say nothing about the group.
	 */
	if (n < 0 && !is_none(n) && (d->is_device || is_refusal(errno)))
		d->error = -errno;
	else if (n <= 0 && !is_none(n))
		d->is_gone = true;
	return was_rung || d->is_gone;
}
