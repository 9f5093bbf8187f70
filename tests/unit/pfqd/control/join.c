/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests a JOIN in work: what else goes on, and what can change before its memory is there. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/linktype.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

/* --- memory that takes as long as a test wants ------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool is_closed;		/* fallocate() waits */
static int fails_with;		/* and then fails with this error; 0: it works */
static unsigned int waiting;	/* calls that wait */
static unsigned int calls;
static const char *bindings;	/* of send_join(); NULL: none */

int __real_fallocate(int fd, int mode, off_t at, off_t bytes);
int __wrap_fallocate(int fd, int mode, off_t at, off_t bytes);

int __wrap_fallocate(int fd, int mode, off_t at, off_t bytes)
{
	int error;

	pthread_mutex_lock(&lock);
	calls++;
	waiting++;
	while (is_closed)
		pthread_cond_wait(&opened, &lock);
	waiting--;
	error = fails_with;
	pthread_mutex_unlock(&lock);
	if (!error)
		return __real_fallocate(fd, mode, at, bytes);
	errno = error;
	return -1;
}

static void set_closed(bool closed)
{
	pthread_mutex_lock(&lock);
	is_closed = closed;
	pthread_cond_broadcast(&opened);
	pthread_mutex_unlock(&lock);
}

static unsigned int read_locked(const unsigned int *n)
{
	unsigned int value;

	pthread_mutex_lock(&lock);
	value = *n;
	pthread_mutex_unlock(&lock);
	return value;
}

static int setup(void **state)
{
	is_closed = false;
	fails_with = 0;
	bindings = NULL;
	return world_setup(state);
}

static int teardown(void **state)
{
	set_closed(false);
	return world_teardown(state);
}

/* --- clients ---------------------------------------------------------------------- */

/* Send a JOIN of group "g", and let the server take it. */
static void send_join(struct client *c, const char *name, uint64_t ring_bytes)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, ring_bytes);
	pfq_msg_put_string(&c->out, PFQ_A_HUGEPAGES, "off");
	if (name)
		pfq_msg_put_string(&c->out, PFQ_A_NAME, name);
	if (bindings)
		pfq_msg_put_string(&c->out, PFQ_A_BINDINGS, bindings);
	client_send(c);
	while (loop_once(world.loop, 0) > 0)
		;
}

static struct client *join_in_work(uid_t uid)
{
	struct client *c = client_hello(uid, uid);

	set_closed(true);
	send_join(c, NULL, 16 << 20);
	world_until(read_locked(&waiting) == 1);
	return c;
}

static uint64_t used(uid_t uid, enum limit_kind kind)
{
	return limits_used(world.registry->limits, uid, kind);
}

static void check_nothing_used(uid_t uid)
{
	assert_int_equal(used(uid, LIMIT_ENDPOINTS), 0);
	assert_int_equal(used(uid, LIMIT_RING_BYTES), 0);
}

/* --- meanwhile ---------------------------------------------------------------------- */

/* Others are served; the client itself is told that its JOIN is in work, and is served after it. */
static void test_others_go_on(void **state)
{
	struct client *c, *other;
	uint32_t seq;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0666");
	c = join_in_work(0);
	seq = c->seq;
	other = client_hello(9, 9);
	assert_int_equal(client_command(other, PFQ_CMD_STATUS_GET), 0);
	assert_int_equal(client_dump(other, PFQ_CMD_ENDPOINT_GET, NULL), 0);
	client_begin(c, PFQ_CMD_STATUS_GET, 0);
	client_send(c);
	assert_int_equal(client_command(other, PFQ_CMD_STATUS_GET), 0);
	/* nothing but words that it is in work */
	while (!c->working) {
		ssize_t n = -EAGAIN;

		world_until((n = pfq_msg_recv_bytes(c->sock, c->buf, sizeof(c->buf))) != -EAGAIN);
		assert_int_equal(pfq_msg_parse(&c->msg, c->buf, n), 0);
		assert_true(pfq_msg_is_working(&c->msg));
		c->working++;
	}
	set_closed(false);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(c->msg.cmd, PFQ_CMD_JOIN);
	assert_int_equal(c->msg.seq, seq);
	assert_int_equal(c->fds_count, 3);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(c->msg.cmd, PFQ_CMD_STATUS_GET);
	assert_int_equal(client_dump(other, PFQ_CMD_ENDPOINT_GET, NULL), 1);
	client_free(c);
	client_free(other);
}

/* The wish of a client counts from its request on, before there is memory. */
static void test_limits_from_the_request(void **state)
{
	struct client *c[5];
	int i;

	(void)state;
	world_group("g", "lo", "flow", "9:9 0600");
	set_closed(true);
	for (i = 0; i < 5; i++) {
		c[i] = client_hello(9, 9);
		send_join(c[i], NULL, 1 << 30);
	}
	assert_int_equal(client_answer(c[4]), -EDQUOT);
	check_text(c[4]->msg.text, "bytes of rings");
	assert_int_equal(used(9, LIMIT_ENDPOINTS), 4);
	assert_int_equal(used(9, LIMIT_RING_BYTES), 4ULL << 30);
	world_until(read_locked(&waiting) == 1);
	for (i = 0; i < 5; i++)
		client_free(c[i]);
	check_nothing_used(9);
}

/* --- the client goes away ------------------------------------------------------------- */

/* Its memory is given up after the part that is being made; a JOIN that waits is never made. */
static void test_client_goes(void **state)
{
	struct client *c, *behind;
	unsigned int before;
	int fds;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0666");
	fds = world_count_fds();
	c = join_in_work(0);
	behind = client_hello(0, 0);
	send_join(behind, NULL, 16 << 20);
	before = read_locked(&calls);
	client_free(behind);
	client_free(c);
	check_nothing_used(0);
	set_closed(false);
	world_until(world_count_fds() == fds);
	assert_int_equal(read_locked(&calls), before);
	/* The user's next JOIN is not held up. */
	c = client_hello(0, 0);
	assert_int_equal(client_join(c, "g", NULL), 0);
	client_free(c);
}

/* pfqd ends while JOINs are in work: the teardown finds what is left open. */
static void test_pfqd_ends(void **state)
{
	struct client *c[3];
	int i;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0666");
	set_closed(true);
	for (i = 0; i < 3; i++) {
		c[i] = client_hello(i < 2 ? 0 : 9, 9);
		send_join(c[i], NULL, 16 << 20);
	}
	world_until(read_locked(&waiting) == 2);
	for (i = 0; i < 3; i++) {
		close(c[i]->sock);
		free(c[i]);
	}
}

/* --- what changes meanwhile ------------------------------------------------------------ */

static void check_refused(struct client *c, int error, const char *why)
{
	int fds = world_count_fds();

	set_closed(false);
	assert_int_equal(client_answer(c), error);
	check_text(c->msg.text, why);
	check_nothing_used(0);
	world_until(world_count_fds() <= fds);
	/* The connection goes on. */
	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), 0);
	client_free(c);
}

/* A JOIN that names a device does not make the group anew. */
static void test_group_goes(void **state)
{
	static const char *const devices[] = { NULL, "lo" };
	struct pfqd_group *g;
	struct pfq_error err;
	struct client *c;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		bindings = devices[i];
		g = world_group("g", "lo", "flow", "root:root 0600");
		c = join_in_work(0);
		registry_group_remove(world.registry, g);
		assert_int_equal(registry_update(world.registry, &err), 0);
		check_refused(c, -ENOENT, "has removed group g while its ring was being made");
		assert_int_equal(world.registry->group_count, 0);
	}
}

/* The JOIN of a client that may make the group makes it again. */
static void test_joined_group_goes(void **state)
{
	struct client *first = client_hello(0, 0), *c;

	(void)state;
	assert_int_equal(client_join(first, "g", "lo"), 0);
	bindings = "lo";
	c = join_in_work(0);
	client_free(first);
	world_until(!world.registry->group_count);
	set_closed(false);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(world.registry->group_count, 1);
	client_free(c);
}

static void test_access_changes(void **state)
{
	struct pfqd_group *g = world_group("g", "lo", "flow", "9:9 0600");
	struct client *c = join_in_work(9);

	(void)state;
	g->settings.access.mode = 0;
	check_refused(c, -EACCES, "group g: user 9 may not join it");
	check_nothing_used(9);
	assert_int_equal(g->members, 0);
}

static void test_name_is_taken(void **state)
{
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0666");
	struct client *first = client_hello(0, 0), *second = client_hello(0, 0);

	(void)state;
	set_closed(true);
	send_join(first, "one", 1 << 20);
	send_join(second, "one", 1 << 20);
	set_closed(false);
	assert_int_equal(client_answer(first), 0);
	assert_string_equal(pfq_attrs_string(&first->msg.attrs, PFQ_A_NAME), "one");
	assert_int_equal(client_answer(second), 0);
	assert_string_equal(pfq_attrs_string(&second->msg.attrs, PFQ_A_NAME), "one.2");
	client_free(second);
	world_until(g->members == 1);
	/* Another process has the name when the memory is there. */
	second = client_hello(0, 0);
	set_closed(true);
	send_join(second, "one", 1 << 20);
	world_until(read_locked(&waiting) == 1);
	TAILQ_FIRST(&g->member)->pid++;
	set_closed(false);
	assert_int_equal(client_answer(second), -EEXIST);
	check_text(second->msg.text, "group g has an endpoint \"one\" already");
	assert_int_equal(used(0, LIMIT_ENDPOINTS), 1);
	client_free(first);
	client_free(second);
}

/* The ring and the answer have what the group has when the endpoint becomes its member. */
static void test_group_changes(void **state)
{
	struct pfqd_group *g = world_group("g", "va", "copy", "root:root 0666");
	struct client *c = join_in_work(0);
	const struct pfq_ring_hdr *hdr;

	(void)state;
	g->linktype = PFQ_LINKTYPE_RAW;
	g->settings.snaplen = 1000;
	set_closed(false);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_LINKTYPE), PFQ_LINKTYPE_RAW);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_SNAPLEN), 1000);
	hdr = mmap(NULL, 4096, PROT_READ, MAP_SHARED, c->fds[0], 0);
	assert_true(hdr != MAP_FAILED);
	assert_int_equal(hdr->linktype, PFQ_LINKTYPE_RAW);
	assert_int_equal(hdr->snaplen, 1000);
	munmap((void *)hdr, 4096);
	client_free(c);
}

/* --- the share of a member that comes back ---------------------------------------------- */

/* Group "g" has one absent member, "a". */
static struct pfqd_group *group_with_absent(uint64_t linger_ns)
{
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0666");
	struct client *c = client_hello(0, 0);

	g->settings.linger_ns = linger_ns;
	send_join(c, "a", 1 << 16);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	client_free(c);
	assert_int_equal(g->absents, 1);
	return g;
}

/* A client comes back as "a". The absent member's time ends while its JOIN is in work. */
static struct client *return_in_work(const struct pfqd_group *g)
{
	struct client *c = client_hello(0, 0);
	uint64_t over_ns = TAILQ_FIRST(&g->absent)->until_ns + 50000000;

	set_closed(true);
	send_join(c, "a", 1 << 20);
	world_until(read_locked(&waiting) == 1 && registry_now_ns() > over_ns);
	assert_int_equal(g->absents, 1);
	return c;
}

/* The member has its share all the same. */
static void test_share_waits(void **state)
{
	struct pfqd_group *g = group_with_absent(2000000000);
	uint32_t share = TAILQ_FIRST(&g->absent)->share;
	struct client *c = return_in_work(g);

	(void)state;
	set_closed(false);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	assert_int_equal(g->absents, 0);
	assert_int_equal(TAILQ_FIRST(&g->member)->share, share);
	assert_int_equal(used(0, LIMIT_ENDPOINTS), 1);
	client_free(c);
}

/* The client goes away instead: others have the share then. */
static void test_share_goes(void **state)
{
	struct pfqd_group *g = group_with_absent(2000000000);
	struct client *c = return_in_work(g);

	(void)state;
	client_free(c);
	world_until(!g->absents);
	check_nothing_used(0);
}

/* Two JOINs under one name: the first one has the share, and the other one changes nothing. */
static void test_share_of_one(void **state)
{
	struct pfqd_group *g = group_with_absent(3600000000000);
	uint32_t share = TAILQ_FIRST(&g->absent)->share;
	struct client *first = client_hello(0, 0), *second = client_hello(0, 0);

	(void)state;
	set_closed(true);
	send_join(first, "a", 1 << 20);
	send_join(second, "a", 1 << 20);
	set_closed(false);
	assert_int_equal(client_answer(first), 0);
	assert_int_equal(client_answer(second), 0);
	assert_string_equal(pfq_attrs_string(&second->msg.attrs, PFQ_A_NAME), "a.2");
	assert_int_equal(client_command(second, PFQ_CMD_START), 0);
	assert_int_equal(g->absents, 1);
	assert_int_equal(client_command(first, PFQ_CMD_START), 0);
	assert_int_equal(g->absents, 0);
	assert_int_equal(TAILQ_FIRST(&g->member)->share, share);
	assert_string_equal(TAILQ_FIRST(&g->member)->params.name, "a");
	assert_int_equal(used(0, LIMIT_ENDPOINTS), 2);
	client_free(first);
	client_free(second);
	assert_int_equal(g->absents, 2);
	assert_int_equal(used(0, LIMIT_ENDPOINTS), 2);
}

/* The share of that name has come to belong to another user meanwhile. */
static void test_share_of_another(void **state)
{
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0666");
	struct client *owner = client_hello(0, 0), *c = client_hello(9, 9);

	(void)state;
	g->settings.linger_ns = 3600000000000;
	send_join(owner, "b", 1 << 16);
	assert_int_equal(client_answer(owner), 0);
	assert_int_equal(client_command(owner, PFQ_CMD_START), 0);
	set_closed(true);
	send_join(c, "a", 1 << 20);
	world_until(read_locked(&waiting) == 1);
	strcpy(TAILQ_FIRST(&g->member)->params.name, "a");
	client_free(owner);
	assert_int_equal(g->absents, 1);
	set_closed(false);
	assert_int_equal(client_answer(c), -EEXIST);
	check_text(c->msg.text, "keeps the share of \"a\" for user 0");
	assert_int_equal(g->absents, 1);
	check_nothing_used(9);
	client_free(c);
}

/* --- failures ----------------------------------------------------------------------------- */

static void test_no_memory(void **state)
{
	struct client *c;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0600");
	c = join_in_work(0);
	pthread_mutex_lock(&lock);
	fails_with = ENOSPC;
	pthread_mutex_unlock(&lock);
	check_refused(c, -ENOSPC, "; or ask for a smaller ring");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_others_go_on),
		TEST(test_limits_from_the_request),
		TEST(test_client_goes),
		TEST(test_pfqd_ends),
		TEST(test_group_goes),
		TEST(test_joined_group_goes),
		TEST(test_access_changes),
		TEST(test_name_is_taken),
		TEST(test_group_changes),
		TEST(test_share_waits),
		TEST(test_share_goes),
		TEST(test_share_of_one),
		TEST(test_share_of_another),
		TEST(test_no_memory),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
