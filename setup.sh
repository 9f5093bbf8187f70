#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# From a clone to a demonstration, or to every test that this machine can run.
# For Debian 12 or newer, as root, with nothing but git and apt.
set -eu

top=$(cd "$(dirname "$0")" && pwd)
build=${PFQ_BUILD:-$top/build}
logs=$build/logs
export LC_ALL=C

usage()
{
	cat <<'END'
usage: setup.sh deps                              install the packages that are missing
       setup.sh demo [--ingest packet|xdp] [--keep]   build, and show it on real traffic
                                               (by the kernel engine, where it can be loaded)
       setup.sh check                             build, and run every test there is
       setup.sh bench [--quick] [OPTION...]       build, and compare with other ways to capture
       setup.sh install                           build, install, and put the libpcap with the pfq
                                               backend before the system's
       setup.sh uninstall                         take that back
END
}

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf 'setup.sh: %s\n' "$*" >&2
	exit 1
}

need_root()
{
	[ "$(id -u)" -eq 0 ] || die "$1 takes root"
}

now()
{
	date +%s
}

# --- packages -----------------------------------------------------------------------

# package, and why
demo_packages()
{
	cat <<'END'
build-essential      compiler and make
autoconf             makes configure
automake             makes the Makefiles
libtool              builds the libraries
pkg-config           finds the libraries
libnl-3-dev          control messages, and what devices do
libnl-genl-3-dev     headers of generic netlink messages
libiniparser-dev     reads pfqd's file
libcap-ng-dev        drops the capabilities that pfqd does not need
libsystemd-dev       tells systemd that pfqd is ready
libjansson-dev       writes JSON
libcmocka-dev        unit tests
libpcap-dev          compiles filters, reads captures
libbpf-dev           XDP programs: taps, the generator of traffic
libxdp-dev           AF_XDP sockets: taps
dpkg-dev             unpacks the distribution's libpcap source
flex                 libpcap's scanner
bison                libpcap's grammar
libdbus-1-dev        for the same devices as in the distribution's libpcap
libbluetooth-dev     for the same devices as in the distribution's libpcap
tcpdump              the program to show it with
iproute2             network namespaces
ethtool              switches offloads off on the wire
jq                   reads JSON in the scripts
END
}

check_packages()
{
	demo_packages
	cat <<'END'
clang                the other compiler, and fuzz targets
libclang-rt-dev      what its sanitizers and fuzzers run on
libcap2-bin          gives a program capabilities of its own, for a test
valgrind             looks for errors of memory, counts instructions
shellcheck           looks over the scripts
tshark               ends and goes on to the next file, in a test
mandoc               looks over the manual pages
END
}

bench_packages()
{
	demo_packages
	cat <<'END'
gnuplot-nox          plots
valgrind             instructions of the datapath
END
}

install_packages()
{
	demo_packages
	cat <<'END'
kmod                 loads modules
END
}

# what builds the kernel engine again for each kernel that comes: done without where modules
# cannot be loaded. openssl makes the key that DKMS signs with.
module_packages()
{
	flavour=$(uname -r | sed -E 's/^[0-9.]+([+~][^-]*)?(-[0-9]+)?-//')
	cat <<END
dkms                 builds the kernel engine for each kernel that comes
openssl              makes the key that DKMS signs it with
linux-headers-$(uname -r)  builds it for this kernel
linux-headers-$flavour  and the next ones
END
}

# what boots other kernels, to test the kernel engine: done without where it is not to be had
vm_packages()
{
	cat <<'END'
qemu-system-x86      runs them
busybox-static       their first process
kmod                 finds their modules
cpio                 packs these
apparmor             confines tcpdump there, as Debian does
dkms                 builds the kernel engine from what is installed
openssl              makes the key that it is signed with
file                 looks at programs
xz-utils             unpacks modules
sparse               looks over the kernel engine
linux-headers-amd64  builds it for the kernel of Debian 12
linux-headers-6.12-amd64  and for a later one
END
}

# deps_try LIST: each by itself, where it can be had
deps_try()
{
	[ -n "$("$1" | missing)" ] || return 0
	mkdir -p "$logs"
	apt-get update >"$logs/packages.log" 2>&1 </dev/null || true
	"$1" | missing | while read -r package why; do
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" \
			>>"$logs/packages.log" 2>&1 </dev/null ||
			say "package $package is not to be had here; it is left out ($why)"
	done
}

# the lines of the list on stdin whose package is not installed
missing()
{
	while read -r package why; do
		# shellcheck disable=SC2016 # dpkg-query's format, not the shell's
		state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
		[ "$state" = installed ] || printf '%-20s %s\n' "$package" "$why"
	done
}

# deps_install LIST: a function that prints the list
deps_install()
{
	command -v apt-get >/dev/null || die "apt-get is missing: this is for Debian 12 or newer"
	lacking=$("$1" | missing)
	if [ -z "$lacking" ]; then
		say "packages: all there"
		return
	fi
	need_root "installing packages"
	say "packages to install:"
	say "$lacking" | sed 's/^/  /'
	export DEBIAN_FRONTEND=noninteractive
	mkdir -p "$logs"
	# shellcheck disable=SC2046 # one word a package
	if ! { apt-get update && apt-get install -y --no-install-recommends \
		$(say "$lacking" | awk '{ print $1 }'); } >"$logs/packages.log" 2>&1 </dev/null; then
		tail -n 20 "$logs/packages.log" >&2
		die "apt-get failed; all it said is in $logs/packages.log"
	fi
}

# --- build -------------------------------------------------------------------------------

# run LOG COMMAND...: quietly; shows the end of the log if it fails
run()
{
	log=$logs/$1.log
	shift
	mkdir -p "$logs"
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 30 "$log" >&2
		die "failed: $*; all it said is in $log"
	fi
}

# once there are Makefiles, make itself follows what changes
configured()
{
	[ -f "$top/configure" ] || run autoreconf autoreconf -i "$top"
	[ ! -f "$build/Makefile" ] || return 0
	mkdir -p "$build"
	# /etc: where AppArmor and the manuals have it
	run configure sh -c "cd '$build' && '$top/configure' --sysconfdir=/etc"
}

build_all()
{
	begun=$(now)
	configured
	run make make -C "$build" -j "$(nproc)"
	say "build: $(($(now) - begun)) s, in $build"
}

modules_load()
{
	[ -e /proc/modules ] && [ "$(cat /proc/sys/kernel/modules_disabled)" -eq 0 ]
}

# The kernel engine for the kernel that runs. The demonstration does without, too.
build_module()
{
	release=$(uname -r)
	if ! modules_load; then
		say "kernel engine: this machine loads no modules"
	elif ! [ -e "/lib/modules/$release/build" ] &&
		! apt-get install -y --no-install-recommends "linux-headers-$release" \
			>"$logs/headers.log" 2>&1 </dev/null; then
		say "kernel engine: no headers of $release to build it with"
	elif ! make -C "$build" modules >"$logs/modules.log" 2>&1 </dev/null; then
		say "kernel engine: does not build for $release, see $logs/modules.log"
	else
		say "kernel engine: built for $release"
	fi
}

# --- installation ----------------------------------------------------------------------

linker=/etc/ld.so.conf.d/00-pfq.conf	# read before those of the system's directories
profile=/etc/apparmor.d/usr.bin.tcpdump

# where the build puts things: prefix, libdir, sysconfdir, version
build_paths()
{
	prefix='' libdir='' sysconfdir='' version=''
	eval "$(cd "$build" && printf '%s\n' "prefix='@prefix@'" 'exec_prefix="@exec_prefix@"' \
		'libdir="@libdir@"' 'sysconfdir="@sysconfdir@"' "version='@PACKAGE_VERSION@'" |
		./config.status -q --file=-)"
	[ "$sysconfdir" = /etc ] || die "$build is configured with --sysconfdir=$sysconfdir, where AppArmor" \
		"and the system look for nothing: remove that folder, or use make install there"
}

# what has a profile is confined by it anew
reload_profile()
{
	if [ -f $profile ] && command -v aa-enabled >/dev/null && aa-enabled --quiet 2>/dev/null; then
		run apparmor apparmor_parser -r -T -W $profile
		say "AppArmor: $profile is loaded anew"
	fi
}

reload_units()
{
	[ ! -d /run/systemd/system ] || systemctl daemon-reload || true
}

# of the kernel engine, those that DKMS has in whatever state
dkms_versions()
{
	! command -v dkms >/dev/null ||
		dkms status pfq 2>/dev/null | sed -n 's|^pfq[/,] *\([^,: /]*\).*|\1|p' | sort -u
}

# The kernel engine, for this kernel and those to come. All the rest does without, too.
install_module()
{
	if ! modules_load; then
		say "kernel engine: this machine loads no modules; pfqd's own engine serves"
		return
	fi
	deps_try module_packages
	if ! command -v dkms >/dev/null || ! [ -e "/lib/modules/$(uname -r)/build" ]; then
		say "kernel engine: not installed, for DKMS or the headers of $(uname -r) are missing;" \
			"pfqd's own engine serves"
		return
	fi
	remove_module
	if ! { dkms add "$prefix/src/pfq-$version" && dkms install "pfq/$version"; } \
		>"$logs/dkms.log" 2>&1 </dev/null; then
		say "kernel engine: not installed, see $logs/dkms.log; pfqd's own engine serves"
	elif loaded=$(modprobe pfq 2>&1); then
		say "kernel engine: pfq.ko is installed by DKMS, and loaded"
	else
		say "kernel engine: pfq.ko is installed by DKMS; it does not load:" "$loaded"
		say "  With Secure Boot the key that it is signed with has to be enrolled first:"
		say "  mokutil --import /var/lib/dkms/mok.pub, a reboot, \"Enroll MOK\" (kmod/README.md)."
		say "  Until it loads, pfqd's own engine serves."
	fi
}

# other versions, too: each is built for every kernel, and one can be installed
remove_module()
{
	for old in $(dkms_versions) "$version"; do
		! dkms_versions | grep -qxF "$old" || run dkms-remove dkms remove "pfq/$old" --all
		# a copy of DKMS's; with --prefix=/usr it is what was installed
		[ "$prefix" = /usr ] || ! [ -e "/usr/src/pfq-$old/kmod/pfqk.h" ] ||
			rm -rf "/usr/src/pfq-$old"
	done
}

# Does the distribution's own tcpdump come to our backend? It knows no such device otherwise.
check_installed()
{
	said=$(timeout 20 tcpdump -i pfq@setup-check -c 1 -w /dev/null 2>&1) || true
	case $said in
	*"pfqd is not running"* | *"there is no group"*)
		say "check: $(command -v tcpdump) has the libpcap in $libdir/pfq"
		;;
	*)
		say "$said" >&2
		die "$(command -v tcpdump) does not use the libpcap in $libdir/pfq: what it said is above"
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
	reload_units
	install_module
	check_installed
	say
	say "Now describe groups in /etc/pfq/pfqd.conf, and start pfqd: systemctl enable --now pfqd"
}

uninstall_all()
{
	need_root "uninstalling"
	[ -f "$build/Makefile" ] || die "$build has no build: PFQ_BUILD says where what was installed was built"
	build_paths
	# a build by hand has none
	mkdir -p "$logs"
	if [ -d /run/systemd/system ]; then
		systemctl disable --now pfqd >"$logs/systemd.log" 2>&1 </dev/null || true
	fi
	rm -f "$linker"
	run ldconfig ldconfig
	if [ -d /sys/module/pfq ] && ! rmmod pfq 2>"$logs/rmmod.log"; then
		say "the module is used: it stays until its programs have ended and rmmod pfq, or a reboot"
	fi
	remove_module
	run uninstall make -C "$build" uninstall
	reload_profile
	reload_units
	say "uninstalled; what an administrator has written below /etc/pfq stays"
}

# --- commands -------------------------------------------------------------------------------

demo()
{
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
	need_root "the check, which makes network namespaces,"
	deps_install check_packages
	deps_try vm_packages
	PFQ_BUILD=$build exec bash "$top/tests/check.sh"
}

bench()
{
	case " $* " in
	*" --help "* | *" -h "* | *" --list "*) exec bash "$top/bench/bench.sh" "$@" ;;
	esac
	need_root "the comparison, which makes network namespaces,"
	# what the options say is looked at first, and not when all is built
	bash "$top/bench/bench.sh" "$@" --list >/dev/null || exit
	deps_install bench_packages
	build_all
	exec bash "$top/bench/bench.sh" --build "$build" "$@"
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
deps)
	[ $# -eq 0 ] || { usage >&2; exit 2; }
	deps_install check_packages
	;;
demo)
	demo "$@"
	;;
check)
	[ $# -eq 0 ] || { usage >&2; exit 2; }
	check
	;;
bench)
	bench "$@"
	;;
install | uninstall)
	[ $# -eq 0 ] || { usage >&2; exit 2; }
	"${command}_all"
	;;
-h | --help | help)
	usage
	;;
*)
	usage >&2
	exit 2
	;;
esac
