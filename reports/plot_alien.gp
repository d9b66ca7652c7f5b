# SPDX-License-Identifier: GPL-2.0-or-later
# Remote frees, node by node: node of the CPU, node of the object, objects, the
# window of events where these are steps, and what was freed before them all.

N = MAX_by_node + 1
set xlabel 'node of the object'.(MAX_last_event > 0 ? sprintf( \
	' (events %d to %d only)', MAX_first_event, MAX_last_event) : '')
YLABEL = 'node of the CPU that freed it'
eval NAME_Y
set cblabel 'objects [number]' offset 1.5,0
set palette defined (0 '#FFFFFF', 0.35 '#FEC44F', 0.7 '#D95F0E', 1 '#4A1486')
set cbrange [0:(MAX_objs > 0 ? MAX_objs : 1)]
set xrange [-0.5:N - 0.5]
set yrange [N - 0.5:-0.5]
set xtics 1
set ytics 1
unset grid
unset key
if (!DUMB) {
	set lmargin at screen 0.22
	set rmargin at screen 0.78
	set tmargin at screen 0.815
	set border 15
	set label 5 (N == 2 ? 'with the start of the machine' : MAX_early_objs > 0 ? \
		sprintf('before the first event %d more', MAX_early_objs) : '') \
		at screen 0.030,0.026 left font ',18'
}
if (DUMB) {
	unset colorbox
	plot $data using 2:1:(sprintf('%d', $3)) with labels
	exit
}
plot $data using 2:1:3 with @IMAGE, \
	'' using 2:1:(sprintf('%d', $3)) with labels \
		textcolor rgb BLACK offset 0.04,-0.04 font ',30' notitle, \
	'' using ($3 > MAX_objs / 2 ? $2 : NaN):1:(sprintf('%d', $3)) \
		with labels textcolor rgb '#ffffff' font ',30' notitle
