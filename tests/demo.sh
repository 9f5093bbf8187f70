#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# The demonstration: connections cross a wire between two namespaces. Four unmodified tcpdumps
# share the packets. A tcpdump with the system's libpcap captures the same packets, and the
# script compares the files. Exit status 0: every check passed.
#
# --ingest packet  the engine captures at one end of the wire, and the host gets the packets, too
# --ingest xdp     the engine taps a port. Both directions of the wire are mirrored to it, as
#                  to the SPAN port of a switch.
# --keep           keep the captures and print their directory
# --only-options   only check the options
set -eu
usage()
{
	echo "usage: setup.sh demo [--ingest packet|xdp] [--keep]"
}

ingest=packet
only_options=
while [ $# -gt 0 ]; do
	case $1 in
	--ingest)
		[ $# -gt 1 ] || { echo "demo: --ingest needs a value: packet or xdp" >&2; exit 2; }
		ingest=$2
		shift
		;;
	--keep) PFQ_KEEP=1 ;;
	--only-options) only_options=1 ;;
	-h | --help)
		usage
		exit
		;;
	*)
		echo "demo: unknown option \"$1\"; allowed: --ingest packet|xdp, --keep, --help" >&2
		exit 2
		;;
	esac
	shift
done
case $ingest in
packet | xdp) ;;
*) echo "demo: --ingest $ingest: allowed: packet, xdp" >&2; exit 2 ;;
esac
[ -z "$only_options" ] || exit 0
. "$(dirname "$0")/lib.sh"

parts=(tcpdump-0 tcpdump-1 tcpdump-2 tcpdump-3)

offloads_say()
{
	if command -v ethtool >/dev/null; then
		say "  Offloads are switched off, so that frames are as on a wire:" \
			"at most 1514 bytes."
	else
		say "  ethtool is missing: offloads stay on, and frames may be larger than" \
			"on a wire."
	fi
}

# Mirror both directions of the wire, as a switch does: into span1, out of span0.
span_up()
{
	local end hook

	ip link add span0 netns "$NS_A" numrxqueues 2 numtxqueues 2 type veth \
		peer name span1 netns "$NS_A" numrxqueues 2 numtxqueues 2
	for end in span0 span1; do
		ip -n "$NS_A" link set "$end" arp off
		if command -v ethtool >/dev/null; then
			in_a ethtool -K "$end" tx off tso off gso off gro off txvlan off \
				>/dev/null 2>&1 || true
		fi
		ip -n "$NS_A" link set "$end" up
	done
	in_a tc qdisc add dev wire0 clsact || skip "this kernel cannot mirror (clsact)"
	for hook in ingress egress; do
		in_a tc filter add dev wire0 "$hook" protocol all u32 match u32 0 0 \
			action mirred egress mirror dev span1 ||
			skip "this kernel cannot mirror (u32, mirred)"
	done
}

# Print the number of packets that the mirrored port lost because the queue of veth was full.
span_lost()
{
	in_a cat /sys/class/net/span1/statistics/tx_dropped
}

captures_start()
{
	local part

	if [ "$ingest" = xdp ]; then
		# On the tapped end, the host sees no packets.
		reference reference span1 -Q out
	else
		reference reference wire0
	fi
	for part in "${parts[@]}"; do
		capture "$part" pfq@demo
	done
	wait_members demo ${#parts[@]}
	say "Four unmodified tcpdumps (byte-identical copies of $(command -v tcpdump))," \
		"as /proc/PID/maps has them:"
	for part in "${parts[@]}"; do
		is_ours "$part"
		say "  $part  pid ${PID[$part]}  $(awk '/libpcap/ { print $NF; exit }' \
			"/proc/${PID[$part]}/maps")"
	done
	say "  reference  pid ${PID[reference]}  $(awk '/libpcap/ { print $NF; exit }' \
		"/proc/${PID[reference]}/maps")"
}

traffic_say()
{
	jq -r '"  \(.connections) TCP connections with \(.requests) HTTP transfers, " +
		"\(.http_bytes) bytes checked",
	"  \(.udp_flows) UDP flows with \(.udp_datagrams) requests and replies, " +
		"\(.udp_bytes) bytes each way",
	"  IPv4 and IPv6; a third of the datagrams in fragments; \(.seconds) s"' "$T/traffic.out"
}

# counters_say WIRE WRITTEN: print the engine's counters and the packets on the wire and in the
# files
counters_say()
{
	jq -r --argjson wire "$1" --argjson written "$2" '
	def total(f): map(f) | add // 0;
	(.groups[] | select(.name == "demo") | .counters) as $g |
	[.endpoints[] | select(.group == "demo")] as $e |
	[.status.sources[].counters] as $i |
	# the drops among the counters, and whose they are
	def drops(whose): with_entries(select(.key | startswith("drop_")) | .key += whose);
	[($i[] | drops(" (ingest)")), ($g | drops(" (group)")), ($e[].counters | drops(""))] |
	(reduce (.[] | to_entries[]) as $d ({}; .[$d.key] += $d.value)) as $drops |
	($wire - $written - ($drops | add)) as $unexplained |
	"  on the wire (reference)                  \($wire)",
	"  received by the engine                   \($i | total(.rx_packets))",
	"  group: recv, steered                     \($g.recv), \($g.steered)",
	"  endpoints: offered, delivered, read      \($e | total(.counters.offered)), \(
		$e | total(.counters.delivered)), \($e | total(.read))",
	"  in the four files                        \($written)",
	"  dropped, by cause:",
	($drops | to_entries[] | "    \(.key)\(" " * (39 - (.key | length)))\(.value)"),
	"",
	"  \($unexplained) unexplained"' "$T/stats.json"
}

# counters_hold WIRE WRITTEN: every packet on the wire is in a file, and every counter agrees
counters_hold()
{
	stat_is ".groups[0].counters.recv == $1" ".groups[0].counters.steered == $1" \
		"([.endpoints[].counters.delivered] | add) == $1" \
		"([.endpoints[].read] | add) == $1"
	[ "$1" -eq "$2" ] || fail "$1 packets on the wire, $2 in the files"
}

begin
[ "$ingest" = xdp ] || engine_choose
wire_up
start_server
device=wire0 mode=sniff where="the client's end"
if [ "$ingest" = xdp ]; then
	need tc
	span_up
	device=span0 mode=tap where="a port that the wire is mirrored to"
fi
start_engine <<END
[group demo]
id     = 42
device = $device
ingest = $ingest
mode   = $mode
steer  = flow
END
say "Two namespaces, one wire; pfqd ($(engine_words), ingest $ingest) on $where."
[ "$ingest" = packet ] || say "  The tap is $(ctl status --json | jq -r '.sources[0].mode')."
offloads_say
captures_start
say ""
say "Traffic:"
traffic --connections 600 --requests 3 --sizes 300,8000,60000 \
	--udp-flows 200 --udp-datagrams 9 --udp-sizes 64,900,4000 --rate 1500
traffic_say
drain
stats_add_up all
stop_captures "${parts[@]}" reference
say ""
held=0
# shellcheck disable=SC2046 # a path has no spaces
"$TOOLS/pfq-check" --reference $(pcap reference) $(pcap "${parts[@]}") || held=1
on_wire=$(packets_in reference)
written=0
for part in "${parts[@]}"; do
	written=$((written + $(packets_in "$part")))
done
say ""
counters_say "$on_wire" "$written"
counters_hold "$on_wire" "$written"
for part in "${parts[@]}"; do
	[ "$(packets_in "$part")" -gt 0 ] || fail "$part got nothing"
done
[ $held -eq 0 ] || fail "pfq-check found errors in the captures"
[ "$ingest" = packet ] || [ "$(span_lost)" -eq 0 ] ||
	fail "the mirrored port itself lost $(span_lost) packets before the tap"
grep -q '^0 packets dropped by kernel' "$T/reference.err" ||
	fail "the reference itself lost packets: $(cat "$T/reference.err")"
stop_engine
say ""
say "All of it held."
