// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the guest: device stamp0. Its adapter stamps received packets by its own clock, which
 * shows the year 1970. It receives what it sends.
 */
#include <linux/etherdevice.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/netdevice.h>

#define BEGIN_S	1000000

static struct net_device *device;
static ktime_t begin;

static netdev_tx_t stamping_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct sk_buff *back = skb_copy(skb, GFP_ATOMIC);

	if (back) {
		skb_hwtstamps(back)->hwtstamp = ktime_add(ktime_set(BEGIN_S, 0),
							  ktime_sub(ktime_get(), begin));
		back->protocol = eth_type_trans(back, dev);
		netif_rx(back);
	}
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops ops = { .ndo_start_xmit = stamping_xmit };

static void stamping_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &ops;
	eth_hw_addr_random(dev);
}

static int __init stamping_init(void)
{
	int err;

	begin = ktime_get();
	device = alloc_netdev(0, "stamp%d", NET_NAME_UNKNOWN, stamping_setup);
	if (!device)
		return -ENOMEM;
	err = register_netdev(device);
	if (err)
		free_netdev(device);
	return err;
}

static void __exit stamping_exit(void)
{
	unregister_netdev(device);
	free_netdev(device);
}

module_init(stamping_init);
module_exit(stamping_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a device that stamps packets, for tests");
