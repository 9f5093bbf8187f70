/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The life of a handle: activation, blocking mode, end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "pcap-pfq.h"
#include "pfq-debug.h"
#include "pfq-waits.h"

#define THRESHOLD_MAX	(256U << 10)	/* so many bytes in a lane wake the program */
#define NONBLOCK_DELAY_NS	8000000ULL	/* TPACKET_V3's default timeout of a block */

static const u_int ethernet_list[] = { DLT_EN10MB, DLT_DOCSIS };

bool pfq_capture_is(const pcap_t *p)
{
	return p->activated && p->activate_op == pfq_capture_activate;
}

int pfq_capture_error(pcap_t *p, int ret)
{
	struct pfq_capture *c = p->priv;
	const char *socket = c->lib->pfq_engine(c->q)->socket;
	const char *away = c->lib->pfq_engine_away(c->q);

	/* the others are errors of calls in this process */
	if (away && (ret == -EPIPE || ret == -EPROTO || ret == -EINVAL))
		snprintf(p->errbuf, sizeof(p->errbuf), "%s", away);
	else if (ret == -EPIPE)
		snprintf(p->errbuf, sizeof(p->errbuf),
			 "pfqd at %s has ended; start it again and open the device anew", socket);
	else if (ret == -EPROTO)
		snprintf(p->errbuf, sizeof(p->errbuf), "the ring of group %s is damaged",
			 c->lib->pfq_group(c->q));
	else
		/* errors of pfqd have a text of their own: this is the error of a local call */
		snprintf(p->errbuf, sizeof(p->errbuf), "group %s of pfqd at %s: %s",
			 c->lib->pfq_group(c->q), socket, c->lib->pfq_error_text(ret));
	return PCAP_ERROR;
}

int pfq_capture_start(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	struct pfq_error why = { "" };
	int ret = 0;

	pthread_mutex_lock(&c->control);
	if (!c->started) {
		ret = c->lib->pfq_start(c->q, &why);
		/*
		 * reads still return the packets in the ring if the engine has ended or is stopped
		 */
		if (ret == -EPIPE || ret == -ETIMEDOUT)
			ret = 0;
		c->started = !ret;
	}
	pthread_mutex_unlock(&c->control);
	if (!ret)
		return 0;
	if (why.text[0])
		snprintf(p->errbuf, sizeof(p->errbuf), "%s", why.text);
	else
		pfq_capture_error(p, ret);
	return PCAP_ERROR;
}

int pfq_capture_fd(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	int fd;

	if (pfq_capture_start(p))
		return -1;
	fd = c->lib->pfq_fd(c->q);
	if (fd < 0)
		return pfq_capture_error(p, fd);
	p->selectable_fd = fd;
	p->fd = fd;
	c->watched = true;
	return fd;
}

static int set_datalink(pcap_t *p, int dlt)
{
	p->linktype = dlt;
	return 0;
}

static int get_nonblock(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	return c->nonblock;
}

/* as an ordinary handle: non-blocking reads never wait, and need no eventfd to end a wait */
static int set_nonblock(pcap_t *p, int nonblock)
{
	struct pfq_capture *c = p->priv;

	if (!!nonblock == c->nonblock)
		return 0;
	if (nonblock) {
		close(c->break_fd);
		c->break_fd = -1;
	} else {
		c->break_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (c->break_fd < 0) {
			snprintf(p->errbuf, sizeof(p->errbuf),
				 "no eventfd for pcap_breakloop(): %s",
				 c->lib->pfq_error_text(errno));
			return PCAP_ERROR;
		}
	}
	c->nonblock = nonblock;
	return 0;
}

/* from a signal handler or another thread */
static void break_loop(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	uint64_t one = 1;
	ssize_t n;

	pcap_breakloop_common(p);
	if (c->break_fd >= 0) {
		n = write(c->break_fd, &one, sizeof(one));
		(void)n;	/* the eventfd is full: then it is readable anyway */
	}
}

static int inject(pcap_t *p, const void *frame, int len)
{
	struct pfq_capture *c = p->priv;
	struct pfq_error why = { "" };
	int ret;

	pthread_mutex_lock(&c->control);
	ret = c->lib->pfq_inject(c->q, frame, (size_t)len, &why);
	pthread_mutex_unlock(&c->control);
	if (!ret)
		return len;
	if (why.text[0])
		snprintf(p->errbuf, sizeof(p->errbuf), "%s", why.text);
	else
		pfq_capture_error(p, ret);
	return PCAP_ERROR;
}

/*
 * Releases our part only: after a failed activation, the rest of the handle stays,
 * so that the program can activate it again.
 */
static void release(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	if (c->q)
		c->lib->pfq_close(c->q);
	c->q = NULL;
	pfq_ifdrop_close(&c->ifdrop_files);
	/* these descriptors belong to the endpoint, and were closed with it */
	p->fd = -1;
	p->selectable_fd = -1;
	if (c->break_fd >= 0)
		close(c->break_fd);
	c->break_fd = -1;
	free(c->oneshot);
	c->oneshot = NULL;
	free(c->untagged);
	c->untagged = NULL;
	free(p->dlt_list);
	p->dlt_list = NULL;
	p->dlt_count = 0;
	c->started = c->check = c->filter_all = c->filter_in_engine = false;
	c->watched = c->voided = c->reading = false;
	c->filter_older.lanes = 0;
	c->direction_older.lanes = 0;
}

static void cleanup(pcap_t *p)
{
	release(p);
	pcap_cleanup_live_common(p);
}

static int link_setup(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	p->linktype = linktype_to_dlt((int)c->lib->pfq_linktype(c->q));
	if (p->linktype != DLT_EN10MB)
		return 0;
	/* filters see the frame without its tag, as in the engine's views */
	p->bpf_codegen_flags |= BPF_SPECIAL_VLAN_HANDLING;
	p->dlt_list = malloc(sizeof(ethernet_list));
	if (!p->dlt_list)
		return -ENOMEM;
	memcpy(p->dlt_list, ethernet_list, sizeof(ethernet_list));
	p->dlt_count = sizeof(ethernet_list) / sizeof(ethernet_list[0]);
	return 0;
}

/*
 * How long the first packet waits before the engine wakes the program. A negative timeout is
 * non-blocking mode; for an ordinary handle, the kernel then uses a timeout of its own.
 */
static uint64_t delay_ns_of(int timeout_ms)
{
	if (timeout_ms < 0)
		return NONBLOCK_DELAY_NS;
	return timeout_ms ? (uint64_t)timeout_ms * 1000000 : ~0ULL;
}

static void wakeup_setup(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	uint64_t threshold = c->lib->pfq_ring_bytes(c->q) / c->lib->pfq_lanes(c->q) / 4;
	uint64_t delay_ns = delay_ns_of(p->opt.timeout);

	if (threshold > THRESHOLD_MAX)
		threshold = THRESHOLD_MAX;
	if (p->opt.immediate) {
		threshold = 1;
		delay_ns = 0;
	}
	c->lib->pfq_wakeup_set(c->q, (uint32_t)threshold, delay_ns);
}

static void operations_setup(pcap_t *p)
{
	p->read_op = pfq_read_packets;
	p->oneshot_callback = pfq_read_oneshot;
	p->inject_op = inject;
	p->setfilter_op = pfq_filter_install;
	p->setdirection_op = pfq_filter_direction;
	p->set_datalink_op = set_datalink;
	p->getnonblock_op = get_nonblock;
	p->setnonblock_op = set_nonblock;
	p->stats_op = pfq_stats_report;
	p->breakloop_op = break_loop;
	p->cleanup_op = cleanup;
}

/* A sandbox may forbid the program to open descriptors later: a handle opens all of them here. */
static int buffers_setup(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	c->nano = p->opt.tstamp_precision == PCAP_TSTAMP_PRECISION_NANO;
	c->nonblock = p->opt.timeout < 0;
	c->oneshot = malloc((size_t)p->snapshot);
	c->untagged = malloc((size_t)p->snapshot);
	if (!c->oneshot || !c->untagged)
		return -ENOMEM;
	if (c->nonblock)
		return 0;
	c->break_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return c->break_fd < 0 ? -errno : 0;
}

static void debug_joined(const pcap_t *p, const char *begin)
{
	const struct pfq_capture *c = p->priv;
	uint32_t snaplen = c->lib->pfq_snaplen(c->q);

	if (snaplen > (uint32_t)p->snapshot)
		snaplen = (uint32_t)p->snapshot;
	pfq_debug_print(&c->choice.env, "%sjoined group %s of pfqd at %s%s%s: %s, %u lanes, "
			"ring %llu KiB in pages of %llu KiB, snaplen %u", begin,
			c->lib->pfq_group(c->q), c->lib->pfq_engine(c->q)->socket,
			c->lib->pfq_name(c->q)[0] ? " as " : "", c->lib->pfq_name(c->q),
			c->lib->pfq_bindings(c->q), c->lib->pfq_lanes(c->q),
			(unsigned long long)c->lib->pfq_ring_bytes(c->q) >> 10,
			(unsigned long long)c->lib->pfq_page_bytes(c->q) >> 10, snaplen);
	pfq_debug_print(&c->choice.env, "ring: %s", c->lib->pfq_ring_text(c->q));
	if (c->lib->pfq_adapter_time(c->q))
		pfq_debug_print(&c->choice.env,
				"timestamps: the adapter's where it gives one, as the group's "
				"maker asked; lanes are not merged");
}

void pfq_capture_note(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	const char *away;

	if (!c->choice.env.debug)
		return;
	away = c->lib->pfq_engine_away(c->q);
	if (away && strcmp(away, c->away))
		pfq_debug_print(&c->choice.env, "the engine is away, this handle waits: %s", away);
	else if (!away && c->away[0])
		debug_joined(p, "the engine is back: ");
	snprintf(c->away, sizeof(c->away), "%s", away ? away : "");
}

int pfq_capture_activate(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	int ret;

	ret = pfq_join_refuse(p);
	if (ret)
		return ret;
	if (p->snapshot <= 0 || p->snapshot > PFQ_SNAPLEN_DEFAULT)
		p->snapshot = PFQ_SNAPLEN_DEFAULT;
	if (c->choice.env.caplen && c->choice.env.caplen < (uint64_t)p->snapshot)
		p->snapshot = (int)c->choice.env.caplen;
	ret = pfq_join_group(p);
	if (ret) {
		release(p);
		return ret;
	}
	if (c->lib->pfq_snaplen(c->q) < (uint32_t)p->snapshot)
		p->snapshot = (int)c->lib->pfq_snaplen(c->q);
	p->bufsize = PFQ_SNAPLEN_DEFAULT;
	ret = link_setup(p);
	if (!ret)
		ret = buffers_setup(p);
	if (!ret)
		ret = c->lib->pfq_fd_prepare(c->q);
	if (ret) {
		snprintf(p->errbuf, sizeof(p->errbuf), "buffers and descriptors of the handle: %s",
			 c->lib->pfq_error_text(ret));
		release(p);
		return PCAP_ERROR;
	}
	wakeup_setup(p);
	pfq_stats_begin(p);
	operations_setup(p);
	debug_joined(p, "");
	pfq_waits_print(c->lib, &c->choice.env, c->lib->pfq_group(c->q));
	if (!c->choice.warning[0])
		return 0;
	snprintf(p->errbuf, sizeof(p->errbuf), "%s", c->choice.warning);
	return PCAP_WARNING;
}
