/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Has a namespace's devices promiscuous, or not, as its hooks want it. A device may have a lock of
 * its own (6.15 and later), which dev_set_promiscuity() takes, and with which the core
 * tells of the device. So it is never called under pfqk_net.lock, nor from where
 * the core tells of a device as new, renamed or of another type: the hooks note what is to be
 * done, and it is done after pfqk_net.lock was given back, or by a work.
 */
#ifndef PFQK_PROMISC_H
#define PFQK_PROMISC_H

struct net_device;
struct pfqk_net;

void pfqk_promisc_init(struct pfqk_net *pn);
/* Waits for the work, which takes rtnl: not under it. Nobody may call pfqk_promisc_later() any more. */
void pfqk_promisc_exit(struct pfqk_net *pn);

/* Now, for all devices. rtnl, no other lock. */
void pfqk_promisc_apply(struct pfqk_net *pn);
/* For one that unregisters: nothing keeps it, or has it promiscuous, when this returns. The same locks. */
void pfqk_promisc_apply_gone(struct pfqk_net *pn, const struct net_device *dev);
/* By the work, if there is something to do. rtnl, and any other lock. */
void pfqk_promisc_later(struct pfqk_net *pn);

#endif /* PFQK_PROMISC_H */
