/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "lib_fake.h"

static struct pfq_error err;
static unsigned int fds_before;

static struct fake *start(const struct fake_config *config)
{
	fds_before = fake_open_fds();
	return fake_start(config);
}

static void stop(struct fake *f)
{
	fake_stop(f);
	assert_int_equal(fake_open_fds(), fds_before);
}

static void assert_text(const char *part)
{
	if (!strstr(err.text, part))
		fail_msg("\"%s\" lacks \"%s\"", err.text, part);
}

static void hello(void **state)
{
	struct fake *f = start(NULL);
	struct pfq_ctl *ctl;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	assert_string_equal(pfq_ctl_engine(ctl)->version, "9.8.7");
	assert_string_equal(pfq_ctl_engine(ctl)->socket, f->path);
	assert_int_equal(pfq_ctl_engine(ctl)->pid, getpid());
	pfq_ctl_close(ctl);
	pfq_ctl_close(NULL);
	stop(f);
}

static void nobody_listens(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char path[] = "/tmp/pfq-test-dead-XXXXXX";
	struct pfq_ctl *ctl;
	int fd;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, "/nonexistent/pfqd.sock", &err), -ENOENT);
	assert_null(ctl);
	assert_text("nothing listens on /nonexistent/pfqd.sock; start it with `pfqd -c FILE`");

	/* left over by a pfqd that was killed */
	close(mkstemp(path));
	unlink(path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -ECONNREFUSED);
	assert_text("systemctl start pfqd");
	close(fd);
	unlink(path);

	/* another kind of socket */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -EPROTO);
	assert_text("is not pfqd's socket");
	close(fd);
	unlink(path);
}

static void bad_path(void **state)
{
	char path[200];
	struct pfq_ctl *ctl;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -EINVAL);
	assert_text("1 to 107 bytes");
	assert_int_equal(pfq_ctl_open(&ctl, "", &err), -EINVAL);
	assert_int_equal(pfq_ctl_open(&ctl, "", NULL), -EINVAL);
}

static void no_permission(void **state)
{
	struct fake *f;
	struct pfq_ctl *ctl;
	pid_t pid;
	int status;

	(void)state;
	if (geteuid())
		skip();
	f = start(NULL);
	assert_int_equal(chmod(f->dir, 0700), 0);
	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(9);
		if (pfq_ctl_open(&ctl, f->path, &err) != -EACCES)
			_exit(1);
		_exit(strstr(err.text, "no permission to use") &&
		      strstr(err.text, "uid 65534") ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	stop(f);
}

static void other_abi(void **state)
{
	struct fake *f = start(&(struct fake_config){ .abi = 7 });
	struct pfq_ctl *ctl;

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), -EPROTO);
	assert_text("ABI 7");
	assert_text("9.8.7");
	assert_text("this libpfq ABI 1");
	stop(f);
}

static void deadline(void **state)
{
	struct fake *f = start(&(struct fake_config){ .is_mute = true });
	struct pfq_ctl *ctl;
	uint64_t t = fake_now_ns();

	(void)state;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), -ETIMEDOUT);
	t = fake_now_ns() - t;
	assert_in_range(t / 1000000, 990, 5000);
	assert_text("did not answer HELLO within 1000 ms");
	stop(f);
}

/* a backlog that nobody empties */
static void deadline_of_connect(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char path[] = "/tmp/pfq-test-full-XXXXXX";
	int fd, other[64], n;
	struct pfq_ctl *ctl;
	uint64_t t;

	(void)state;
	close(mkstemp(path));
	unlink(path);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	for (n = 0; n < 64; n++) {
		other[n] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
		if (connect(other[n], (void *)&sun, sizeof(sun)))
			break;
	}
	assert_int_not_equal(n, 64);
	t = fake_now_ns();
	assert_int_equal(pfq_ctl_open(&ctl, path, &err), -ETIMEDOUT);
	assert_in_range((fake_now_ns() - t) / 1000000, 990, 5000);
	for (; n >= 0; n--)
		close(other[n]);
	close(fd);
	unlink(path);
}

static int count_ingest(const struct pfq_ingest_info *in, void *arg)
{
	unsigned int *n = arg;

	if (!strcmp(in->device, "eth7"))
		assert_int_equal(in->counters[PFQ_INGEST_drop_socket], 55);
	assert_string_equal(in->driver, "packet");
	++*n;
	return 0;
}

static int count_group(const struct pfq_group_info *g, void *arg)
{
	unsigned int *n = arg;

	assert_int_equal(g->id, 40 + *n);
	assert_int_equal(g->devices, 1);
	assert_string_equal(g->device[0].name, "lo");
	assert_int_equal(g->device[0].state, PFQ_DEVICE_UP);
	assert_int_equal(g->counters[PFQ_GROUP_recv], 7);
	assert_int_equal(g->counters[PFQ_GROUP_copies], 0);
	return ++*n == 2 ? 4242 : 0;
}

static int count_endpoint(const struct pfq_endpoint_info *e, void *arg)
{
	unsigned int *n = arg;

	assert_int_equal(e->id, 40 + *n);
	assert_int_equal(e->counters[PFQ_ENDPOINT_drop_ring_full], 9);
	++*n;
	return 0;
}

static void walks(void **state)
{
	struct fake *f = start(NULL);
	struct pfq_engine_info info;
	struct pfq_ctl *ctl;
	unsigned int n = 0;

	(void)state;
	f->lost = 55;
	assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), 0);
	assert_int_equal(pfq_ctl_status(ctl, &info, count_ingest, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(info.workers, 3);

	/* a walk that ends early leaves answers behind, which the next request must not take */
	n = 0;
	assert_int_equal(pfq_ctl_groups(ctl, NULL, count_group, &n, &err), 4242);
	assert_int_equal(n, 2);
	n = 0;
	assert_int_equal(pfq_ctl_endpoints(ctl, "ids", count_endpoint, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(pfq_ctl_groups(ctl, "gone", count_group, &n, &err), -ENOENT);
	assert_text("group \"gone\": no such group");
	assert_int_equal(
		pfq_ctl_groups(ctl, "a-name-of-more-than-thirty-one-bytes", count_group, &n, &err),
		-EINVAL);
	fake_die(f);
	assert_int_equal(pfq_ctl_status(ctl, NULL, NULL, NULL, &err), -EPIPE);
	assert_text("has closed the connection");
	pfq_ctl_close(ctl);
	stop(f);
}

/* --- joining ----------------------------------------------------------------------- */

static int try_join(struct fake *f)
{
	struct pfq_params params = { .socket = f->path, .group = "ids" };
	struct pfq *q;
	int n = pfq_open(&q, &params, &err);

	if (n)
		assert_null(q);
	pfq_close(q);
	return n;
}

/* A pfqd that runs the kernel engine refers to it. */
static void refers_to_kernel(void **state)
{
	struct fake *f = start(&(struct fake_config){ .engine = "kernel" });
	struct pfq_params params = { .socket = f->path, .engine = "user", .group = "ids" };
	struct pfq_ctl *ctl;
	struct pfq *q;

	(void)state;
	assert_int_equal(pfq_open(&q, &params, &err), -EOPNOTSUPP);
	assert_text("runs the kernel engine, not the user engine; allowed there: auto, kernel");
	/* with the module there, it would answer */
	if (access(PFQ_DEVICE, F_OK)) {
		assert_int_equal(pfq_ctl_open(&ctl, f->path, &err), -ENOENT);
		assert_text("the kernel engine is not there");
	}
	stop(f);
}

static void bad_params(void **state)
{
	struct fake *f = start(NULL);
	struct pfq_params params = { .socket = f->path, .engine = "gpu" };
	struct pfq *q;

	(void)state;
	assert_int_equal(pfq_open(&q, &params, &err), -EINVAL);
	assert_text("engine \"gpu\" is unknown; allowed are auto, user, kernel");
	params.engine = "user";
	params.name = "a-name-of-more-than-thirty-one-bytes";
	assert_int_equal(pfq_open(&q, &params, &err), -EINVAL);
	assert_text("name \"a-name-of-more-than-thirty-one-bytes\": 1 to 31 bytes");
	params.name = "";
	assert_int_equal(pfq_open(&q, &params, &err), -EINVAL);
	params.name = NULL;
	params.adapter_time = 1;
	assert_int_equal(pfq_open(&q, &params, &err), -EOPNOTSUPP);
	assert_text("the user engine has the host's only; allowed: those, or the kernel engine");
	stop(f);
}

static void spoil_magic(struct pfq_ring_hdr *h) { h->magic++; }
static void spoil_abi(struct pfq_ring_hdr *h) { h->abi++; }
static void spoil_no_lanes(struct pfq_ring_hdr *h) { h->lanes = 0; }
static void spoil_lanes(struct pfq_ring_hdr *h) { h->lanes = 65; }
static void spoil_more_lanes(struct pfq_ring_hdr *h) { h->lanes = 2; }
static void spoil_total(struct pfq_ring_hdr *h) { h->total_bytes++; }
static void spoil_lane_size(struct pfq_ring_hdr *h) { h->lane_size = 65536 - 32; }
static void spoil_lane_huge(struct pfq_ring_hdr *h) { h->lane_size = 1ULL << 63; }
static void spoil_lane_zero(struct pfq_ring_hdr *h) { h->lane_size = 0; }
static void spoil_lane_hdr(struct pfq_ring_hdr *h) { h->lane_hdr_offset = ~0ULL - 63; }
static void spoil_lane_hdr_low(struct pfq_ring_hdr *h) { h->lane_hdr_offset = 0; }
static void spoil_lane_hdr_odd(struct pfq_ring_hdr *h) { h->lane_hdr_offset += 8; }
static void spoil_data(struct pfq_ring_hdr *h) { h->data_offset = ~0ULL - 31; }
static void spoil_data_far(struct pfq_ring_hdr *h) { h->data_offset += 32; }
static void spoil_data_low(struct pfq_ring_hdr *h) { h->data_offset = 32; }
static void spoil_data_odd(struct pfq_ring_hdr *h) { h->data_offset -= 8; }

static void bad_geometry(void **state)
{
	static void (*const spoil[])(struct pfq_ring_hdr *) = {
		spoil_magic,	  spoil_abi,	  spoil_no_lanes,     spoil_lanes,
		spoil_more_lanes, spoil_total,	  spoil_lane_size,    spoil_lane_huge,
		spoil_lane_zero,  spoil_lane_hdr, spoil_lane_hdr_low, spoil_lane_hdr_odd,
		spoil_data,	  spoil_data_far, spoil_data_low,     spoil_data_odd,
	};
	struct fake *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(spoil) / sizeof(spoil[0]); i++) {
		f = start(&(struct fake_config){ .spoil = spoil[i] });
		if (try_join(f) != -EPROTO)
			fail_msg("geometry %zu was taken", i);
		stop(f);
	}
	assert_text("the engine's ring is damaged");
}

static void bad_descriptors(void **state)
{
	struct fake *f = start(&(struct fake_config){ .unsealed = true });

	(void)state;
	assert_int_equal(try_join(f), -EPROTO);
	assert_text("can be cut");
	stop(f);
	f = start(&(struct fake_config){ .fds = 2 });
	assert_int_equal(try_join(f), -EPROTO);
	assert_text("sent no ring");
	stop(f);
}

static void endpoint_requests(void **state)
{
	struct fake *f = start(&(struct fake_config){ .lanes = 3 });
	struct pfq *q = fake_join(f, false);
	uint64_t positions[3], lost, insns[5] = { 0 };

	(void)state;
	assert_int_equal(pfq_linktype(q), 1);
	assert_int_equal(pfq_snaplen(q), 65535);
	assert_int_equal(pfq_lanes(q), 3);
	assert_int_equal(pfq_ring_bytes(q), 3 * 65536);
	assert_int_equal(pfq_page_bytes(q), 4096);
	assert_string_equal(pfq_group(q), "ids");
	assert_string_equal(pfq_bindings(q), "lo,eth7/0-3");
	assert_string_equal(pfq_engine(q)->version, "9.8.7");

	assert_int_equal(f->starts, 0);
	assert_int_equal(pfq_start(q, &err), 0);
	assert_int_equal(pfq_start(q, &err), 0);
	assert_int_equal(f->starts, 1);
	assert_int_equal(pfq_filter_set(q, insns, 5, positions, &err), 0);
	assert_int_equal(f->filter_insns, 5);
	assert_int_equal(positions[2], 96);
	assert_int_equal(pfq_filter_set(q, NULL, 0, NULL, &err), 0);
	assert_int_equal(f->filter_insns, 0);
	assert_int_equal(pfq_filter_set(q, NULL, PFQ_FILTER_MAX + 1, NULL, &err), -EINVAL);
	assert_int_equal(pfq_direction_set(q, PFQ_DIRECTION_OUT, positions, &err), 0);
	assert_int_equal(f->direction, PFQ_DIRECTION_OUT);
	assert_int_equal(pfq_direction_set(q, (enum pfq_direction)3, NULL, &err), -EINVAL);
	assert_int_equal(pfq_inject(q, insns, sizeof(insns), &err), 0);
	assert_int_equal(f->injected, 1);
	assert_int_equal(pfq_inject(q, insns, 0, &err), -EINVAL);
	assert_int_equal(pfq_inject(q, insns, 65001, &err), -EMSGSIZE);

	f->lost = 12;
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 12);
	fake_die(f);
	assert_int_equal(pfq_ingest_lost(q, &lost), -EPIPE);
	assert_int_equal(pfq_filter_set(q, NULL, 0, NULL, &err), -EPIPE);
	pfq_close(q);
	stop(f);
}

static void start_refused(void **state)
{
	struct fake *f = start(&(struct fake_config){ .start_error = -EPERM });
	struct pfq *q = fake_join(f, false);
	const struct pfq_rec *rec;

	(void)state;
	assert_int_equal(pfq_start(q, &err), -EPERM);
	assert_int_equal(pfq_read(q, &rec, 1), -EPERM);
	assert_int_equal(pfq_fd(q), -EPERM);
	pfq_close(q);
	stop(f);
}

/* what it lost before we came is not ours */
static void lost_since_join(void **state)
{
	struct fake *f = start(NULL);
	struct pfq *q;
	uint64_t lost;

	(void)state;
	f->lost = 100;
	q = fake_join(f, false);
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 0);
	f->lost = 130;
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 30);
	f->lost = 4;	/* the device was opened anew */
	assert_int_equal(pfq_ingest_lost(q, &lost), 0);
	assert_int_equal(lost, 4);
	pfq_close(q);
	stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(bad_path),
		cmocka_unit_test(no_permission),
		cmocka_unit_test(other_abi),
		cmocka_unit_test(deadline),
		cmocka_unit_test(deadline_of_connect),
		cmocka_unit_test(walks),
		cmocka_unit_test(refers_to_kernel),
		cmocka_unit_test(bad_params),
		cmocka_unit_test(bad_geometry),
		cmocka_unit_test(bad_descriptors),
		cmocka_unit_test(endpoint_requests),
		cmocka_unit_test(start_refused),
		cmocka_unit_test(lost_since_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
