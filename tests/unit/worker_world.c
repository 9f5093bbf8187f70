/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <fcntl.h>
#include <linux/if_ether.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "ingest_net.h"
#include "worker_world.h"

/* --- the ingest "fake" ----------------------------------------------------- */

struct fake *fake_new(uint32_t lane)
{
	struct fake *f = calloc(1, sizeof(*f));

	f->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	f->lane = lane;
	f->next_ns = ~0ULL;
	return f;
}

void fake_free(struct fake *f)
{
	close(f->fd);
	free(f);
}

static void fake_kick(const struct fake *f)
{
	uint64_t one = 1;

	assert_int_equal(write(f->fd, &one, sizeof(one)), sizeof(one));
}

void fake_make(struct fake *f, uint64_t packets)
{
	__atomic_fetch_add(&f->made, packets, __ATOMIC_RELEASE);
	fake_kick(f);
}

void fake_end(struct fake *f, uint64_t packets, int end)
{
	__atomic_fetch_add(&f->made, packets, __ATOMIC_RELEASE);
	__atomic_store_n(&f->end, end, __ATOMIC_RELEASE);
	fake_kick(f);
}

uint64_t fake_given(const struct fake *f)
{
	return __atomic_load_n(&f->given, __ATOMIC_ACQUIRE);
}

static void fake_view(struct fake *f, struct pfq_view *v, uint8_t *frame, uint64_t n)
{
	size_t len = net_packet(frame, (uint32_t)(n * WORLD_LANES_MAX + f->lane));

	*v = (struct pfq_view){
		.data = frame,
		.caplen = (uint32_t)len,
		.len = (uint32_t)len,
		.ts_ns = net_clock_ns(CLOCK_REALTIME),
		.queue = PFQ_QUEUE_UNKNOWN,
		.linktype = PFQ_LINKTYPE_ETHERNET,
		.protocol = ETH_P_IP,
	};
}

static int fake_rx(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns)
{
	struct fake *f = (struct fake *)in;
	/* before "made": an end comes after all that was made before it */
	int end = __atomic_load_n(&f->end, __ATOMIC_ACQUIRE);
	uint64_t made = __atomic_load_n(&f->made, __ATOMIC_ACQUIRE), kicks;
	uint64_t given = f->given;

	__atomic_fetch_add(&f->rx_calls, 1, __ATOMIC_RELAXED);
	*next_ns = __atomic_load_n(&f->next_ns, __ATOMIC_RELAXED);
	/* two workers with one ingest, or a batch not done */
	assert_false(__atomic_exchange_n(&f->in_use, true, __ATOMIC_ACQ_REL));
	while (given < made && batch->n < PFQ_BATCH_MAX) {
		fake_view(f, &batch->view[batch->n], f->frames[batch->n], given++);
		batch->n++;
	}
	__atomic_store_n(&f->given, given, __ATOMIC_RELEASE);
	if (batch->n)
		return (int)batch->n;
	__atomic_store_n(&f->in_use, false, __ATOMIC_RELEASE);
	if (read(f->fd, &kicks, sizeof(kicks)) > 0 &&
	    __atomic_load_n(&f->made, __ATOMIC_ACQUIRE) != given)
		*next_ns = 0;
	return end;
}

static void fake_done(struct ingest *in)
{
	struct fake *f = (struct fake *)in;

	assert_true(__atomic_exchange_n(&f->in_use, false, __ATOMIC_ACQ_REL));
}

static int fake_fault(struct ingest *in)
{
	struct fake *f = (struct fake *)in;

	__atomic_fetch_add(&f->fault_calls, 1, __ATOMIC_RELAXED);
	return f->fault;
}

static uint64_t fake_watermark(struct ingest *in)
{
	struct fake *f = (struct fake *)in;
	uint64_t ns = net_clock_ns(CLOCK_REALTIME) - f->lag_ns;

	__atomic_fetch_add(&f->marks, 1, __ATOMIC_RELEASE);
	if (f->stop_us)
		usleep(f->stop_us);
	return ns;
}

static int fake_fd(const struct ingest *in)
{
	return ((const struct fake *)in)->fd;
}

const struct ingest_driver fake_driver = {
	.name = "fake",
	.mode = "test",
	.rx = fake_rx,
	.done = fake_done,
	.fault = fake_fault,
	.watermark = fake_watermark,
	.fd = fake_fd,
};

/* --- endpoints ------------------------------------------------------------- */

struct world_endpoint *world_endpoint_new(uint32_t lanes, uint64_t lane_size, uint32_t seen_max)
{
	static uint32_t next_id = 1;
	struct world_endpoint *e = calloc(1, sizeof(*e));

	e->lanes = lanes;
	e->id = next_id++;
	e->area_bytes = pfq_ring_area_bytes(lanes, lane_size);
	e->reader_bytes = pfq_ring_reader_bytes(lanes);
	e->area = aligned_alloc(4096, (e->area_bytes + 4095) & ~4095ULL);
	e->reader = aligned_alloc(4096, (e->reader_bytes + 4095) & ~4095ULL);
	memset(e->area, 0, e->area_bytes);
	memset(e->reader, 0, e->reader_bytes);
	pfq_ring_format(e->area, lanes, lane_size, 2048, PFQ_LINKTYPE_ETHERNET);
	for (uint32_t i = 0; i < lanes; i++)
		pfq_producer_init(&e->producer[i], e->area, lanes, lane_size, e->reader, i);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
				    e->doorbell), 0);
	e->seen = calloc(seen_max + 1, 1);
	e->seen_max = seen_max;
	return e;
}

void world_endpoint_free(struct world_endpoint *e)
{
	close(e->doorbell[0]);
	if (e->doorbell[1] >= 0)
		close(e->doorbell[1]);
	free(e->area);
	free(e->reader);
	free(e->seen);
	free(e);
}

struct pfq_lane_hdr *world_lane(const struct world_endpoint *e, uint32_t lane)
{
	const struct pfq_ring_hdr *hdr = (const void *)e->area;

	return (struct pfq_lane_hdr *)(e->area + hdr->lane_hdr_offset) + lane;
}

struct pfq_reader_hdr *world_reader(const struct world_endpoint *e)
{
	return (struct pfq_reader_hdr *)e->reader;
}

static void note_record(struct world_endpoint *e, uint32_t lane, const struct pfq_rec *rec)
{
	int64_t seq = net_seq((const uint8_t *)(rec + 1), rec->caplen);

	if (rec->ts_ns < e->last_ts_ns[lane])
		e->disorder++;
	e->last_ts_ns[lane] = rec->ts_ns;
	if (rec->ts_ns < e->last_watermark_ns[lane])
		e->late++;
	if (seq >= 0 && seq < e->seen_max && e->seen[seq] < 255)
		e->seen[seq]++;
	__atomic_store_n(&e->packets, e->packets + 1, __ATOMIC_RELEASE);
}

static uint64_t read_lane(struct world_endpoint *e, uint32_t lane)
{
	const struct pfq_ring_hdr *hdr = (const void *)e->area;
	const uint8_t *data = e->area + hdr->data_offset + lane * hdr->lane_size;
	struct pfq_reader_lane *own = (void *)(e->reader + PFQ_READER_LANE_OFFSET(lane));
	uint64_t watermark = smp_load_acquire(&world_lane(e, lane)->watermark);
	uint64_t prod = smp_load_acquire(&world_lane(e, lane)->prod), n = 0, cons = own->cons;

	while (cons != prod) {
		const struct pfq_rec *rec = (const void *)(data + (cons & (hdr->lane_size - 1)));

		cons += PFQ_REC_BYTES(rec->caplen);
		if (rec->flags & PFQ_REC_F_PAD)
			continue;
		note_record(e, lane, rec);
		n++;
	}
	smp_store_release(&own->cons, cons);
	/* what comes from now on was published after this watermark */
	e->last_watermark_ns[lane] = watermark == PFQ_LANE_UNFED ? 0 : watermark;
	return n;
}

uint64_t world_read(struct world_endpoint *e)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < e->lanes; i++)
		n += read_lane(e, i);
	return n;
}

static void *consume(void *arg)
{
	struct world_endpoint *e = arg;
	struct pfq_reader_hdr *reader = world_reader(e);
	struct pollfd fd = { .fd = e->doorbell[1], .events = POLLIN };
	char bytes[64];

	while (!__atomic_load_n(&e->stop, __ATOMIC_ACQUIRE)) {
		if (world_read(e))
			continue;
		WRITE_ONCE(reader->threshold, 1);
		WRITE_ONCE(reader->delay_ns, ~0ULL);
		WRITE_ONCE(reader->armed, 1);
		smp_mb();
		if (world_read(e))
			continue;
		poll(&fd, 1, 1000);
		while (read(fd.fd, bytes, sizeof(bytes)) > 0)
			;
	}
	return NULL;
}

void world_consume(struct world_endpoint *e)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, consume, e), 0);
	e->thread = (unsigned long)thread;
}

/* reads what is left */
void world_consume_stop(struct world_endpoint *e)
{
	__atomic_store_n(&e->stop, true, __ATOMIC_RELEASE);
	assert_int_equal(send(e->doorbell[0], "", 1, MSG_NOSIGNAL), 1);
	pthread_join((pthread_t)e->thread, NULL);
	e->stop = false;
	world_read(e);
}

uint64_t world_endpoint_count(const struct world_endpoint *e, enum pfq_endpoint_counter which)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < e->lanes; i++)
		sum += READ_ONCE(world_lane(e, i)->counters[which]);
	return sum;
}

void world_seen_once(const struct world_endpoint *e, uint32_t end)
{
	assert_true(end <= e->seen_max);
	for (uint32_t i = 0; i < end; i++) {
		if (e->seen[i] != 1)
			fail_msg("packet %u was read %u times", i, e->seen[i]);
	}
}

/* --- groups ---------------------------------------------------------------- */

struct world_group *world_group_new(uint32_t lanes, const char *policy)
{
	struct world_group *g = calloc(1, sizeof(*g));

	g->lanes = lanes;
	g->counters = calloc(lanes, sizeof(*g->counters));
	assert_int_equal(pfq_program_from_policy(&g->program, policy), 0);
	return g;
}

void world_group_free(struct world_group *g)
{
	free(g->counters);
	free(g);
}

uint64_t world_group_count(const struct world_group *g, enum pfq_group_counter which)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < g->lanes; i++)
		sum += READ_ONCE(g->counters[i].counters[which]);
	return sum;
}

/* --- plans ----------------------------------------------------------------- */

struct world_plan *world_plan_new(void)
{
	struct world_plan *p = calloc(1, sizeof(*p));

	p->plan.source = p->source;
	p->plan.group = p->group;
	return p;
}

void world_plan_free(struct world_plan *p)
{
	for (uint32_t i = 0; i < p->plan.groups; i++) {
		free((void *)p->group[i]->group.member);
		free((void *)p->group[i]->group.class[0]);
		free(p->group[i]->endpoint);
		free(p->group[i]);
	}
	for (uint32_t i = 0; i < p->plan.sources; i++) {
		free(p->source[i].ingest);
		free(p->source[i].group);
	}
	free(p);
}

static struct pfq_class_members *class_of(struct world_endpoint *const *members, uint32_t count)
{
	struct pfq_class_members *class = calloc(1, sizeof(*class));
	struct pfq_steer_share share[WORLD_MEMBERS_MAX];

	for (uint32_t i = 0; i < count; i++) {
		share[i] = (struct pfq_steer_share){ .id = members[i]->id, .weight = 1 };
		class->started[i] = class->all[i] = (uint16_t)i;
	}
	class->started_count = class->count = count;
	pfq_steer_build(&class->table, NULL, share, count);
	return class;
}

uint32_t world_plan_group(struct world_plan *p, struct world_group *g,
			  struct world_endpoint *const *members, uint32_t count)
{
	struct plan_group *pg = calloc(1, sizeof(*pg));
	struct pfq_member *member = calloc(count + 1, sizeof(*member));

	assert_true(p->plan.groups < WORLD_GROUPS_MAX && count <= WORLD_MEMBERS_MAX);
	pg->endpoint = calloc(count + 1, sizeof(*pg->endpoint));
	for (uint32_t i = 0; i < count; i++) {
		member[i] = (struct pfq_member){
			.id = members[i]->id,
			.snaplen = 2048,
			.classes = PFQ_CLASS_DEFAULT,
			.producer = members[i]->producer,
		};
		pg->endpoint[i] = (struct plan_endpoint){
			.producer = members[i]->producer,
			.reader = world_reader(members[i]),
			.doorbell = members[i]->doorbell[0],
		};
	}
	pg->group.id = 1;
	pg->group.program = &g->program;
	pg->group.lane = g->counters;
	pg->group.members = count;
	pg->group.member = member;
	pg->group.class[0] = class_of(members, count);
	p->group[p->plan.groups] = pg;
	return p->plan.groups++;
}

uint32_t world_plan_source(struct world_plan *p, const struct ingest_driver *driver,
			   struct ingest *const *ingest, uint32_t lanes, uint32_t group_mask)
{
	struct plan_source *ps = &p->source[p->plan.sources];

	assert_true(p->plan.sources < WORLD_SOURCES_MAX);
	ps->driver = driver;
	ps->ingest = calloc(lanes, sizeof(*ps->ingest));
	ps->group = calloc(WORLD_GROUPS_MAX, sizeof(*ps->group));
	for (uint32_t i = 0; i < lanes; i++)
		ps->ingest[i] = ingest[i];
	for (uint32_t i = 0; i < p->plan.groups; i++) {
		if (group_mask >> i & 1)
			ps->group[ps->groups++] = p->group[i];
	}
	return p->plan.sources++;
}
