#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# pfq-trouble(7) quotes texts that a user sees. Each of them comes in the situation that the page
# describes, and the page quotes no other text.
. "$(dirname "$0")/../lib.sh"
begin
need "$TOOLS/pfq-crowd"
wire_up
CROWD=$(for_all "$TOOLS/pfq-crowd")
PAGE=$PFQ_SRC/man/pfq-trouble.7
NOBODY=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
SENSOR=(setpriv --reuid=daemon --regid=mail --clear-groups
	--inh-caps=+net_raw --ambient-caps=+net_raw)
quoted=0
wire_add spare0 spare1
ip -n "$NS_A" link set spare0 up

# said TEXT: is it in the output, where "..." stands for anything?
said()
{
	local out=

	{ read -r -d '' out <"$T/quotes.out" || true; } 2>/dev/null
	# shellcheck disable=SC2053 # a pattern
	[[ ${out//$'\n'/ } == *${1//.../*}* ]]
}

# quotes TEXT COMMAND...: the page quotes TEXT, and the output of the command has it. The command
# may go on after that; it is ended.
quotes()
{
	local text=$1

	shift
	grep -qxF -e ".It Qq $text" "$PAGE" || fail "pfq-trouble(7) does not quote: $text"
	"$@" >"$T/quotes.out" 2>&1 </dev/null &
	until said "$text" || is_over $!; do
		pause 0.05
	done
	pkill -P $! || true
	wait $! || true
	said "$text" || fail "\"$text\" is not in: $(<"$T/quotes.out")"
	quoted=$((quoted + 1))
}

# program DEVICE [WORD...]: run tcpdump on DEVICE; WORDs come before its name
program()
{
	local device=$1

	shift
	in_a env LD_LIBRARY_PATH="$T/lib" timeout $((20 * PATIENCE)) "$@" \
		"$TCPDUMP" -n -i "$device" -c 1 -w /dev/null
}

# program_in_b [WORD...]: the same in the other namespace
program_in_b()
{
	in_b env LD_LIBRARY_PATH="$T/lib" timeout $((20 * PATIENCE)) "$@" \
		"$TCPDUMP" -n -i wire1 -c 1 -w /dev/null
}

# daemon FILE: run pfqd, which does not start
daemon()
{
	in_a timeout $((10 * PATIENCE)) "$PFQD" -c "$1"
}

# --- a program cannot join ------------------------------------------
quotes "pfqd is not running: nothing listens on ..." program pfq@ids
start_group ids 'access=root:mail 0640'
kill -STOP "${PID[engine]}"
quotes "did not answer HELLO within 1000 ms" program pfq@ids
kill -CONT "${PID[engine]}"
quotes "there is no group ...; you may join: ..." program pfq@idz
chmod 600 "$SOCKET"
quotes "no permission to use ... as uid ..." program pfq@ids "${NOBODY[@]}"
chmod 666 "$SOCKET"
quotes "user ... may not join it" program pfq@ids "${NOBODY[@]}"
quotes "only root may capture from a device" program pfq:wire0 "${NOBODY[@]}"
PFQ_NAME=one capture one pfq@ids
wait_members ids 1
quotes "group ids has an endpoint ... already" program pfq@ids env PFQ_NAME=one
quotes "group ids is there, and its steering is ..." program pfq@ids env PFQ_STEER=ip
background crowd in_a env LD_LIBRARY_PATH="$T/lib" "${SENSOR[@]}" \
	bash -c 'ulimit -n 2048 && exec "$@"' crowd "$CROWD" 128 ids
wait_for 60 "128 members, see crowd.err" has_text "$T/crowd.out" ready
quotes "group ids: user ... has 128 members" program pfq@ids "${SENSOR[@]}"

# --- a program prints a warning ------------------------------------------
quotes "there is no such variable; did you mean ..." program wire0 env PFQ_GRUOP=ids
quotes "the engine is in another network namespace" program_in_b env PFQ_GROUP=ids
quotes "group ids has not bound it, and only root may bind it" \
	program spare0 env PFQ_GROUP=ids "${SENSOR[@]}"

# --- pfqd does not start ------------------------------------------
quotes "socket ... is in use by process ..." daemon "$T/engine.conf"
printf '[pfqd]\nengine = kernel\nsocket = %s\n[group g]\ndevice = wire0\n' "$T/other.sock" \
	>"$T/kernel.conf"
if [ -e /dev/pfq ] || modprobe -n pfq 2>/dev/null; then
	quoted=$((quoted + 1))	# the module is there
else
	quotes "engine = kernel: the kernel engine is not there" daemon "$T/kernel.conf"
fi

# systemd prints status=217/USER, and it is not here
quoted=$((quoted + 1))

# --- pfqctl refuses a change ------------------------------------------
quotes "has no queue ..." ctl group add more device=wire0/9

[ "$(grep -c '^\.It Qq ' "$PAGE")" -eq $quoted ] || fail "the page has texts that nothing shows"
stop_captures one
stop_engine
