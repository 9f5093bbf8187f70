/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What must fit together, once every key has been read. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf_check.h"
#include "pfqd/ingest/file_text.h"

static void check_id(const struct conf *conf, struct conf_report *report,
		     const struct conf_group *g)
{
	const struct conf_group *other;

	for (other = conf->group; other < g; other++) {
		if (g->id_line && other->id_line && other->settings.id == g->settings.id)
			conf_complain(report, g->id_line,
				      "[group %s] id: %u is the id of [group %s], "
				      "line %u; allowed: one that no other group has",
				      g->settings.name, g->settings.id, other->settings.name,
				      other->id_line);
	}
}

#define ALLOWED_CAPTURE	"; allowed: a pcap or pcapng file"

/* libpcap does not take @fd, and says @text: what to say of it */
static void explain(int fd, const char *text, char *why, size_t size)
{
	const char *format = file_text_format(fd);

	if (format && *format)
		snprintf(why, size, "a %s file that cannot be replayed: %.200s", format, text);
	else
		snprintf(why, size, "%.200s" ALLOWED_CAPTURE, format ? "it is empty" : text);
}

/* Not by its name: libpcap would wait for a pipe, and read standard input for "-". */
static pcap_t *open_capture(const char *path, char *why, size_t size)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	pcap_t *p;
	FILE *f;

	if (fd < 0 || fstat(fd, &st)) {
		snprintf(why, size, "%s" ALLOWED_CAPTURE, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		snprintf(why, size, "no regular file" ALLOWED_CAPTURE);
	} else if (!(f = fdopen(fd, "rb"))) {
		snprintf(why, size, "%s" ALLOWED_CAPTURE, strerror(errno));
	} else {
		p = pcap_fopen_offline(f, text);
		if (!p) {
			explain(fd, text, why, size);
			fclose(f);
		}
		return p;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void check_file(struct conf_report *report, const struct conf_group *g)
{
	const struct group_settings *s = &g->settings;
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p;
	int dlt;

	p = open_capture(s->file.path, why, sizeof(why));
	if (!p) {
		conf_complain(report, g->ingest_line, "[group %s] ingest: \"%s\": %s", s->name,
			      s->file.path, why);
		return;
	}
	dlt = pcap_datalink(p);
	pcap_close(p);
	if (dlt != DLT_EN10MB && dlt != DLT_RAW)
		conf_complain(report, g->ingest_line,
			      "[group %s] ingest: \"%s\": link type %s is not "
			      "supported; allowed: EN10MB, RAW",
			      s->name, s->file.path,
			      pcap_datalink_val_to_name(dlt) ? pcap_datalink_val_to_name(dlt)
							     : "?");
}

/* The kernel engine takes packets from devices by hooks of its own. */
static void check_kernel(struct conf_report *report, const struct conf_group *g)
{
	const struct group_settings *s = &g->settings;

	if (strcmp(s->ingest, "packet"))
		conf_complain(report, g->ingest_line,
			      "[group %s] ingest: \"%s\" is not allowed with engine = kernel; "
			      "allowed: packet, or engine = user",
			      s->name, s->ingest);
	if (s->is_tap && s->direction == PFQ_DIRECTION_OUT)
		conf_complain(report, g->direction_line,
			      "[group %s] direction: \"out\" is not allowed with mode = tap, "
			      "which takes what is received; allowed: inout, in",
			      s->name);
}

/* Which ways to take packets go with which mode and direction. */
static void check_mode(struct conf_report *report, const struct conf_group *g)
{
	const struct group_settings *s = &g->settings;
	bool is_xdp = !strcmp(s->ingest, "xdp");

	if (is_xdp && !s->is_tap)
		conf_complain(report, g->mode_line ? g->mode_line : g->ingest_line,
			      "[group %s] mode: the "
			      "host does not see what ingest = xdp takes; allowed: mode = tap",
			      s->name);
	if (!is_xdp && s->is_tap)
		conf_complain(report, g->mode_line,
			      "[group %s] mode: \"tap\" is not allowed with ingest = "
			      "%s; allowed: sniff, or ingest = xdp",
			      s->name, s->ingest);
	if (is_xdp && s->direction == PFQ_DIRECTION_OUT)
		conf_complain(report, g->direction_line,
			      "[group %s] direction: \"out\" is not allowed with "
			      "ingest = xdp, which sees what is received; allowed: inout, in",
			      s->name);
}

/* What one group taps, no other way of taking packets gets. */
static void check_pair(struct conf_report *report, const struct conf_group *g,
		       const struct conf_group *other, const struct binding *a,
		       const struct binding *b)
{
	bool is_tap = g->settings.is_tap || other->settings.is_tap;
	const char *allowed = NULL;

	if (!is_tap || strcmp(a->device, b->device))
		return;
	if (strcmp(g->settings.ingest, other->settings.ingest) ||
	    g->settings.is_tap != other->settings.is_tap)
		allowed = "the same ingest and mode in both, or another device";
	else if (binding_overlaps(a, b) && !binding_equal(a, b))
		allowed = "just the same queues, or none of them";
	if (allowed)
		conf_complain(report, g->device_line,
			      "[group %s] device: %s is tapped, and [group %s], line "
			      "%u, has it too; allowed: %s",
			      g->settings.name, a->device, other->settings.name, other->device_line,
			      allowed);
}

static void check_devices(const struct conf *conf, struct conf_report *report,
			  const struct conf_group *g)
{
	const struct binding_list *mine = &g->settings.bindings, *theirs;
	const struct conf_group *other;

	for (other = conf->group; other < g; other++) {
		theirs = &other->settings.bindings;
		for (unsigned int i = 0; i < mine->count; i++) {
			for (unsigned int k = 0; k < theirs->count; k++)
				check_pair(report, g, other, &mine->binding[i],
					   &theirs->binding[k]);
		}
	}
}

static void check_group(const struct conf *conf, struct conf_report *report,
			const struct conf_group *g)
{
	const char *name = g->settings.name;
	bool is_file = g->settings.file.path[0];

	check_id(conf, report, g);
	if (is_file && g->device_line)
		conf_complain(report, g->device_line,
			      "[group %s] device: a group that reads a file "
			      "has none; leave out device or ingest",
			      name);
	if (!is_file && !g->device_line)
		conf_complain(report, g->line,
			      "[group %s] device: is missing; name a device, or a "
			      "file by ingest = file:PATH",
			      name);
	if (!is_file && g->file_line)
		conf_complain(report, g->file_line,
			      "[group %s] speed, loops and timestamps are for files; allowed "
			      "with ingest = file:PATH",
			      name);
	if (is_file)
		check_file(report, g);
	if (conf->daemon.engine == CONF_ENGINE_KERNEL)
		check_kernel(report, g);
	else
		check_mode(report, g);
	check_devices(conf, report, g);
}

void conf_check(const struct conf *conf, struct conf_report *report)
{
	for (unsigned int i = 0; i < conf->groups; i++)
		check_group(conf, report, &conf->group[i]);
}
