// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include "handle.h"
#include "run.h"
#include "worker.h"
#include "tools/common/pace.h"

static int pin(const struct worker *w)
{
	size_t size = CPU_ALLOC_SIZE((size_t)w->core + 1);
	cpu_set_t *set;
	int ret;

	if (w->core < 0)
		return 0;
	set = CPU_ALLOC((size_t)w->core + 1);
	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(size, set);
	CPU_SET_S((size_t)w->core, size, set);
	ret = sched_setaffinity(0, size, set) ? -errno : 0;
	CPU_FREE(set);
	return ret;
}

static int dumper_open(struct worker *w)
{
	const struct options *o = w->run->options;
	char path[4096];
	int n;

	if (!o->write_path)
		return 0;
	n = w->run->worker_count > 1 ?
		    snprintf(path, sizeof(path), "%s.%u", o->write_path, w->index) :
		    snprintf(path, sizeof(path), "%s", o->write_path);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		snprintf(w->error, sizeof(w->error), "--write: the name is too long");
		return -ENAMETOOLONG;
	}
	w->dumper = pcap_dump_open(w->pcap, path);
	if (!w->dumper) {
		snprintf(w->error, sizeof(w->error), "--write: %s", pcap_geterr(w->pcap));
		return -EIO;
	}
	return 0;
}

/* Refuse to send a file to a device of another link type: the device would misread its frames. */
static int linktype_check(struct worker *w)
{
	int device = pcap_datalink(w->pcap), file = w->run->trace.linktype;
	const char *file_name = pcap_datalink_val_to_name(file);
	const char *device_name = pcap_datalink_val_to_name(device);
	const struct options *o = w->run->options;

	if (o->mode != MODE_REPLAY || device == file)
		return 0;
	snprintf(w->error, sizeof(w->error), "--read: \"%s\" has link type %s, \"%s\" takes %s",
		 o->read_path, file_name ? file_name : "unknown", o->devices[w->device],
		 device_name ? device_name : "unknown");
	return -EINVAL;
}

int worker_open(struct worker *w)
{
	cpu_set_t before;
	int ret;

	/*
	 * Pin the thread while it opens the handle, so that the ring lies near the CPU that
	 * reads it.
	 */
	ret = sched_getaffinity(0, sizeof(before), &before) ? -errno : 0;
	if (!ret)
		ret = pin(w);
	if (ret) {
		snprintf(w->error, sizeof(w->error), "--first-core: CPU %d: %s", w->core,
			 strerror(-ret));
		return ret;
	}
	w->pcap = handle_open(w->run->options, w->device, w->error, sizeof(w->error));
	if (w->core >= 0)
		sched_setaffinity(0, sizeof(before), &before);
	if (!w->pcap)
		return -EINVAL;
	ret = linktype_check(w);
	return ret ? ret : dumper_open(w);
}

void worker_close(struct worker *w)
{
	if (w->dumper)
		pcap_dump_close(w->dumper);
	if (w->pcap)
		pcap_close(w->pcap);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	int ret = pin(w);

	prctl(PR_SET_TIMERSLACK, 1ul); /* pacing sleeps for microseconds */
	pthread_barrier_wait(&w->run->start);
	w->start_ns = pace_now();
	if (ret)
		worker_fail(w, "--first-core: CPU %d: %s", w->core, strerror(-ret));
	else if (w->run->options->mode & (MODE_INJECT | MODE_REPLAY))
		send_loop(w);
	else
		capture_loop(w);
	w->end_ns = pace_now();
	worker_publish(w);
	if (w->dumper && pcap_dump_flush(w->dumper) && !w->error[0])
		worker_fail(w, "--write: \"%s\": %s", w->run->options->write_path, strerror(errno));
	atomic_store(&w->is_finished, true);
	eventfd_write(w->run->wake_fd, 1);
	return NULL;
}

int worker_start(struct worker *w)
{
	return -pthread_create(&w->thread, NULL, worker_main, w);
}
