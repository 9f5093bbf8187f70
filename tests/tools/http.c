// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The part of HTTP/1.1 that both ends of pfq-traffic need. GET /BYTES/SEED returns this
 * many bytes of the pattern with this seed. A connection stays open until a request says
 * "Connection: close".
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "pattern.h"
#include "traffic.h"

#define HEAD_MAX	4096
#define CHUNK		16384
#define STACK		(256 << 10)

/* The bytes read from a connection: a header, and perhaps the beginning of a body */
struct reader {
	int fd;
	size_t have;
	char bytes[HEAD_MAX + 1];
};

static int write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Read a header. Returns its bytes with the empty line; 0: the peer has closed; or -errno. */
static ssize_t head_read(struct reader *r)
{
	char *end;
	ssize_t n;

	for (;;) {
		r->bytes[r->have] = '\0';
		end = strstr(r->bytes, "\r\n\r\n");
		if (end)
			return end + 4 - r->bytes;
		if (r->have == HEAD_MAX)
			return -EMSGSIZE;
		n = recv(r->fd, r->bytes + r->have, HEAD_MAX - r->have, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return r->have ? -EPIPE : 0;
		r->have += (size_t)n;
	}
}

static void head_drop(struct reader *r, size_t len)
{
	r->have -= len;
	memmove(r->bytes, r->bytes + len, r->have);
}

static bool head_closes(const char *head, size_t len)
{
	const char *line = strcasestr(head, "\r\nConnection: close\r\n");

	return line && (size_t)(line - head) < len;
}

/* --- server ------------------------------------------------------------------ */

static int body_send(int fd, uint64_t bytes, uint64_t seed)
{
	uint8_t chunk[CHUNK];
	int error = 0;

	for (uint64_t at = 0; at < bytes && !error;) {
		size_t len = bytes - at < CHUNK ? (size_t)(bytes - at) : CHUNK;

		pattern_fill(chunk, len, seed, at);
		error = write_all(fd, chunk, len);
		at += len;
	}
	return error;
}

static int answer(struct reader *r, size_t head_len)
{
	static const char bad[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
				  "Connection: close\r\n\r\n";
	unsigned long long bytes, seed;
	bool closes = head_closes(r->bytes, head_len);
	char head[128];
	int error;

	if (sscanf(r->bytes, "GET /%llu/%llu HTTP/1.1\r\n", &bytes, &seed) != 2) {
		write_all(r->fd, bad, sizeof(bad) - 1);
		return -EPROTO;
	}
	head_drop(r, head_len);
	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
		 "Content-Length: %llu\r\n\r\n", bytes);
	error = write_all(r->fd, head, strlen(head));
	if (!error)
		error = body_send(r->fd, bytes, seed);
	return error ? error : closes;
}

static void *connection_serve(void *arg)
{
	struct reader *r = arg;
	ssize_t len;

	do
		len = head_read(r);
	while (len > 0 && answer(r, (size_t)len) == 0);
	close(r->fd);
	free(r);
	return NULL;
}

void *http_server(void *listener)
{
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, STACK);
	for (;;) {
		struct reader *r = calloc(1, sizeof(*r));
		pthread_t thread;

		if (!r)
			abort();
		r->fd = accept(*(int *)listener, NULL, NULL);
		if (r->fd >= 0 && !pthread_create(&thread, &detached, connection_serve, r))
			continue;
		/* No descriptor or thread is free: another connection has to end first. */
		if (r->fd >= 0)
			close(r->fd);
		free(r);
		usleep(1000);
	}
}

/* --- client ------------------------------------------------------------------ */

/* Read the rest of a body. Returns 0, -errno, or -EBADMSG if it is not the requested one. */
static int body_check(struct reader *r, uint64_t bytes, uint64_t seed)
{
	uint8_t chunk[CHUNK];
	uint64_t at = r->have < bytes ? r->have : bytes;

	if (!pattern_matches((uint8_t *)r->bytes, (size_t)at, seed, 0))
		return -EBADMSG;
	head_drop(r, (size_t)at);
	while (at < bytes) {
		ssize_t n = recv(r->fd, chunk, bytes - at < CHUNK ? (size_t)(bytes - at) : CHUNK,
				 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EPIPE;
		if (!pattern_matches(chunk, (size_t)n, seed, at))
			return -EBADMSG;
		at += (uint64_t)n;
	}
	return 0;
}

static int transfer(struct reader *r, uint64_t bytes, uint64_t seed, bool last)
{
	unsigned long long length;
	const char *field;
	char head[256];
	ssize_t len;
	int error;

	snprintf(head, sizeof(head), "GET /%llu/%llu HTTP/1.1\r\nHost: pfq.test\r\n%s\r\n",
		 (unsigned long long)bytes, (unsigned long long)seed,
		 last ? "Connection: close\r\n" : "");
	error = write_all(r->fd, head, strlen(head));
	if (error)
		return error;
	len = head_read(r);
	if (len <= 0)
		return len ? (int)len : -EPIPE;
	field = strcasestr(r->bytes, "\r\nContent-Length: ");
	if (strncmp(r->bytes, "HTTP/1.1 200 ", 13) || !field ||
	    sscanf(field + 2, "%*[^:]: %llu", &length) != 1 || length != bytes)
		return -EPROTO;
	head_drop(r, (size_t)len);
	return body_check(r, bytes, seed);
}

static void connection_use(struct traffic *t, uint64_t n)
{
	const struct traffic_plan *plan = t->plan;
	struct reader r = { .fd = traffic_connect(plan, n) };

	if (r.fd < 0) {
		traffic_failed(t, "connection %llu: %s", (unsigned long long)n, strerror(-r.fd));
		return;
	}
	for (uint64_t i = 0; i < plan->requests; i++) {
		uint32_t bytes = plan->sizes.bytes[(n + i) % plan->sizes.count];
		int error;

		traffic_pace(t);
		error = transfer(&r, bytes, n * 1000003 + i, i == plan->requests - 1);
		if (error) {
			traffic_failed(t, "connection %llu, request %llu of %u bytes: %s",
				       (unsigned long long)n, (unsigned long long)i, bytes,
				       strerror(-error));
			break;
		}
		t->done.requests++;
		t->done.http_bytes += bytes;
	}
	close(r.fd);
	t->done.connections++;
}

void *http_client(void *arg)
{
	struct traffic *t = arg;
	uint64_t n;

	while (n = t->next_connection++, traffic_goes_on(t, n, t->plan->connections))
		connection_use(t, n);
	return NULL;
}
