# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Functions of circles.sh and symbols.sh: they find the objects of each library and program
# in the Makefiles.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build=${PFQ_BUILD:-$top/build}
# shellcheck disable=SC2034
read -ra nm <<<"${NM:-nm}"
[ -f "$build/Makefile" ] || { echo "no build in $build; PFQ_BUILD names another"; exit 77; }

# Automake's variables name the objects of a library or program.
# shellcheck disable=SC2016
ask='include Makefile
canon = $(subst -,_,$(subst .,_,$(subst +,_,$(subst /,_,$1))))
tree-units:
	@:$(foreach u,$(PROGRAMS) $(LTLIBRARIES),$(info object $u \
		$($(call canon,$u)_OBJECTS))$(info library $u \
		$(filter %.la,$($(call canon,$u)_LDADD) $($(call canon,$u)_LIBADD))))
	@:$(if $(cache),$(info object libpcap-pfq $(backend_c:%.c=libpcap/%_pic.o)))
'

# unit_rows: print these rows for all libraries and programs outside of tests/
#	object UNIT OBJECT	UNIT is linked from OBJECT
#	library UNIT LIBRARY	UNIT includes LIBRARY
# Paths begin at the top of the build.
unit_rows()
{
	local makefile dir

	tree_files '(^|/)Makefile\.am$' | grep -v '^tests/' | while read -r makefile; do
		dir=$(dirname "$makefile")
		[ -f "$build/$dir/Makefile" ] || continue
		make -s --no-print-directory -C "$build/$dir" -f - tree-units <<<"$ask" |
			sed "s,^,$dir ,"
	done | awk '
	function normal(path) {
		sub(/^\.\//, "", path)
		while (sub(/[^\/]+\/\.\.\//, "", path))
			;
		return path
	}
	{
		for (i = 4; i <= NF; i++) {
			if (sub(/\.lo$/, ".o", $i) && !sub(/\/[^\/]*$/, "/.libs&", $i))
				$i = ".libs/" $i
			print $2, normal($1 "/" $3), normal($1 "/" $i)
		}
	}'
}
