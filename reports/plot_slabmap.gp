# SPDX-License-Identifier: GPL-2.0-or-later
# Slabs at a time, a row of squares each. Columns: slab, object, state, holder,
# first and number of the run that the object is in, slots, slabs in all, are
# objects in order, name of the slab.
#
# Colour and number say the same twice. A number stands in every square while
# there is room, else once in each run that has room; else colour remains.

ROWS = MAX_slab + 1
set xlabel MAX_in_order ? 'objects, by index [number]' : \
	'objects, sorted by state [number]' noenhanced offset 0,0.4
set xrange [0:MAX_slots]
set yrange [MAX_slab + 0.5:-0.5]
set style fill solid 1.0 border rgb '#ffffff'
unset grid
if (!DUMB) { set lmargin at screen 0.185 }
set ytics () nomirror out font ','.(MAX_slab > 15 ? 15 : 18)
do for [i=1:NR_NAMES] { set ytics add (NAMES[i] i-1) }
if (DUMB) {
	SHOWN = ROWS < 14 ? ROWS : 14
	letter(state, cpu) = state == 0 ? '#' : state == 2 ? 's' : \
		state == 3 ? 'a' : state == 4 ? 'c' : state == 5 ? '.' : \
		cpu < 10 ? sprintf('%d', cpu) : \
		cpu < 36 ? sprintf('%c', 55 + cpu) : '+'
	set title TITLE.sprintf("\nat %s: %d of %d slabs; #: live, 0-9A-Z: ", \
		AT, SHOWN, MAX_slabs)."CPU 0 to 35,\n+: another CPU, " \
		."s: shared, a: alien, c: some array, .: free"
	set yrange [SHOWN - 0.1:-0.9]
	unset key
	plot $data using ($2+0.5):1:(letter($3, $4)) with labels
	exit
}
# Sizes are parts of 1600 x 900, a digit as wide as 0.85 of its font size.
SQUARE = 1248.0 / MAX_slots
ROW = 495.0 / ROWS
SIZE = ROW > 34 ? 18 : 14
fits(objs, text) = objs * SQUARE > 0.85 * SIZE * strlen(text) + 4
held_by(state, holder) = state == 1 ? sprintf('%d', holder) : \
	sprintf('%s%d', state == 2 ? 's' : 'a', holder)
ALL_FIT = fits(1, 'a00')
at(object, first, objs) = ALL_FIT ? object + 0.5 : \
	object == first ? first + objs / 2.0 : NaN
named(object, state, holder, first, objs) = state > 0 && state < 4 && \
	fits(ALL_FIT ? 1 : objs, held_by(state, holder)) ? \
	at(object, first, objs) : NaN
array FILL[6] = [BLUE, ORANGE, SKY, PINK, YELLOW, '#dcdcdc']
array WORDS[6] = ['live', '2: array of CPU 2', 's0: shared, node 0', \
	'a1: alien, node 1', 'in some array', 'free']
set key at screen 0.53,0.800 font ',19' width 0
shown(s) = MAX_in_order ? s != 4 : s == 0 || s >= 4
set label 5 sprintf('at %s: %d of %d slabs', AT, ROWS, MAX_slabs) \
	.(ROWS < MAX_slabs ? ', those with cached objects first' : '') \
	at screen 0.115,0.030 left noenhanced font ',18'
plot for [s=0:5] $data using ($3 == s ? $2+0.5 : NaN):1:(0.5):(0.42) \
		with boxxyerror linecolor rgb FILL[s+1] notitle, \
	$data using (named($2, $3, $4, $5, $6)):1:(held_by($3, $4)) \
		with labels font ','.SIZE textcolor rgb BLACK notitle, \
	for [s=0:5] NaN with boxes linecolor rgb FILL[s+1] \
		title (shown(s) ? WORDS[s+1] : '')
