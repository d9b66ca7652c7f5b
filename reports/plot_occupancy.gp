# SPDX-License-Identifier: GPL-2.0-or-later
# Slabs by occupancy: tenth (0: no live object, 1: to 10 %, ...), slabs, pages.

set xlabel 'slots that are live [%]' noenhanced offset 0,0.4
YLABEL = 'slabs [number]'
eval NAME_Y
set xrange [-0.6:10.6]
set xtics ('none' 0, 'to 10' 1, 'to 20' 2, 'to 30' 3, 'to 40' 4, 'to 50' 5, \
	'to 60' 6, 'to 70' 7, 'to 80' 8, 'to 90' 9, 'to 100' 10)
set yrange [0:1.12 * MAX_slabs]
set boxwidth 0.85
unset key
plot $data using 1:2 with boxes linecolor rgb BLUE, \
	'' using 1:2:(sprintf('%d', $2)) with labels offset 0,0.8
