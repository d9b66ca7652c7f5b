# SPDX-License-Identifier: GPL-2.0-or-later
# A bar a cache: misses by class (cold, reaped, capacity, stranded, other), name.

eval BARS
set xrange [0:*]
set xlabel 'misses [number]' noenhanced offset 0,0.4
set format x '%.0f'
plot $data using ($1/2):0:($1/2):(0.38) with boxxyerror \
		linecolor rgb BLUE title legend('cold', MAX_miss_cold), \
	'' using ($1+$2/2):0:($2/2):(0.38) with boxxyerror \
		linecolor rgb YELLOW title legend('reaped', MAX_miss_reaped), \
	'' using ($1+$2+$3/2):0:($3/2):(0.38) with boxxyerror \
		linecolor rgb RED title legend('capacity', MAX_miss_capacity), \
	'' using ($1+$2+$3+$4/2):0:($4/2):(0.38) with boxxyerror \
		linecolor rgb SKY title legend('stranded', MAX_miss_stranded), \
	'' using ($1+$2+$3+$4+$5/2):0:($5/2):(0.38) with boxxyerror \
		linecolor rgb BLACK title legend('other', MAX_miss_other)
