/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <linux/pfq_control.h>

#include "core/limit.h"
#include "core/live.h"
#include "pfqd/base/error.h"
#include "program.h"

#define OBJECT_ALIGN	64
/*
 * An object of this many bytes or more is a mapping of its own. The kernel zeroes its pages when
 * lanes first use them: to zero a gigabyte here would hold up the control thread. Packets use it
 * at random places, and huge pages save them most misses of the TLB.
 */
#define OBJECT_MAPPED	(2ULL << 20)

/* --- objects ------------------------------------------------------------------ */

/* Zeroed memory for an object; NULL: there is none. */
static struct pfq_object *object_alloc(uint64_t bytes)
{
	struct pfq_object *o;

	if (bytes >= OBJECT_MAPPED) {
		o = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (o == MAP_FAILED)
			return NULL;
		/* a wish: small pages are right, too */
		madvise(o, bytes, MADV_HUGEPAGE);
		return o;
	}
	bytes = (bytes + OBJECT_ALIGN - 1) / OBJECT_ALIGN * OBJECT_ALIGN;
	o = aligned_alloc(OBJECT_ALIGN, bytes);
	return o ? memset(o, 0, bytes) : NULL;
}

static void object_put(struct pfq_object *o)
{
	if (!o || --o->users)
		return;
	if (o->bytes >= OBJECT_MAPPED)
		munmap(o, o->bytes);
	else
		free(o);
}

/* The object of @former that does the same; NULL: none. */
static struct pfq_object *find_like(const struct program *former, const struct pfq_lang_object *is,
				    const void *data, uint32_t lanes)
{
	struct pfq_object *o;
	uint32_t i;

	for (i = 0; former && former->core && i < former->core->objects; i++) {
		o = former->core->object[i];
		if (o && pfq_object_is_like(o, is, data, lanes))
			return o;
	}
	return NULL;
}

/* CLOCK_REALTIME in ns, by which the engine's clock stamps packets */
static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Fill object[] with the objects of @p that have state. Returns 0 or -ENOMEM. */
static int get_objects(const struct program *p, const struct program *former, uint32_t lanes,
			uint32_t seed, struct pfq_object **object, uint32_t objects)
{
	struct pfq_lang_object is;
	const void *data;
	uint64_t bytes;
	uint32_t i;

	for (i = 0; i < objects; i++) {
		is = pfq_lang_object(p->wire, i);
		data = pfq_lang_data(p->wire, &is);
		bytes = pfq_object_bytes(&is, lanes);
		if (!bytes)
			continue;
		object[i] = find_like(former, &is, data, lanes);
		if (!object[i]) {
			object[i] = object_alloc(bytes);
			if (!object[i])
				return -ENOMEM;
			pfq_object_init(object[i], &is, data, lanes, seed);
		}
		object[i]->users++;
	}
	return 0;
}

/* --- life --------------------------------------------------------------------- */

int program_from_policy(struct program **out, const char *policy)
{
	struct program *p = calloc(1, sizeof(*p));
	int ret = -ENOMEM;

	if (!p)
		return ret;
	p->users = 1;
	p->core = calloc(1, sizeof(*p->core));
	if (p->core)
		ret = pfq_program_from_policy(p->core, policy);
	if (ret)
		program_put(p);
	else
		*out = p;
	return ret;
}

/* Check the bytes of @p. Returns 0, or -errno with text. */
static int verify(const struct program *p, struct pfq_error *err)
{
	struct pfq_lang_check *check = malloc(sizeof(*check));
	char text[PFQ_LANG_FAULT_BYTES];
	int ret;

	if (!check)
		return error_set(err, -ENOMEM, "no memory");
	ret = pfq_lang_verify(check, p->wire, p->wire_bytes);
	if (ret) {
		pfq_lang_explain(&check->fault, text, sizeof(text));
		error_set(err, ret, "program: %s", text);
	}
	free(check);
	return ret;
}

int program_from_wire(struct program **out, const void *wire, size_t bytes, const char *text,
		      struct pfq_error *err)
{
	struct program *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return error_set(err, -ENOMEM, "no memory");
	p->users = 1;
	p->text = strndup(text, PFQ_PROGRAM_TEXT_MAX);
	p->wire = malloc(bytes + 1);
	p->wire_bytes = bytes;
	if (!p->text || !p->wire) {
		program_put(p);
		return error_set(err, -ENOMEM, "no memory");
	}
	memcpy(p->wire, wire, bytes);
	ret = verify(p, err);
	if (ret)
		program_put(p);
	else
		*out = p;
	return ret;
}

struct program *program_usual(void)
{
	static struct pfq_program core;
	/* one user that never ends */
	static struct program usual = { .users = 1 };

	/* the constant is valid, so this cannot fail */
	if (!usual.core && !pfq_program_from_policy(&core, PFQ_DEFAULT_STEER))
		usual.core = &core;
	return program_get(&usual);
}

struct program *program_get(struct program *p)
{
	if (p)
		p->users++;
	return p;
}

void program_put(struct program *p)
{
	uint32_t i;

	if (!p || --p->users)
		return;
	for (i = 0; p->core && i < p->core->objects; i++)
		object_put(p->core->object[i]);
	free(p->core);
	free(p->profile);
	free(p->wire);
	free(p->text);
	free(p);
}

/* --- loading ------------------------------------------------------------------- */

int program_bytes(const struct program *p, uint32_t lanes, uint64_t *bytes)
{
	struct pfq_lang_check *check;

	*bytes = 0;
	if (!p->wire)
		return 0;
	check = malloc(sizeof(*check));
	if (!check)
		return -ENOMEM;
	/* from_wire() has verified it, so this cannot fail */
	if (!pfq_lang_verify(check, p->wire, p->wire_bytes))
		*bytes = pfq_lang_bytes(check, p->wire, lanes);
	free(check);
	return 0;
}

/* Build the program from its bytes, which are verified. Returns what program_load() returns. */
static int build(struct program *p, const struct program *former, uint32_t lanes, uint32_t seed,
		 struct pfq_lang_check *check)
{
	struct pfq_object *object[PFQ_LANG_OBJECTS_MAX] = { NULL };
	int ret = pfq_lang_verify(check, p->wire, p->wire_bytes);
	uint32_t i;

	if (ret)
		return ret;
	ret = get_objects(p, former, lanes, seed, object, check->objects);
	if (!ret) {
		p->core = calloc(1, check->program_bytes);
		ret = p->core ? 0 : -ENOMEM;
	}
	/* last, because sets that another program uses, too, must not change for one that fails */
	if (!ret && pfq_live_fill(p->wire, object, check->objects, now_ns()) != PFQ_LANG_FINE)
		ret = -ENOSPC;
	if (!ret) {
		pfq_lang_build(p->core, check, p->wire, object);
		return 0;
	}
	free(p->core);
	p->core = NULL;
	for (i = 0; i < check->objects; i++)
		object_put(object[i]);
	return ret;
}

int program_load(struct program *p, const struct program *former, uint32_t lanes, uint32_t seed)
{
	struct pfq_lang_check *check;
	int ret;

	if (p->core)
		return 0;
	check = malloc(sizeof(*check));
	ret = check ? build(p, former, lanes, seed, check) : -ENOMEM;
	free(check);
	return ret;
}

int program_load_error(int ret, struct pfq_error *err)
{
	if (ret != -ENOSPC)
		return error_set(err, ret, "no memory");
	return error_set(err, ret, "program: a set has no room for its items: entries that were "
			 "added before fill it, or have prefixes of %d other lengths",
			 PFQ_LANG_SET_LENGTHS);
}

struct pfq_object *program_set(const struct program *p, const char *name)
{
	struct pfq_object *o;
	uint32_t i;

	for (i = 0; i < p->core->objects; i++) {
		o = p->core->object[i];
		if (o && pfq_live_is(o->kind) && !strcmp(o->name, name))
			return o;
	}
	return NULL;
}

/* --- counting ------------------------------------------------------------------ */

/* Make p->core do the same as @of, whose wire was verified. Sets *steps. Returns 0 or -ENOMEM. */
static int build_again(struct program *p, const struct program *of, struct pfq_lang_check *check,
		       uint32_t *steps)
{
	uint32_t i;
	int ret = pfq_lang_verify(check, of->wire, of->wire_bytes);

	if (ret)
		return ret;
	p->core = calloc(1, check->program_bytes);
	if (!p->core)
		return -ENOMEM;
	pfq_lang_build(p->core, check, of->wire, of->core->object);
	for (i = 0; i < p->core->objects; i++) {
		if (p->core->object[i])
			p->core->object[i]->users++;
	}
	/* one without steps copies, and has a step that says so */
	*steps = check->steps ? check->steps : 1;
	return 0;
}

/* The same for a policy, whose program is one step without a pointer to itself. */
static int copy_policy(struct program *p, const struct program *of, uint32_t *steps)
{
	p->core = malloc(sizeof(*p->core));
	if (!p->core)
		return -ENOMEM;
	*p->core = *of->core;
	*steps = 1;
	return 0;
}

static int make_core(struct program *p, const struct program *of, uint32_t *steps)
{
	struct pfq_lang_check *check;
	int ret;

	if (!of->wire)
		return copy_policy(p, of, steps);
	check = malloc(sizeof(*check));
	ret = check ? build_again(p, of, check, steps) : -ENOMEM;
	free(check);
	return ret;
}

int program_counting(struct program **out, const struct program *of, uint32_t lanes)
{
	struct program *p = calloc(1, sizeof(*p));
	uint32_t steps = 0;
	int ret;

	if (!p)
		return -ENOMEM;
	p->users = 1;
	ret = make_core(p, of, &steps);
	if (!ret)
		p->profile = calloc(1, pfq_profile_bytes(steps, lanes));
	if (!p->profile) {
		program_put(p);
		return ret ? ret : -ENOMEM;
	}
	pfq_profile_init(p->profile, steps, lanes);
	pfq_program_count(p->core, p->profile);
	*out = p;
	return 0;
}

/* ------------------------------------------------------------------------------- */

struct pfq_object *program_object(const struct program *p, enum pfq_lang_kind kind, unsigned int i)
{
	uint32_t k;

	for (k = 0; k < p->core->objects; k++) {
		if (p->core->object[k] && p->core->object[k]->kind == kind && !i--)
			return p->core->object[k];
	}
	return NULL;
}
