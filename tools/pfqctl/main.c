/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* pfqctl: asks the engine and prints its answers */
#include "config.h"
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/pfq_control.h>
#include "lib/number.h"
#include "hint.h"
#include "lang.h"
#include "pfqctl.h"
#include "stall.h"

#define OPT_PROFILE	256	/* an option without a letter */
#define PROFILE_S	10
#define PROFILE_S_MAX	(PFQ_PROFILE_S_MAX - 1)
#define EXIT_USAGE	2
#define EXIT_BROKEN	3
#define NS_PER_S	1000000000ULL
#define WATCH_MIN_NS	(NS_PER_S / 10)
#define WATCH_MAX_NS	(86400 * NS_PER_S)

struct command {
	const char *name, *arg, *doc;
	unsigned int min, max;	/* number of arguments */
	/*
	 * Returns 0, an exit status or -errno. NULL: INTERFACE has the command, but this
	 * release not.
	 */
	int (*run)(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err);
	bool can_watch;
	bool needs_no_engine;	/* ctl is NULL then */
	bool takes_text;	/* -e TEXT, -w PREFIX, --profile */
	/* Are the arguments allowed? Returns 0, or -EINVAL with text. NULL: their number counts. */
	int (*check)(const struct request *r, struct pfq_error *err);
};

/* --- commands ------------------------------------------------------------------- */

/* Has the engine a file that it could replay only in part? */
static bool has_broken(const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->ingests; i++) {
		if (s->ingest[i].state == PFQ_DEVICE_BROKEN)
			return true;
	}
	return false;
}

/* Make the hints of @s, which has all parts. */
static int take_hints(struct hint_list *hints, const struct snapshot *s, struct pfq_ctl *ctl,
		      struct pfq_error *err)
{
	struct snapshot later;
	int ret = stall_watch(&later, s, ctl, err);

	if (!ret)
		ret = hint_list_make(hints, s, &later);
	snapshot_free(&later);
	return ret;
}

static int print_status(const struct snapshot *s, const struct hint_list *hints, bool is_json)
{
	json_t *j;

	if (is_json) {
		j = json_status(s, NULL);
		json_object_set_new(j, "hints", hint_list_json(hints));
		return json_print(j, false);
	}
	show_status(s);
	hint_list_show(hints);
	return 0;
}

static int run_status(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	struct hint_list hints = { .count = 0 };
	struct snapshot s;
	int ret = snapshot_take(&s, ctl, ~0U, NULL, err);

	if (!ret)
		ret = take_hints(&hints, &s, ctl, err);
	if (!ret)
		ret = print_status(&s, &hints, r->is_json);
	if (!ret && has_broken(&s))
		ret = EXIT_BROKEN;
	hint_list_free(&hints);
	snapshot_free(&s);
	return ret;
}

static int run_groups(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	struct snapshot s;
	int ret = snapshot_take(&s, ctl, SNAPSHOT_GROUPS, r->name, err);

	if (!ret && r->is_json)
		ret = json_print(json_pack("{s:o}", "groups", json_groups(&s, NULL)), false);
	else if (!ret)
		show_groups(&s, r->name);
	snapshot_free(&s);
	return ret;
}

static int run_endpoints(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	struct snapshot s;
	int ret = snapshot_take(&s, ctl, SNAPSHOT_ENDPOINTS, r->name, err);

	if (!ret && r->is_json)
		ret = json_print(json_pack("{s:o}", "endpoints", json_endpoints(&s, NULL)),
				   false);
	else if (!ret)
		show_endpoints(&s);
	snapshot_free(&s);
	return ret;
}

static int print_stats(const struct snapshot *s, const struct snapshot *before,
		       const struct request *r)
{
	if (!r->is_json) {
		show_stats(s, before);
		return fflush(stdout) ? -errno : 0;
	}
	return json_print(json_pack("{s:o, s:o, s:o}", "status", json_status(s, before), "groups",
				    json_groups(s, before), "endpoints", json_endpoints(s, before)),
			  r->watch_ns);
}

/* Print statistics again and again until an error or a signal ends pfqctl. */
static int watch_stats(struct pfq_ctl *ctl, struct snapshot *before, const struct request *r,
		       struct pfq_error *err)
{
	uint64_t next_ns = before->time_ns;
	struct snapshot now;
	struct timespec t;
	int ret;

	for (;;) {
		next_ns += r->watch_ns;
		t = (struct timespec){ (time_t)(next_ns / NS_PER_S), (long)(next_ns % NS_PER_S) };
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
			;
		ret = snapshot_take(&now, ctl, SNAPSHOT_STATS, r->name, err);
		if (!ret)
			ret = print_stats(&now, before, r);
		snapshot_free(before);
		*before = now;
		if (ret)
			return ret;
	}
}

static int run_stats(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	struct snapshot s;
	int ret = snapshot_take(&s, ctl, SNAPSHOT_STATS, r->name, err);

	if (!ret)
		ret = print_stats(&s, NULL, r);
	if (!ret && r->watch_ns)
		ret = watch_stats(ctl, &s, r, err);
	snapshot_free(&s);
	return ret;
}

static int run_counters(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	(void)ctl;
	(void)err;
	if (r->is_json)
		return json_print(json_pack("{s:o}", "counters", json_counters()), false);
	show_counters();
	return 0;
}

static const struct command commands[] = {
	{ "status", "", "the engine, sources, hints", 0, 0, .run = run_status },
	{ "groups", "[NAME]", "all groups, or all of one", 0, 1, .run = run_groups },
	{ "endpoints", "[GROUP]", "who has joined", 0, 1, .run = run_endpoints },
	{ "stats", "[-w SECONDS] [GROUP]", "counters by cause, added up", 0, 1, .run = run_stats,
	  .can_watch = true },
	{ "counters", "", "what each counter counts", 0, 0, .run = run_counters,
	  .needs_no_engine = true },
	{ "reload", "", "let pfqd read its file again", 0, 0, .run = run_reload },
	{ "group", "add|set|del ...", "make, change or remove a group", 2, ARGS_MAX,
	  .run = run_group, .check = check_group },
	{ "bind", "GROUP DEV...", "add devices to a group", 2, ARGS_MAX, .run = run_bind },
	{ "unbind", "GROUP DEV...", "remove devices from a group", 2, ARGS_MAX, .run = run_unbind },
	{ "save", "", "the present configuration, as pfqd.conf", 0, 0, .run = run_save },
	{ "lang", "check|show|...", "programs of pfq-lang: check, show, list, set, try", 1,
	  ARGS_MAX, .run = run_lang, .check = check_lang, .needs_no_engine = true,
	  .takes_text = true },
	{ "set", "GROUP.SET add|...", "a live set: add, del, flush, list", 2, ARGS_MAX,
	  .run = run_set_of_group, .check = check_set_of_group },
	{ .name = "top" },
	{ .name = "run" },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

/* --- command line ----------------------------------------------------------------- */

struct line {
	struct request request;
	const char *watch;	/* -w; NULL: none */
	const struct command *command;
};

static const struct argp_option options[] = {
	{ "socket", 'S', "PATH", 0, "pfqd's socket (default: the variable PFQ_SOCKET, then "
	  PFQ_SOCKET_DEFAULT ")", 0 },
	{ "json", 'j', NULL, 0, "print JSON", 0 },
	{ "watch", 'w', "SECONDS", 0, "stats, lang show: print every SECONDS; lang try: write "
	  "captures to files whose names begin with this", 0 },
	{ "profile", OPT_PROFILE, "SECONDS", OPTION_ARG_OPTIONAL, "lang show: count for SECONDS "
	  "(10) what each step of a group's program answers", 0 },
	{ "expression", 'e', "TEXT", 0, "lang: the program, in place of a file", 0 },
	{ 0 }
};

static const struct command *command_find(const char *name, struct argp_state *state)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name))
			continue;
		if (commands[i].run)
			return &commands[i];
		fprintf(stderr, "pfqctl: %s: not supported yet\n", name);
		exit(EXIT_FAILURE);
	}
	argp_error(state, "unknown command \"%s\"", name);
	return NULL;
}

static void take_arg(struct line *line, const char *arg, struct argp_state *state)
{
	const struct command *c = line->command;
	struct request *r = &line->request;

	if (r->args == c->max)
		argp_error(state, "%s: unexpected argument \"%s\"", c->name, arg);
	r->arg[r->args++] = arg;
	r->name = r->arg[0];
}

/* -w takes plain seconds. */
static const struct pfq_number_units seconds = { true, { { "", NS_PER_S } } };

static uint64_t parse_watch(const char *arg, struct argp_state *state)
{
	uint64_t ns = 0;

	if (pfq_number_parse_unit(arg, &seconds, WATCH_MIN_NS, WATCH_MAX_NS, &ns))
		argp_error(state, "-w \"%s\": seconds from %g to %g are allowed", arg,
			   (double)WATCH_MIN_NS / NS_PER_S, (double)WATCH_MAX_NS / NS_PER_S);
	return ns;
}

static unsigned int parse_profile(const char *arg, struct argp_state *state)
{
	uint64_t s = PROFILE_S;

	if (arg && pfq_number_parse(arg, 1, PROFILE_S_MAX, &s))
		argp_error(state, "--profile \"%s\": 1 to %d seconds are allowed", arg,
			   PROFILE_S_MAX);
	return (unsigned int)s;
}

/* -w is the beginning of names for lang try, and else a time. */
static void take_watch(struct line *line, struct argp_state *state)
{
	struct request *r = &line->request;

	if (!line->watch)
		return;
	if (line->command->takes_text && r->args && strcmp(r->arg[0], "show"))
		r->prefix = line->watch;
	else
		r->watch_ns = parse_watch(line->watch, state);
}

static void end_of_line(struct line *line, struct argp_state *state)
{
	struct pfq_error err;

	if (!line->command)
		argp_error(state, "give a command");
	if (line->request.args < line->command->min)
		argp_error(state, "%s: arguments are missing: %s", line->command->name,
			   line->command->arg);
	take_watch(line, state);
	if (line->request.text && !line->command->takes_text)
		argp_error(state, "%s does not take -e", line->command->name);
	if (line->request.profile_s && !line->command->takes_text)
		argp_error(state, "%s does not take --profile", line->command->name);
	if (line->request.watch_ns && !line->command->can_watch &&
	    !line->command->takes_text)
		argp_error(state, "%s does not take -w", line->command->name);
	if (line->command->check && line->command->check(&line->request, &err))
		argp_error(state, "%s", word_clean(err.text));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct line *line = state->input;

	switch (key) {
	case 'S':
		line->request.socket = arg;
		return 0;
	case 'j':
		line->request.is_json = true;
		return 0;
	case 'w':
		line->watch = arg;
		return 0;
	case OPT_PROFILE:
		line->request.profile_s = parse_profile(arg, state);
		return 0;
	case 'e':
		line->request.text = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (line->command)
			take_arg(line, arg, state);
		else
			line->command = command_find(arg, state);
		return 0;
	case ARGP_KEY_END:
		end_of_line(line, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Append the table of commands to the text of --help. */
static char *help(int key, const char *text, void *input)
{
	size_t i, bytes = 1024, n = 0;
	char *all;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	all = malloc(bytes);
	if (!all)
		return NULL;
	n += (size_t)snprintf(all, bytes, "Commands:\n");
	for (i = 0; i < COMMANDS && n < bytes; i++) {
		if (commands[i].run)
			n += (size_t)snprintf(all + n, bytes - n, "  %-10s%-17s%s\n",
					      commands[i].name, commands[i].arg, commands[i].doc);
	}
	return all;
}

int main(int argc, char **argv)
{
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMMAND [ARGUMENT...]",
		.doc = "Show the state of pfqd, and change its groups.\v ",
		.help_filter = help,
	};
	static struct line line;
	struct pfq_error err = { "" };
	struct pfq_ctl *ctl = NULL;
	int ret, status = EXIT_SUCCESS;

	argp_program_version = "pfqctl " PACKAGE_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	/* Check this before the connection takes the closed descriptor's number. */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		fprintf(stderr, "pfqctl: standard output: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	/* libsmartcols measures texts by the locale; word_clean() makes UTF-8 in all of them. */
	setlocale(LC_CTYPE, "C.UTF-8");
	line.request.socket = secure_getenv("PFQ_SOCKET");
	/*
	 * Parse in order, so that a command not implemented yet is refused before its
	 * options are.
	 */
	ret = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &line);
	if (ret)
		return EXIT_USAGE;
	if (!line.command->needs_no_engine)
		ret = pfq_ctl_open(&ctl, line.request.socket, &err);
	if (!ret)
		ret = line.command->run(ctl, &line.request, &err);
	pfq_ctl_close(ctl);
	if (ret > 0) {
		status = ret;
		ret = 0;
	}
	/* Output that could not be written, as on a full disk, is a failure. */
	if (!ret && (fflush(stdout) || ferror(stdout)))
		ret = errno ? -errno : -EIO;
	if (!ret)
		return status;
	fprintf(stderr, "pfqctl: %s\n", err.text[0] ? word_clean(err.text) : pfq_error_text(ret));
	return EXIT_FAILURE;
}
