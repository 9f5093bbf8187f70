#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# The key "user" is taken out of pfqd.conf: pfqd, as root, takes back the folder of its socket, also
# after a crash. It touches neither a link, nor the folder of a pfqd that runs, nor a folder where
# others than root can have made things; the error then names the owner of the folder.
. "$(dirname "$0")/../lib.sh"
begin
wire_up
install -d -m 755 "$T/run" "$T/links"
install -d -m 1777 "$T/open"
nobody=$(id -u nobody)

# configure FOLDER [KEY]: write engine.conf with the socket in this folder, which is pfqd's own
configure()
{
	SOCKET=$1/pfqd.sock
	export PFQ_SOCKET=$SOCKET RUNTIME_DIRECTORY=$1
	engine_configure <<<$'[group demo]\ndevice = wire0'
	[ $# -lt 2 ] || sed -i "s/^\[pfqd\]/&\n$2/" "$T/engine.conf"
}

# owner_is FOLDER UID
owner_is()
{
	[ "$(stat -c %u "$1")" -eq "$2" ] || fail "the owner is another one: $(ls -ldn "$1")"
}

# launch_up: start pfqd, which has to come up
launch_up()
{
	launch_engine
	wait_for 20 "the engine, see engine.err" ctl_is groups '.groups | length == 1'
}

# refused WORD...: pfqd does not start, and says each word
refused()
{
	local status=0 word

	: >"$T/engine.err"
	launch_engine
	ended engine 10 || status=$?
	[ $status -eq 1 ] || fail "the engine ended with status $status"
	for word; do
		grep -qF -e "$word" "$T/engine.err" ||
			fail "\"$word\" is not in: $(cat "$T/engine.err")"
	done
}

for end in stop_engine crash_engine; do
	configure "$T/run/pfqd" "user = nobody"
	launch_up
	owner_is "$T/run/pfqd" "$nobody"
	$end
	configure "$T/run/pfqd"
	launch_up
	owner_is "$T/run/pfqd" 0
	stop_engine
done

# A second pfqd does not take the folder of the first one away.
configure "$T/run/pfqd" "user = nobody"
launch_up
first=${PID[engine]}
sed -i '/^user/d' "$T/engine.conf"
refused "is in use by process $first"
owner_is "$T/run/pfqd" "$nobody"
PID[engine]=$first
stop_engine

install -d -m 755 -o nobody "$T/open/pfqd"
configure "$T/open/pfqd"
refused "folder $T/open/pfqd belongs to user $nobody, and user 0 cannot write there: chown 0"
owner_is "$T/open/pfqd" "$nobody"
install -d -m 755 -o nobody "$T/elsewhere"
ln -s "$T/elsewhere" "$T/links/pfqd"
configure "$T/links/pfqd"
refused "belongs to user $nobody"
owner_is "$T/elsewhere" "$nobody"
