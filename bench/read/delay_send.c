// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "tools/common/cpu.h"
#include "delay_send.h"

#define NETNS_DIRECTORY "/run/netns/" /* "ip netns add" keeps them here */
#define START_NS	200000000ull  /* until the receiver waits */
#define GRACE_NS	500000000ull  /* until the last frame has come */
#define STEP_NS		50000000ull   /* longest sleep that is not interrupted */
#define NSEC_PER_SEC	1000000000ull

uint64_t delay_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static void sleep_for(struct delay_sender *s, uint64_t ns)
{
	uint64_t step;
	struct timespec ts;

	for (; ns && !s->is_stopped; ns -= step) {
		step = ns < STEP_NS ? ns : STEP_NS;
		ts = (struct timespec){ .tv_nsec = (long)step };
		nanosleep(&ts, NULL);
	}
}

static int netns_enter(struct delay_sender *s, const char *name)
{
	char path[4096];
	int fd, ret = 0;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : NETNS_DIRECTORY, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* Only this thread changes: the receiver stays in its namespace. */
	if (fd < 0 || setns(fd, CLONE_NEWNET)) {
		ret = -errno;
		snprintf(s->text, sizeof(s->text), "--output: \"%s\": network namespace %.128s: %s",
			 s->options->far_end, path, strerror(-ret));
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

static int socket_open(struct delay_sender *s, const char *device)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int ret = 0;

	to.sll_ifindex = (int)if_nametoindex(device);
	/* With protocol 0 the socket receives nothing. */
	s->fd = to.sll_ifindex ? socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) : -1;
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&to, sizeof(to))) {
		ret = -errno;
		snprintf(s->text, sizeof(s->text), "--output: \"%s\": %s", device, strerror(-ret));
	}
	return ret;
}

static int far_end_open(struct delay_sender *s)
{
	const char *spec = s->options->far_end, *at = strchr(spec, '@');
	size_t length = at ? (size_t)(at - spec) : strlen(spec);
	char device[IF_NAMESIZE] = "";
	int ret = 0;

	if (!length || length >= sizeof(device)) {
		snprintf(s->text, sizeof(s->text),
			 "--output: \"%s\": the name of a device has 1 to %zu characters",
			 spec, sizeof(device) - 1);
		return -EINVAL;
	}
	memcpy(device, spec, length);
	if (at)
		ret = netns_enter(s, at + 1);
	return ret ? ret : socket_open(s, device);
}

static void frame_prepare(struct delay_sender *s)
{
	struct frame_spec spec;

	frame_spec_init(&spec);
	spec.length = (uint32_t)s->options->length;
	frame_build(&s->frame, &spec);
	/* UDP without a checksum, because the payload changes */
	memset(s->frame.data + s->frame.at_checksum, 0, 2);
}

static int frame_send(struct delay_sender *s, uint32_t number)
{
	struct delay_mark mark = { DELAY_MAGIC, number, 0 };
	uint8_t *at = s->frame.data + s->frame.length - sizeof(mark);

	mark.sent_ns = delay_clock_ns();
	memcpy(at, &mark, sizeof(mark));
	if (send(s->fd, s->frame.data, s->frame.length, 0) == (ssize_t)s->frame.length)
		return 0;
	snprintf(s->text, sizeof(s->text), "--output: \"%s\": %s", s->options->far_end,
		 strerror(errno));
	return -errno;
}

static void frames_send(struct delay_sender *s)
{
	const struct delay_options *o = s->options;
	uint64_t span = o->gap_max_ns - o->gap_min_ns + 1;

	sleep_for(s, START_NS);
	for (uint32_t i = 0; i < o->count && !s->is_stopped && !s->error; i++) {
		sleep_for(s, o->gap_min_ns + frame_random(&s->random) % span);
		s->error = s->is_stopped ? 0 : frame_send(s, i);
		if (!s->error && !s->is_stopped)
			s->sent++;
	}
}

static void *sender_run(void *arg)
{
	struct delay_sender *s = arg;

	s->error = cpu_pin(s->options->cpu_send);
	if (s->error)
		snprintf(s->text, sizeof(s->text), "--cpu-send: %s", strerror(-s->error));
	else
		s->error = far_end_open(s);
	pthread_barrier_wait(&s->opened);
	if (s->error)
		return NULL;
	frames_send(s);
	sleep_for(s, GRACE_NS);
	s->over(s->arg);
	return NULL;
}

int delay_sender_start(struct delay_sender *s, const struct delay_options *o,
		       void (*over)(void *arg), void *arg)
{
	int ret;

	*s = (struct delay_sender){ .options = o, .fd = -1, .random = delay_clock_ns() | 1,
				    .over = over, .arg = arg };
	frame_prepare(s);
	pthread_barrier_init(&s->opened, NULL, 2);
	ret = -pthread_create(&s->thread, NULL, sender_run, s);
	if (ret) {
		snprintf(s->text, sizeof(s->text), "a thread: %s", strerror(-ret));
		pthread_barrier_destroy(&s->opened);
		return ret;
	}
	pthread_barrier_wait(&s->opened);
	if (s->error)
		delay_sender_join(s);
	return s->error;
}

void delay_sender_join(struct delay_sender *s)
{
	s->is_stopped = true;
	pthread_join(s->thread, NULL);
	pthread_barrier_destroy(&s->opened);
	if (s->fd >= 0)
		close(s->fd);
}
