/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations that the parts of pfq-traffic share: the plan, the pace, and the results */
#ifndef TOOLS_TRAFFIC_H
#define TOOLS_TRAFFIC_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TRAFFIC_SIZES_MAX	16
#define TRAFFIC_SERVERS_MAX	8
#define TRAFFIC_REPLY_TIMEOUT_S	5

struct traffic_sizes {
	unsigned int count;
	uint32_t bytes[TRAFFIC_SIZES_MAX];
};

struct traffic_plan {
	unsigned int servers;
	struct sockaddr_in6 server[TRAFFIC_SERVERS_MAX];	/* IPv4: mapped; port 0 */
	uint16_t http_port, udp_port;
	uint64_t connections, requests;		/* TCP; requests on each connection */
	uint64_t udp_flows, udp_datagrams;	/* datagrams in each flow */
	struct traffic_sizes sizes, udp_sizes;
	unsigned int parallel;			/* threads for each protocol */
	unsigned int seconds;			/* 0: until connections and udp_flows are reached */
	unsigned int rate;			/* requests a second in all; 0: no limit */
};

struct traffic_done {
	atomic_ullong connections, requests, http_bytes;
	atomic_ullong udp_flows, udp_datagrams, udp_bytes, udp_repeated;
	atomic_ullong failed;
};

struct traffic {
	const struct traffic_plan *plan;
	struct traffic_done done;
	pthread_mutex_t pace_lock;
	uint64_t pace_ns;		/* when the next request may start */
	uint64_t end_ns;		/* ~0: the plan's numbers end the run */
	atomic_ullong next_connection, next_udp_flow;
};

uint64_t traffic_now_ns(void);
/* Wait until this request may start. */
void traffic_pace(struct traffic *t);
/* Shall another connection or flow (number @n) be made? */
bool traffic_goes_on(const struct traffic *t, uint64_t n, uint64_t wanted);
/* Print the failure on standard error, and count it. */
void traffic_failed(struct traffic *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Return the server of flow @n. */
struct sockaddr_in6 traffic_server(const struct traffic_plan *plan, uint64_t n, uint16_t port);
/* Connect to it by TCP. Returns the socket or -errno. */
int traffic_connect(const struct traffic_plan *plan, uint64_t n);
/* Make a bound dual-stack socket (listening, if a stream). On an error the program ends. */
int traffic_listen(int type, uint16_t port);

void *http_client(void *traffic);	/* thread: connections until there are enough */
void *http_server(void *listener);	/* thread: serves for ever; the argument is an int * */
void *datagram_client(void *traffic);
void *datagram_server(void *socket);

#endif /* TOOLS_TRAFFIC_H */
