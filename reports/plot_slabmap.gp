# SPDX-License-Identifier: GPL-2.0-or-later
# Slabs at a time: row, live, cached, slots, slabs in all, name. Squares are
# sorted by state: the database stores how many there are, not where.

set xlabel 'objects, sorted by state [number]' noenhanced offset 0,0.4
set xrange [0:MAX_slots]
set yrange [MAX_slab + 0.5:-0.5]
set style fill solid 1.0 border rgb '#ffffff'
unset grid
if (!DUMB) { set lmargin at screen 0.185 }
set ytics () nomirror out font ','.(MAX_slab > 15 ? 15 : 18)
do for [i=1:NR_NAMES] { set ytics add (NAMES[i] i-1) }
if (DUMB) {
	ROWS = NR_ROWS < 14 ? NR_ROWS : 14
	set title TITLE.sprintf("\nat %s: %d of %d slabs; #: live, c: cached", \
		AT, ROWS, MAX_slabs)
	set yrange [ROWS - 0.1:-0.9]
	unset key
	plot for [s=0:MAX_slots-1] $data using (s+0.5):1:(s < $2 ? '#' : \
		s < $2+$3 ? 'c' : s < $4 ? '.' : '') with labels
	exit
}
set label 5 sprintf('at %s: %d of %d slabs', AT, NR_ROWS, MAX_slabs) \
	at screen 0.115,0.030 left noenhanced font ',18'
plot for [s=0:MAX_slots-1] $data using \
		(s < $2 ? s+0.5 : NaN):1:(0.5):(0.42) \
		with boxxyerror linecolor rgb BLUE notitle, \
	for [s=0:MAX_slots-1] $data using \
		(s >= $2 && s < $2+$3 ? s+0.5 : NaN):1:(0.5):(0.42) \
		with boxxyerror linecolor rgb ORANGE notitle, \
	for [s=0:MAX_slots-1] $data using \
		(s >= $2+$3 && s < $4 ? s+0.5 : NaN):1:(0.5):(0.42) \
		with boxxyerror linecolor rgb '#dcdcdc' notitle, \
	NaN with boxes linecolor rgb BLUE title 'live', \
	NaN with boxes linecolor rgb ORANGE title 'cached', \
	NaN with boxes linecolor rgb '#dcdcdc' title 'free'
