# SPDX-License-Identifier: GPL-2.0-or-later
# Memory by list state over simulated time. Before this text stand, written by
# reports/plot.c: FORMAT, TITLE, TITLE_SIZE, SIMULATED, TRACED, NOTE,
# TIME_UNIT, BYTE_UNIT, TIME_END, BYTES_TOP and $memory with the columns time,
# full, partial, free (not stacked), live, slabs reaped since the row before.
#
# To be read from the back of a room: colours of Okabe and Ito, large type.

if (FORMAT eq 'svg') {
	set terminal svg size 1600,900 dynamic background '#ffffff' \
		font 'DejaVu Sans,Helvetica,sans-serif,24' noenhanced
} else {
	if (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) {
		set terminal pngcairo size 1600,900 font 'Sans,24' noenhanced
	} else {
		set terminal png size 1600,900 font 'Sans,24' noenhanced
	}
}

set encoding utf8
set lmargin at screen 0.115
set rmargin at screen 0.965
set tmargin at screen 0.745
set bmargin at screen 0.185

set label 1 TITLE at screen 0.5,0.955 center noenhanced \
	font ','.TITLE_SIZE
set label 2 'simulated: '.SIMULATED at screen 0.5,0.900 center noenhanced \
	font ',20'
set label 3 'traced: '.TRACED at screen 0.5,0.860 center noenhanced font ',20'
set label 4 NOTE at screen 0.965,0.030 right noenhanced font ',18' \
	textcolor rgb '#D55E00'

set xlabel 'simulated time ['.TIME_UNIT.']' noenhanced offset 0,0.3
set ylabel 'memory of slabs ['.BYTE_UNIT.']' noenhanced offset -1,0
set xrange [0:TIME_END]
set yrange [0:BYTES_TOP]
set format x '%g'
set format y '%g'
set border 3 linewidth 2
set tics nomirror out scale 1.2
set grid ytics linewidth 1 linecolor rgb '#c8c8c8' dashtype solid
set grid front
set key at screen 0.54,0.800 center center horizontal Left reverse \
	samplen 2 width 1 maxrows 1 noenhanced

plot $memory using 1:(0):2 with filledcurves linecolor rgb '#0072B2' \
		title 'full slabs', \
	'' using 1:2:($2+$3) with filledcurves linecolor rgb '#E69F00' \
		title 'partial', \
	'' using 1:($2+$3):($2+$3+$4) with filledcurves \
		linecolor rgb '#56B4E9' title 'free', \
	'' using 1:5 with lines linewidth 9 linecolor rgb '#ffffff' notitle, \
	'' using 1:5 with lines linewidth 5 linecolor rgb '#000000' \
		title 'live objects', \
	'' using 1:($6 > 0 ? $2+$3+$4 : NaN) with points pointtype 11 \
		pointsize 2.4 linecolor rgb '#D55E00' title 'slabs reaped'
