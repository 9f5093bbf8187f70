// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Opens handles under each limit of descriptors, from too few for the first handle to enough for N.
 * Each error must name the descriptors and what to do, and leave none open. Prints how many limits
 * were too low, for each number of handles.
 *
 * usage: pfq-handles DEVICE N
 */
#include <err.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define HANDLES_MAX	16
#define LIMIT_MAX	256

static int count_fds(void)
{
	int fd, used = 0;

	for (fd = 0; fd < LIMIT_MAX; fd++)
		used += fcntl(fd, F_GETFD) >= 0;
	return used;
}

/* Open one handle. Returns the error's text; NULL: no error. */
static const char *open_one(pcap_t **p, const char *device, char *text)
{
	int ret;

	*p = pcap_create(device, text);
	if (!*p)
		return text;
	ret = pcap_activate(*p);
	if (ret >= 0)
		return pcap_get_selectable_fd(*p) < 0 ? "no selectable descriptor" : NULL;
	if (ret != PCAP_ERROR)
		errx(1, "status %d, not PCAP_ERROR: %s", ret, pcap_geterr(*p));
	snprintf(text, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(*p));
	pcap_close(*p);
	*p = NULL;
	return text;
}

/* Open handles in a new process, which has loaded nothing yet. Returns how many it got. */
static int run(const char *device, int n, rlim_t limit)
{
	const struct rlimit rl = { limit, limit };
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p[HANDLES_MAX] = { NULL };
	const char *why = NULL;
	int i, before;

	if (setrlimit(RLIMIT_NOFILE, &rl))
		err(1, "setrlimit");
	before = count_fds();
	for (i = 0; i < n && !why; i++) {
		why = open_one(&p[i], device, text);
		if (why && (!strstr(why, "Too many open files") || !strstr(why, "ulimit -n")))
			errx(1, "limit %d, handle %d: %s", (int)limit, i, why);
	}
	n = why ? i - 1 : n;
	while (i)
		if (p[--i])
			pcap_close(p[i]);
	if (count_fds() != before)
		errx(1, "limit %d: %d descriptors before, %d after", (int)limit, before,
		     count_fds());
	return n;
}

int main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[2]) : 0, got[HANDLES_MAX + 1] = { 0 }, i, status = 0;
	rlim_t limit;
	pid_t pid;

	if (n < 1 || n > HANDLES_MAX)
		errx(2, "usage: pfq-handles DEVICE N (at most %d)", HANDLES_MAX);
	for (limit = 3; limit < LIMIT_MAX && !got[n]; limit++) {
		pid = fork();
		if (!pid)
			_exit(100 + run(argv[1], n, limit));
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
		    WEXITSTATUS(status) < 100)
			errx(1, "limit %d: status %#x", (int)limit, (unsigned int)status);
		got[WEXITSTATUS(status) - 100]++;
	}
	if (!got[n])
		errx(1, "no limit below %d is enough", LIMIT_MAX);
	for (i = 0; i < n; i++)
		printf("%d handles: %d limits\n", i, got[i]);
	return 0;
}
