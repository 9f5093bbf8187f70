/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests changes of a running pfqd, and that a refused change leaves everything as it was. */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "pfqd/base/error.h"
#include "pfqd/engine/snapshot.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/reload_world.h"

/* a module that notes what it is asked, and refuses the group "bad" */
static char asked[512];
/* the request that the module obeys without an answer */
static const char *lost = "";

static int ask(const char *what, const char *group, const char *steer, struct pfq_error *e)
{
	size_t n = strlen(asked);

	snprintf(asked + n, sizeof(asked) - n, "%s %s %s\n", what, group, steer);
	if (*lost && strstr(asked + n, lost) == asked + n) {
		lost = "";
		return error_set(e, -ENOBUFS, "no answer");
	}
	return strcmp(group, "bad") ? 0 : error_set(e, -EBUSY, "it is tapped");
}

static int fake_add(void *arg, const struct group_settings *s, struct pfq_error *e)
{
	(void)arg;
	return ask("add", s->name, s->steer, e);
}

static int fake_set(void *arg, const struct group_settings *s, struct pfq_error *e)
{
	(void)arg;
	return ask("set", s->name, s->steer, e);
}

static int fake_del(void *arg, const char *name, struct pfq_error *e)
{
	(void)arg;
	return ask("del", name, "-", e);
}

static int setup(void **state)
{
	return reload_setup(&(struct reload_kernel){ fake_add, fake_set, fake_del, NULL }, state);
}

static void test_differences(void **state)
{
	struct pfqd_group *a, *b;

	(void)state;
	RIGHT(again("[group a]\ndevice = lo\n[group b]\ndevice = lo\nsteer = copy\n"));
	assert_string_equal(said.text, "group a is new\ngroup b is new");
	a = group("a");
	b = group("b");
	assert_ptr_equal(a->feed[0].source, b->feed[0].source);
	assert_int_equal(a->feed[0].source->refs, 2);
	RIGHT(again("[group b]\ndevice = lo\nsteer = copy\n"
		    "[group a]\nfilter = tcp\ndevice = lo\n"));
	assert_string_equal(said.text, "group a: filter is tcp now, and was none");
	assert_ptr_equal(group("a"), a);
	assert_ptr_equal(group("b"), b);
	assert_int_equal(a->feed[0].source->refs, 2);
	assert_non_null(a->snapshot->plan.group.filter);
	RIGHT(again("[group b]\ndevice = lo\nsteer = copy\n"
		    "[group a]\nfilter = tcp\ndevice = lo\n"));
	assert_string_equal(said.text, "nothing has changed");
	RIGHT(again("[group b]\ndevice = lo, absent\nvlan = 5\nfrag_wait = 0\n"));
	assert_string_equal(said.text, "group b: device is lo,absent now, and was lo\n"
			    "group b: steer is flow now, and was copy\n"
			    "group b: frag_wait is 0 now, and was 50ms\n"
			    "group b: vlan is 5 now, and was none\ngroup a is removed");
	assert_null(group("a"));
	assert_int_equal(b->feeds, 2);
	assert_int_equal(b->feed[0].source->refs, 1);
	assert_int_equal(world.registry->sources.count, 2);
}

static const struct {
	const char *text, *error;
} refused[] = {
	{ "[group a]\ndevice = lo\nsteer = copy\n[group x]\ndevice = lo\nsteer = side\n",
	  "[group x] steer: \"side\" is not allowed here" },
	/* the last of them has no room: 120 sources are allowed */
	{ "[group a]\ndevice = lo\nsteer = copy\n"
	  "[group p]\ndevice = p1,p2,p3,p4,p5,p6,p7,p8,p9,p10,p11,p12,p13,p14,p15,p16,p17,"
	  "p18,p19,p20,p21,p22,p23,p24,p25,p26,p27,p28,p29,p30,p31\n"
	  "[group q]\ndevice = q1,q2,q3,q4,q5,q6,q7,q8,q9,q10,q11,q12,q13,q14,q15,q16,q17,"
	  "q18,q19,q20,q21,q22,q23,q24,q25,q26,q27,q28,q29,q30,q31\n"
	  "[group r]\ndevice = r1,r2,r3,r4,r5,r6,r7,r8,r9,r10,r11,r12,r13,r14,r15,r16,r17,"
	  "r18,r19,r20,r21,r22,r23,r24,r25,r26,r27,r28,r29,r30,r31\n"
	  "[group s]\ndevice = s1,s2,s3,s4,s5,s6,s7,s8,s9,s10,s11,s12,s13,s14,s15,s16,s17,"
	  "s18,s19,s20,s21,s22,s23,s24,s25,s26,s27,s28,s29,s30,s31\n",
	  "group s: too many devices" },
	/* a program has made a group of this id */
	{ "[group a]\ndevice = lo\nsteer = copy\nid = 77\n",
	  "group a: a program has made group 77 with id 77" },
	/* two names of one device */
	{ "[group a]\ndevice = lo, second\nsteer = copy\n[group b]\ndevice = lo\n",
	  "group a: \"second\" and lo are one device" },
};

/* Each change that is refused leaves groups, sources and references as they were. */
static void test_refused(void **state)
{
	struct client *c = client_hello(0, 0), *m = client_hello(0, 0);
	struct pfqd_group *a;
	size_t i;

	(void)state;
	net_run("ip link property add dev lo altname second");
	RIGHT(again("[group a]\ndevice = lo\n[group b]\ndevice = lo\n"));
	a = group("a");
	assert_int_equal(client_join(c, "a", NULL), 0);
	assert_int_equal(client_join(m, "77", "lo"), 0);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_true(again(refused[i].text) < 0);
		check_text(err.text, refused[i].error);
		assert_string_equal(said.text, "");
		assert_ptr_equal(group("a"), a);
		assert_string_equal(a->settings.steer, "flow");
		assert_int_equal(a->members, 1);
		assert_non_null(group("b"));
		assert_null(group("x"));
		assert_null(group("p"));
		assert_int_equal(world.registry->group_count, 3);
		assert_int_equal(world.registry->sources.count, 1);
		assert_int_equal(a->feed[0].source->refs, 3);
		assert_int_equal(a->feed[0].source->leaving, 0);
	}
	client_free(m);
	client_free(c);
	net_run("ip link property del dev lo altname second");
}

static void test_removed_members(void **state)
{
	struct client *c = client_hello(0, 0), *d = client_hello(0, 0);

	(void)state;
	RIGHT(again("[group a]\ndevice = lo\n[group b]\ndevice = lo\n"));
	assert_int_equal(client_join(c, "a", NULL), 0);
	assert_int_equal(client_join(d, "b", NULL), 0);
	RIGHT(edit(CONF_EDIT_DEL, "a", NULL));
	assert_string_equal(said.text, "group a is removed");
	/* its connection is closed after the reason, that of the other group's member is not */
	assert_int_equal(client_answer(c), 0);
	assert_true(pfq_msg_is_removed(&c->msg));
	assert_string_equal(pfq_attrs_string(&c->msg.attrs, PFQ_A_GROUP), "a");
	check_text(pfq_attrs_string(&c->msg.attrs, PFQ_A_WHY), "has removed group a");
	assert_int_equal(client_answer(c), -EPIPE);
	assert_int_equal(client_dump(d, PFQ_CMD_ENDPOINT_GET, NULL), 1);
	assert_int_equal(limits_used(world.registry->limits, 0, LIMIT_ENDPOINTS), 1);
	client_free(c);
	client_free(d);
}

/* Members are named that keep what they joined with. */
static void test_kept_rings(void **state)
{
	struct client *c = client_hello(0, 0), *d = client_hello(0, 0);

	(void)state;
	RIGHT(again("[group a]\ndevice = lo\nring = 1M\nsnaplen = 1000\n"));
	assert_int_equal(client_join(c, "a", NULL), 0);
	RIGHT(edit(CONF_EDIT_SET, "a", "ring = 2M\nsnaplen = 500"));
	check_text(said.text, "group a: ring is 2M now, and was 1M; members that join from now on "
		   "get it");
	check_text(said.text, "group a: endpoint 1 (");
	check_text(said.text, ") keeps its ring of 1024 KiB until it joins again");
	check_text(said.text, ") keeps its snaplen of 1000 until it joins again");
	assert_int_equal(client_join(d, "a", NULL), 0);
	assert_int_equal(pfq_attrs_u32(&d->msg.attrs, PFQ_A_SNAPLEN), 500);
	client_free(c);
	client_free(d);
}

/* A group that a program has made becomes the file's, with its members. */
static void test_adopt(void **state)
{
	struct client *c = client_hello(0, 0);
	struct pfqd_group *g;

	(void)state;
	assert_int_equal(client_join(c, "made", "lo"), 0);
	g = group("made");
	RIGHT(again("[group made]\ndevice = lo\nsteer = copy\nid = 9\n"));
	assert_ptr_equal(group("made"), g);
	assert_int_equal(g->settings.id, 9);
	assert_int_equal(g->members, 1);
	assert_int_equal(g->feeds, 1);
	client_free(c);
	world_until(!g->members);
	assert_ptr_equal(group("made"), g);
}

static void test_ids(void **state)
{
	(void)state;
	RIGHT(again("[group a]\ndevice = lo\n[group b]\ndevice = lo\nid = 1\n"));
	assert_int_equal(group("a")->settings.id, 65535);
	/* the id that was chosen for a goes to b; without a line, ids stay */
	RIGHT(again("[group a]\ndevice = lo\n[group b]\ndevice = lo\nid = 65535\n"));
	assert_int_equal(group("b")->settings.id, 65535);
	assert_int_equal(group("a")->settings.id, 65534);
	assert_int_equal(reload_conf(reload)->group[0].settings.id, 65534);
	RIGHT(again("[group a]\ndevice = lo\nid = 65535\n[group b]\ndevice = lo\nid = 65534\n"
		    "[group c]\ndevice = lo\n"));
	assert_int_equal(group("a")->settings.id, 65535);
	assert_int_equal(group("b")->settings.id, 65534);
	assert_int_equal(group("c")->settings.id, 65533);
	RIGHT(edit(CONF_EDIT_SET, "65534", "members = 3"));
	assert_int_equal(group("b")->settings.members_wanted, 3);
}

/* The module's groups change one by one, and a failure undoes those before it. */
static void test_kernel_engine(void **state)
{
	(void)state;
	world.registry->is_kernel = true;
	RIGHT(again("[group a]\ndevice = lo\n[group old]\ndevice = lo\n"));
	asked[0] = '\0';
	assert_int_equal(again("[group a]\ndevice = lo\nsteer = ip\n[group b]\ndevice = lo\n"
			       "[group bad]\ndevice = lo\n"), -EBUSY);
	assert_string_equal(err.text, "group bad: it is tapped");
	assert_string_equal(asked, "set a ip\nadd b flow\nadd bad flow\ndel bad -\n"
			    "del b -\nset a flow\n");
	assert_int_equal(reload_conf(reload)->groups, 2);
	asked[0] = '\0';
	RIGHT(again("[group a]\ndevice = lo\nsteer = ip\n"));
	assert_string_equal(asked, "set a ip\ndel old -\n");
	asked[0] = '\0';
	assert_int_equal(again("[group a]\ningest = xdp\nmode = tap\ndevice = lo\n"), -EOPNOTSUPP);
	check_text(err.text, "group a: ingest = xdp is not for the kernel engine");
	assert_string_equal(asked, "");
	world.registry->is_kernel = false;
}

/* A new queue that the device does not have is refused. A group that has it already keeps it. */
static void test_kernel_queues(void **state)
{
	(void)state;
	net_veth(4);
	world.registry->is_kernel = true;
	RIGHT(again("[group a]\ndevice = va/3, absent0/9\n"));
	net_veth_del();
	net_veth(1);
	asked[0] = '\0';
	RIGHT(again("[group a]\ndevice = va/3, absent0/9\nsteer = ip\n"));
	assert_string_equal(asked, "set a ip\n");
	asked[0] = '\0';
	assert_int_equal(again("[group a]\ndevice = va/3\n[group b]\ndevice = va/0, va/2\n"),
			 -EINVAL);
	assert_string_equal(err.text, "group b: device va has no queue 2: it has 1 receive queue, "
			    "from 0 on");
	assert_int_equal(edit(CONF_EDIT_SET, "a", "device = va/0-3"), -EINVAL);
	check_text(err.text, "group a: device va has no queue 1");
	assert_string_equal(asked, "");
	RIGHT(edit(CONF_EDIT_SET, "a", "device = va/0"));
	world.registry->is_kernel = false;
	net_veth_del();
}

/* A request of which pfqd gets no answer may have been obeyed. It is undone, or asked again. */
static void test_lost_answers(void **state)
{
	(void)state;
	world.registry->is_kernel = true;
	RIGHT(again("[group a]\ndevice = lo\n"));
	asked[0] = '\0';
	lost = "add b";
	assert_int_equal(again("[group a]\ndevice = lo\n[group b]\ndevice = lo\n"), -ENOBUFS);
	assert_string_equal(asked, "add b flow\ndel b -\n");
	asked[0] = '\0';
	lost = "set a";
	assert_int_equal(again("[group a]\ndevice = lo\nsteer = ip\n"), -ENOBUFS);
	assert_string_equal(asked, "set a ip\nset a flow\n");
	asked[0] = '\0';
	lost = "del a";
	RIGHT(again(""));
	assert_string_equal(asked, "del a -\ndel a -\n");
	world.registry->is_kernel = false;
}

/* The service manager is told about the file, and about the number of groups after a change. */
static void test_told(void **state)
{
	(void)state;
	RIGHT(again("[group a]\ndevice = lo\n"));
	assert_string_equal(told, "reload 1");
	assert_true(again("[group b]\n[group c]\n") < 0);
	assert_string_equal(told, "reload 1");
	assert_true(edit(CONF_EDIT_ADD, "a", "device = lo") < 0);
	assert_string_equal(told, "reload 1");
	RIGHT(edit(CONF_EDIT_ADD, "b", "device = lo"));
	assert_string_equal(told, "reload 1 2");
}

static void test_daemon(void **state)
{
	(void)state;
	RIGHT(again("workers = 3\nlog = warning\n"));
	assert_string_equal(said.text, "[pfqd] workers stays 2; restart pfqd to change it to 3\n"
			    "[pfqd] log is warning now, and was info");
	/* each reload says so */
	RIGHT(again("workers = 3\nlog = warning\n"));
	assert_string_equal(said.text, "[pfqd] workers stays 2; restart pfqd to change it to 3");
}

/* The same by requests: their answers have the lines. Only root may, and no member. */
static void test_requests(void **state)
{
	struct client *root = client_hello(0, 0), *other = client_hello(1000, 1000);

	(void)state;
	assert_int_equal(client_command(root, PFQ_CMD_RELOAD), -EOPNOTSUPP);
	server_set_reload(world.server, reload);
	assert_int_equal(client_command(other, PFQ_CMD_RELOAD), -EPERM);
	check_text(other->msg.text, "only root may change");
	write_file("[group a]\ndevice = lo\n");
	assert_int_equal(client_command(root, PFQ_CMD_RELOAD), 0);
	assert_string_equal(pfq_attrs_string(&root->msg.attrs, PFQ_A_TEXT), "group a is new\n");
	client_begin(root, PFQ_CMD_GROUP_SET, 0);
	pfq_msg_put_string(&root->out, PFQ_A_GROUP, "a");
	pfq_msg_put_string(&root->out, PFQ_A_TEXT, "steer = copy\nvlan = 5");
	assert_int_equal(client_ask(root), 0);
	assert_string_equal(pfq_attrs_string(&root->msg.attrs, PFQ_A_TEXT),
			    "group a: steer is copy now, and was flow\n"
			    "group a: vlan is 5 now, and was none\n");
	client_begin(root, PFQ_CMD_GROUP_ADD, 0);
	pfq_msg_put_string(&root->out, PFQ_A_GROUP, "b");
	pfq_msg_put_string(&root->out, PFQ_A_TEXT, "device = lo\nsteer = side\nring = 1");
	assert_int_equal(client_ask(root), -EINVAL);
	check_text(root->msg.text, "[group b] steer: \"side\" is not allowed here");
	check_text(root->msg.text, " (and 1 more: see pfqd's log)");
	client_begin(root, PFQ_CMD_GROUP_ADD, 0);
	pfq_msg_put_string(&root->out, PFQ_A_GROUP, "b");
	pfq_msg_put_string(&root->out, PFQ_A_STEER, "copy");
	assert_int_equal(client_ask(root), -EINVAL);
	/* the change would close the connection that has to answer */
	assert_int_equal(client_join(root, "a", NULL), 0);
	client_begin(root, PFQ_CMD_GROUP_DEL, 0);
	pfq_msg_put_string(&root->out, PFQ_A_GROUP, "a");
	assert_int_equal(client_ask(root), -EISCONN);
	client_free(root);
	client_free(other);
}

/* A pipe cannot be read twice; it must not look like a file without groups. */
static void test_no_file(void **state)
{
	(void)state;
	RIGHT(again("[group a]\ndevice = lo\n"));
	unlink(reload_path);
	assert_int_equal(reload_file(reload, &report, &err), -ENOENT);
	net_run("mkfifo %s", reload_path);
	assert_int_equal(reload_file(reload, &report, &err), -ESPIPE);
	check_text(err.text, "is no regular file");
	assert_non_null(group("a"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, reload_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_differences),
		TEST(test_refused),
		TEST(test_removed_members),
		TEST(test_kept_rings),
		TEST(test_adopt),
		TEST(test_ids),
		TEST(test_kernel_engine),
		TEST(test_kernel_queues),
		TEST(test_lost_answers),
		TEST(test_told),
		TEST(test_daemon),
		TEST(test_requests),
		TEST(test_no_file),
	};
	int ret = net_enter();

	if (ret)
		return ret;
	net_run("ip link set lo up");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
