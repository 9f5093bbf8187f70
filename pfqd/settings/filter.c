/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Compiles filters with libpcap. libpcap makes the form for untagged frames only for a handle that
 * is open on a live Ethernet device. The loopback device is one, and the handle need not see a
 * packet. If the loopback device is down or cannot be opened, a child process compiles the filter
 * in its own network namespace.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/view.h"
#include "pfqd/base/error.h"
#include "filter.h"

#define FILTER_ETHERTYPE_UNUSED	0x88b5	/* for local experiments, so that no packets come */
#define FILTER_BUFFER_BYTES	(1 << 16)

_Static_assert(sizeof(struct bpf_insn) == sizeof(struct sock_filter), "one form of instructions");

/* result of a compilation, which the child sends through a pipe */
struct result {
	int error;		/* 0 or -EINVAL; -EAGAIN says that no device could be opened */
	unsigned int count;
	char text[PCAP_ERRBUF_SIZE];
	struct sock_filter insn[PFQ_FILTER_MAX];
};

static void compile_with(pcap_t *p, const char *text, struct result *r)
{
	struct bpf_program prog;

	if (pcap_compile(p, &prog, text, 1, PCAP_NETMASK_UNKNOWN)) {
		r->error = -EINVAL;
		strncpy(r->text, pcap_geterr(p), sizeof(r->text) - 1);
		return;
	}
	r->error = 0;
	r->count = prog.bf_len;
	if (prog.bf_len <= PFQ_FILTER_MAX)
		memcpy(r->insn, prog.bf_insns, prog.bf_len * sizeof(r->insn[0]));
	pcap_freecode(&prog);
}

static void compile_dead(const char *text, int dlt, struct result *r)
{
	pcap_t *p = pcap_open_dead(dlt, PFQ_SNAPLEN_MAX);

	r->error = -ENOMEM;
	if (!p)
		return;
	compile_with(p, text, r);
	pcap_close(p);
}

static void compile_live(const char *text, struct result *r)
{
	char errbuf[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create("lo", errbuf);

	r->error = -EAGAIN;
	if (!p)
		return;
	pcap_set_snaplen(p, PFQ_SNAPLEN_MAX);
	pcap_set_buffer_size(p, FILTER_BUFFER_BYTES);
	pcap_set_timeout(p, 1);
	pcap_set_protocol_linux(p, FILTER_ETHERTYPE_UNUSED);
	if (pcap_activate(p) >= 0 && pcap_datalink(p) == DLT_EN10MB)
		compile_with(p, text, r);
	pcap_close(p);
}

static bool loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	if (s < 0)
		return false;
	ok = !ioctl(s, SIOCSIFFLAGS, &ifr);
	close(s);
	return ok;
}

static void child(const char *text, struct result *r, int pipe_fd)
{
	const char *at = (const char *)r;
	size_t left = sizeof(*r);
	ssize_t n;

	memset(r, 0, sizeof(*r));
	r->error = -EAGAIN;
	if ((!unshare(CLONE_NEWNET) || !unshare(CLONE_NEWUSER | CLONE_NEWNET)) && loopback_up())
		compile_live(text, r);
	for (; left; left -= n, at += n) {
		n = write(pipe_fd, at, left);
		if (n <= 0)
			_exit(1);
	}
	_exit(0);
}

static void compile_child(const char *text, struct result *r)
{
	char *at = (char *)r;
	size_t left = sizeof(*r);
	int fds[2], status;
	ssize_t n = 1;
	pid_t pid;

	r->error = -EAGAIN;
	if (pipe(fds))
		return;
	pid = fork();
	if (!pid) {
		close(fds[0]);
		child(text, r, fds[1]);
	}
	close(fds[1]);
	for (; pid > 0 && left && n > 0; left -= n, at += n) {
		do
			n = read(fds[0], at, left);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			break;
	}
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (left)
		r->error = -EAGAIN;
}

int filter_load(const void *insns, size_t bytes, struct pfq_filter **filter,
		struct pfq_error *err)
{
	size_t count = bytes / sizeof(struct sock_filter);
	int ret;

	*filter = NULL;
	if (count > PFQ_FILTER_MAX)
		return error_set(err, -E2BIG, "a filter of %zu instructions; allowed: %d", count,
				 PFQ_FILTER_MAX);
	*filter = malloc(pfq_filter_size(count));
	if (!*filter)
		return error_set(err, -ENOMEM, "no memory for a filter");
	ret = pfq_filter_init(*filter, insns, count);
	if (ret) {
		free(*filter);
		*filter = NULL;
		return error_set(err, ret, "not a valid filter");
	}
	return 0;
}

static int compile(const char *text, uint32_t linktype, struct result *r)
{
	if (linktype == PFQ_LINKTYPE_RAW) {
		compile_dead(text, DLT_RAW, r);
		return r->error;
	}
	compile_live(text, r);
	if (r->error == -EAGAIN)
		compile_child(text, r);
	if (r->error == -EAGAIN) {
		/* an invalid expression can be reported without any privilege */
		compile_dead(text, DLT_EN10MB, r);
		return r->error ? r->error : -EAGAIN;
	}
	return r->error;
}

/* Run compile() and set errors as filter.h describes. */
static int compile_result(const char *text, uint32_t linktype, struct result *r,
			  struct pfq_error *err)
{
	int ret = compile(text, linktype, r);

	if (ret == -EAGAIN)
		return error_set(err, -EPERM,
				 "a filter for Ethernet is compiled on the device lo: it "
				 "must be up, and CAP_NET_RAW is needed");
	if (ret)
		return error_set(err, ret, "%.200s", r->text[0] ? r->text : strerror(-ret));
	return 0;
}

int filter_compile(const char *text, uint32_t linktype, struct pfq_filter **filter,
		   struct pfq_error *err)
{
	struct result *r = calloc(1, sizeof(*r));
	int ret;

	*filter = NULL;
	if (!r)
		return error_set(err, -ENOMEM, "no memory for a filter");
	ret = compile_result(text, linktype, r, err);
	if (!ret)
		ret = filter_load(r->insn, r->count * sizeof(r->insn[0]), filter, err);
	free(r);
	return ret;
}

int filter_insns(const char *text, uint32_t linktype, struct sock_filter **insns, size_t *bytes,
		 struct pfq_error *err)
{
	struct result *r = calloc(1, sizeof(*r));
	int ret;

	*insns = NULL;
	if (!r)
		return error_set(err, -ENOMEM, "no memory for a filter");
	ret = compile_result(text, linktype, r, err);
	if (!ret && r->count > PFQ_FILTER_MAX)
		ret = error_set(err, -E2BIG, "a filter of %u instructions; allowed: %d", r->count,
				PFQ_FILTER_MAX);
	if (!ret) {
		*bytes = r->count * sizeof(r->insn[0]);
		*insns = malloc(*bytes);
		if (*insns)
			memcpy(*insns, r->insn, *bytes);
		else
			ret = error_set(err, -ENOMEM, "no memory for a filter");
	}
	free(r);
	return ret;
}
