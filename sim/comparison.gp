# SPDX-License-Identifier: GPL-2.0-or-later
# Simulated against real numbers, a point a cache and kind. Before this text
# stand, written by sim/comparison_plot.c: what reports/theme.gp needs, which
# comes next; TOP; and a block of data (real, simulated; none: 0.5) for each kind.
#
# A shape for each kind, so that no colour is needed.

set lmargin at screen 0.155
set rmargin at screen 0.955
set tmargin at screen 0.845
set bmargin at screen 0.105
set label 1 TITLE at screen 0.5,0.965 center noenhanced font ','.TITLE_SIZE
set label 2 'simulated: '.SIMULATED at screen 0.5,0.925
set label 3 'real: '.TRACED at screen 0.5,0.893

set logscale xy
set xrange [0.4:TOP]
set yrange [0.4:TOP]
set xlabel 'real [number of a cache]' noenhanced offset 0,0.3
set ylabel 'simulated [number of a cache]' noenhanced offset 0.3,0
set format xy '%.0f'
set xtics add ('none' 0.5)
set ytics add ('none' 0.5)
set grid xtics ytics back
set key default top left Left reverse samplen 1 width 0 spacing 1.2 box \
	linecolor rgb '#c8c8c8' opaque font ',18' noenhanced

plot x with lines linewidth 2 linecolor rgb BLACK title 'equal', \
	x * 1.1 with lines linewidth 1 dashtype 3 linecolor rgb BLACK \
		title '10 % more or fewer', \
	x / 1.1 with lines linewidth 1 dashtype 3 linecolor rgb BLACK \
		notitle, \
	$allochit with points pointtype 6 pointsize MARK linewidth 2.5 \
		linecolor rgb BLUE title 'allochit', \
	$allocmiss with points pointtype 8 pointsize MARK linewidth 2.5 \
		linecolor rgb RED title 'allocmiss', \
	$freemiss with points pointtype 10 pointsize MARK linewidth 2.5 \
		linecolor rgb GREEN title 'freemiss', \
	$remotefrees with points pointtype 4 pointsize MARK linewidth 2.5 \
		linecolor rgb ORANGE title 'remotefrees', \
	$alienoverflow with points pointtype 12 pointsize MARK linewidth 2.5 \
		linecolor rgb PINK title 'alienoverflow', \
	$grown with points pointtype 2 pointsize MARK linewidth 2.5 \
		linecolor rgb BLACK title 'grown'
