#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# A kernel that loads only signed modules, as with Secure Boot, refuses the module as it was
# built, with the errors that kmod/README.md names. pfqd says why, and uses the user engine
# where it may. (Not in a network namespace: the /sys of "ip netns exec" lacks the state of
# lockdown.) Neither switch can be turned off again, so this is the last script of its
# guest.
. "$(dirname "$0")/lib.sh"
unset PFQ_SOCKET
[ "$(cat /sys/module/module/parameters/sig_enforce)" = N ] ||
	fail "the kernel asks for signatures already"

# refused WHY WORDS: insmod fails with WHY, and pfqd's error has WORDS
refused()
{
	! insmod "$PFQ_KO" 2> "$T/insmod" || fail "the module was loaded"
	grep -q "$1" "$T/insmod" || fail "insmod: $(cat "$T/insmod")"
	grep -q "\`$1\`" "$(dirname "$0")/../../../kmod/README.md" ||
		fail "kmod/README.md does not name: $1"
	printf '[pfqd]\nengine = kernel\nsocket = %s\n[group g]\ndevice = lo\n' "$T/sock" \
		> "$T/conf"
	! timeout 10 "$PFQ_BUILD/pfqd/pfqd" -c "$T/conf" > "$T/kernel" 2>&1 || fail "pfqd starts"
	grep -q "engine = kernel: .*$2" "$T/kernel" || fail "engine = kernel: $(cat "$T/kernel")"
	sed -i 's/^engine.*/engine = auto/' "$T/conf"
	"$PFQ_BUILD/pfqd/pfqd" -c "$T/conf" > "$T/auto" 2>&1 &
	PID[pfqd]=$!
	for _ in $(seq 100); do
		! grep -q listening "$T/auto" || break
		sleep 0.1
	done
	grep -q "engine = auto: pfqd takes the user engine: .*$2" "$T/auto" ||
		fail "engine = auto: $(cat "$T/auto")"
	kill "${PID[pfqd]}"
	wait "${PID[pfqd]}" || fail "pfqd ended with $?: $(cat "$T/auto")"
	# The demonstration chooses the engine as it does outside of this guest.
	said=$(PFQ_TEST_ENGINE='' PFQ_BUILD=$T/build bash -ec '. "$0"; engine_choose; echo "$ENGINE"' \
		"$(dirname "$0")/../../lib/engine.sh")
	case $said in
	*"does not load: $1"*signed*user) ;;
	*) fail "the demonstration: $said" ;;
	esac
	cat "$T/insmod" "$T/kernel"
}

install -D "$PFQ_KO" "$T/build/modules/kmod/pfq.ko"
echo integrity > /sys/kernel/security/lockdown
refused 'Operation not permitted' 'locked down.*signed modules'
# Like module.sig_enforce=1 on the command line, and like Debian's kernel with Secure Boot
echo 1 > /sys/module/module/parameters/sig_enforce
refused 'Key was rejected by service' 'only signed modules (Secure Boot)'
dmesg | grep 'Loading of unsigned module is rejected' || fail "the kernel's log says nothing"
echo "PASS"
