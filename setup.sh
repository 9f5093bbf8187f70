#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# Builds a clone and runs the demonstration, the tests or the comparison, or installs pfq.
# For Debian 12 or newer, as root, with nothing but git and apt.
set -eu

top=$(cd "$(dirname "$0")" && pwd)
build=${PFQ_BUILD:-$top/build}
logs=$build/logs
export LC_ALL=C

. "$top/tests/lib/say.sh"
. "$top/tests/lib/progress.sh"

usage()
{
	cat <<'END'
usage: setup.sh deps                              install the packages that are missing
       setup.sh demo [--ingest packet|xdp] [--keep]   build, and show pfq on real traffic
                                               (on the kernel engine, if it can be loaded)
       setup.sh check [--all]                     build, and run the tests; with --all all tests,
                                               for hours: the kernel engine in full on each
                                               kernel and on a debug kernel, and long fuzzing
       setup.sh bench [--quick] [OPTION...]       build, and compare with other ways to capture
       setup.sh install                           build, install, and put the libpcap with the pfq
                                               backend before the system's
       setup.sh uninstall                         undo the installation
END
}

die()
{
	printf 'setup.sh: %s\n' "$*" >&2
	exit 1
}

# refuse WORDS...: a command line that is wrong
refuse()
{
	printf 'setup.sh: %s\n' "$*" >&2
	exit 2
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || die "$1 needs root"
}

now()
{
	date +%s
}

# --- packages -----------------------------------------------------------------------

# lines of a package and its purpose
demo_packages()
{
	cat <<'END'
build-essential      compiler and make
autoconf             makes configure
automake             makes the Makefiles
libtool              builds the libraries
pkg-config           finds the libraries
libnl-3-dev          control messages, and changes of devices
libnl-genl-3-dev     headers of generic netlink messages
libiniparser-dev     reads pfqd's file
libhugetlbfs-dev     tells pfqd which huge pages there are
libcap-ng-dev        drops the capabilities that pfqd does not need
libseccomp-dev       limits the system calls of pfqd's threads
libsystemd-dev       tells systemd that pfqd is ready, and writes to the journal
libjansson-dev       writes JSON
libsmartcols-dev     writes tables
libcmocka-dev        unit tests
libpcap-dev          compiles filters, reads captures
libbpf-dev           XDP programs: taps, the traffic generator
libxdp-dev           AF_XDP sockets: taps
dpkg-dev             unpacks the distribution's libpcap source
flex                 makes the scanner of pfq-lang, and libpcap's
bison                makes the grammar of pfq-lang, and libpcap's
libdbus-1-dev        gives our libpcap the devices of the distribution's
libbluetooth-dev     gives our libpcap the devices of the distribution's
tcpdump              captures in the demonstration
iproute2             network namespaces
ethtool              switches offloads off on the wire
jq                   reads JSON in the scripts
END
}

check_packages()
{
	demo_packages
	cat <<'END'
clang                a second compiler, and fuzz targets
libclang-rt-dev      the runtime of clang's sanitizers and fuzzers
libcap2-bin          gives a program capabilities, for a test
valgrind             finds errors of memory, counts instructions
shellcheck           checks the scripts
strace               lets system calls fail, in tests
tshark               captures into a series of files, in a test
mandoc               checks the manual pages
END
}

bench_packages()
{
	demo_packages
	cat <<'END'
gnuplot-nox          draws plots
valgrind             counts instructions of the datapath
END
}

install_packages()
{
	demo_packages
	cat <<'END'
kmod                 loads modules
END
}

# Packages that build the kernel engine for this kernel and for later ones. install needs them only
# on a machine that can load modules.
module_packages()
{
	flavour=$(uname -r | sed -E 's/^[0-9.]+([+~][^-]*)?(-[0-9]+)?-//')
	cat <<END
dkms                 builds the kernel engine for each installed kernel
openssl              makes the key with which DKMS signs the module
linux-headers-$(uname -r)  headers of this kernel
linux-headers-$flavour  headers of later kernels
END
}

# Packages that test the kernel engine on other kernels, and pfqd under systemd. check skips these
# tests without them.
vm_packages()
{
	cat <<'END'
qemu-system-x86      boots the kernels
busybox-static       the first process of a guest
mmdebstrap           makes the root file system of a guest with systemd
kmod                 finds the modules that a guest needs
cpio                 packs these modules for a guest
apparmor             confines tcpdump in a guest, as Debian does
dkms                 builds the kernel engine from the installed sources
openssl              makes the key with which DKMS signs the module
file                 finds out the type of programs
xz-utils             unpacks modules
sparse               checks the source of the kernel engine
linux-headers-amd64  headers of Debian 12's kernel
linux-headers-6.12-amd64  headers of a later kernel
END
}

# deps_try LIST: installs each package by itself; a package that is not available is left out
deps_try()
{
	[ -n "$("$1" | missing)" ] || return 0
	mkdir -p "$logs"
	apt-get update >"$logs/packages.log" 2>&1 </dev/null || true
	"$1" | missing | while read -r package why; do
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
			"$package" >>"$logs/packages.log" 2>&1 </dev/null ||
			say "package $package cannot be installed here and is left out ($why)"
	done
}

# copies from stdin the lines whose package is not installed
missing()
{
	while read -r package why; do
		# shellcheck disable=SC2016 # dpkg-query's format, not the shell's
		state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
		[ "$state" = installed ] || printf '%-20s %s\n' "$package" "$why"
	done
}

# deps_install LIST: installs the missing packages; LIST is a function that prints them
deps_install()
{
	command -v apt-get >/dev/null || die "apt-get is missing: this is for Debian 12 or newer"
	lacking=$("$1" | missing)
	if [ -z "$lacking" ]; then
		say "packages: all are installed"
		return
	fi
	need_root "installing packages"
	say "packages to install:"
	say "$lacking" | sed 's/^/  /'
	export DEBIAN_FRONTEND=noninteractive
	run package-lists apt-get update
	# shellcheck disable=SC2046 # each package is one word
	run packages apt-get install -y --no-install-recommends \
		$(say "$lacking" | awk '{ print $1 }')
}

# --- build -------------------------------------------------------------------------------

files=0	# how many files the next command compiles, where that is known

# quietly NAME COMMAND...: runs a command with its output in NAME.log, and shows what it does
quietly()
{
	log=$logs/$1.log
	mkdir -p "$logs"
	: >"$log"
	progress_start "$logs/jobs"
	progress_begin "$1" "$log" "$files"
	shift
	status=0
	"$@" >"$log" 2>&1 </dev/null || status=$?
	progress_stop
	files=0
	return $status
}

# run NAME COMMAND...: quietly; if the command fails, prints the end of its log
run()
{
	if ! quietly "$@"; then
		shift
		tail -n 30 "$log" >&2
		die "failed: $*; the whole output is in $log"
	fi
}

# makes the first Makefiles; after that, make itself notices changes
configured()
{
	[ -f "$top/configure" ] || run autoreconf autoreconf -i "$top"
	[ ! -f "$build/Makefile" ] || return 0
	mkdir -p "$build"
	# AppArmor and the manuals expect the files in /etc
	run configure sh -c "cd '$build' && '$top/configure' --sysconfdir=/etc"
}

build_all()
{
	begun=$(now)
	configured
	# make by itself counts nothing
	files=$(make -C "$build" -n -k 2>/dev/null | grep -c 'echo "  CC ') || true
	run make make -C "$build" -j "$(nproc)"
	# a libpcap without a checksum in UPSTREAM
	! grep '^fetch.sh: warning:' "$log" >&2 || say "  (all of it is in $log)" >&2
	say "build: $(($(now) - begun)) s, in $build"
}

modules_load()
{
	[ -e /proc/modules ] && [ "$(cat /proc/sys/kernel/modules_disabled)" -eq 0 ]
}

# Builds the module for the running kernel. If this fails, the demonstration uses the user engine.
build_module()
{
	release=$(uname -r)
	if ! modules_load; then
		say "kernel engine: this machine cannot load modules"
	elif ! [ -e "/lib/modules/$release/build" ] &&
		! quietly headers apt-get install -y --no-install-recommends \
			"linux-headers-$release"; then
		say "kernel engine: not built: the headers of $release cannot be installed"
	elif ! quietly modules make -C "$build" modules; then
		say "kernel engine: the build for $release failed, see $logs/modules.log"
	else
		say "kernel engine: built for $release"
	fi
}

# --- installation ----------------------------------------------------------------------

linker=/etc/ld.so.conf.d/00-pfq.conf	# ldconfig reads it before the system's files
profile=/etc/apparmor.d/usr.bin.tcpdump

# sets the paths and the version of the build: prefix, libdir, sysconfdir, version
build_paths()
{
	prefix='' libdir='' sysconfdir='' version=''
	eval "$(cd "$build" && printf '%s\n' "prefix='@prefix@'" 'exec_prefix="@exec_prefix@"' \
		'libdir="@libdir@"' 'sysconfdir="@sysconfdir@"' "version='@PACKAGE_VERSION@'" |
		./config.status -q --file=-)"
	[ "$sysconfdir" = /etc ] ||
		die "$build is configured with --sysconfdir=$sysconfdir, but AppArmor reads" \
			"only /etc: remove that build folder, or use make install there"
}

# loads tcpdump's profile again, with the rules as they are now
reload_profile()
{
	if [ -f $profile ] && aa-enabled --quiet 2>/dev/null; then
		run apparmor apparmor_parser -r -T -W $profile
		say "AppArmor: $profile was loaded again"
	fi
}

reload_units()
{
	[ ! -d /run/systemd/system ] || systemctl daemon-reload || true
}

# prints the versions of the kernel engine that DKMS has, in any state
dkms_versions()
{
	! command -v dkms >/dev/null ||
		dkms status pfq 2>/dev/null | sed -n 's|^pfq[/,] *\([^,: /]*\).*|\1|p' | sort -u
}

# Installs the module for this kernel and for later ones. If this fails, pfqd uses the user engine.
install_module()
{
	if ! modules_load; then
		say "kernel engine: this machine cannot load modules; pfqd uses the user engine"
		return
	fi
	deps_try module_packages
	if ! command -v dkms >/dev/null || ! [ -e "/lib/modules/$(uname -r)/build" ]; then
		say "kernel engine: not installed, because DKMS or the headers of $(uname -r) are" \
			"missing; pfqd uses the user engine"
		return
	fi
	remove_module
	if ! quietly dkms-add dkms add "$prefix/src/pfq-$version"; then
		say "kernel engine: not installed, see $logs/dkms-add.log;" \
			"pfqd uses the user engine"
	elif ! quietly dkms dkms install "pfq/$version"; then
		say "kernel engine: not installed, see $logs/dkms.log; pfqd uses the user engine"
	elif loaded=$(modprobe pfq 2>&1); then
		say "kernel engine: DKMS has installed pfq.ko, and it is loaded"
	else
		say "kernel engine: DKMS has installed pfq.ko, but it does not load:" "$loaded"
		say "  With Secure Boot, enroll the key with which DKMS signed it (kmod/README.md):"
		say "  mokutil --import /var/lib/dkms/mok.pub, a reboot, \"Enroll MOK\"."
		say "  Until the module loads, pfqd uses the user engine."
	fi
}

# Removes other versions, too: DKMS builds each version for every kernel, but can install only one.
remove_module()
{
	for old in $(dkms_versions) "$version"; do
		! dkms_versions | grep -qxF "$old" || run dkms-remove dkms remove "pfq/$old" --all
		# DKMS's copy of the sources; with --prefix=/usr these are the installed ones
		[ "$prefix" = /usr ] || ! [ -e "/usr/src/pfq-$old/kmod/pfqk.h" ] ||
			rm -rf "/usr/src/pfq-$old"
	done
}

# Checks that the distribution's own tcpdump uses our backend: only ours knows a device pfq@...
check_installed()
{
	said=$(timeout 20 tcpdump -i pfq@setup-check -c 1 -w /dev/null 2>&1) || true
	case $said in
	*"pfqd is not running"* | *"there is no group"*)
		say "check: $(command -v tcpdump) has the libpcap in $libdir/pfq"
		;;
	*)
		say "$said" >&2
		die "$(command -v tcpdump) does not use the libpcap in $libdir/pfq;" \
			"its output is above"
		;;
	esac
}

install_all()
{
	need_root "installing"
	deps_install install_packages
	build_all
	build_paths
	run install make -C "$build" install
	say "installed below $prefix; the configuration is /etc/pfq/pfqd.conf"
	say "$libdir/pfq" >"$linker"
	run ldconfig ldconfig
	reload_profile
	sh "$top/conf/user.sh" add
	reload_units
	install_module
	check_installed
	say
	say "Now describe groups in /etc/pfq/pfqd.conf, and start pfqd: systemctl enable --now pfqd"
}

uninstall_all()
{
	need_root "uninstalling"
	[ -f "$build/Makefile" ] ||
		die "$build has no build: set PFQ_BUILD to the folder of the installed build"
	build_paths
	mkdir -p "$logs"	# a build without setup.sh has no such folder
	if [ -d /run/systemd/system ]; then
		systemctl disable --now pfqd >"$logs/systemd.log" 2>&1 </dev/null || true
	fi
	rm -rf "$linker" /run/pfqd
	run ldconfig ldconfig
	if [ -d /sys/module/pfq ] && ! rmmod pfq 2>"$logs/rmmod.log"; then
		say "the module is in use and stays loaded: end its programs and run rmmod pfq," \
			"or reboot"
	fi
	remove_module
	run uninstall make -C "$build" uninstall
	sh "$top/conf/user.sh" remove
	reload_profile
	reload_units
	say "uninstalled; the administrator's files below /etc/pfq stay"
}

# --- commands -------------------------------------------------------------------------------

demo()
{
	! wants_help "$@" || exec bash "$top/tests/demo.sh" --help
	bash "$top/tests/demo.sh" --only-options "$@" || exit
	need_root "the demonstration, which makes network namespaces,"
	deps_install demo_packages
	build_all
	build_module
	say
	PFQ_BUILD=$build exec bash "$top/tests/demo.sh" "$@"
}

check()
{
	for option; do
		[ "$option" = --all ] ||
			refuse "check: unknown option \"$option\"; allowed: --all, --help"
	done
	need_root "the check, which makes network namespaces,"
	deps_install check_packages
	deps_try vm_packages
	PFQ_BUILD=$build exec bash "$top/tests/check.sh" "$@"
}

bench()
{
	case " $* " in
	*" --help "* | *" -h "* | *" --list "*) exec bash "$top/bench/bench.sh" "$@" ;;
	esac
	need_root "the comparison, which makes network namespaces,"
	# checks the options before the build
	bash "$top/bench/bench.sh" "$@" --list >/dev/null || exit
	deps_install bench_packages
	build_all
	exec bash "$top/bench/bench.sh" --build "$build" "$@"
}

# wants_help [OPTION...]: is one of them for help?
wants_help()
{
	case " $* " in
	*" --help "* | *" -h "*) return 0 ;;
	esac
	return 1
}

# no_options COMMAND [OPTION...]
no_options()
{
	[ $# -eq 1 ] || refuse "$1: unknown option \"$2\"; it takes none but --help"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
deps | check | install | uninstall)
	! wants_help "$@" || { usage; exit; }
	;;
esac
case $command in
deps)
	no_options deps "$@"
	deps_install check_packages
	;;
demo)
	demo "$@"
	;;
check)
	check "$@"
	;;
bench)
	bench "$@"
	;;
install | uninstall)
	no_options "$command" "$@"
	"${command}_all"
	;;
-h | --help | help)
	usage
	;;
'')
	usage >&2
	exit 2
	;;
*)
	refuse "unknown command \"$command\"; allowed: deps, demo, check, bench, install," \
		"uninstall, --help"
	;;
esac
