# SPDX-License-Identifier: GPL-2.0-or-later
# A bar a cache: hits, misses, percent of hits, name.

if (!DUMB) {
	set lmargin at screen 0.215
	set grid noytics xtics
}
set yrange [NR_ROWS - 0.4:-0.6]
set ytics () nomirror out font ','.(NR_ROWS > 20 ? 12 : NR_ROWS > 12 ? 16 : 20)
do for [i=1:NR_NAMES] { set ytics add (tic(short(NAMES[i])) i-1) }
set xrange [0:*]
set xlabel 'allocations [number]; beside: hits [%]' noenhanced offset 0,0.4
set xrange [0:1.12 * (MAX_allochit + MAX_allocmiss)]
set format x '%.0f'
plot $data using ($1/2):0:($1/2):(0.38) with boxxyerror \
		linecolor rgb BLUE title 'hits', \
	'' using ($1+$2/2):0:($2/2):(0.38) with boxxyerror \
		linecolor rgb ORANGE title 'misses', \
	'' using ($1+$2):0:(sprintf(' %.1f %%', $3)) with labels left notitle
