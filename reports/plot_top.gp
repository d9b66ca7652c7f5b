# SPDX-License-Identifier: GPL-2.0-or-later
# A bar a cache: bytes of live, cached and free objects, overhead, name.

eval BARS
set xrange [0:*]
TOP = MAX_live_bytes + MAX_cached_bytes + MAX_free_bytes
B = byte_size(TOP)
set xlabel 'memory of slabs ['.byte_unit(TOP).']' noenhanced offset 0,0.4
plot $data using ($1/2/B):0:($1/2/B):(0.38) with boxxyerror \
		linecolor rgb BLUE title legend('live', MAX_live_bytes), \
	'' using (($1+$2/2)/B):0:($2/2/B):(0.38) with boxxyerror \
		linecolor rgb ORANGE title legend('cached', MAX_cached_bytes), \
	'' using (($1+$2+$3/2)/B):0:($3/2/B):(0.38) with boxxyerror \
		linecolor rgb PALE title legend('free', MAX_free_bytes), \
	'' using (($1+$2+$3+$4/2)/B):0:($4/2/B):(0.38) with boxxyerror \
		linecolor rgb BLACK title legend('no slots', MAX_overhead_bytes)
