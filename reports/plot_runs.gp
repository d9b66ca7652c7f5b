# SPDX-License-Identifier: GPL-2.0-or-later
# Runs over each other: time, bytes of slabs, live bytes, run.

B = byte_size(MAX_slab_bytes)
if (!DUMB && NR_NAMES > 4) { set key font ',16' }
YLABEL = 'memory ['.byte_unit(MAX_slab_bytes).']'
eval NAME_Y
if (!DUMB) {
	set label 2 'thick: slabs; dashed: live objects'
	WHAT = 'last run: '.SIMULATED.'; '.TRACED
	set label 3 WHAT font fit(WHAT)
	set label 4 (NOTE eq '' ? '' : 'last run: '.NOTE)
}
plot for [i=1:NR_NAMES] $data using ($4 == i ? $1/TIME : NaN):($2/B) \
		with lines linewidth 6 linecolor rgb colour(i) title short(NAMES[i]), \
	for [i=1:NR_NAMES] $data using ($4 == i ? $1/TIME : NaN):($3/B) \
		with lines linewidth 4 dashtype 2 linecolor rgb colour(i) \
		notitle @MARKED
