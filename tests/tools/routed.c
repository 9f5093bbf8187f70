// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "routed.h"

#include <string.h>

#define MACS	12
#define TAG	4

static void renew_checksum(uint8_t *ip)
{
	uint32_t sum = 0, i;

	ip[10] = ip[11] = 0;
	for (i = 0; i < (ip[0] & 15) * 4U; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	ip[10] = (uint8_t)(~sum >> 8);
	ip[11] = (uint8_t)~sum;
}

void routed_make(struct frame *to, const struct frame *from)
{
	static const uint8_t head[MACS + TAG] = {
		2, 0, 0, 0, 0, 0x11, 2, 0, 0, 0, 0, 0x22, 0x81, 0, 0, 7,
	};
	uint8_t *ip = to->bytes + MACS + TAG + 2;

	memcpy(to->bytes, head, sizeof(head));
	memcpy(to->bytes + sizeof(head), from->bytes + MACS, from->len - MACS);
	to->len = from->len + TAG;
	if (ip[0] >> 4 == 4) {
		ip[1] ^= 0x28;
		ip[8]--;
		renew_checksum(ip);
	} else {
		ip[1] ^= 0x80;
		ip[7]--;
	}
}
