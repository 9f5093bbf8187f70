# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions for the scripts about warnings: what pcap_activate() and pcap_open_live() tell a program
# that was meant for a group. The scripts source it after lib.sh.

# runs a program as a user who may capture from devices, but is not root
# shellcheck disable=SC2034 # for the scripts
SENSOR=(setpriv --reuid=daemon --regid=mail --clear-groups
	--inh-caps=+net_raw --ambient-caps=+net_raw)

# opens DEVICE COMMAND...: run pfq-opens on DEVICE by COMMAND, with our libpcap, into $T/opens.out
opens()
{
	local device=$1

	shift
	LD_LIBRARY_PATH=$T/lib "$@" "$TOOLS/pfq-opens" "$device" >"$T/opens.out" 2>"$T/opens.err" ||
		fail "pfq-opens $device: $(cat "$T/opens.out" "$T/opens.err")"
}

# warned DEVICE TEXT COMMAND...: each way to open DEVICE succeeds and gives a warning with TEXT
warned()
{
	local device=$1 text=$2 line

	shift 2
	opens "$device" "$@"
	for line in "activate 1 " "nonblock 1 " "open_live 0 "; do
		grep -F -e "$line" "$T/opens.out" | grep -qF -e "$text" ||
			fail "pfq-opens $device: no \"$line\" with \"$text\": $(cat "$T/opens.out")"
	done
	grep -qx 'unused 0 ' "$T/opens.out" || fail "pfq-opens $device: $(cat "$T/opens.out")"
}

# silent DEVICE COMMAND...: each way to open DEVICE succeeds without a warning
silent()
{
	opens "$@"
	[ "$(cat "$T/opens.out")" = "$(printf '%s 0 \n' activate nonblock unused open_live)" ] ||
		fail "pfq-opens $1: $(cat "$T/opens.out")"
}
