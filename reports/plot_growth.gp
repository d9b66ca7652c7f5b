# SPDX-License-Identifier: GPL-2.0-or-later
# Slabs grown and reaped in each step of time: time, grown, reaped. Many are
# grown at once and few reaped at a time, so the axis is one of powers; a mark
# stands where cache_reap gave some back.

TOP = MAX_grown > MAX_reaped ? MAX_grown : MAX_reaped
YLABEL = 'slabs in a step of time [number]'
eval NAME_Y
set logscale y
set yrange [0.5:2 * (TOP > 1 ? TOP : 1)]
SHIFT = 0.003 * (MAX_time_ns > 0 ? MAX_time_ns / TIME : 1)
plot $data using ($1/TIME):($2 > 0 ? $2 : NaN) with impulses linewidth 7 \
		linecolor rgb BLUE title 'grown', \
	'' using ($1/TIME+SHIFT):($3 > 0 ? $3 : NaN) with impulses \
		linewidth 7 linecolor rgb ORANGE title 'reaped', \
	'' using ($1/TIME+SHIFT):($3 > 0 ? $3 : NaN) with points pointtype 11 \
		pointsize MARK linecolor rgb RED title 'the reaper gave back'
