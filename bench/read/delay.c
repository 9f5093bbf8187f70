// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* bench-delay: measures the delay of a packet on an idle link */
#include <config.h>
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "tools/common/cpu.h"
#include "delay_send.h"
#include "tools/common/output.h"

struct delay {
	const struct delay_options *options;
	pcap_t *pcap;
	struct delay_sender sender;
	int over_fd; /* eventfd: no more frames will come */
	_Atomic bool is_over;
	uint64_t *delay_ns; /* for each frame; 0: not received */
	uint64_t n, again; /* frames received; further copies of these */
};

/* --- one packet ---------------------------------------------------------------- */

/*
 * Note the delay of a frame at its first copy, and count further copies. Other packets
 * are ignored.
 */
static void packet_take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	uint64_t now_ns = delay_clock_ns();
	struct delay *d = (struct delay *)(void *)user;
	struct delay_mark mark;

	if (header->caplen != d->options->length)
		return;
	memcpy(&mark, bytes + header->caplen - sizeof(mark), sizeof(mark));
	if (mark.magic != DELAY_MAGIC || mark.number >= d->options->count)
		return;
	if (d->delay_ns[mark.number]) {
		d->again++;
		return;
	}
	d->delay_ns[mark.number] = now_ns > mark.sent_ns ? now_ns - mark.sent_ns : 1;
	d->n++;
}

/* --- ways to wait: each returns pcap's result ------------------------------------- */

static int wait_dispatch(struct delay *d)
{
	return pcap_dispatch(d->pcap, -1, packet_take, (u_char *)d);
}

static int wait_next(struct delay *d)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int ret = pcap_next_ex(d->pcap, &header, &bytes);

	if (ret == 1)
		packet_take((u_char *)d, header, bytes);
	return ret;
}

static int wait_poll(struct delay *d)
{
	struct pollfd p[] = {
		{ .fd = pcap_get_selectable_fd(d->pcap), .events = POLLIN },
		{ .fd = d->over_fd, .events = POLLIN },
	};

	if (poll(p, 2, -1) < 0)
		return 0;
	return wait_dispatch(d);
}

static const struct way {
	const char *name;
	size_t flag; /* offset of its option */
	int (*wait)(struct delay *d);
} ways[] = {
	{ "next", offsetof(struct delay_options, is_next), wait_next },
	{ "poll", offsetof(struct delay_options, is_poll), wait_poll },
	{ "dispatch", 0, wait_dispatch }, /* last: the default */
};

static const struct way *way_of(const struct delay_options *o)
{
	const struct way *way = ways;

	while (way->flag && !*(const bool *)((const char *)o + way->flag))
		way++;
	return way;
}

/* --- a run ----------------------------------------------------------------------- */

/* Called by the sender: wake the receiver, whatever it waits for. */
static void over(void *arg)
{
	struct delay *d = arg;
	uint64_t one = 1;
	ssize_t unused;

	d->is_over = true;
	pcap_breakloop(d->pcap);
	unused = write(d->over_fd, &one, sizeof(one));
	(void)unused;
}

/* Receive until the sender is done. Returns 0, or -errno with @text. */
static int receive(struct delay *d, char *text, size_t text_size)
{
	const struct way *way = way_of(d->options);
	int ret = 0;

	/* Another copy of a frame may come late, so receive until the sender is done. */
	while (!d->is_over && ret >= 0)
		ret = way->wait(d);
	if (d->is_over)
		return 0;
	snprintf(text, text_size, "--interface: \"%s\": %s", d->options->receiver.device,
		 pcap_geterr(d->pcap));
	return -EIO;
}

/*
 * Open the receiver, start the sender, and receive. Returns 0, or -errno with @text; the
 * caller closes d->pcap.
 */
static int run(struct delay *d, char *text, size_t text_size)
{
	int ret = cpu_pin(d->options->cpu_recv);

	if (ret) {
		snprintf(text, text_size, "--cpu-recv: %s", strerror(-ret));
		return ret;
	}
	d->pcap = receiver_open(&d->options->receiver, text, text_size);
	if (!d->pcap)
		return -EIO;
	/* Ask for it before the first frame, because it makes flows go to a member. */
	if (d->options->is_poll && pcap_get_selectable_fd(d->pcap) < 0) {
		snprintf(text, text_size, "--poll: \"%s\" has no selectable descriptor",
			 d->options->receiver.device);
		return -EINVAL;
	}
	ret = delay_sender_start(&d->sender, d->options, over, d);
	if (!ret) {
		ret = receive(d, text, text_size);
		delay_sender_join(&d->sender);
	}
	if (d->sender.error) {
		snprintf(text, text_size, "%s", d->sender.text);
		return d->sender.error;
	}
	return ret;
}

/* --- the result -------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Return the smallest delay that @permille thousandths do not exceed (nearest rank). */
static json_int_t percentile(const uint64_t *sorted, uint64_t n, uint64_t permille)
{
	return n ? (json_int_t)sorted[(n * permille + 999) / 1000 - 1] : 0;
}

/*
 * Sort the delays. Frames that never came are 0, and so come first. Returns the number of
 * the others.
 */
static uint64_t sort(uint64_t *delay_ns, uint64_t count)
{
	uint64_t none = 0;

	qsort(delay_ns, count, sizeof(*delay_ns), compare);
	while (none < count && !delay_ns[none])
		none++;
	return count - none;
}

/*
 * Compute the p99 of each block of --block frames, and return the first quartile of
 * these: the value of blocks in which the machine did not stop. Frames must still be in
 * the order in which they were sent. The call sorts the delays within each block. 0: no
 * frame came.
 */
static json_int_t quiet_p99(const struct delay *d)
{
	uint64_t count = d->options->count, block = d->options->block, blocks = 0, i, size, n;
	uint64_t *p99;
	json_int_t quiet;

	if (!block || block > count)
		block = count;
	p99 = calloc((count + block - 1) / block, sizeof(*p99));
	if (!p99)
		return 0;
	for (i = 0; i < count; i += size) {
		size = block < count - i ? block : count - i;
		n = sort(d->delay_ns + i, size);
		/* Leave out the shorter last block, unless it is the only one. */
		if (n && (size == block || !blocks))
			p99[blocks++] = (uint64_t)percentile(d->delay_ns + i + size - n, n, 990);
	}
	qsort(p99, blocks, sizeof(*p99), compare);
	quiet = percentile(p99, blocks, 250);
	free(p99);
	return quiet;
}

static void result_print(const struct delay *d)
{
	const struct delay_options *o = d->options;
	json_int_t quiet = quiet_p99(d);
	const uint64_t *sorted = d->delay_ns + o->count - d->n; /* frames that came */
	json_t *object;

	sort(d->delay_ns, o->count);
	object = json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, "
			   "s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			   "type", "delay", "device", o->receiver.device, "mode", way_of(o)->name,
			   "immediate", o->receiver.is_immediate,
			   "timeout_ms", (json_int_t)o->receiver.timeout_ms,
			   "length", (json_int_t)o->length, "sent", (json_int_t)d->sender.sent,
			   "n", (json_int_t)d->n, "lost", (json_int_t)(d->sender.sent - d->n),
			   "again", (json_int_t)d->again,
			   "p50_ns", percentile(sorted, d->n, 500),
			   "p90_ns", percentile(sorted, d->n, 900),
			   "p99_ns", percentile(sorted, d->n, 990),
			   "p99_quiet_ns", quiet,
			   "p999_ns", percentile(sorted, d->n, 999),
			   "max_ns", percentile(sorted, d->n, 1000));
	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(object);
}

int main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE + 256] = "";
	struct delay_options options;
	struct delay d = { .options = &options, .over_fd = -1 };
	int ret = -ENOMEM;

	delay_options_parse(&options, argc, argv);
	d.delay_ns = calloc(options.count, sizeof(*d.delay_ns));
	d.over_fd = eventfd(0, EFD_CLOEXEC);
	if (d.delay_ns && d.over_fd >= 0)
		ret = run(&d, text, sizeof(text));
	if (ret)
		fprintf(stderr, "bench-delay: %s\n", *text ? text : strerror(-ret));
	else
		result_print(&d);
	if (d.pcap)
		pcap_close(d.pcap);
	if (d.over_fd >= 0)
		close(d.over_fd);
	ret = ret || !output_is_out("bench-delay") ? EXIT_FAILED :
	      d.n == d.sender.sent && !d.again ? EXIT_OK : EXIT_LOST;
	free(d.delay_ns);
	return ret;
}
