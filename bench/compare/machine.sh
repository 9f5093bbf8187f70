# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Describes the machine of a run.

# of_lscpu KEY: print the value that lscpu has for KEY; nothing if there is none
of_lscpu()
{
	lscpu | sed -n "s/^$1: *//p" | head -n 1
}

# version_of_source: print the commit of the source tree, or "release" if there is no git
version_of_source()
{
	git -C "$SRC" describe --always --dirty 2>/dev/null || echo "release"
}

# machine_json: print the machine's CPU, kernel and system, the date and the source, as JSON
machine_json()
{
	jq -n --arg cpu "$(of_lscpu 'Model name')" --argjson cpus "$(nproc --all)" \
		--arg hypervisor "$(of_lscpu 'Hypervisor vendor')" --arg kernel "$(uname -sr)" \
		--arg os "$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-}")" \
		--arg arch "$(uname -m)" --arg date "$(date -u +%Y-%m-%dT%H:%MZ)" \
		--arg source "$(version_of_source)" \
		'{ cpu: $cpu, cpus: $cpus, arch: $arch, kernel: $kernel, os: $os, date: $date,
		   source: $source,
		   hypervisor: (if $hypervisor == "" then null else $hypervisor end) }'
}
