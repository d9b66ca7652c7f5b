# SPDX-License-Identifier: GPL-2.0-or-later
# Fill of the CPUs' arrays over time: time, objects, line; limit, of one cache.
# Of more than eight CPUs lines have marks, too, on every so manyeth sample: form
# and colour together are a CPU's alone. From the 17th on all are alike.

YLABEL = 'objects in the arrays [number]'
eval NAME_Y
NAMED = NR_NAMES > 16 ? 16 : NR_NAMES
OTHERS = NR_NAMES - NAMED
if (!DUMB && NAMED > 8) { set key font ',14' maxrows 3 }
LIMIT = exists('MAX_limit_objs') ? MAX_limit_objs : 0
set yrange [0:(LIMIT > MAX_avail_objs ? LIMIT : MAX_avail_objs) * 1.06 + 1]
LINE = NAMED > 8 && !DUMB ? 'linespoints pointinterval 9 ' \
	.'pointtype line_mark(i) pointsize 0.8 * MARK' : 'lines'
LIMITS = LIMIT > 0 ? ', $data using ($3 == 1 ? $1/TIME : NaN):4 with steps ' \
	.'linewidth 3 dashtype 3 linecolor rgb BLACK title "limit"' : ''
REST = OTHERS > 0 ? "for [i=17:NR_NAMES] $data using " \
	."($3 == i ? $1/TIME : NaN):2 with lines linewidth 2 linecolor " \
	."rgb '#b0b0b0' notitle, " : ''
if (!DUMB && OTHERS > 0) {
	set label 5 sprintf('grey: %d other CPU%s', OTHERS, OTHERS > 1 ? 's' : '') \
		at screen 0.030,0.026 left font ',18'
}
plot @REST for [i=1:NAMED] $data using ($3 == i ? $1/TIME : NaN):2 \
	with @LINE linewidth 4 dashtype line_dash(i) linecolor rgb colour(i) \
	title NAMES[i] @LIMITS @MARKED
