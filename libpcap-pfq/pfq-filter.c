/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Filters run in the engine. This file runs the filters that the engine refuses.
 * After each change, it also runs the new filter on records that were already in
 * the ring.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pcap-pfq.h"
#include "pfq-debug.h"

#define TAG_OFFSET	12	/* after the two addresses */
#define TAG_BYTES	4
#define SIFT_BATCH	32
/*
 * limit of sifting with a filter that runs here: records may come as fast as they are sifted
 */
#define SIFT_NS		10000000ULL

_Static_assert(sizeof(struct bpf_insn) == 8, "struct bpf_insn is struct sock_filter");

static void check_update(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	if (p->direction == PCAP_D_INOUT)
		c->direction_older.lanes = 0;
	c->check = c->filter_all || c->filter_older.lanes || c->direction_older.lanes;
}

static void older_begin(const struct pfq_capture *c, struct pfq_older *older)
{
	uint32_t lanes = c->lib->pfq_lanes(c->q);

	older->lanes = lanes < 64 ? (1ULL << lanes) - 1 : ~0ULL;
}

/* removes the endpoint's filter from the engine, so that this file can run the new one */
static int engine_clear(struct pfq_capture *c, struct pfq_error *why)
{
	uint64_t position[PFQ_LANES_MAX];
	int ret;

	if (!c->filter_in_engine)
		return 0;
	ret = c->lib->pfq_filter_set(c->q, NULL, 0, position, why);
	if (ret && ret != -EPIPE)
		return ret;
	c->filter_in_engine = false;
	return 0;
}

static int engine_set(pcap_t *p, const struct bpf_program *program)
{
	struct pfq_capture *c = p->priv;
	struct pfq_error why = { "" };
	int ret;

	ret = c->lib->pfq_filter_set(c->q, program->bf_insns, program->bf_len,
				     c->filter_older.position, &why);
	if (!ret) {
		c->filter_in_engine = true;
		c->filter_all = false;
		older_begin(c, &c->filter_older);
		return 0;
	}
	pfq_debug_print(&c->choice.env, "the filter of %u instructions runs in this process: %s",
			 program->bf_len, why.text[0] ? why.text : c->lib->pfq_error_text(ret));
	c->filter_all = true;
	c->filter_older.lanes = 0;
	ret = ret == -EPIPE ? 0 : engine_clear(c, &why);
	if (ret)
		snprintf(p->errbuf, sizeof(p->errbuf), "the old filter cannot be removed: %s",
			 why.text[0] ? why.text : c->lib->pfq_error_text(ret));
	return ret;
}

/* During a read, each further record is filtered, and the read sifts at its end. */
static void changed(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	check_update(p);
	/* the removed records may have made the descriptor readable: the next read must not wait */
	if (!c->reading && pfq_filter_sift(p))
		c->voided = true;
}

int pfq_filter_install(pcap_t *p, struct bpf_program *program)
{
	struct pfq_capture *c = p->priv;
	int ret;

	if (!program) {
		snprintf(p->errbuf, sizeof(p->errbuf), "setfilter: no filter given");
		return PCAP_ERROR;
	}
	if (install_bpf_program(p, program) < 0)
		return PCAP_ERROR;
	pthread_mutex_lock(&c->control);
	ret = engine_set(p, program);
	pthread_mutex_unlock(&c->control);
	changed(p);
	return ret ? PCAP_ERROR : 0;
}

int pfq_filter_direction(pcap_t *p, pcap_direction_t direction)
{
	static const enum pfq_direction ours[] = {
		[PCAP_D_INOUT] = PFQ_DIRECTION_INOUT,
		[PCAP_D_IN] = PFQ_DIRECTION_IN,
		[PCAP_D_OUT] = PFQ_DIRECTION_OUT,
	};
	struct pfq_capture *c = p->priv;
	struct pfq_error why = { "" };
	int ret;

	pthread_mutex_lock(&c->control);
	ret = c->lib->pfq_direction_set(c->q, ours[direction], c->direction_older.position, &why);
	pthread_mutex_unlock(&c->control);
	if (ret && ret != -EPIPE) {
		snprintf(p->errbuf, sizeof(p->errbuf), "%s",
			 why.text[0] ? why.text : c->lib->pfq_error_text(ret));
		return PCAP_ERROR;
	}
	/* the engine has ended: all records are older than the change */
	if (ret)
		memset(c->direction_older.position, 0xff, sizeof(c->direction_older.position));
	/* records have their direction: those in the ring are filtered by it */
	older_begin(c, &c->direction_older);
	p->direction = direction;
	changed(p);
	return 0;
}

/* returns @rec's frame as the engine filters it: without the tag, which goes into @aux */
static const u_char *view(const pcap_t *p, const struct pfq_rec *rec, uint32_t *caplen,
			  uint32_t *len, struct pcap_bpf_aux_data *aux)
{
	const u_char *bytes = (const u_char *)(rec + 1);
	struct pfq_capture *c = p->priv;
	uint32_t rest;

	*caplen = rec->caplen < (uint32_t)p->snapshot ? rec->caplen : (uint32_t)p->snapshot;
	*len = rec->len;
	memset(aux, 0, sizeof(*aux));
	if (!(rec->flags & PFQ_REC_F_VLAN))
		return bytes;
	aux->vlan_tag_present = 1;
	aux->vlan_tag = rec->tci & 0xfff;
	*len -= rec->len < TAG_BYTES ? rec->len : TAG_BYTES;
	if (*caplen <= TAG_OFFSET)
		return bytes;
	rest = *caplen > TAG_OFFSET + TAG_BYTES ? *caplen - TAG_OFFSET - TAG_BYTES : 0;
	memcpy(c->untagged, bytes, TAG_OFFSET);
	memcpy(c->untagged + TAG_OFFSET, bytes + TAG_OFFSET + TAG_BYTES, rest);
	*caplen = TAG_OFFSET + rest;
	return c->untagged;
}

/* did the engine make @rec before the change of @older? */
static bool is_older(pcap_t *p, struct pfq_older *older, const struct pfq_rec *rec)
{
	struct pfq_capture *c = p->priv;
	uint64_t position;
	uint32_t lane;

	if (!older->lanes)
		return false;
	lane = c->lib->pfq_rec_lane(c->q, rec, &position);
	if (!(older->lanes >> lane & 1))
		return false;
	if (position < older->position[lane])
		return true;
	older->lanes &= ~(1ULL << lane);
	check_update(p);
	return false;
}

bool pfq_filter_passes(pcap_t *p, const struct pfq_rec *rec)
{
	struct pfq_capture *c = p->priv;
	struct pcap_bpf_aux_data aux;
	uint32_t caplen, len;
	const u_char *bytes;

	if (c->filter_all || is_older(p, &c->filter_older, rec)) {
		bytes = view(p, rec, &caplen, &len, &aux);
		if (!pcap_filter_with_aux_data(p->fcode.bf_insns, bytes, len, caplen, &aux))
			return false;
	}
	if (!is_older(p, &c->direction_older, rec))
		return true;
	return !!(rec->flags & PFQ_REC_F_OUT) == (p->direction == PCAP_D_OUT);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool pfq_filter_sift(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	const struct pfq_rec *recs[SIFT_BATCH];
	bool has_given_back = false;
	uint64_t end_ns;
	int i, got;

	if (!c->watched || !c->check)
		return false;
	end_ns = now_ns() + SIFT_NS;
	do {
		got = c->lib->pfq_read(c->q, recs, SIFT_BATCH);
		for (i = 0; i < got && !pfq_filter_passes(p, recs[i]); i++)
			has_given_back = true;
	} while (got > 0 && i == got && c->check && !p->break_loop &&
		 (!c->filter_all || now_ns() < end_ns));
	if (got > 0)
		c->lib->pfq_release(c->q, i);
	return has_given_back;
}
