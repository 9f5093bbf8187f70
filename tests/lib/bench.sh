# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions for scripts that run captop and pfq-gen without an engine, on stock devices and
# the system's libpcap. Read in after lib.sh. They listen on wire0 in namespace a and send
# from wire1 in b.

CAPTOP=$PFQ_BUILD/tools/captop/captop
GEN=$PFQ_BUILD/tools/gen/pfq-gen

captop_begin()
{
	need "$CAPTOP"
}
# shellcheck disable=SC2034 # begin() uses it
PREPARE=captop_begin

# needs_gen: skip if pfq-gen was not built (no libbpf), or if the kernel does not run XDP
# programs on live frames
needs_gen()
{
	[ -x "$GEN" ] || skip "pfq-gen is not built: configure found no libbpf"
	in_b "$GEN" -o wire1 -c 1 --pass "wire0@$NS_A" >/dev/null 2>"$T/gen.err" ||
		skip "no live frames: $(head -n 1 "$T/gen.err")"
}

# listen NAME [ARGUMENT...]: start captop --json on wire0
listen()
{
	local name=$1

	shift
	background "$name" ip netns exec "$NS_A" "$CAPTOP" --json -B 64M -i wire0 "$@"
	wait_for 10 "captop $name, see $name.err" grep -q 'listening on' "$T/$name.err"
}

# hear NAME...: let the last packets arrive, then end each captop NAME, which must end well
hear()
{
	sleep 1.3
	drain_references
	stop_captures "$@"
}

# inject [ARGUMENT...]: captop --json sends from wire1; its summary goes to inject.out
inject()
{
	in_b timeout 60 "$CAPTOP" --json -o wire1 "$@" >"$T/inject.out" 2>"$T/inject.err" ||
		fail "inject $*: $(cat "$T/inject.err")"
}

# generate [ARGUMENT...]: pfq-gen --json sends from wire1; its result goes to gen.out
generate()
{
	in_b timeout 60 "$GEN" --json -o wire1 "$@" >"$T/gen.out" 2>"$T/gen.err" ||
		fail "pfq-gen $*: status $?: $(cat "$T/gen.out" "$T/gen.err")"
}

# summary NAME JQ: print a part of the last line of captop NAME, inject or gen
summary()
{
	tail -n 1 "$T/$1.out" | jq -r "$2"
}

# is NAME JQ VALUE: check a part of the summary
is()
{
	local value

	value=$(summary "$1" "$2")
	[ "$value" = "$3" ] || fail "$1: $2 is $value, not $3: $(tail -n 1 "$T/$1.out")"
}

# kernel SIDE COUNTER: print the kernel's counter of this end of the wire
kernel()
{
	case $1 in
	a) in_a cat "/sys/class/net/wire0/statistics/$2" ;;
	b) in_b cat "/sys/class/net/wire1/statistics/$2" ;;
	esac
}

# refused_line WORD... -- PROGRAM ARGUMENT...: it exits with status 2, and its error has
# each word
refused_line()
{
	local words=() word status=0

	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	"$@" >"$T/refused.out" 2>"$T/refused.err" || status=$?
	[ $status -eq "${STATUS:-2}" ] || fail "$*: status $status, not ${STATUS:-2}"
	for word in "${words[@]}"; do
		grep -qF -e "$word" "$T/refused.err" ||
			fail "$*: \"$word\" is not in: $(cat "$T/refused.err")"
	done
}
