# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# Plots of the parts, if gnuplot is installed. A plot shows only values of a document.

# series DOCUMENT JQ: print data for plots.gp. JQ makes {title, x, y} of each row, y being a
# spread, or nothing.
series()
{
	jq -r "[.rows[] | $2 | select(.y.median != null)] |"'
		reduce .[] as $p ({}; .[$p.title] += [$p]) |
		to_entries[] | "\"\(.key)\"",
		(.value | sort_by(.x)[] | "\(.x) \(.y.median) \(.y.min) \(.y.max)"), "", ""' "$1"
}

# plot NAME XNAME SETTINGS <DATA: draw one plot
plot()
{
	cat >"$T/plot.dat"
	[ -s "$T/plot.dat" ] || return 0
	LC_ALL=C.UTF-8 gnuplot -e "data='$T/plot.dat'; out='$RESULTS/$1.svg'; xname='$2';
		yname='delivered, Mpps';
		blocks=$(grep -c '^"' "$T/plot.dat"); $3" "$HERE/compare/plots.gp"
}

plots()
{
	local part

	command -v gnuplot >/dev/null || { note "no plots: gnuplot is not installed"; return; }
	for part in $PARTS; do
		case $part in
		table)
			series "$RESULTS/table.json" 'select(.consumers > 0) | .subject as $s | {
				title: (.title | sub(" ×[0-9]+"; "")), x: .consumers, y: .mpps }' |
				plot consumers "consumers" "xlog=1; marks='1,2,4,8'"
			;;
		rate)
			series "$RESULTS/rate.json" '{ title: .title, x: (.at / 1e6), y: .mpps }' |
				plot rate "offered, Mpps" "diagonal=1"
			;;
		size)
			series "$RESULTS/size.json" '{ title: .title, x: .at, y: .mpps }' |
				plot size "bytes of a frame" \
					"xlog=1; marks='60,128,256,512,1024,1514'"
			;;
		esac
	done
}
