# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# One plot of lines: gnuplot -e 'data="FILE"; out="FILE"; xname="..."; yname="..."; ...' plots.gp
#
# data: columns x, y, min, max of a subject. Two empty lines separate subjects; each begins with its
# title in quotes. xlog: 1 for a logarithmic x axis; marks: its tics; diagonal: 1 for a line where
# y is x; blocks: the number of subjects.
set terminal svg size 860,500 font "sans-serif,14" background "white" dynamic noenhanced
set output out
set encoding utf8
set samples 400
set border 3 lw 1 lc rgb "#666666"
set tics nomirror out scale 0.6 textcolor rgb "#333333"
set grid y lc rgb "#dddddd" lw 1 lt 1
set key outside right center Left reverse samplen 2 spacing 1.35
set xlabel xname
set ylabel yname
set yrange [0:*]
set offsets graph 0.02, graph 0.03, 0, 0
if (exists("xlog") && xlog) set logscale x 2
if (exists("marks")) eval "set xtics (" . marks . ")"
# These colours are distinct for people who do not distinguish red and green.
array colour[8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"]
stats data using 4 nooutput
most = STATS_max * 1.05
diagonal = exists("diagonal") && diagonal
plot for [i=0:blocks-1] data index i using 1:2:3:4 with yerrorbars lw 1.2 pt (i % 8) + 4 ps 0.01 lc rgb colour[i % 8 + 1] notitle, \
     for [i=0:blocks-1] data index i using 1:2 with linespoints lw 2 pt 7 ps 0.55 lc rgb colour[i % 8 + 1] title columnheader(1), \
     diagonal ? (x <= most ? x : NaN) : NaN with lines lw 1 lc rgb "#999999" \
	title diagonal ? "all that is offered" : ""
