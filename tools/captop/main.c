// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* captop: measures what a pcap device captures or sends */
#include <config.h>
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "options.h"
#include "report.h"
#include "session.h"

/* argp needs this symbol. -fvisibility=hidden would hide it. */
__attribute__((visibility("default"))) const char *argp_program_version = "captop " PACKAGE_VERSION;

/*
 * Handler of SIGUSR1, which ends a blocking call of a worker's thread. It does nothing
 * else.
 */
static void on_wake(int number)
{
	(void)number;
}

/*
 * Block the signals that end captop; run.c reads them from a signalfd. Ignore SIGPIPE, so
 * that a write to a closed pipe returns an error.
 */
static void signals_block(sigset_t *set)
{
	const struct sigaction wake = { .sa_handler = on_wake }; /* ends a read: no SA_RESTART */

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGUSR1, &wake, NULL);
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* Tell on standard error that captop is ready. Scripts wait for this line before they send. */
static void ready_print(const struct run *r)
{
	const struct options *o = r->options;

	if (o->mode == MODE_CAPTURE)
		fprintf(stderr, "captop: listening on %s%s, threads: %u, %s\n", o->devices[0],
			o->device_count > 1 ? " and others" : "", r->worker_count,
			pcap_lib_version());
}

/* Print the error of each worker that has one. Returns the exit status. */
static int errors_print(const struct run *r)
{
	int status = EXIT_OK;

	for (unsigned int i = 0; i < r->worker_count; i++) {
		if (!r->workers[i].error[0])
			continue;
		fprintf(stderr, "captop: %s\n", r->workers[i].error);
		status = EXIT_FAILED;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct report report;
	struct run run;
	sigset_t signals;
	int status = EXIT_FAILED, ret;
	FILE *out;

	options_parse(&options, argc, argv);
	out = options.write_path && !strcmp(options.write_path, "-") ? stderr : stdout;
	setvbuf(out, NULL, _IOLBF, 0);
	if (session_open(&run, &options))
		goto out_options;
	signals_block(&signals); /* block only now: opening a pipe may take for ever */
	ready_print(&run);
	ret = report_open(&report, out, run.worker_count);
	if (!ret)
		ret = session_go(&run, &report, &signals);
	if (ret) {
		fprintf(stderr, "captop: %s\n", strerror(-ret));
		goto out_run;
	}
	if (atomic_load(&run.end) == END_OUTPUT || report.error)
		report.out = stderr;
	/* The reader of the pipe may also have closed it since the last line. */
	if (!report_summary(&report) && report.out == stdout) {
		report.out = stderr;
		report_summary(&report);
	}
	status = errors_print(&run);
	/* A closed pipe is a normal end of the output. A full disk is an error. */
	if (report.error && report.error != EPIPE) {
		fprintf(stderr, "captop: standard output: %s\n", strerror(report.error));
		status = EXIT_FAILED;
	}
	report_close(&report);
out_run:
	session_close(&run);
out_options:
	options_free(&options);
	return status;
}
