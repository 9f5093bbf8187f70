# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Functions for the scripts about the hints of pfqctl status. The scripts source it after lib.sh.

# has_hint RULE TEXT: has pfqctl status this hint, in both of its forms?
has_hint()
{
	# shellcheck disable=SC2016 # variables of jq
	ctl_is status --arg rule "$1" --arg text "$2" \
		'any(.hints[]; .hint == $rule and (.text | contains($text)))' &&
		ctl status | sed '1,/^hints$/d' | grep -qF -e "$2"
}

# lacks_hint RULE: does pfqctl status have no hint of this rule?
lacks_hint()
{
	# shellcheck disable=SC2016 # a variable of jq
	ctl_is status --arg rule "$1" 'all(.hints[]; .hint != $rule)'
}

# hinted RULE TEXT: fail unless pfqctl status has this hint within a few seconds
hinted()
{
	wait_for 5 "hint $1: \"$2\" in: $(ctl status)" has_hint "$1" "$2"
}

# not_hinted RULE: fail unless the hints of this rule are gone within a few seconds
not_hinted()
{
	wait_for 5 "no hint $1 in: $(ctl status)" lacks_hint "$1"
}
