# SPDX-License-Identifier: GPL-2.0-or-later
# Slabs grown and reaped in each step of time: time, grown, reaped. A mark where
# cache_reap gave some back.

set ylabel 'slabs in a step of time [number]' noenhanced offset -0.5,0
set yrange [-1.2 * MAX_reaped - 1:1.06 * MAX_grown + 1]
set xzeroaxis linewidth 2 linecolor rgb BLACK linetype 1
plot $data using ($1/TIME):2 with impulses linewidth 7 linecolor rgb BLUE \
		title 'grown', \
	'' using ($1/TIME):(-$3) with impulses linewidth 7 \
		linecolor rgb ORANGE title 'given back by cache_reap (down)', \
	'' using ($1/TIME):($3 > 0 ? -$3 : NaN) with points pointtype 11 \
		pointsize 2.4 linecolor rgb RED title 'the reaper ran'
