# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions for scripts that run unmodified programs on our libpcap. There is one namespace;
# a script sends on its loopback device.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

SYSTEM_DIR=		# where the system's libpcap is
# shellcheck disable=SC2034 # for the scripts
CLIENTS=$PFQ_BUILD/tests/clients

clients_begin()
{
	# distcheck after check would run the same programs on the same library again.
	[ -z "${PFQ_NETNS_DONE:-}" ] || skip "the same programs were tested before"
	begin
	SYSTEM_DIR=$(ldconfig -p | awk '/libpcap\.so\.0\.8 / { print $NF; exit }')
	[ -n "$SYSTEM_DIR" ] || skip "the system has no libpcap.so.0.8 to compare with"
	SYSTEM_DIR=$(dirname "$SYSTEM_DIR")
	wire_side "$NS_A"
}

# unpack_source PACKAGE FOLDER [DSC]: unpack the distribution's source package into FOLDER. Skips
# the test if there is none here, and fails if it is not the right one.
unpack_source()
{
	local rc=0

	sh "$PFQ_SRC/libpcap-pfq/fetch.sh" "$1" "$PFQ_SRC/libpcap-pfq/UPSTREAM" \
		"${PFQ_LIBPCAP_CACHE:-$CLIENTS/cache}" "$2" ${3:+"$3"} 2>"$T/fetch.err" || rc=$?
	[ $rc -ne 3 ] || skip "no source of $1: $(head -n 1 "$T/fetch.err")"
	[ $rc -eq 0 ] || fail "the source of $1: $(cat "$T/fetch.err")"
}

# with ours|system COMMAND...: run it on this library; without an engine unless PFQ_SOCKET
# is set
with()
{
	local dir=$T/lib

	[ "$1" = ours ] || dir=$SYSTEM_DIR
	shift
	LD_LIBRARY_PATH=$dir "$@"
}

# Start an engine with a group on the loopback device. pfq:lo makes a private copy.
start_lo_engine()
{
	start_engine <<-END
	[group ids]
	id     = 42
	device = lo
	steer  = flow
	END
}

# print the release that was built, as 1.10.3
built_release()
{
	local so

	so=$(readlink "$PFQ_BUILD/libpcap-pfq/stage/pfq/libpcap.so.0.8")
	echo "${so#libpcap.so.}"
}

system_release()
{
	local so

	so=$(readlink -f "$SYSTEM_DIR/libpcap.so.0.8")
	so=$(basename "$so")
	echo "${so#libpcap.so.}"
}
