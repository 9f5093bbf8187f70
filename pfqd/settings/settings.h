/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The settings of a group, from a section of pfqd.conf or from the JOIN that makes the group. */
#ifndef PFQD_SETTINGS_H
#define PFQD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/limit.h"
#include "core/vlan.h"
#include "pfqd/ingest/ingest.h"
#include "access.h"
#include "binding.h"
#include "filter.h"
#include "program.h"

/* bytes of a file's path, so that it fits the attribute DEVICE */
#define SETTINGS_PATH_MAX	250
#define SETTINGS_STEER_MAX	63
#define SETTINGS_LANG_MAX	1000
#define SETTINGS_VLANS_MAX	1023
#define SETTINGS_RING_MIN	(64ULL << 10)
#define SETTINGS_RING_MAX	(1ULL << 30)	/* a JOIN with a larger size gets this one */

struct settings_file {
	char path[SETTINGS_PATH_MAX + 1];	/* "": the driver is for devices */
	uint32_t speed;		/* INGEST_SPEED_* */
	uint32_t loops;		/* 0: without end */
	uint32_t stamp;		/* INGEST_STAMP_* */
};

struct group_settings {
	char name[PFQ_NAME_MAX + 1];
	uint32_t id;		/* 0: any free id */
	struct binding_list bindings;
	const struct ingest_driver *driver;
	bool is_tap;		/* mode = tap: the host does not see the packets */
	struct settings_file file;
	bool promisc;
	bool is_immediate;	/* made by a JOIN of a member in immediate mode */
	uint8_t direction;	/* enum pfq_direction */
	char steer[SETTINGS_STEER_MAX + 1];	/* PFQ_STEER_LANG: in pfq-lang */
	/* the key lang: a program, or the name of its file; "": steer has a policy */
	char lang[SETTINGS_LANG_MAX + 1];
	struct program *program;
	char filter_text[FILTER_TEXT_MAX + 1];
	struct pfq_filter *filter;	/* for Ethernet; NULL: no filter */
	char vlans_text[SETTINGS_VLANS_MAX + 1];	/* "": all VLANs */
	struct pfq_vlan_set vlans;
	uint64_t frag_wait_ns;	/* 0: fragments do not wait for their first one */
	uint32_t members_wanted;
	uint64_t linger_ns;	/* 0: a member that leaves loses its share at once */
	uint32_t linger_to;	/* enum pfq_linger_to */
	struct access_policy access;
	uint64_t ring_bytes;
	uint32_t snaplen;
};

/* Set the defaults of pfqd.conf; nothing is allocated. */
void group_settings_default(struct group_settings *s);
/*
 * Copy the settings @from; both have the program. group_settings_take() moves the filter to *to,
 * group_settings_share() leaves *to without. Both settings have to be freed.
 */
void group_settings_take(struct group_settings *to, struct group_settings *from);
void group_settings_share(struct group_settings *to, const struct group_settings *from);
/* Is the filter that @s names compiled? Returns 0, or -EPERM with text. */
int group_settings_check_filter(const struct group_settings *s, struct pfq_error *err);
/* Free what @s points to, not @s. */
void group_settings_free(struct group_settings *s);

/*
 * group_settings_steer() parses a policy and sets steer and program. group_settings_wire() sets
 * them to @wire, compiled from @text. group_settings_vlans() parses a list of VLANs and sets
 * vlans_text and vlans. All return 0, or -errno with a text that says which values are allowed.
 */
int group_settings_steer(struct group_settings *s, const char *policy, struct pfq_error *err);
int group_settings_wire(struct group_settings *s, const void *wire, size_t bytes, const char *text,
			struct pfq_error *err);
int group_settings_vlans(struct group_settings *s, const char *text, struct pfq_error *err);

#endif /* PFQD_SETTINGS_H */
