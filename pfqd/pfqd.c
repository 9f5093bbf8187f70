/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/conf/conf.h"
#include "pfqd/conf/conf_here.h"
#include "pfqd/engine/registry.h"
#include "pfqd/engine/shares.h"
#include "pfqd/base/error.h"
#include "pfqd/base/exit.h"
#include "kernel.h"
#include "options.h"
#include "pfqd.h"
#include "privilege.h"
#include "shares_keeper.h"
#include "supervisor.h"
#include "pfqd/base/sandbox.h"
#include "pfqd/base/store.h"
#include "pfqd/control/listener.h"
#include "pfqd/control/server.h"
#include "pfqd/reload/reload.h"

/* the parts of the daemon, in the order in which they start */
struct pfqd {
	struct conf *conf;		/* NULL once reload has it */
	const struct options *options;
	struct loop *loop;
	int signals;
	struct loop_watch *signals_watch;
	struct kernel *kernel;		/* NULL: pfqd is the user engine */
	struct registry *registry;
	struct server *server;
	struct reload *reload;
	struct supervisor *supervisor;
	struct shares_keeper *keeper;	/* NULL: nobody keeps the shares */
	struct store store;		/* descriptors of the last pfqd */
	bool has_shares;		/* store.shares can be used */
};

/* --- preparation -------------------------------------------------------------- */

extern char **environ;

/*
 * Remove variables that make libpcap use pfq, and replace the file of pcap.conf(5) by an empty one.
 * pfqd compiles filters with libpcap, which may be ours, and must not become its own client.
 */
static void clean_environment(void)
{
	char name[256];
	char **e = environ;
	size_t n;

	while (e && *e) {
		n = strcspn(*e, "=");
		if ((strncmp(*e, "PFQ_", 4) && strncmp(*e, "PCAP_", 5)) || n >= sizeof(name)) {
			e++;
			continue;
		}
		memcpy(name, *e, n);
		name[n] = '\0';
		unsetenv(name);
		e = environ;
	}
	setenv("PFQ_CONFIG", "/dev/null", 1);
}

/* Raise the limit of open descriptors: an endpoint takes two, a source several for each worker. */
static void raise_descriptors(void)
{
	struct rlimit rl;
	int ret = getrlimit(RLIMIT_NOFILE, &rl);

	if (!ret && rl.rlim_cur < rl.rlim_max) {
		rl.rlim_cur = rl.rlim_max;
		ret = setrlimit(RLIMIT_NOFILE, &rl);
	}
	if (ret)
		log_warning("the limit of descriptors cannot be raised: %s",
			    pfq_reason(PFQ_REASON_PFQD, errno));
}

/*
 * Print a complaint. Editors read "FILE:LINE: text", so a text with a line gets no "pfqd: " before
 * it.
 */
static void on_complaint(void *arg, unsigned int line, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s%s\n", line ? "" : "pfqd: ", text);
}

static int load(struct conf **conf, const struct options *o)
{
	struct conf_report report = { .fn = on_complaint };
	int ret = conf_load(conf, o->file, &report);

	if (ret == -ENOENT)
		fprintf(stderr,
			"pfqd: an example is " PFQD_CONF_EXAMPLE "; pfqd.conf(5) says what is "
			"allowed; -c names another file\n");
	return ret;
}

/* Report devices and files that cannot be used now. Returns true unless that is an error. */
static bool check_here(const struct conf *conf, const struct options *o)
{
	struct conf_report report = { .fn = on_complaint, .file = o->file };
	struct pfq_error err;
	int ret = conf_here_check(conf, &report, &err);

	if (ret)
		fprintf(stderr, "pfqd: %s: devices cannot be checked\n", err.text);
	return !o->is_strict || (!ret && !report.errors);
}

static int check(const struct options *o)
{
	struct conf *conf;
	bool is_valid;

	if (load(&conf, o))
		return PFQD_EXIT_FAILED;
	is_valid = check_here(conf, o);
	if (!conf->groups)
		fprintf(stderr, "%s: it has no group, so that only root's programs can capture by "
			"pfqd\n", o->file);
	if (is_valid)
		printf("%s: valid, %u group%s\n", o->file, conf->groups,
		       conf->groups == 1 ? "" : "s");
	conf_free(conf);
	return is_valid ? PFQD_EXIT_OK : PFQD_EXIT_FAILED;
}

/* --- signals ------------------------------------------------------------------ */

static void on_signal(void *arg, uint32_t events)
{
	struct signalfd_siginfo si;
	struct pfqd *d = arg;
	struct pfq_error err;

	(void)events;
	if (read(d->signals, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo == SIGHUP) {
		reload_file(d->reload, NULL, &err);
		return;
	}
	log_info("%s: ending", strsignal(si.ssi_signo));
	loop_stop(d->loop);
}

/* Receive signals by a descriptor. Call this before any thread starts: threads inherit the mask. */
static int watch_signals(struct pfqd *d, struct pfq_error *err)
{
	sigset_t set;
	int ret;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (d->signals < 0)
		return error_set(err, -errno, "signals: %s", pfq_reason(PFQ_REASON_PFQD, errno));
	ret = loop_watch_add(d->loop, d->signals, EPOLLIN, on_signal, d, &d->signals_watch);
	return ret ? error_set(err, ret, "signals: %s", pfq_reason(PFQ_REASON_PFQD, ret)) : 0;
}

/* --- life --------------------------------------------------------------------- */

/* The setting that only the user engine has, as a text; NULL: there is none. */
static const char *only_user(const struct conf *conf)
{
	static char text[128];
	unsigned int i;

	for (i = 0; i < conf->groups; i++) {
		const struct group_settings *s = &conf->group[i].settings;

		if (s->driver->in_kernel_engine)
			continue;
		snprintf(text, sizeof(text), "group %s has ingest = %s", s->name, s->driver->name);
		return text;
	}
	return NULL;
}

static int choose_engine(struct pfqd *d, struct pfq_error *err)
{
	enum conf_engine engine = d->conf->daemon.engine;
	struct pfq_error why;
	const char *only;
	int ret;

	if (engine == CONF_ENGINE_USER)
		return 0;
	only = engine == CONF_ENGINE_AUTO ? only_user(d->conf) : NULL;
	if (only) {
		log_info("engine = auto: pfqd takes the user engine: %s", only);
		return 0;
	}
	ret = kernel_open(&d->kernel, &why);
	if (!ret || engine == CONF_ENGINE_KERNEL)
		return ret ? error_set(err, ret, "engine = kernel: %.200s", why.text) : 0;
	log_info("engine = auto: pfqd takes the user engine: %s", why.text);
	return 0;
}

static int start_engine(struct pfqd *d, struct pfq_error *err)
{
	const struct conf_daemon *c = &d->conf->daemon;
	struct registry_params params = {
		.loop = d->loop,
		.is_kernel = d->kernel,
		.workers = c->workers,
		.cpus = c->has_cpus ? &c->cpus : NULL,
	};

	if (d->store.shares)
		d->has_shares = params.has_seed = shares_seed(d->store.shares, &params.seed);
	return registry_create(&d->registry, &params, err);
}

static int start_group(struct pfqd *d, struct group_settings *s, struct pfq_error *err)
{
	int ret;

	if (d->kernel)
		return kernel_group_add(d->kernel, s, err);
	ret = registry_group_start(d->registry, s, err);
	return ret ? ret : registry_group_check_rights(
		d->registry, registry_group_named(d->registry, s->name), err);
}

static int start_groups(struct pfqd *d, struct pfq_error *err)
{
	struct pfq_error why;
	unsigned int i;
	int ret = 0;

	/* groups with an id of their own come first, so that no other group gets that id */
	for (i = 0; i < 2 * d->conf->groups && !ret; i++) {
		struct conf_group *cg = &d->conf->group[i % d->conf->groups];

		if (!cg->id_line != (i >= d->conf->groups))
			continue;
		ret = start_group(d, &cg->settings, &why);
		if (ret)
			error_set(err, ret, "group %s: %.200s", cg->settings.name, why.text);
	}
	if (ret || d->kernel)
		return ret;
	if (d->has_shares)
		shares_restore(d->registry, d->store.shares);
	return registry_update(d->registry, err);
}

/*
 * Become the user of pfqd.conf, and enter the sandbox. Only making the folder of the socket, or
 * giving it to that user, needs the identity at the start.
 */
static int confine(struct pfqd *d, struct pfq_error *err)
{
	const struct conf_user *user = &d->conf->daemon.user;
	bool is_named = user->name[0];
	int ret = 0;

	/* root takes back the folder that an earlier pfqd has given to its user */
	if (!geteuid() || (is_named && user->uid != geteuid()))
		ret = listener_prepare(d->conf->daemon.socket, is_named ? user->uid : 0,
				       is_named ? user->gid : 0, err);
	if (!ret)
		ret = privilege_drop(user, err);
	return ret ? ret : sandbox_enter(SANDBOX_CONTROL, err);
}

static int listen_for_clients(struct pfqd *d, struct pfq_error *err)
{
	const struct conf_daemon *c = &d->conf->daemon;
	struct pfq_error why;
	int ret;

	ret = server_listen(d->server, c->socket, err);
	if (ret != -EACCES || !c->user.name[0])
		return ret;
	why = *err;
	return error_set(err, ret, "%.150s; user = %s has to be able to write there", why.text,
			 c->user.name);
}

static int add_in_kernel(void *arg, const struct group_settings *s, struct pfq_error *err)
{
	return kernel_group_add(arg, s, err);
}

static int set_in_kernel(void *arg, const struct group_settings *s, struct pfq_error *err)
{
	return kernel_group_set(arg, s, err);
}

static int del_in_kernel(void *arg, const char *name, struct pfq_error *err)
{
	return kernel_group_del(arg, name, err);
}

static void on_group_end(void *arg, struct pfqd_group *g)
{
	server_group_end(arg, g);
}

static void on_reload(void *arg)
{
	struct pfqd *d = arg;

	supervisor_reloading(d->supervisor);
}

static void on_reload_done(void *arg, unsigned int groups)
{
	struct pfqd *d = arg;

	supervisor_groups(d->supervisor, groups);
	supervisor_ready(d->supervisor);
}

/* From here on, the configuration belongs to reload. */
static int start_reload(struct pfqd *d, struct pfq_error *err)
{
	const struct reload_params params = {
		.registry = d->registry,
		.kernel = { add_in_kernel, set_in_kernel, del_in_kernel, d->kernel },
		.file = d->options->file,
		.socket = d->options->socket,
		.has_log = d->options->has_log,
		.begin = on_reload,
		.done = on_reload_done,
		.arg = d,
	};
	struct conf *conf = d->conf;

	d->conf = NULL;
	if (reload_create(&d->reload, &params, conf))
		return error_set(err, -ENOMEM, "no memory");
	reload_on_end(d->reload, on_group_end, d->server);
	server_set_reload(d->server, d->reload);
	return 0;
}

static int start(struct pfqd *d, struct pfq_error *err)
{
	int ret;

	store_take(&d->store);
	ret = confine(d, err);
	if (ret)
		return ret;
	ret = loop_create(&d->loop);
	if (ret)
		return error_set(err, ret, "event loop: %s", pfq_reason(PFQ_REASON_PFQD, ret));
	ret = watch_signals(d, err);
	if (!ret)
		ret = choose_engine(d, err);
	if (!ret)
		ret = start_engine(d, err);
	if (!ret)
		ret = server_create(&d->server, d->registry, err);
	/* check before opening devices: a second pfqd fails here and disturbs no capture */
	if (!ret && !server_take_listener(d->server, &d->store, d->conf->daemon.socket))
		ret = listener_check(d->conf->daemon.socket, err);
	if (!ret)
		ret = start_groups(d, err);
	/* the new socket wakes programs that wait for pfqd: they get their answers at once */
	if (!ret)
		ret = listen_for_clients(d, err);
	if (!ret) {
		server_take_over(d->server, &d->store);
		ret = privilege_settle(d->kernel, err);
	}
	if (!ret && (shares_keeper_create(&d->keeper, d->registry) ||
		     supervisor_create(&d->supervisor, d->loop, d->registry, d->conf->groups)))
		ret = error_set(err, -ENOMEM, "no memory");
	if (!ret)
		ret = start_reload(d, err);
	return ret;
}

static void stop(struct pfqd *d)
{
	supervisor_destroy(d->supervisor);
	/* the members leave now, and the next pfqd shall have them */
	shares_keeper_destroy(d->keeper);
	/* stop the workers first, while there are members to receive waiting fragments */
	registry_halt(d->registry);
	server_destroy(d->server);
	reload_destroy(d->reload);
	kernel_close(d->kernel);
	registry_destroy(d->registry);
	loop_watch_del(d->signals_watch);
	if (d->signals >= 0)
		close(d->signals);
	loop_destroy(d->loop);
	store_close(&d->store);
	conf_free(d->conf);
}

static void announce(const struct pfqd *d)
{
	const struct conf *conf = reload_conf(d->reload);
	unsigned int groups = conf->groups, workers = d->registry->lanes;
	char engine[64] = "the kernel engine";

	if (!d->kernel)
		snprintf(engine, sizeof(engine), "%u worker%s", workers, workers == 1 ? "" : "s");
	log_info("pfqd " PACKAGE_VERSION ": %s, %u group%s, listening on %s", engine, groups,
		 groups == 1 ? "" : "s", conf->daemon.socket);
}

static int run(struct pfqd *d)
{
	struct pfq_error err;
	int ret;

	ret = start(d, &err);
	if (ret) {
		log_error("%s", err.text);
		return PFQD_EXIT_FAILED;
	}
	announce(d);
	supervisor_ready(d->supervisor);
	ret = loop_run(d->loop);
	shares_keeper_write(d->keeper);
	server_leave(d->server);
	supervisor_stopping(d->supervisor);
	if (ret)
		log_error("event loop: %s", pfq_reason(PFQ_REASON_PFQD, ret));
	return ret ? PFQD_EXIT_FAILED : PFQD_EXIT_OK;
}

int pfqd_main(int argc, char **argv)
{
	struct options o;
	struct pfqd d = { .signals = -1, .options = &o };
	int ret;

	options_parse(&o, argc, argv);
	clean_environment();
	if (o.check)
		return check(&o);
	if (load(&d.conf, &o))
		return PFQD_EXIT_FAILED;
	if (o.socket)
		strcpy(d.conf->daemon.socket, o.socket);
	log_level_set(o.has_log ? o.log : d.conf->daemon.log);
	raise_descriptors();
	/* no core dump: rings hold the traffic of others */
	if (prctl(PR_SET_DUMPABLE, 0))
		log_warning("a core dump of pfqd would hold packets: %s", strerror(errno));
	ret = run(&d);
	stop(&d);
	return ret;
}
