/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "kmod_wire.h"
#include "lang/compile.h"

#define SETS(size) \
	"set hosts addr size=" #size " timeout=1h [10.0.0.0/8, 2001:db8::/32]\n" \
	"set ports port [53, 5060-5061]\n" \
	"set vlans vlan [7]\n" \
	"set macs mac size=" #size "\n" \
	"set conns flow size=" #size "\n" \
	"flows size=" #size " idle=10s in\n"

#define STEPS \
	">-> when (has_addr hosts or has_port ports or has_vid vlans) (count known)\n" \
	">-> when (has_src_mac macs or has_flow conns) (count learnt)\n" \
	">-> when (has_port [80, 443]) (learn_src hosts >-> learn_flow conns)\n" \
	">-> unless (is_dup 1ms size=64 or within 10pps) (count others)\n" \
	">-> when (from_device \"lo\") (also (class 1 >-> copy))\n" \
	">-> when (within_src 10pps size=64) (slice 64)\n" \
	">-> when (flow_packets > 5) (inner (count long))\n" \
	">-> steer_flow"

static struct wire wires[WIRES] = {
	{ .text = SETS(64) "count all " STEPS },
	{ .text = SETS(64) "count all >-> count more " STEPS },
	{ .text = SETS(4K) "count all " STEPS },
};

int wires_begin(void)
{
	struct pfq_lang *lang;
	unsigned int i;
	int err;

	for (i = 0; i < WIRES; i++) {
		err = pfq_lang_compile(&lang, wires[i].text, strlen(wires[i].text));
		if (err) {
			fprintf(stderr, "wires: %s\n", lang ? pfq_lang_first_error(lang)->text :
							      strerror(-err));
			return err;
		}
		/* for as long as the program runs */
		wires[i].bytes = lang->bytes;
		wires[i].size = lang->size;
	}
	return 0;
}

const struct wire *wire(unsigned int i)
{
	return &wires[i];
}
