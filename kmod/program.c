// SPDX-License-Identifier: GPL-2.0-only
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>
#include "../core/limit.h"
#include "../core/live.h"
#include "compat/compat.h"
#include "cpu.h"
#include "program.h"

/*
 * A client chooses how much memory its program takes. No process is killed for that memory: the
 * request fails, also at the limit of a memory cgroup.
 */
#define GFP_PROGRAM	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | PFQK_GFP_MAYFAIL)

/* Its first user never ends. */
static struct pfq_program usual_core;
static struct pfqk_program usual = { .core = &usual_core };

/* for pfq_object.users, because the last user of a program is not under a namespace's lock */
static DEFINE_MUTEX(objects_lock);

/* --- reasons ------------------------------------------------------------------- */

/*
 * Texts for answers, by their key. An answer is sent after the request's function has returned, so
 * a text stays for ever. There are some ten thousand of them, of which each is made once.
 */
static DEFINE_XARRAY(reasons);

static unsigned long key_of(const struct pfq_lang_fault *f)
{
	return ((u32)f->reason * (PFQ_LANG_STEPS_MAX + 1) + (u32)(f->step + 1)) *
	       (PFQ_LANG_OBJECTS_MAX + 1) + (u32)(f->object + 1);
}

static const char *reason(const struct pfq_lang_fault *f)
{
	char *have = xa_load(&reasons, key_of(f)), *text;

	if (have)
		return have;
	text = kmalloc(PFQ_LANG_FAULT_BYTES, GFP_KERNEL);
	if (!text)
		return "this program is refused";
	pfq_lang_explain(f, text, PFQ_LANG_FAULT_BYTES);
	have = xa_cmpxchg(&reasons, key_of(f), NULL, text, GFP_KERNEL);
	if (!have)
		return text;
	kfree(text);
	return xa_is_err(have) ? "this program is refused" : have;
}

void pfqk_program_exit(void)
{
	unsigned long key;
	char *text;

	xa_for_each(&reasons, key, text)
		kfree(text);
	xa_destroy(&reasons);
}

/* --- objects ------------------------------------------------------------------- */

static void object_put(struct pfq_object *o)
{
	lockdep_assert_held(&objects_lock);
	if (o && !--o->users)
		kvfree(o);
}

static struct pfq_object *object_create(const struct pfq_lang_object *is, const void *data,
					u64 bytes)
{
	struct pfq_object *o;

	/* kmalloc() aligns powers of two, and vmalloc() aligns pages */
	if (bytes < PAGE_SIZE)
		bytes = roundup_pow_of_two(bytes);
	o = bytes <= SIZE_MAX ? kvzalloc(bytes, GFP_PROGRAM) : NULL;
	if (o)
		pfq_object_init(o, is, data, pfqk_lanes(), pfqk_seed());
	return o;
}

/* The object of @former that does the same; NULL: none. */
static struct pfq_object *find_like(const struct pfqk_program *former,
				    const struct pfq_lang_object *is, const void *data)
{
	struct pfq_object *o;
	u32 i;

	for (i = 0; former && former->core && i < former->core->objects; i++) {
		o = former->core->object[i];
		if (o && pfq_object_is_like(o, is, data, pfqk_lanes()))
			return o;
	}
	return NULL;
}

/* Fill object[] with the objects of @p that have state. */
static int get_objects(const struct pfqk_program *p, const struct pfqk_program *former,
			struct pfq_object **object, u32 objects)
{
	struct pfq_lang_object is;
	const void *data;
	u64 bytes;
	u32 i;

	lockdep_assert_held(&objects_lock);
	for (i = 0; i < objects; i++) {
		is = pfq_lang_object(p->wire, i);
		data = pfq_lang_data(p->wire, &is);
		bytes = pfq_object_bytes(&is, pfqk_lanes());
		if (!bytes)
			continue;
		object[i] = find_like(former, &is, data);
		if (!object[i])
			object[i] = object_create(&is, data, bytes);
		if (!object[i])
			return -ENOMEM;
		object[i]->users++;
	}
	return 0;
}

/* --- life ---------------------------------------------------------------------- */

void pfqk_program_init(void)
{
	refcount_set(&usual.users, 1);
	/* The constant is valid, so this cannot fail. */
	pfq_program_from_policy(&usual_core, PFQ_DEFAULT_STEER);
}

struct pfqk_program *pfqk_program_usual(void)
{
	return pfqk_program_get(&usual);
}

int pfqk_program_from_policy(struct pfqk_program **out, const char *policy)
{
	struct pfqk_program *p = kzalloc(sizeof(*p), GFP_PROGRAM);
	int err = -ENOMEM;

	if (!p)
		return err;
	refcount_set(&p->users, 1);
	p->core = kvzalloc(sizeof(*p->core), GFP_PROGRAM);
	if (p->core)
		err = pfq_program_from_policy(p->core, policy);
	if (err)
		pfqk_program_put(p);
	else
		*out = p;
	return err;
}

static int verify(const struct pfqk_program *p, struct netlink_ext_ack *extack)
{
	struct pfq_lang_check *check = kvmalloc(sizeof(*check), GFP_KERNEL);
	int err;

	if (!check)
		return -ENOMEM;
	err = pfq_lang_verify(check, p->wire, p->wire_bytes);
	if (err && extack)
		extack->_msg = reason(&check->fault);
	kvfree(check);
	return err;
}

int pfqk_program_from_wire(struct pfqk_program **out, const void *wire, size_t bytes,
			   const char *text, struct netlink_ext_ack *extack)
{
	struct pfqk_program *p = kzalloc(sizeof(*p), GFP_PROGRAM);
	int err = -ENOMEM;

	if (!p)
		return err;
	refcount_set(&p->users, 1);
	p->text = kstrdup(text, GFP_PROGRAM);
	/* not empty, and aligned to 8: the message's attributes are aligned to 4 only */
	p->wire = kvmalloc(bytes + 1, GFP_PROGRAM);
	p->wire_bytes = bytes;
	if (p->text && p->wire) {
		memcpy(p->wire, wire, bytes);
		err = verify(p, extack);
	}
	if (err)
		pfqk_program_put(p);
	else
		*out = p;
	return err;
}

struct pfqk_program *pfqk_program_get(struct pfqk_program *p)
{
	if (p)
		refcount_inc(&p->users);
	return p;
}

void pfqk_program_put(struct pfqk_program *p)
{
	u32 i;

	if (!p || !refcount_dec_and_test(&p->users))
		return;
	mutex_lock(&objects_lock);
	for (i = 0; p->core && i < p->core->objects; i++)
		object_put(p->core->object[i]);
	mutex_unlock(&objects_lock);
	kvfree(p->core);
	kvfree(p->profile);
	kvfree(p->wire);
	kfree(p->text);
	kfree(p);
}

/* --- loading -------------------------------------------------------------------- */

int pfqk_program_bytes(const struct pfqk_program *p, u64 *bytes)
{
	struct pfq_lang_check *check;

	*bytes = 0;
	if (!p->wire || p->core)
		return 0;
	check = kvmalloc(sizeof(*check), GFP_KERNEL);
	if (!check)
		return -ENOMEM;
	/* from_wire() has verified it, so this cannot fail */
	if (!pfq_lang_verify(check, p->wire, p->wire_bytes))
		*bytes = pfq_lang_bytes(check, p->wire, pfqk_lanes());
	kvfree(check);
	return 0;
}

/* A program's check and objects while it is loaded; too large for the stack. */
struct loading {
	struct pfq_lang_check check;
	struct pfq_object *object[PFQ_LANG_OBJECTS_MAX];
};

/* Build the program from its bytes, which are verified. */
static int build(struct pfqk_program *p, const struct pfqk_program *former, struct loading *l)
{
	int err = pfq_lang_verify(&l->check, p->wire, p->wire_bytes);
	u32 i;

	if (err)
		return err;
	err = get_objects(p, former, l->object, l->check.objects);
	if (!err) {
		p->core = kvzalloc(l->check.program_bytes, GFP_PROGRAM);
		err = p->core ? 0 : -ENOMEM;
	}
	/* last, because sets that another program uses, too, must not change for one that fails */
	if (!err && pfq_live_fill(p->wire, l->object, l->check.objects, ktime_get_real_ns()) !=
			    PFQ_LANG_FINE)
		err = -ENOSPC;
	if (!err) {
		pfq_lang_build(p->core, &l->check, p->wire, l->object);
		return 0;
	}
	kvfree(p->core);
	p->core = NULL;
	for (i = 0; i < l->check.objects; i++)
		object_put(l->object[i]);
	return err;
}

int pfqk_program_load(struct pfqk_program *p, const struct pfqk_program *former,
		      struct netlink_ext_ack *extack)
{
	struct loading *l;
	int err;

	if (p->core)
		return 0;
	l = kvzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return -ENOMEM;
	mutex_lock(&objects_lock);
	err = build(p, former, l);
	mutex_unlock(&objects_lock);
	kvfree(l);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "program: a set has no room for its items: entries that "
			       "were added before fill it, or have prefixes of 8 other lengths");
	return err;
}

/* --- counting ------------------------------------------------------------------- */

/* Make p->core do the same as @of, whose wire was verified, and set *steps. */
static int build_again(struct pfqk_program *p, const struct pfqk_program *of,
		       struct pfq_lang_check *check, u32 *steps)
{
	int err = pfq_lang_verify(check, of->wire, of->wire_bytes);
	u32 i;

	if (err)
		return err;
	p->core = kvzalloc(check->program_bytes, GFP_PROGRAM);
	if (!p->core)
		return -ENOMEM;
	pfq_lang_build(p->core, check, of->wire, of->core->object);
	mutex_lock(&objects_lock);
	for (i = 0; i < p->core->objects; i++) {
		if (p->core->object[i])
			p->core->object[i]->users++;
	}
	mutex_unlock(&objects_lock);
	/* one without steps copies, and has a step that says so */
	*steps = max(check->steps, 1U);
	return 0;
}

/* The same for a policy, whose program is one step without a pointer to itself. */
static int copy_policy(struct pfqk_program *p, const struct pfqk_program *of, u32 *steps)
{
	p->core = kvmalloc(sizeof(*p->core), GFP_PROGRAM);
	if (!p->core)
		return -ENOMEM;
	*p->core = *of->core;
	*steps = 1;
	return 0;
}

static int make_core(struct pfqk_program *p, const struct pfqk_program *of, u32 *steps)
{
	struct pfq_lang_check *check;
	int err;

	if (!of->wire)
		return copy_policy(p, of, steps);
	check = kvmalloc(sizeof(*check), GFP_KERNEL);
	err = check ? build_again(p, of, check, steps) : -ENOMEM;
	kvfree(check);
	return err;
}

int pfqk_program_counting(struct pfqk_program **out, const struct pfqk_program *of)
{
	struct pfqk_program *p = kzalloc(sizeof(*p), GFP_PROGRAM);
	u32 steps = 0;
	int err;

	if (!p)
		return -ENOMEM;
	refcount_set(&p->users, 1);
	err = make_core(p, of, &steps);
	if (!err)
		p->profile = kvzalloc(pfq_profile_bytes(steps, pfqk_lanes()), GFP_PROGRAM);
	if (!p->profile) {
		pfqk_program_put(p);
		return err ? err : -ENOMEM;
	}
	pfq_profile_init(p->profile, steps, pfqk_lanes());
	pfq_program_count(p->core, p->profile);
	*out = p;
	return 0;
}

/* -------------------------------------------------------------------------------- */

struct pfq_object *pfqk_program_set(const struct pfqk_program *p, const char *name)
{
	struct pfq_object *o;
	u32 i;

	for (i = 0; i < p->core->objects; i++) {
		o = p->core->object[i];
		if (o && pfq_live_is(o->kind) && !strcmp(o->name, name))
			return o;
	}
	return NULL;
}

struct pfq_object *pfqk_program_object(const struct pfqk_program *p, enum pfq_lang_kind kind, u32 i)
{
	u32 k;

	for (k = 0; k < p->core->objects; k++) {
		if (p->core->object[k] && p->core->object[k]->kind == kind && !i--)
			return p->core->object[k];
	}
	return NULL;
}
