#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Runs the distribution's dumpcap and tshark on groups, and at the same time with the
# system's library on the devices. With both libraries they end after a duration or a number
# of packets, and begin the next file, at the same time. The devices: a busy one, one with a
# few packets and then none, and both.
#
# Alone: it compares how long two programs take
. "$(dirname "$0")/lib.sh"
clients_begin
need dumpcap tshark
for program in dumpcap tshark; do
	# For a program with capabilities or set-user-ID the loader ignores LD_LIBRARY_PATH.
	[ -z "$(getcap "$(command -v $program)" 2>/dev/null)" ] ||
		skip "$program has capabilities of its own"
	[ ! -u "$(command -v $program)" ] || skip "$program is set-user-ID"
done
wire_side "$NS_B"
wire_add wire0 wire1 || skip "this kernel has no veth devices"
wire_end "$NS_A" wire0 1 2
wire_end "$NS_B" wire1 2 1
wire_add still0 still1
for side in "$NS_A still0" "$NS_B still1"; do
	# shellcheck disable=SC2086 # two words
	set -- $side
	ip -n "$1" link set "$2" arp off up
done
start_engine <<END
[group busy]
device = wire0
steer  = copy

[group still]
device = still0
steer  = copy
END
install -d -m 1777 "$T/dumps"
NAMES=()

# dump NAME "DEVICE..." PROGRAM ARGUMENT...: run it with both libraries at once, and note
# when each ends
dump()
{
	local name=$1 devices=$2 program=$3 which device args

	shift 3
	NAMES+=("$name")
	for which in stock ours; do
		args=()
		for device in $devices; do
			case $which-$device in
			stock-busy) args+=(-i wire0) ;;
			stock-still) args+=(-i still0) ;;
			*) args+=(-i "pfq@$device") ;;
			esac
		done
		install -d -m 1777 "$T/dumps/$name-$which"
		# shellcheck disable=SC2016 # that shell's
		background "$name-$which" bash -c '
			name=$1
			shift
			{
				until grep -q "File: " "$name.err"; do sleep 0.05; done
				date +%s%N >"$name.begin"
			} &
			"$@"
			status=$?
			date +%s%N >"$name.end"
			exit $status' - "$T/$name-$which" ip netns exec "$NS_A" \
			env LD_LIBRARY_PATH="$(library $which)" HOME="$T" "$program" \
			-q "${args[@]}" \
			-w "$T/dumps/$name-$which/x.pcapng" "$@"
	done
}

library()
{
	if [ "$1" = ours ]; then echo "$T/lib"; else echo "$SYSTEM_DIR"; fi
}

# took_ms NAME: print the time from its first listening to its end
took_ms()
{
	echo $((($(cat "$T/$1.end") - $(cat "$T/$1.begin")) / 1000000))
}

packets_of()
{
	local file sum=0

	for file in "$T/dumps/$1"/*; do
		[ ! -f "$file" ] ||
			sum=$((sum + $("$TOOLS/pfq-check" --json "$file" | jq .packets)))
	done
	echo $sum
}

files_of()
{
	find "$T/dumps/$1" -type f | wc -l
}

listening()
{
	local name which

	for name in "${NAMES[@]}"; do
		for which in stock ours; do
			[ -s "$T/$name-$which.begin" ] || return 1
		done
	done
}

# compare NAME: our library takes at most a second more than the stock one, and captures the
# same
compare()
{
	local name=$1 which late_ms packets files

	for which in stock ours; do
		ended "$name-$which" 30 || fail "$name-$which: $(cat "$T/$name-$which.err")"
	done
	late_ms=$(($(took_ms "$name-ours") - $(took_ms "$name-stock")))
	packets="$(packets_of "$name-stock") $(packets_of "$name-ours")"
	files="$(files_of "$name-stock") $(files_of "$name-ours")"
	printf '%-22s took %5d ms more than stock, packets (stock, ours) %s, files %s\n' \
		"$name" $late_ms "$packets" "$files"
	[ $late_ms -lt $((1000 * PATIENCE)) ] ||
		fail "$name: took $late_ms ms more than the stock one"
	# The file after the last full second may exist or not.
	[ $((${files% *} - ${files#* })) -ge -1 ] && [ $((${files% *} - ${files#* })) -le 1 ] ||
		fail "$name: files (stock, ours): $files"
	case $name in
	tshark-count-busy) [ "$packets" = "2500 2500" ] ;;
	count-busy | both-count) [ "$packets" = "700 700" ] ;;
	*still*) [ "$packets" = "5 5" ] ;;
	*) [ "${packets#* }" -gt 500 ] ;;
	esac || fail "$name: packets (stock, ours): $packets"
}

# round: compare all programs that were started. The still device gets its packets a second
# later.
round()
{
	local name

	wait_for 30 "all of them to listen" listening
	sleep 1
	in_b "$TOOLS/pfq-frames" -i still1 --one-way --packets 5 >/dev/null
	for name in "${NAMES[@]}"; do
		compare "$name"
	done
	NAMES=()
}

background traffic ip netns exec "$NS_B" "$TOOLS/pfq-frames" -i wire1 --one-way --rate 500 \
	--packets 60000
for device in busy still; do
	dump "duration-$device" "$device" dumpcap -a duration:4
	dump "rotate-$device" "$device" dumpcap -b duration:1 -a duration:4
done
dump count-busy busy dumpcap -c 700
dump count-still still dumpcap -c 5
dump files-busy busy dumpcap -b duration:1 -a files:3
dump both-duration "busy still" dumpcap -a duration:4
dump both-count "busy still" dumpcap -c 700
dump both-rotate "busy still" dumpcap -b duration:1 -a duration:4
round
# tshark takes longer to start.
dump tshark-duration-busy busy tshark -a duration:5
dump tshark-duration-still still tshark -a duration:5
dump tshark-rotate-still still tshark -b duration:1 -a duration:5
dump tshark-count-busy busy tshark -c 2500
dump tshark-count-still still tshark -c 5
dump tshark-both "busy still" tshark -a duration:5
round
kill "${PID[traffic]}"
stop_engine
