# SPDX-License-Identifier: GPL-2.0-or-later
# Memory by list state over simulated time: time, bytes of full, partial and
# free slabs (not stacked), live, cached, slabs reaped since the row before.

TOP = MAX_full_bytes + MAX_partial_bytes + MAX_free_bytes
B = byte_size(TOP)
YLABEL = 'memory of slabs ['.byte_unit(TOP).']'
eval NAME_Y

if (DUMB) {
	plot $data using ($1/TIME):(($2+$3+$4)/B) with lines title 'slabs', \
		'' using ($1/TIME):($5/B) with lines title legend('live objects', MAX_live_bytes), \
		'' using ($1/TIME):($6/B) with lines title legend('cached', MAX_cached_bytes), \
		'' using ($1/TIME):($7 > 0 ? ($2+$3+$4)/B : NaN) with points \
			pointtype 11 title legend('reaped', MAX_reaped) @MARKED
	exit
}
plot $data using ($1/TIME):(0):($2/B) with filledcurves \
		linecolor rgb BLUE title legend('full slabs', MAX_full_bytes), \
	'' using ($1/TIME):($2/B):(($2+$3)/B) with filledcurves \
		linecolor rgb ORANGE title legend('partial', MAX_partial_bytes), \
	'' using ($1/TIME):(($2+$3)/B):(($2+$3+$4)/B) with filledcurves \
		linecolor rgb PALE title legend('free', MAX_free_bytes), \
	'' using ($1/TIME):($5/B) with lines linewidth 9 \
		linecolor rgb '#ffffff' notitle, \
	'' using ($1/TIME):($5/B) with lines linewidth 5 linecolor rgb BLACK \
		title legend('live objects', MAX_live_bytes), \
	'' using ($1/TIME):($6/B) with lines linewidth 9 \
		linecolor rgb '#ffffff' notitle, \
	'' using ($1/TIME):($6/B) with lines linewidth 5 dashtype 2 \
		linecolor rgb BLACK title legend('cached', MAX_cached_bytes), \
	'' using ($1/TIME):($7 > 0 ? ($2+$3+$4)/B : NaN) with points \
		pointtype 11 pointsize MARK linecolor rgb RED \
		title legend('slabs reaped', MAX_reaped) @MARKED
