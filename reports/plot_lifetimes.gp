# SPDX-License-Identifier: GPL-2.0-or-later
# Lifetimes on a scale of powers: from, below, objects.

set xlabel 'time from allocation to free, as traced' noenhanced offset 0,0.4
YLABEL = 'objects freed [number]'
eval NAME_Y
set xrange [*:*] noextend
set logscale x
set autoscale x
set xtics ('1 ns' 1, '10 ns' 10, '100 ns' 1e2, '1 us' 1e3, '10 us' 1e4, \
	'100 us' 1e5, '1 ms' 1e6, '10 ms' 1e7, '100 ms' 1e8, '1 s' 1e9, \
	'10 s' 1e10, '100 s' 1e11, '1000 s' 1e12)
set style fill solid 1.0 border rgb '#ffffff'
set format y '%.0f'
unset key
plot $data using (sqrt(($1 > 1 ? $1 : 1) * $2)):($3/2): \
	($1 > 1 ? $1 : 1):2:(0):3 with boxxyerror linecolor rgb BLUE
