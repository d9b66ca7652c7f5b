# SPDX-License-Identifier: GPL-2.0-or-later
# A bar a lock: taken at once, taken after waiting, wait in nanoseconds, name.
# Nothing stands at the bar where nobody waited.

BARS_AT = 0.3 # names of locks are long
eval BARS
# room for how long was waited, behind the longest bar
set xrange [0:1.25 * (MAX_at_once + MAX_waited > 0 ? MAX_at_once + MAX_waited : 1)]
set xlabel 'taken [number]; beside: time waited on the host' noenhanced \
	offset 0,0.4
if (!DUMB) {
	set label 5 'names: lock, cache, node' at screen 0.030,0.026 left \
		font ',18'
}
wait(ns) = sprintf('%.3g %s', ns / time_size(ns), time_unit(ns))
plot $data using ($1/2):0:($1/2):(0.38) with boxxyerror \
		linecolor rgb BLUE title legend('at once', MAX_at_once), \
	'' using ($1+$2/2):0:($2/2):(0.38) with boxxyerror \
		linecolor rgb ORANGE title legend('after waiting', MAX_waited), \
	'' using ($1+$2):0:($2 > 0 ? wait($3) : '') with labels left \
		offset 0.5,0 font BAR_FONT noenhanced notitle
