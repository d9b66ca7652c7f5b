# SPDX-License-Identifier: GPL-2.0-or-later
# Slabs grown and reaped in each step of time: time, grown, reaped. Many are
# grown at once and few reaped at a time, so the axis is one of powers.
#
# At the top stand the reaper's ticks, of all CPUs: full triangles where it gave
# slabs back, empty ones where there was nothing to give. Of one cache, and in a database
# that is older than the table of ticks, it is known in which steps it gave back.

TOP = MAX_grown > MAX_reaped ? MAX_grown : MAX_reaped
YLABEL = 'slabs in a step of time [number]'
eval NAME_Y
set logscale y
set yrange [0.5:(PASSES > 0 ? 4 : 2) * (TOP > 1 ? TOP : 1)]
set y2range [0:1]
SHIFT = 0.003 * (MAX_time_ns > 0 ? MAX_time_ns / TIME : 1)

BY_STEP = ONE_CACHE || PASSES == 0
is_idle(gave) = BY_STEP || gave == 0
ticks(n) = sprintf('%d reaper tick%s', n, n == 1 ? '' : 's')
GAVE = BY_STEP ? legend('the reaper gave back', MAX_reaped) : \
	legend(ticks(PASSES_GAVE).' gave slabs back', PASSES_GAVE)
IDLE = BY_STEP ? ticks(PASSES) : \
	PASSES_GAVE == 0 ? ticks(PASSES).', none had slabs to give back' : \
	legend(sprintf('%d had none to give', PASSES - PASSES_GAVE), PASSES - PASSES_GAVE)
MARKS = BY_STEP ? "$data using ($1/TIME+SHIFT):($3 > 0 ? $3 : NaN)" : \
	"$passes using ($1/TIME):($3 > 0 ? 0.963 : NaN) axes x1y2"
TICKS = PASSES == 0 ? '' : ", $passes using ($1/TIME):(is_idle($3) ? " \
	."0.963 : NaN) axes x1y2 with points pointtype 10 pointsize " \
	."0.8 * MARK linewidth 2 linecolor rgb '#606060' title IDLE"
plot $data using ($1/TIME):($2 > 0 ? $2 : NaN) with impulses linewidth 7 \
		linecolor rgb BLUE title legend('grown', MAX_grown), \
	'' using ($1/TIME+SHIFT):($3 > 0 ? $3 : NaN) with impulses \
		linewidth 7 linecolor rgb ORANGE title legend('reaped', MAX_reaped), \
	@MARKS with points pointtype 11 pointsize MARK linecolor rgb RED \
		title GAVE @TICKS @MARKED
