# SPDX-License-Identifier: GPL-2.0-or-later
# Simulated against real numbers, a point a cache and kind. Before this text
# stand, written by sim/comparison_plot.c: FORMAT, TITLE, SIMULATED, REAL, TOP and
# a block of data (real, simulated; none: 0.5) for each kind.
#
# Colours of Okabe and Ito, and a shape for each, so that no colour is needed.

if (FORMAT eq 'svg') {
	set terminal svg size 1200,1200 dynamic background '#ffffff' \
		font 'DejaVu Sans,Helvetica,sans-serif,22' noenhanced
} else {
	if (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) {
		set terminal pngcairo size 1200,1200 font 'Sans,22' noenhanced
	} else {
		set terminal png size 1200,1200 font 'Sans,22' noenhanced
	}
}

set encoding utf8
set lmargin at screen 0.155
set rmargin at screen 0.955
set tmargin at screen 0.845
set bmargin at screen 0.105

set label 1 TITLE at screen 0.5,0.965 center font ',30'
set label 2 'real: '.REAL at screen 0.5,0.925 center font ',18'
set label 3 'simulated: '.SIMULATED at screen 0.5,0.893 center font ',18'

set logscale xy
set xrange [0.4:TOP]
set yrange [0.4:TOP]
set xlabel 'real [number of a cache]' offset 0,0.3
set ylabel 'simulated [number of a cache]' offset 0.3,0
set format xy '%.0f'
set xtics add ('none' 0.5)
set ytics add ('none' 0.5)
set border 3 linewidth 2
set tics nomirror out scale 1.2
set grid xtics ytics linewidth 1 linecolor rgb '#d8d8d8' dashtype solid
set key top left Left reverse samplen 1 width -2 spacing 1.2 box \
	linecolor rgb '#c8c8c8' opaque

plot x with lines linewidth 2 linecolor rgb '#000000' title 'equal', \
	x * 1.1 with lines linewidth 1 dashtype 3 linecolor rgb '#000000' \
		title '10 % more or fewer', \
	x / 1.1 with lines linewidth 1 dashtype 3 linecolor rgb '#000000' \
		notitle, \
	$allochit with points pointtype 6 pointsize 2 linewidth 2.5 \
		linecolor rgb '#0072B2' title 'allochit', \
	$allocmiss with points pointtype 8 pointsize 2 linewidth 2.5 \
		linecolor rgb '#D55E00' title 'allocmiss', \
	$freemiss with points pointtype 10 pointsize 2 linewidth 2.5 \
		linecolor rgb '#009E73' title 'freemiss', \
	$remotefrees with points pointtype 4 pointsize 2 linewidth 2.5 \
		linecolor rgb '#E69F00' title 'remotefrees', \
	$alienoverflow with points pointtype 12 pointsize 2 linewidth 2.5 \
		linecolor rgb '#CC79A7' title 'alienoverflow', \
	$grown with points pointtype 2 pointsize 2 linewidth 2.5 \
		linecolor rgb '#000000' title 'grown'
