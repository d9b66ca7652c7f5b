# SPDX-License-Identifier: GPL-2.0-or-later
# A bar a cache: hits, misses, percent of hits, name.

eval BARS
set xlabel 'allocations [number]; beside: hits [%]' noenhanced offset 0,0.4
set xrange [0:1.12 * (MAX_allochit + MAX_allocmiss)]
set format x '%.0f'
plot $data using ($1/2):0:($1/2):(0.38) with boxxyerror \
		linecolor rgb BLUE title legend('hits', MAX_allochit), \
	'' using ($1+$2/2):0:($2/2):(0.38) with boxxyerror \
		linecolor rgb ORANGE title legend('misses', MAX_allocmiss), \
	'' using ($1+$2):0:(sprintf('%.1f %%', $3)) with labels left \
		offset 0.5,0 font BAR_FONT notitle
