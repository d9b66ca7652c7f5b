# SPDX-License-Identifier: GPL-2.0-or-later
# Slabs over time: sample, time, slab, node, percent of slots that are live. As
# an image; samples stand at equal steps of time. Dark is full, in grey too.

STEP = MAX_k > 0 ? MAX_time_ns / TIME / MAX_k : 1
YLABEL = 'slabs, by node and age [number]'
eval NAME_Y
set cblabel 'live objects [% of slots]' noenhanced offset 0.5,0
set palette defined (0 '#FFF7BC', 0.35 '#FEC44F', 0.7 '#D95F0E', 1 '#4A1486')
set cbrange [0:100]
set xrange [-STEP/2:(MAX_k + 0.5) * STEP]
set yrange [-0.5:MAX_slab + 0.5]
unset grid
unset key
if (!DUMB) {
	set rmargin at screen 0.845
	set tmargin at screen 0.815
	set object 1 rectangle from graph 0,0 to graph 1,1 behind \
		fillcolor rgb '#e4e4e4' fillstyle solid noborder
	set label 5 'grey: no such slab' at screen 0.845,0.088 right \
		font ',18'
}
# Letters know no image: tenths of the slots, 9 for all of them.
tenth(text) = text eq 'NaN' ? ' ' : \
	sprintf('%d', real(text) >= 100 ? 9 : real(text) / 10)
if (DUMB) {
	unset colorbox
	set title TITLE."\ntenths of slots that are live, 9: 90 % and more"
	plot $data using ($1*STEP):3:(tenth(strcol(5))) with labels notitle @MARKED
	exit
}
plot $data using ($1*STEP):3:5 with @IMAGE notitle @MARKED
