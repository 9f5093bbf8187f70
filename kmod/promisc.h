/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a namespace's devices promiscuous, or not, as its hooks want it. From 6.15 on a device may
 * have a lock of its own. dev_set_promiscuity() takes it, and the kernel may hold it in
 * notifications. So dev_set_promiscuity() is called neither under pfqk_net.lock nor from
 * notifications about new or renamed devices or changed types. Hooks note what they want. It is
 * done after pfqk_net.lock was given back, or by a work item.
 */
#ifndef PFQK_PROMISC_H
#define PFQK_PROMISC_H

struct net_device;
struct pfqk_net;

/* Prepare the work item of a new namespace. */
void pfqk_promisc_init(struct pfqk_net *pn);
/*
 * Wait for the work item. It takes rtnl, so the caller must not hold that. pfqk_promisc_later()
 * must not be called any more.
 */
void pfqk_promisc_exit(struct pfqk_net *pn);

/* Change all devices now. Under rtnl and no other lock. */
void pfqk_promisc_apply(struct pfqk_net *pn);
/*
 * For a device that unregisters: afterwards no hook holds it or has it promiscuous. The same
 * locks.
 */
void pfqk_promisc_apply_gone(struct pfqk_net *pn, const struct net_device *dev);
/* Let the work item do it, if there is something to do. Under rtnl; other locks may be held. */
void pfqk_promisc_later(struct pfqk_net *pn);

#endif /* PFQK_PROMISC_H */
