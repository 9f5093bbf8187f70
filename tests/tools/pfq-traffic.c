// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Makes real traffic over sockets: HTTP transfers on many TCP connections, and UDP requests
 * with replies, some so large that the kernel has to fragment them. It checks every byte
 * that comes back.
 */
#include <argp.h>
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "traffic.h"

uint64_t traffic_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

void traffic_pace(struct traffic *t)
{
	uint64_t now = traffic_now_ns(), turn;
	struct timespec at;

	if (!t->plan->rate)
		return;
	pthread_mutex_lock(&t->pace_lock);
	if (t->pace_ns < now)
		t->pace_ns = now;
	turn = t->pace_ns;
	t->pace_ns += 1000000000ULL / t->plan->rate;
	pthread_mutex_unlock(&t->pace_lock);
	at.tv_sec = (time_t)(turn / 1000000000ULL);
	at.tv_nsec = (long)(turn % 1000000000ULL);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

bool traffic_goes_on(const struct traffic *t, uint64_t n, uint64_t wanted)
{
	if (!wanted)
		return false;
	return t->plan->seconds ? traffic_now_ns() < t->end_ns : n < wanted;
}

void traffic_failed(struct traffic *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vwarnx(fmt, args);
	va_end(args);
	t->done.failed++;
}

struct sockaddr_in6 traffic_server(const struct traffic_plan *plan, uint64_t n, uint16_t port)
{
	struct sockaddr_in6 to = plan->server[n % plan->servers];

	to.sin6_port = htons(port);
	return to;
}

int traffic_connect(const struct traffic_plan *plan, uint64_t n)
{
	const struct sockaddr_in6 to = traffic_server(plan, n, plan->http_port);
	struct timeval patience = { .tv_sec = TRAFFIC_REPLY_TIMEOUT_S };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	error = errno;
	close(fd);
	return -error;
}

int traffic_listen(int type, uint16_t port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), no = 0, yes = 1, room = 4 << 20;

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		err(1, "bind to port %u", port);
	if (type == SOCK_STREAM && listen(fd, 1024))
		err(1, "listen on port %u", port);
	return fd;
}

static int serve(const struct traffic_plan *plan)
{
	static int http, udp;
	pthread_t thread;
	sigset_t end;
	int signal_number;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigaddset(&end, SIGINT);
	pthread_sigmask(SIG_BLOCK, &end, NULL);
	http = traffic_listen(SOCK_STREAM, plan->http_port);
	udp = traffic_listen(SOCK_DGRAM, plan->udp_port);
	if (pthread_create(&thread, NULL, http_server, &http) ||
	    pthread_create(&thread, NULL, datagram_server, &udp))
		errx(1, "no thread to be had");
	puts("ready");
	fflush(stdout);
	return sigwait(&end, &signal_number) ? 1 : 0;
}

static void done_print(const struct traffic_done *done, uint64_t ns)
{
	printf("{ \"connections\": %llu, \"requests\": %llu, \"http_bytes\": %llu,\n"
	       "  \"udp_flows\": %llu, \"udp_datagrams\": %llu, \"udp_bytes\": %llu,\n"
	       "  \"udp_repeated\": %llu, \"failed\": %llu, \"seconds\": %.3f }\n",
	       done->connections, done->requests, done->http_bytes, done->udp_flows,
	       done->udp_datagrams, done->udp_bytes, done->udp_repeated, done->failed,
	       (double)ns / 1e9);
}

static int ask(const struct traffic_plan *plan)
{
	static struct traffic t = { .pace_lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_t *thread = calloc(2 * plan->parallel, sizeof(*thread));
	uint64_t begin_ns = traffic_now_ns();
	unsigned int threads = 0;

	if (!thread)
		err(1, "memory");
	if (!plan->servers)
		errx(2, "client: --server ADDRESS is missing");
	t.plan = plan;
	t.end_ns = plan->seconds ? begin_ns + plan->seconds * 1000000000ULL : UINT64_MAX;
	for (unsigned int i = 0; i < plan->parallel; i++)
		if (pthread_create(&thread[threads++], NULL, http_client, &t) ||
		    pthread_create(&thread[threads++], NULL, datagram_client, &t))
			errx(1, "no thread to be had");
	for (unsigned int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	done_print(&t.done, traffic_now_ns() - begin_ns);
	return t.done.failed ? 1 : 0;
}

/* --- options ---------------------------------------------------------------- */

enum {
	OPT_UDP_FLOWS = 0x100,
	OPT_UDP_DATAGRAMS,
	OPT_UDP_SIZES,
	OPT_HTTP_PORT,
	OPT_UDP_PORT,
};

static const struct argp_option options[] = {
	{ "server", 's', "ADDRESS", 0, "where the server is; repeat it to spread flows", 0 },
	{ "connections", 'c', "N", 0, "TCP connections to make (100)", 0 },
	{ "requests", 'q', "N", 0, "HTTP requests on each connection (3)", 0 },
	{ "sizes", 'b', "BYTES,...", 0, "sizes to ask for, in turn (200,5000,60000)", 0 },
	{ "udp-flows", OPT_UDP_FLOWS, "N", 0, "UDP sockets to make (50)", 0 },
	{ "udp-datagrams", OPT_UDP_DATAGRAMS, "N", 0, "requests of each UDP flow (10)", 0 },
	{ "udp-sizes", OPT_UDP_SIZES, "BYTES,...", 0, "sizes of the datagrams (64,700,4000)", 0 },
	{ "parallel", 'p', "N", 0, "connections, and UDP flows, at one time (16)", 0 },
	{ "seconds", 't', "N", 0, "run for N seconds, whatever the other numbers say", 0 },
	{ "rate", 'r', "N", 0, "requests a second at most", 0 },
	{ "http-port", OPT_HTTP_PORT, "PORT", 0, "(8080)", 0 },
	{ "udp-port", OPT_UDP_PORT, "PORT", 0, "(9090)", 0 },
	{ 0 }
};

static uint64_t number(struct argp_state *state, const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n < min || n > max)
		argp_error(state, "%s: a number from %llu to %llu is wanted", text,
			   (unsigned long long)min, (unsigned long long)max);
	return n;
}

static void sizes(struct argp_state *state, struct traffic_sizes *s, char *text, uint64_t min,
		  uint64_t max)
{
	char *rest = NULL;

	s->count = 0;
	for (char *word = strtok_r(text, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		if (s->count == TRAFFIC_SIZES_MAX)
			argp_error(state, "at most %d sizes", TRAFFIC_SIZES_MAX);
		s->bytes[s->count++] = (uint32_t)number(state, word, min, max);
	}
	if (!s->count)
		argp_error(state, "no size given");
}

static void server(struct argp_state *state, struct traffic_plan *plan, const char *text)
{
	struct sockaddr_in6 *to = &plan->server[plan->servers];
	char mapped[INET6_ADDRSTRLEN + 8];

	if (plan->servers == TRAFFIC_SERVERS_MAX)
		argp_error(state, "at most %d servers", TRAFFIC_SERVERS_MAX);
	snprintf(mapped, sizeof(mapped), "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
	if (inet_pton(AF_INET6, mapped, &to->sin6_addr) != 1)
		argp_error(state, "%s is neither an IPv4 nor an IPv6 address", text);
	to->sin6_family = AF_INET6;
	plan->servers++;
}

static error_t option(int key, char *arg, struct argp_state *state)
{
	struct traffic_plan *plan = state->input;

	switch (key) {
	case 's': server(state, plan, arg); return 0;
	case 'c': plan->connections = number(state, arg, 0, 10000000); return 0;
	case 'q': plan->requests = number(state, arg, 1, 10000000); return 0;
	case 'b': sizes(state, &plan->sizes, arg, 0, 1 << 30); return 0;
	case 'p': plan->parallel = (unsigned int)number(state, arg, 1, 1024); return 0;
	case 't': plan->seconds = (unsigned int)number(state, arg, 0, 86400); return 0;
	case 'r': plan->rate = (unsigned int)number(state, arg, 0, 10000000); return 0;
	case OPT_UDP_FLOWS: plan->udp_flows = number(state, arg, 0, 10000000); return 0;
	case OPT_UDP_DATAGRAMS: plan->udp_datagrams = number(state, arg, 1, 10000000); return 0;
	case OPT_UDP_SIZES: sizes(state, &plan->udp_sizes, arg, 16, 60000); return 0;
	case OPT_HTTP_PORT: plan->http_port = (uint16_t)number(state, arg, 1, 65535); return 0;
	case OPT_UDP_PORT: plan->udp_port = (uint16_t)number(state, arg, 1, 65535); return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = option, .args_doc = "server|client",
		.doc = "Makes real TCP and UDP traffic and checks every reply.",
	};
	static struct traffic_plan plan = {
		.http_port = 8080, .udp_port = 9090, .connections = 100, .requests = 3,
		.udp_flows = 50, .udp_datagrams = 10, .parallel = 16,
		.sizes = { 3, { 200, 5000, 60000 } }, .udp_sizes = { 3, { 64, 700, 4000 } },
	};
	const char *role;
	int words;

	argp_parse(&argp, argc, argv, 0, &words, &plan);
	role = words == argc - 1 ? argv[words] : "";
	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(role, "server"))
		return serve(&plan);
	if (!strcmp(role, "client"))
		return ask(&plan);
	errx(2, "one word is wanted: server or client");
}
