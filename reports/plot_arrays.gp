# SPDX-License-Identifier: GPL-2.0-or-later
# Fill of the CPUs' arrays over time: time, objects, line; limit, of one cache.

YLABEL = 'objects in the arrays [number]'
eval NAME_Y
if (!DUMB && NR_NAMES > 8) { set key font ',14' maxrows 3 }
LIMIT = exists('MAX_limit_objs') ? MAX_limit_objs : 0
set yrange [0:(LIMIT > MAX_avail_objs ? LIMIT : MAX_avail_objs) * 1.06 + 1]
plot for [i=1:NR_NAMES] $data using ($3 == i ? $1/TIME : NaN):2 with lines \
	linewidth 4 dashtype 1 + (i > 4) linecolor rgb colour(i) \
	title NAMES[i], \
	(LIMIT > 0 ? LIMIT : NaN) with lines linewidth 3 dashtype 3 \
	linecolor rgb BLACK title (LIMIT > 0 ? 'limit' : '') @LOSSES
