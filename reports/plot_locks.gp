# SPDX-License-Identifier: GPL-2.0-or-later
# A bar a lock: taken at once, taken after waiting, wait in microseconds, name.

BARS_AT = 0.3 # names of locks are long
eval BARS
# room for how long was waited, behind the longest bar
set xrange [0:1.25 * (MAX_at_once + MAX_waited > 0 ? MAX_at_once + MAX_waited : 1)]
set xlabel 'taken [number]; at the bar: time waited on the host' noenhanced \
	offset 0,0.4
plot $data using ($1/2):0:($1/2):(0.38) with boxxyerror \
		linecolor rgb BLUE title 'at once', \
	'' using ($1+$2/2):0:($2/2):(0.38) with boxxyerror \
		linecolor rgb ORANGE title 'after waiting', \
	'' using ($1+$2):0:(sprintf(' %.0f us', $3)) with labels left \
		noenhanced notitle
