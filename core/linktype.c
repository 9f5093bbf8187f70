/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The same choice as libpcap's, so that a program gets from a group what it gets from the device.
 * Devices that libpcap captures as Ethernet or raw IP are captured as such. Devices that it
 * captures cooked (with a header of its own in place of the device's) or with another header are
 * refused. One row differs from libpcap 1.10: RAWIP, whose packets are raw IP, but which libpcap
 * captures cooked.
 */
#include "linktype.h"

#define ALLOWED		"; allowed: " PFQ_LINKTYPES_ALLOWED

#define STRING(x)	STRING_(x)
#define STRING_(x)	#x

/*
 * @number is the value of ARPHRD_@word. @name is libpcap's name of the link type, or a name of the
 * device that a user understands.
 */
#define ETHERNET(number, word) \
	{ number, PFQ_LINKTYPE_ETHERNET, NULL }
#define RAW(number, word) \
	{ number, PFQ_LINKTYPE_RAW, NULL }
#define COOKED(number, word, name) \
	{ number, 0, "its link type, that of " name " (ARPHRD_" word ", " STRING(number) \
	  "), is one that libpcap captures cooked (LINUX_SLL): not supported" ALLOWED }
#define OTHER(number, word, name) \
	{ number, 0, "its link type, " name " (ARPHRD_" word ", " STRING(number) \
	  "), is not supported" ALLOWED }

static const struct {
	u16 arphrd;
	u16 linktype;		/* 0: not supported */
	const char *refusal;	/* set if linktype is 0 */
} types[] = {
	ETHERNET(1, "ETHER"),
	ETHERNET(23, "METRICOM"),
	ETHERNET(772, "LOOPBACK"),
	RAW(15, "DLCI"),
	RAW(256, "SLIP"),
	RAW(257, "CSLIP"),
	RAW(258, "SLIP6"),
	RAW(259, "CSLIP6"),
	RAW(264, "ADAPT"),
	RAW(518, "RAWHDLC"),
	RAW(519, "RAWIP"),
	RAW(768, "TUNNEL"),		/* ipip, vti */
	RAW(776, "SIT"),
	RAW(65534, "NONE"),		/* tun, wireguard, xfrm, bareudp */
	COOKED(19, "ATM", "ATM"),
	COOKED(32, "INFINIBAND", "InfiniBand"),
	COOKED(271, "X25", "X.25"),
	COOKED(290, "MCTP", "MCTP"),
	COOKED(512, "PPP", "PPP"),
	COOKED(769, "TUNNEL6", "ip6tnl tunnels"),
	COOKED(777, "IPDDP", "IP over DDP"),
	COOKED(778, "IPGRE", "GRE tunnels"),
	COOKED(779, "PIMREG", "PIM registers"),
	COOKED(805, "IEEE802154_MONITOR", "802.15.4 monitors"),
	COOKED(820, "PHONET", "Phonet"),
	COOKED(822, "CAIF", "CAIF"),
	COOKED(823, "IP6GRE", "GRE tunnels over IPv6"),
	COOKED(825, "6LOWPAN", "6LoWPAN"),
	OTHER(2, "EETHER", "EN3MB"),
	OTHER(3, "AX25", "AX25_KISS"),
	OTHER(4, "PRONET", "PRONET"),
	OTHER(5, "CHAOS", "CHAOS"),
	OTHER(6, "IEEE802", "IEEE802"),
	OTHER(7, "ARCNET", "ARCNET_LINUX"),
	OTHER(18, "IPFC", "IP_OVER_FC"),
	OTHER(280, "CAN", "CAN_SOCKETCAN"),
	OTHER(513, "CISCO", "C_HDLC"),
	OTHER(770, "FRAD", "FRELAY"),
	OTHER(773, "LOCALTLK", "LTALK"),
	OTHER(774, "FDDI", "FDDI"),
	OTHER(783, "IRDA", "LINUX_IRDA"),
	OTHER(784, "FCPP", "FC_2"),
	OTHER(785, "FCAL", "FC_2"),
	OTHER(786, "FCPL", "FC_2"),
	OTHER(787, "FCFABRIC", "FC_2"),
	OTHER(800, "IEEE802_TR", "IEEE802"),
	OTHER(801, "IEEE80211", "IEEE802_11"),
	OTHER(802, "IEEE80211_PRISM", "PRISM_HEADER"),
	OTHER(803, "IEEE80211_RADIOTAP", "IEEE802_11_RADIO"),
	OTHER(804, "IEEE802154", "IEEE802_15_4_NOFCS"),
	OTHER(824, "NETLINK", "NETLINK"),
	OTHER(826, "VSOCKMON", "VSOCK"),
	OTHER(8445, "LAPD", "LINUX_LAPD"),
};

u32 pfq_linktype_of(u16 arphrd)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].arphrd == arphrd)
			return types[i].linktype;
	}
	return 0;
}

const char *pfq_linktype_refusal(u16 arphrd)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].arphrd == arphrd)
			return types[i].refusal;
	}
	return "its link type is unknown, and one that libpcap captures cooked (LINUX_SLL): not "
	       "supported" ALLOWED;
}

bool pfq_linktype_is_supported(u32 linktype)
{
	return linktype == PFQ_LINKTYPE_ETHERNET || linktype == PFQ_LINKTYPE_RAW;
}

const char *pfq_linktype_name(u32 linktype)
{
	return linktype == PFQ_LINKTYPE_RAW ? "raw IP" : "Ethernet";
}

#undef ALLOWED
#undef STRING
#undef STRING_
#undef ETHERNET
#undef RAW
#undef COOKED
#undef OTHER
