# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The most expensive program that a consumer may bring along

# costly_program [SETS]: print a program that takes nearly all units of cost that the longest way
# may have, and with 7 SETS (the default) nearly all memory that a group made by a JOIN may have.
# Each set is asked for both addresses of a packet, by 8 lengths of prefix. No packet of the tests
# matches, so all packets take the whole way.
costly_program()
{
	local i sets='' steps='' list=100.64.0.0/10

	list+=,172.16.0.0/12,192.168.0.0/16,192.0.2.0/24,198.51.100.0/25,203.0.113.0/26
	list+=,203.0.113.64/27,203.0.113.128/32
	for ((i = 0; i < ${1:-7}; i++)); do
		sets+="set s$i addr size=32K [$list]"$'\n'
		steps+="not (has_addr s$i) >-> "
	done
	printf '%sin %swhen (within_flow 1pps size=64K) (count fast) >-> copy\n' "$sets" "$steps"
}
