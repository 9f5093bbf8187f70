// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <pcap/pcap.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "report.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum kind {
	KIND_COUNT,
	KIND_RATE,
};

#define ANY  (MODE_CAPTURE | MODE_READ | MODE_INJECT | MODE_REPLAY)
#define SEND (MODE_INJECT | MODE_REPLAY)
#define AT(member) offsetof(struct report_line, member)

/* The columns of a line, in this order, in all three formats */
static const struct column {
	const char *name;
	enum kind kind;
	size_t offset;
	unsigned int modes;
	bool in_summary_only;
	const char *unit; /* of a rate, in text */
} columns[] = {
	{ "packets", KIND_COUNT, AT(count.packets), ANY, false, NULL },
	{ "mpps", KIND_RATE, AT(mpps), ANY, false, "Mpps" },
	{ "gbps", KIND_RATE, AT(gbps), ANY, false, "Gbit/s" },
	{ "bytes", KIND_COUNT, AT(count.bytes), ANY, true, NULL },
	{ "recv", KIND_COUNT, AT(count.recv), MODE_CAPTURE, true, NULL },
	{ "drop", KIND_COUNT, AT(count.drop), MODE_CAPTURE, false, NULL },
	{ "ifdrop", KIND_COUNT, AT(count.ifdrop), MODE_CAPTURE, false, NULL },
	{ "unread", KIND_COUNT, AT(unread), MODE_CAPTURE, true, NULL },
	{ "span", KIND_RATE, AT(span), MODE_CAPTURE, true, "s from first to last" },
	{ "refused", KIND_COUNT, AT(count.refused), SEND, false, NULL },
};

static uint64_t column_count(const struct column *c, const struct report_line *l)
{
	return *(const uint64_t *)((const char *)l + c->offset);
}

static double column_rate(const struct column *c, const struct report_line *l)
{
	return *(const double *)((const char *)l + c->offset);
}

static bool column_is_shown(const struct column *c, const struct report *p, bool is_summary)
{
	return (c->modes & p->run->options->mode) && (is_summary || !c->in_summary_only);
}

static const char *source_name(const struct run *r, const struct worker *w)
{
	const struct options *o = r->options;

	return o->mode == MODE_READ ? o->read_path : o->devices[w->device];
}

/* --- text ---------------------------------------------------------------- */

static void text_line(const struct report *p, const struct report_line *l)
{
	if (l->worker)
		fprintf(p->out, "%9.3f s  %3u  %-12s", l->time, l->worker->index,
			source_name(p->run, l->worker));
	else
		fprintf(p->out, "%9.3f s  all  %-12s", l->time, l->is_summary ? "summary" : "");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		const struct column *c = &columns[i];

		if (!column_is_shown(c, p, l->is_summary))
			continue;
		if (c->kind == KIND_COUNT)
			fprintf(p->out, "  %" PRIu64 " %s", column_count(c, l), c->name);
		else
			fprintf(p->out, "  %.4f %s", column_rate(c, l), c->unit);
	}
	fputc('\n', p->out);
}

static void text_summary(const struct report *p, double seconds)
{
	const struct run *r = p->run;

	fprintf(p->out, "%s ended by %s after %.3f s; %s\n", options_mode_name(r->options->mode),
		run_end_name((enum run_end)atomic_load(&r->end)), seconds, pcap_lib_version());
}

/* --- CSV: every line has all columns of its mode ----------------------------- */

static void csv_head(const struct report *p)
{
	fputs("type,time,seconds,thread,device,core", p->out);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (column_is_shown(&columns[i], p, true))
			fprintf(p->out, ",%s", columns[i].name);
	}
	fputc('\n', p->out);
}

static void csv_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void csv_line(const struct report *p, const struct report_line *l)
{
	fprintf(p->out, "%s,%.6f,%.6f,", l->is_summary ? "summary" : "interval", l->time,
		l->seconds);
	if (l->worker) {
		fprintf(p->out, "%u,", l->worker->index);
		csv_text(p->out, source_name(p->run, l->worker));
		if (l->worker->core >= 0)
			fprintf(p->out, ",%d", l->worker->core);
		else
			fputc(',', p->out);
	} else {
		fputs("all,,", p->out);
	}
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		const struct column *c = &columns[i];

		if (!column_is_shown(c, p, true))
			continue;
		if (!column_is_shown(c, p, l->is_summary))
			fputc(',', p->out);
		else if (c->kind == KIND_COUNT)
			fprintf(p->out, ",%" PRIu64, column_count(c, l));
		else
			fprintf(p->out, ",%.6f", column_rate(c, l));
	}
	fputc('\n', p->out);
}

/* --- JSON ------------------------------------------------------------------ */

static json_t *json_line(const struct report *p, const struct report_line *l)
{
	json_t *object = json_object();

	if (l->worker) {
		json_object_set_new(object, "thread", json_integer(l->worker->index));
		/* JSON cannot hold a name that is not UTF-8: null */
		json_object_set_new(object, "device",
				    json_string(source_name(p->run, l->worker)) ?: json_null());
		json_object_set_new(object, "core", l->worker->core < 0 ?
				    json_null() : json_integer(l->worker->core));
	}
	json_object_set_new(object, "seconds", json_real(l->seconds));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		const struct column *c = &columns[i];

		if (!column_is_shown(c, p, l->is_summary))
			continue;
		json_object_set_new(object, c->name, c->kind == KIND_COUNT ?
				    json_integer((json_int_t)column_count(c, l)) :
				    json_real(column_rate(c, l)));
	}
	return object;
}

static void json_lines(const struct report *p, const struct report_line *lines, unsigned int n)
{
	json_t *object = json_object(), *threads = json_array();
	const struct report_line *all = &lines[n - 1];

	json_object_set_new(object, "type", json_string(all->is_summary ? "summary" : "interval"));
	json_object_set_new(object, "time", json_real(all->time));
	if (all->is_summary) {
		json_object_set_new(object, "mode",
				    json_string(options_mode_name(p->run->options->mode)));
		json_object_set_new(object, "ended", json_string(run_end_name(
				    (enum run_end)atomic_load(&p->run->end))));
		json_object_set_new(object, "library", json_string(pcap_lib_version()));
	}
	json_object_set_new(object, "all", json_line(p, all));
	for (unsigned int i = 0; i + 1 < n; i++)
		json_array_append_new(threads, json_line(p, &lines[i]));
	json_object_set_new(object, "threads", threads);
	json_dumpf(object, p->out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(9));
	fputc('\n', p->out);
	json_decref(object);
}

/* --- lines ----------------------------------------------------------------- */

static void line_rate(struct report_line *l)
{
	if (l->seconds <= 0)
		return;
	l->mpps = (double)l->count.packets / l->seconds / 1e6;
	l->gbps = (double)l->count.bytes * 8 / l->seconds / 1e9;
}

static void sample_add(struct sample *sum, const struct sample *s)
{
#define X(name) sum->name += s->name;
	WORKER_COUNTERS(X)
#undef X
}

static void sample_subtract(struct sample *from, const struct sample *s)
{
#define X(name) from->name -= s->name;
	WORKER_COUNTERS(X)
#undef X
}

static bool is_out(struct report *p)
{
	if (!fflush(p->out) && !ferror(p->out))
		return true;
	if (!p->error)
		p->error = errno ? errno : EIO;
	return false;
}

static bool lines_print(struct report *p, const struct report_line *lines, unsigned int n)
{
	enum options_format format = p->run->options->format;

	if (format == FORMAT_JSON)
		json_lines(p, lines, n);
	/* Text: one thread's line would repeat the line of all threads, so leave it out. */
	for (unsigned int i = n == 2 && format == FORMAT_TEXT ? 1 : 0; i < n; i++) {
		if (format == FORMAT_TEXT)
			text_line(p, &lines[i]);
		else if (format == FORMAT_CSV)
			csv_line(p, &lines[i]);
	}
	return is_out(p);
}

bool report_interval(struct report *p, uint64_t now_ns)
{
	unsigned int n = p->run->worker_count;
	struct report_line lines[n + 1], *all = &lines[n];

	errno = 0;
	memset(lines, 0, sizeof(lines));
	for (unsigned int i = 0; i <= n; i++) {
		lines[i].time = (double)(now_ns - p->run->start_ns) / 1e9;
		lines[i].seconds = (double)(now_ns - p->before_ns) / 1e9;
	}
	for (unsigned int i = 0; i < n; i++) {
		struct sample now;

		lines[i].worker = &p->run->workers[i];
		worker_sample(lines[i].worker, &now);
		lines[i].count = now;
		sample_subtract(&lines[i].count, &p->before[i]);
		sample_add(&all->count, &lines[i].count);
		line_rate(&lines[i]);
		p->before[i] = now;
	}
	line_rate(all);
	p->before_ns = now_ns;
	return lines_print(p, lines, n + 1);
}

static uint64_t unread(const struct sample *s)
{
	uint64_t known = s->packets + s->drop;

	return s->recv > known ? s->recv - known : 0;
}

static double span(uint64_t first_ns, uint64_t last_ns)
{
	return last_ns > first_ns ? (double)(last_ns - first_ns) / 1e9 : 0;
}

bool report_summary(struct report *p)
{
	unsigned int n = p->run->worker_count;
	struct report_line lines[n + 1], *all = &lines[n];
	uint64_t end_ns = p->run->start_ns, first_ns = UINT64_MAX, last_ns = 0;

	errno = 0;
	memset(lines, 0, sizeof(lines));
	all->is_summary = true;
	for (unsigned int i = 0; i < n; i++) {
		const struct worker *w = &p->run->workers[i];
		struct report_line *l = &lines[i];

		l->worker = w;
		l->is_summary = true;
		l->seconds = l->time = (double)(w->end_ns - w->start_ns) / 1e9;
		worker_sample(w, &l->count);
		l->unread = unread(&l->count);
		l->span = span(w->first_ns, w->last_ns);
		line_rate(l);
		sample_add(&all->count, &l->count);
		all->unread += l->unread;
		if (w->end_ns > end_ns)
			end_ns = w->end_ns;
		if (w->first_ns && w->first_ns < first_ns)
			first_ns = w->first_ns;
		if (w->last_ns > last_ns)
			last_ns = w->last_ns;
	}
	all->span = span(first_ns, last_ns);
	all->seconds = all->time = (double)(end_ns - p->run->start_ns) / 1e9;
	line_rate(all);
	if (p->run->options->format == FORMAT_TEXT)
		text_summary(p, all->seconds);
	return lines_print(p, lines, n + 1);
}

void report_start(struct report *p, const struct run *run)
{
	p->run = run;
	p->before_ns = run->start_ns;
	errno = 0;
	if (run->options->format == FORMAT_CSV)
		csv_head(p);
	is_out(p);
}

int report_open(struct report *p, FILE *out, unsigned int workers)
{
	*p = (struct report){ .out = out };
	p->before = calloc(workers, sizeof(*p->before));
	return p->before ? 0 : -ENOMEM;
}

void report_close(struct report *p)
{
	free(p->before);
}
