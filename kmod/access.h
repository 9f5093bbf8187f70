/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may do what: capabilities to make and bind, a group's policy to join. */
#ifndef PFQK_ACCESS_H
#define PFQK_ACCESS_H

#include <linux/uidgid.h>
#include <linux/types.h>

struct cred;
struct net;
struct sk_buff;

#define PFQK_ACCESS_READ	4	/* join */
#define PFQK_ACCESS_WRITE	2	/* inject and change */

struct pfqk_access {
	kuid_t	uid;
	kgid_t	gid;
	u32	mode;	/* 0660 */
};

/*
 * May the sender of request @skb make groups and bind devices in @net? It needs
 * CAP_NET_ADMIN there; namespaces of other users than the first one are
 * refused unless the parameter userns says otherwise.
 */
/* It is of a child user namespace, and those are refused whoever asks. */
bool pfqk_access_is_child(const struct net *net);
bool pfqk_access_admin(const struct sk_buff *skb, const struct net *net);

/* @bits of PFQK_ACCESS_*; by whoever opened the endpoint's file */
bool pfqk_access_allowed(const struct pfqk_access *a, const struct cred *cred, u32 bits);

#endif /* PFQK_ACCESS_H */
