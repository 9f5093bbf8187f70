# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Part of circles.sh and symbols.sh: the objects of each library and program, from the Makefiles.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build=${PFQ_BUILD:-$top/build}
# shellcheck disable=SC2034
read -ra nm <<<"${NM:-nm}"
[ -f "$build/Makefile" ] || { echo "no build in $build; PFQ_BUILD names another"; exit 77; }

# Automake's variables say of which objects a library or program is linked
# shellcheck disable=SC2016
ask='include Makefile
canon = $(subst -,_,$(subst .,_,$(subst +,_,$(subst /,_,$1))))
tree-units:
	@:$(foreach u,$(PROGRAMS) $(LTLIBRARIES),$(info object $u \
		$($(call canon,$u)_OBJECTS))$(info library $u \
		$(filter %.la,$($(call canon,$u)_LDADD) $($(call canon,$u)_LIBADD))))
	@:$(if $(cache),$(info object libpcap-pfq $(backend_c:%.c=libpcap/%_pic.o)))
'

# unit_rows: of all that is built outside of tests/ a row each
#	object UNIT OBJECT	an object that UNIT is linked of
#	library UNIT LIBRARY	a library that UNIT takes in
# with paths from the top of the build
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
