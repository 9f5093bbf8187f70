/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Limits and defaults that both engines share. Numbers, so that texts can have them, too. */
#ifndef PFQ_CORE_LIMIT_H
#define PFQ_CORE_LIMIT_H

#define PFQ_LIMIT_GROUPS		1024	/* of pfqd, or of a network namespace */

/* Maxima of root, and of each other user. Parameters of the module change the latter. */
#define PFQ_LIMIT_ROOT_ENDPOINTS	1024
#define PFQ_LIMIT_ROOT_RING_BYTES	(1ULL << 44)
#define PFQ_LIMIT_ROOT_FILTER_INSNS	(1ULL << 44)
#define PFQ_LIMIT_USER_ENDPOINTS	256
#define PFQ_LIMIT_USER_RING_MIB		4096
#define PFQ_LIMIT_USER_FILTER_INSNS	4096

/*
 * Of the PFQ_MEMBERS_MAX places of a group: for one user other than root and the group's owner, and
 * for all users other than root together.
 */
#define PFQ_LIMIT_USER_PLACES		128
#define PFQ_LIMIT_USERS_PLACES		240

/* of the program of a group that a JOIN makes; it counts for the user's rings */
#define PFQ_LIMIT_PROGRAM_MIB		16

#define PFQ_DEFAULT_RING_BYTES		(64ULL << 20)
#define PFQ_DEFAULT_STEER		"flow"

#endif /* PFQ_CORE_LIMIT_H */
