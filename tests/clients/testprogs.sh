#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Compiles libpcap's own test programs from the source package and makes 24 checks with
# them. They run on an ordinary device with the system's library (to check the checks
# themselves), on it with ours, and on a pfq device. Two programs take a minute each, so
# these run in the background.
. "$(dirname "$0")/lib.sh"
clients_begin

SOURCE=$PFQ_BUILD/libpcap-pfq/libpcap
PROGRAMS="can_set_rfmon_test capturetest filtertest findalldevstest findalldevstest-perf
	nonblocktest opentest reactivatetest selpolltest threadsignaltest valgrindtest writecaptest"
declare -A GOOD=([system-lo]=0 [ours-lo]=0 [pfq]=0)
ON=		# which of these three runs

testprogs_build()
{
	local program

	need "${CC:-cc}"
	[ -d "$SOURCE/testprogs" ] || skip "no libpcap source at $SOURCE"
	for program in $PROGRAMS; do
		"${CC:-cc}" -w -I"$SOURCE" -DHAVE_CONFIG_H -o "$T/bin/$program" \
			"$SOURCE/testprogs/$program.c" "$T/lib/libpcap.so.0.8" -lpthread \
			>"$T/$program.log" 2>&1 ||
			fail "$program does not compile: $(cat "$T/$program.log")"
	done
}

# on WHICH: set the library, the device and the variables of the next checks
on()
{
	ON=$1
	LIB=$T/lib
	DEVICE=lo
	LISTED=lo
	unset PFQ_lo
	export PFQ_SOCKET=$T/nobody.sock
	case $ON in
	system-lo) LIB=$SYSTEM_DIR ;;
	pfq)
		DEVICE=pfq:lo
		LISTED=pfq@ids
		PFQ_SOCKET=$SOCKET
		# one program only opens lo
		export PFQ_lo=1
		;;
	esac
}

run()
{
	in_a env LD_LIBRARY_PATH="$LIB" "$@"
}

good()
{
	GOOD[$ON]=$((GOOD[$ON] + 1))
	printf '%s %2d ok %s\n' "$ON" "${GOOD[$ON]}" "$1"
}

# says NAME STATUS WORDS PROGRAM...: it ends with this status and prints WORDS
says()
{
	local name=$ON-$1 status=$2 words=$3 got=0

	shift 3
	run timeout 20 "$T/bin/$1" "${@:2}" >"$T/$name.log" 2>&1 </dev/null || got=$?
	[ $got -eq "$status" ] || fail "$name: status $got: $(cat "$T/$name.log")"
	[ -z "$words" ] || grep -qE -e "$words" "$T/$name.log" ||
		fail "$name: no \"$words\": $(cat "$T/$name.log")"
	good "$name"
}

# sees NAME SIGNAL STATUS WORDS PROGRAM...: it reads packets until SIGNAL ends it with
# STATUS
sees()
{
	local name=$ON-$1 signal=$2 status=$3 words=$4 got=0

	shift 4
	background "$name" env LD_LIBRARY_PATH="$LIB" ip netns exec "$NS_A" \
		stdbuf -o0 "$T/bin/$1" "${@:2}"
	wait_for 10 "packets of $name" grep -qE -e "$words" "$T/$name.out"
	kill -"$signal" "${PID[$name]}"
	ended "$name" 10 || got=$?
	[ $got -eq "$status" ] || fail "$name: status $got: $(cat "$T/$name.out" "$T/$name.err")"
	good "$name"
}

# Send on the loopback device without a pause. nonblocktest has no timeout, so it waits for
# 256 KiB; they must come well within its 20 seconds.
loopback_traffic()
{
	in_a bash -c 'while :; do
		for i in 1 2 3 4 5 6 7 8 9 10; do echo x >/dev/udp/127.0.0.1/9; done
		sleep 0.02
	done' 2>/dev/null
}

# Start the two programs that break their loop after a minute.
minutes_begin()
{
	background "$ON-threadsignal" env LD_LIBRARY_PATH="$LIB" ip netns exec "$NS_A" \
		"$T/bin/threadsignaltest" -i "$DEVICE"
	background "$ON-threadsignal-n" env LD_LIBRARY_PATH="$LIB" ip netns exec "$NS_A" \
		"$T/bin/threadsignaltest" -n -i "$DEVICE"
}

minutes_end()
{
	local name

	for name in "$ON-threadsignal" "$ON-threadsignal-n"; do
		ended "$name" 80 || fail "$name: $(cat "$T/$name.out" "$T/$name.err")"
		grep -q "Loop got broken" "$T/$name.out" || fail "$name: $(cat "$T/$name.out")"
		good "$name"
	done
	echo "$ON: ${GOOD[$ON]} of 24"
	[ "${GOOD[$ON]}" -eq 24 ] || fail "$ON: not 24 checks"
}

writes_captures()
{
	local file=$T/pcap/$ON.pcap

	background "$ON-writecap" env LD_LIBRARY_PATH="$LIB" ip netns exec "$NS_A" \
		"$T/bin/writecaptest" -i "$DEVICE" -w "$file" udp
	sleep 1
	kill -INT "${PID[$ON-writecap]}"
	ended "$ON-writecap" 10 || fail "writecaptest: $(cat "$T/$ON-writecap.err")"
	[ "$(tcpdump -n -r "$file" 2>/dev/null | wc -l)" -gt 10 ] || fail "$ON: no packets in $file"
	good writecap
}

opens()
{
	says findalldevs 0 "^$LISTED\$" findalldevstest
	says findalldevs-perf 0 secs findalldevstest-perf
	says rfmon 0 'Monitor mode cannot be set' can_set_rfmon_test "$DEVICE"
	says open-live 0 'opened successfully' opentest -i "$DEVICE"
	says open-activate 0 'opened successfully' opentest -a -i "$DEVICE"
	says open-promisc 0 'opened successfully' opentest -a -p -i "$DEVICE"
	says open-buffer 0 'opened successfully' opentest -B 1024 -i "$DEVICE"
	says open-snaplen 0 'opened successfully' opentest -a -s 96 -i "$DEVICE"
	says open-rfmon 1 'rfmon|monitor mode' opentest -I -i "$DEVICE"
	says open-nothing 1 'No such device' opentest -a -i "${DEVICE%lo}nosuch0"
	says reactivate 0 '' reactivatetest
}

reads()
{
	says filter 0 'ret +#' filtertest EN10MB ip
	says nonblock 0 'failed as expected' nonblocktest -i "$DEVICE"
	sees capture INT 0 '[1-9][0-9]* packets seen' capturetest -b -s -i "$DEVICE"
	sees capture-immediate INT 0 '[1-9][0-9]* packets seen' capturetest -m -b -s -i "$DEVICE"
	sees capture-nonblock INT 0 '[1-9][0-9]* packets seen' capturetest -n -b -s -i "$DEVICE"
	sees capture-restart INT 0 '[1-9][0-9]* packets seen' capturetest -b -s -r -i "$DEVICE" udp
	sees select TERM 143 '[1-9][0-9]* packets counted after select' selpolltest -s -i "$DEVICE"
	sees poll TERM 143 '[1-9][0-9]* packets counted after poll' selpolltest -p -n -i "$DEVICE"
	sees dispatch TERM 143 '[1-9][0-9]* packets counted after pcap' selpolltest -i "$DEVICE"
	says valgrind 0 '' valgrindtest -i "$DEVICE" udp
	writes_captures
}

testprogs_build
start_lo_engine
for which in system-lo ours-lo pfq; do
	on $which
	minutes_begin
done
loopback_traffic &
for which in system-lo ours-lo pfq; do
	on $which
	opens
	reads
done
for which in system-lo ours-lo pfq; do
	on $which
	minutes_end
done
stop_engine
