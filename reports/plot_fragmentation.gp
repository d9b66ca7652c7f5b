# SPDX-License-Identifier: GPL-2.0-or-later
# Slab fragmentation over time: time, percent, line.

YLABEL = 'free slots of used slabs [%]'
eval NAME_Y
set yrange [0:100]
if (!DUMB) { set key font ',16' }
plot for [i=1:NR_NAMES] $data using ($3 == i ? $1/TIME : NaN):2 with lines \
	linewidth 5 dashtype line_dash(i) linecolor rgb colour(i) \
	title short(NAMES[i]) @MARKED
