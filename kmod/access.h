/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Permissions: capabilities to make groups and bind devices, a group's access policy to join and
 * inject.
 */
#ifndef PFQK_ACCESS_H
#define PFQK_ACCESS_H

#include <linux/uidgid.h>
#include <linux/types.h>

struct cred;
struct net;
struct sk_buff;

#define PFQK_ACCESS_READ	4	/* may join */
#define PFQK_ACCESS_WRITE	2	/* may inject and change */

struct pfqk_access {
	kuid_t	uid;
	kgid_t	gid;
	u32	mode;	/* permission bits, such as 0660 */
};

/*
 * pfqk_access_is_child(): does @net belong to a child user namespace, and does the parameter
 * userns not allow those? Then requests to make groups are refused, whoever sends them.
 *
 * pfqk_access_admin(): may the sender of request @skb make groups and bind devices in @net? The
 * sender needs CAP_NET_ADMIN there, and pfqk_access_is_child() must be false.
 */
bool pfqk_access_is_child(const struct net *net);
bool pfqk_access_admin(const struct sk_buff *skb, const struct net *net);

/* Does @a allow @bits (PFQK_ACCESS_*) to @cred, the user that opened the endpoint's file? */
bool pfqk_access_allowed(const struct pfqk_access *a, const struct cred *cred, u32 bits);

#endif /* PFQK_ACCESS_H */
