#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# run.sh: boots a distribution's kernel under QEMU, without KVM, and runs a command in the
# guest. The guest reads this machine's root file system over 9p and writes to its own memory.
# run.sh prints the command's output and returns its status. It fails, too, if the kernel
# complains (BUG, WARNING, lockdep, RCU) or hangs. If the emulator was at fault, run.sh says so
# and boots the guest again.
#
#	run.sh -k KERNELDIR [-r ROOT] [-c CPUS] [-m MIB] [-t SECONDS] [-o DIR] [-a WORD]...
#		[-b DIR]... -- COMMAND...
#
# KERNELDIR: the directory that kernel.sh printed. -r: the guest reads the root file system ROOT
# instead, and its systemd runs the command. -o: keep the logs in DIR. -a: add WORD to the kernel's
# command line. -b: show DIR in the guest; otherwise /tmp and /run are empty there, and with -r
# nothing of this machine is there but this source tree.
# PFQ_VM_NOT_OURS: a pattern of kernel complaints that are not the module's fault.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
kernel='' root='' cpus=1 mib=1024 seconds=120 out='' binds=("$(realpath "$here/../..")")
# the default of Debian's kernels
words='apparmor=1 security=apparmor'
while getopts k:r:c:m:t:o:a:b: opt; do
	case $opt in
	k) kernel=$(realpath "$OPTARG") ;;
	r) root=$(realpath "$OPTARG") ;;
	c) cpus=$OPTARG ;;
	m) mib=$OPTARG ;;
	t) seconds=$OPTARG ;;
	o) out=$OPTARG ;;
	a) words+=" $OPTARG" ;;
	b) binds+=("$(realpath "$OPTARG")") ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ -z "$kernel" ] || [ $# -eq 0 ]; then
	sed -n '/^#\trun.sh/s/^#\t/usage: /p' "$0" >&2
	exit 2
fi
if ! command -v qemu-system-x86_64 > /dev/null; then
	echo "run.sh: qemu-system-x86_64 is missing" >&2
	exit 77
fi
image=$(echo "$kernel"/boot/vmlinuz-*)
[ -f "$image" ] || { echo "run.sh: no boot/vmlinuz-* in $kernel" >&2; exit 2; }

keep=$out
out=${out:-$(mktemp -d)}
mkdir -p "$out"
[ -n "$keep" ] || trap 'rm -rf "$out"' EXIT
# Make it again if it is older than the files that it is made from.
initramfs=$kernel/initramfs.gz
if [ "$here/vm-init" -nt "$initramfs" ] || [ "$here/initramfs.sh" -nt "$initramfs" ]; then
	"$here/initramfs.sh" "$kernel" "$initramfs"
fi
{
	echo "cd $(printf %q "$PWD") 2> /dev/null || cd /"
	printf '%q ' "$@"
	echo
} > "$out/command"
# more words for the command line of this kernel
more=$(cat "$kernel/cmdline" 2> /dev/null || true)
echo "$kernel/lib/modules" > "$out/modules"
printf '%s\n' "${binds[@]}" > "$out/binds"
# vm-init mounts these by their tags.
shared=security_model=none,readonly=on,multidevs=remap
files=(-virtfs "local,path=${root:-/},mount_tag=root,$shared")
[ -z "$root" ] || files+=(-virtfs "local,path=/,mount_tag=machine,$shared")
files+=(-virtfs "local,path=$out,mount_tag=vm,security_model=none")

# patterns of the kernel's error messages
complaint='BUG:|BUG |WARNING:|INFO: (possible|task|rcu)|suspicious RCU|Oops|int3: '
complaint+='|general protection|possible recursive locking|ODEBUG|UBSAN:|refcount_t:'
complaint+='|leaked reference|unregister_netdevice: waiting'
rm -f "$out"/console.*

boot()
{
	rm -f "$out"/{status,log,dmesg,console}
	timeout $((seconds - SECONDS)) qemu-system-x86_64 -accel tcg,thread=multi -cpu max \
		-smp "$cpus" -m "$mib" -kernel "$image" -initrd "$initramfs" \
		-append "console=ttyS0 quiet loglevel=5 panic=-1 oops=panic $words $more" \
		-nodefaults -no-user-config -display none -no-reboot -serial "file:$out/console" \
		"${files[@]}" < /dev/null || true
}

# emulator_failed CONSOLE: succeed if the kernel died of a breakpoint that is not in memory. The
# first complaint is an int3, and the byte before its address is no int3. The kernel sets and
# removes a breakpoint when it patches its own code. An emulator with a thread for each CPU may
# still run code that it translated in between (QEMU 7.2 does). No processor does that.
emulator_failed()
{
	awk -v complaint="$complaint" '!first && $0 ~ complaint { first = $0 }
		first ~ /int3: 0000/ && !before && / Code: / {
			for (i = 2; i <= NF; i++)
				if ($i ~ /^<..>$/)
					before = $(i - 1)
		}
		END { exit !(before ~ /^[0-9a-f][0-9a-f]$/ && before != "cc") }' "$1"
}

SECONDS=0
for try in 1 2 3; do
	boot
	if [ -s "$out/status" ] || [ "$try" -eq 3 ] || [ $SECONDS -ge "$seconds" ] ||
		! emulator_failed "$out/console"; then
		break
	fi
	mv "$out/console" "$out/console.$try"
	echo "run.sh: the emulator ran a breakpoint that is not in memory;" \
		"the guest is booted again:" >&2
	grep -m 3 -E 'int3: |RIP: | Code: ' "$out/console.$try" >&2
done

[ ! -f "$out/log" ] || cat "$out/log"
if ! [ -s "$out/status" ]; then
	echo "run.sh: the guest did not end within $seconds s; its console says:" >&2
	# print from the first complaint on
	awk -v complaint="$complaint" '$0 ~ complaint { said = 1 }
		said && n++ < 60 { print }
		END { exit !said }' "$out/console" >&2 || tail -n 40 "$out/console" >&2
	exit 1
fi
if grep -hE "$complaint" "$out/dmesg" "$out/console" |
	grep -vE "${PFQ_VM_NOT_OURS:-^$}" >&2; then
	echo "run.sh: the kernel complained" >&2
	exit 1
fi
exit "$(cat "$out/status")"
