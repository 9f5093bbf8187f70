/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <argp.h>
#include <string.h>
#include <sys/un.h>

#include "options.h"
#include "pfqd/base/exit.h"

#ifndef PFQD_CONF_DEFAULT
#define PFQD_CONF_DEFAULT	"/etc/pfq/pfqd.conf"
#endif
#define OPTION_CHECK		256
#define OPTION_STRICT		257

/* argp writes out of bounds if one word is longer than a line of its output */
#define WORD_MAX	48
#define CONFIG_DOC                                           \
	(sizeof(PFQD_CONF_DEFAULT) <= WORD_MAX               \
		 ? "Read FILE instead of " PFQD_CONF_DEFAULT \
		 : "Read FILE instead of pfq/pfqd.conf in the configuration folder")

static const struct argp_option rows[] = {
	{ "config", 'c', "FILE", 0, CONFIG_DOC, 0 },
	{ "check", OPTION_CHECK, "FILE", 0, "Check FILE, report its errors and exit", 0 },
	{ "strict", OPTION_STRICT, NULL, 0,
	  "With --check: a device or file that cannot be used now is an error", 0 },
	{ "foreground", 'f', NULL, 0, "Stay in the foreground (pfqd always does)", 0 },
	{ "socket", 's', "SOCKET", 0, "Listen on SOCKET instead of the one in FILE", 0 },
	{ "log", 'l', "LEVEL", 0, "Log messages up to LEVEL: " LOG_LEVEL_NAMES, 0 },
	{ 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	struct sockaddr_un un;

	switch (key) {
	case OPTION_CHECK:
		if (*arg == '-')
			argp_error(state, "--check: \"%s\" is not allowed here; allowed: a file, "
				   "as in --check=FILE", arg);
		o->check = true;
		/* fallthrough */
	case 'c':
		o->file = arg;
		return 0;
	case 'f':
		return 0;
	case OPTION_STRICT:
		o->is_strict = true;
		return 0;
	case 's':
		if (*arg != '/' || strlen(arg) >= sizeof(un.sun_path))
			argp_error(state,
				   "--socket: \"%s\" is not allowed here; allowed: an absolute "
				   "path of at most %zu bytes",
				   arg, sizeof(un.sun_path) - 1);
		o->socket = arg;
		return 0;
	case 'l':
		if (log_level_parse(arg, &o->log))
			argp_error(state, "--log: \"%s\" is not allowed here; allowed: "
				   LOG_LEVEL_NAMES, arg);
		o->has_log = true;
		return 0;
	case ARGP_KEY_END:
		if (o->is_strict && !o->check)
			argp_error(state, "--strict is allowed only with --check");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

void options_parse(struct options *o, int argc, char **argv)
{
	static const struct argp argp = {
		.options = rows,
		.parser = parse_option,
		.doc = "The daemon of pfq: it takes packets from devices and files and gives them "
		       "to the members of groups. pfqd.conf(5) describes its configuration."
		       "\vExit status: 0 if a signal ended it, or FILE is valid; 1 if FILE is not "
		       "valid, or pfqd could not start; 2 for wrong usage.",
	};

	memset(o, 0, sizeof(*o));
	o->file = PFQD_CONF_DEFAULT;
	argp_program_version = "pfqd " PACKAGE_VERSION;
	argp_err_exit_status = PFQD_EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, o);
}
