#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each text that lists the words of a table must have every word of it: counters, steering
# policies, ingest drivers, keys of pfqd.conf, hints, symbols of pfq-lang.
. "$(dirname "$0")/lib.sh"

# listed KIND FILE WORD...: standard input, a part of FILE, must have each WORD
listed()
{
	local kind=$1 file=$2 there word

	shift 2
	there=" $(tr -c 'a-z0-9_\n-' ' ' | xargs) "
	for word; do
		[[ $there = *" $word "* ]] || says "$file: the $kind \"$word\" is missing"
	done
}

# counted KIND WORD...: fail if the table is empty, because then its pattern above no longer
# matches
counted()
{
	[ $# -gt 2 ] || says "the table of $1s is not where words.sh looks for it"
	printf '%d %s\n' $(($# - 1)) "$1"
}

# only NAME: print the path of the only file of that name
only()
{
	local found

	found=$(tree_files "/$1\$")
	[ -f "$found" ] || { echo "words.sh: no file $1, or several" >&2; exit 1; }
	echo "$found"
}

# --- counters: the X-macros of the ABI ------------------------------------------------------------
mapfile -t counters < <(sed -n '/^#define PFQ_.*_COUNTERS(_)/,/[^\\]$/s/.*_(\([a-z_]*\),.*/\1/p' \
	include/linux/pfq.h)
counted counter "${counters[@]}"
listed counter man/pfq.7 "${counters[@]}" < <(grep '^\.It ' man/pfq.7)

# --- policies: the rows of core/program.c ---------------------------------------------------------
mapfile -t policies < <(sed -n '/^static const struct pfq_program_row rows/,/^};/{
	s/^\t{ "\([a-z-]*\)".*/\1/p
}' core/program.c)
counted policy "${policies[@]}"
listed policy man/pfq.7 "${policies[@]}" < <(grep '^\.It Cm ' man/pfq.7)
listed policy "a unit test of core/program.c" "${policies[@]}" < <(
	tree_files '^tests/unit/.*program[^/]*\.c$' | xargs grep -oh '"[a-z-]*[":]')

# --- ingest drivers: the rows of driver.h ---------------------------------------------------------
mapfile -t drivers < <(sed -n '/^#define INGEST_DRIVERS(_)/,/[^\\]$/{
	s/.*_(ingest_\([a-z]*\)).*/\1/p
}' "$(only driver.h)")
counted driver "${drivers[@]}"
listed driver man/pfqd.conf.5 "${drivers[@]}" < <(
	sed -n '/^\.It Ic ingest /,/^\.El/s/^\.It Cm //p' man/pfqd.conf.5)

# --- keys of pfqd.conf: the rows of conf_keys.c; some are reserved for a later version ------------
keys=$(sed -n 's/^\t{ CONF_SECTION_[A-Z]*, "\([a-z_]*\)", \([a-z_]*\).*/\1 \2/p' \
	"$(only conf_keys.c)")
mapfile -t now < <(awk '$2 != "parse_to_come" { print $1 }' <<<"$keys")
mapfile -t later < <(awk '$2 == "parse_to_come" { print $1 }' <<<"$keys")
counted key "${now[@]}" "${later[@]}"
listed key man/pfqd.conf.5 "${now[@]}" < <(
	sed -n 's/^\.It Ic \([a-z_]*\) No =.*/\1/p' man/pfqd.conf.5)
listed key man/pfqd.conf.5 "${later[@]}" < <(grep '^\.Ic ' man/pfqd.conf.5)
mapfile -t of_groups < <(sed -n '/parse_to_come/d
	s/^\t{ CONF_SECTION_GROUP, "\([a-z_]*\)".*/\1/p' "$(only conf_keys.c)")
counted "key of a group" "${of_groups[@]}"
listed key conf/completion/pfqctl "${of_groups[@]}" < <(grep -o '[a-z_]*=' conf/completion/pfqctl)
listed key conf/pfqd.conf "${now[@]}" < <(sed -n 's/^;\([a-z_]*\) *=.*/\1/p' conf/pfqd.conf)
listed key conf/pfqd.conf "${later[@]}" < <(grep '^; The keys\? ' conf/pfqd.conf)

# --- hints of pfqctl status: the rows of hint_rule.c ----------------------------------------------
mapfile -t hints < <(sed -n 's/^\t{ "\([a-z-]*\)", HINT_.*/\1/p' "$(only hint_rule.c)")
counted hint "${hints[@]}"
listed hint man/pfqctl.8 "${hints[@]}" < <(
	sed -n '/^\.Ss Hints/,/^\.El/s/^\.It Cm //p' man/pfqctl.8)

# --- symbols of pfq-lang: the rows of linux/pfq_lang.h --------------------------------------------
mapfile -t symbols < <(sed -n '/^#define PFQ_LANG_SYMBOLS(_)/,/[^\\]$/{
	/"save"\|"restore"\|"also\|"enter"\|"leave"/d
	s/^\t_([A-Z0-9_]*,[[:space:]]*"\([a-z_0-9]*\)".*/\1/p
}' include/linux/pfq_lang.h)
counted symbol "${symbols[@]}"
listed symbol man/pfq-lang.7 "${symbols[@]}" < <(grep '^\.It Ic ' man/pfq-lang.7)
finish
