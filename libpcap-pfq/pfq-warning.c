/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pfq-warning.h"

/*
 * An ordinary handle that has a warning and is not activated yet. The handle itself belongs to the
 * release's own module and has no room for more.
 */
struct warning {
	struct warning *next;
	pcap_t *p;
	int (*activate)(pcap_t *p); /* the module's own operations */
	void (*cleanup)(pcap_t *p);
	char text[PCAP_ERRBUF_SIZE];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct warning *warnings;

/* Remove the warning of @p from the list, and give the handle its own operations back. */
static struct warning *take(pcap_t *p)
{
	struct warning **at, *w;

	pthread_mutex_lock(&lock);
	for (at = &warnings; (*at)->p != p; at = &(*at)->next)
		;
	w = *at;
	*at = w->next;
	pthread_mutex_unlock(&lock);
	p->activate_op = w->activate;
	p->cleanup_op = w->cleanup;
	return w;
}

/* Append the warning to the text of an error, if there is room for all of it. */
static void append(char *errbuf, const char *text)
{
	size_t len = strlen(errbuf);

	if (!len || len + 2 + strlen(text) >= PCAP_ERRBUF_SIZE)
		return;
	strcpy(errbuf + len, "; ");
	strcat(errbuf, text);
}

static int activate(pcap_t *p)
{
	struct warning *w = take(p);
	int ret = p->activate_op(p);

	if (!ret) {
		snprintf(p->errbuf, sizeof(p->errbuf), "%s", w->text);
		/* pfq_warning_given() recognises the handle by this */
		p->activate_op = activate;
		ret = PCAP_WARNING;
	} else if (ret < 0) {
		append(p->errbuf, w->text);
	}
	free(w);
	return ret;
}

/* The handle is closed, and was never activated. */
static void cleanup(pcap_t *p)
{
	struct warning *w = take(p);

	p->cleanup_op(p);
	free(w);
}

void pfq_warning_attach(pcap_t *p, const char *text)
{
	struct warning *w = malloc(sizeof(*w));

	if (!w)
		return;
	w->p = p;
	w->activate = p->activate_op;
	w->cleanup = p->cleanup_op;
	snprintf(w->text, sizeof(w->text), "%s", text);
	pthread_mutex_lock(&lock);
	w->next = warnings;
	warnings = w;
	pthread_mutex_unlock(&lock);
	p->activate_op = activate;
	p->cleanup_op = cleanup;
}

bool pfq_warning_given(const pcap_t *p)
{
	return p->activated && p->activate_op == activate;
}
