# SPDX-License-Identifier: GPL-2.0-or-later
# What all pictures share. Before this text stand, written by reports/plot.c:
# FORMAT, TITLE, TITLE_SIZE, SIMULATED, TRACED, NOTE, AT, the rows of the query
# as $data, NR_ROWS, the texts in it as NAMES[1] to NAMES[NR_NAMES], and the
# largest number of column x as MAX_x; over time also $losses with LOST,
# LOST_PLACES and LOST_UNNUMBERED, $actions with ACTIONS, ACTION_RUNS and
# ACTION_WORDS, and of some kinds $passes with PASSES, PASSES_GAVE and ONE_CACHE
# (reports/plot_marks.c). After it comes the script of the kind.
#
# To be read from the back of a room: large type, thick lines. Colours of Okabe
# and Ito, in an order whose greys differ too.

BLUE = '#0072B2'; SKY = '#56B4E9'; ORANGE = '#E69F00'; RED = '#D55E00'
GREEN = '#009E73'; PINK = '#CC79A7'; YELLOW = '#F0E442'; BLACK = '#000000'
PALE = '#BDE3F7'; WINE = '#882255'

# Of lines; yellow ones are not to be seen on paper, so there is wine. Each four
# are solid, then dashed; from the ninth on marks tell lines of a colour apart.
array COLOURS[8] = [BLUE, ORANGE, BLACK, RED, SKY, WINE, GREEN, PINK]
colour(i) = COLOURS[(int(i) - 1) % 8 + 1]
line_dash(i) = 1 + ((int(i) - 1) % 8 > 3)
array MARKS_OF_LINES[8] = [0, 7, 9, 5, 13, 6, 8, 4]
line_mark(i) = MARKS_OF_LINES[(int(i) - 1) / 8 % 8 + 1]

# Nothing stands in a legend that is not in the picture: most is its largest value.
legend(words, most) = most > 0 ? words : ''

# The largest unit of which there is at least one.
time_size(ns) = ns >= 1e9 ? 1e9 : ns >= 1e6 ? 1e6 : ns >= 1e3 ? 1e3 : 1
time_unit(ns) = ns >= 1e9 ? 's' : ns >= 1e6 ? 'ms' : ns >= 1e3 ? 'us' : 'ns'
byte_size(n) = n >= 2**30 ? 2**30 : n >= 2**20 ? 2**20 : 2**10
byte_unit(n) = n >= 2**30 ? 'GiB' : n >= 2**20 ? 'MiB' : 'KiB'

# Pixels of a picture, unless what stands before says otherwise.
if (!exists('PAGE_WIDTH')) { PAGE_WIDTH = 1600; PAGE_HEIGHT = 900 }

set encoding utf8
DUMB = FORMAT eq 'dumb'
MARK = FORMAT eq 'svg' ? 1 : 2.4 # the same size of points in all formats
if (DUMB) { set terminal dumb nofeed size 78,24 noenhanced }
if (FORMAT eq 'svg') {
	set terminal svg size PAGE_WIDTH,PAGE_HEIGHT dynamic background '#ffffff' \
		font 'DejaVu Sans,Helvetica,sans-serif,24' fontscale 1.25 noenhanced
}
if (FORMAT eq 'pdf') {
	set terminal pdfcairo size PAGE_WIDTH/100.,PAGE_HEIGHT/100. font 'DejaVu Sans,24' noenhanced
}
if (FORMAT eq 'png') {
	if (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) {
		set terminal pngcairo size PAGE_WIDTH,PAGE_HEIGHT font 'DejaVu Sans,24' \
			noenhanced
	} else {
		set terminal png size PAGE_WIDTH,PAGE_HEIGHT font 'Sans,24' noenhanced
	}
}

# A font in which a line over the picture fits; 20, where it does.
fit(words) = strlen(words) < 110 ? ',20' : sprintf(',%d', 2200 / strlen(words))

if (DUMB) {
	set title TITLE noenhanced
	set key noenhanced tmargin center horizontal width 2 samplen 3
} else {
	set lmargin at screen 0.130
	set rmargin at screen 0.965
	set tmargin at screen 0.745
	set bmargin at screen 0.195
	set label 1 TITLE at screen 0.5,0.955 center noenhanced \
		font ','.TITLE_SIZE
	set label 2 'simulated: '.SIMULATED at screen 0.5,0.900 center \
		noenhanced font fit('simulated: '.SIMULATED)
	set label 3 'traced: '.TRACED at screen 0.5,0.860 center noenhanced \
		font fit('traced: '.TRACED)
	set label 4 NOTE at screen 0.965,0.026 right noenhanced font ',18' \
		textcolor rgb RED
	set key at screen 0.54,0.795 center center horizontal Left reverse \
		samplen 2 width 1 maxrows 2 font ',20' noenhanced
	set border 3 linewidth 2
	set tics nomirror out scale 1.2
	set grid ytics linewidth 1 linecolor rgb '#c8c8c8' dashtype solid
	set grid front
}
# "eval NAME_Y" says what YLABEL holds; letters stand upright only.
NAME_Y = DUMB ? "set label 9 YLABEL at character 0, screen 0.99" : \
	"set ylabel YLABEL noenhanced offset -0.5,0"
set format x '%g'
set format y '%g'
set style fill solid 1.0 noborder
set yrange [0:*]

# "with @IMAGE". Viewers of SVG blur an image; its cells as shapes stay sharp,
# while they are few.
IMAGE = FORMAT eq 'svg' && NR_ROWS <= 4000 ? 'image pixels' : 'image'

# Names are as long as they like; a picture has so much room.
short(name) = strlen(name) > 22 ? substr(name, 1, 20).'...' : name
# Labels of an axis are formats: a percent sign must be two.
tic(name) = strlen(name) == 0 ? '' : (name[1:1] eq '%' ? '%%' : name[1:1]) \
	.(strlen(name) > 1 ? tic(name[2:*]) : '')

# "eval BARS" makes room for a bar a row from BARS_AT on, its name before it; what
# stands behind it is in BAR_FONT.
BARS_AT = 0.215
BAR_SIZE = NR_ROWS > 20 ? 12 : NR_ROWS > 12 ? 16 : 20
BAR_FONT = ','.(BAR_SIZE < 20 ? BAR_SIZE : 24)
BARS = "if (!DUMB) { set lmargin at screen BARS_AT; set grid noytics xtics }; " \
	."set yrange [NR_ROWS - 0.4:-0.6]; set ytics () nomirror out font ','.BAR_SIZE; " \
	."do for [i=1:NR_NAMES] " \
	."{ set ytics add (tic(short(NAMES[i])) i-1) }"

# Marks on the axis of time stand on an axis of their own, 0 to 1, whatever the
# other is. Behind what a kind plots over time comes "@MARKED": where the
# recording lost events, a mark at the bottom, and where something was done to the
# machine, a line and a mark above it; white around them keeps them apart from what
# is drawn there. What they mean stands beside the name of the axis. Nothing is
# drawn when nothing was lost, or done.
MARKED = ''
if (exists('LOST_PLACES') && LOST_PLACES > 0) {
	set y2range [0:1]
	LOST_WORDS = (LOST > 0 ? sprintf('%d events lost', LOST) : '') \
		.(LOST > 0 && LOST_UNNUMBERED > 0 ? ' + ' : '') \
		.(LOST_UNNUMBERED > 0 ? sprintf('%d gap%s of unknown size', \
			LOST_UNNUMBERED, LOST_UNNUMBERED > 1 ? 's' : '') : '')
	MARKED = DUMB ? ", $losses using ($1/TIME):(0.06) axes x1y2 " \
		."with points pointtype 'x' title LOST_WORDS" : \
		", $losses using ($1/TIME):(0.018) axes x1y2 with points " \
		."pointtype 13 pointsize 1.7 * MARK linecolor rgb '#ffffff' " \
		."notitle, $losses using ($1/TIME):(0.018) axes x1y2 with " \
		."points pointtype 13 pointsize MARK linecolor rgb PINK notitle"
	if (!DUMB) {
		set label 6 LOST_WORDS at screen 0.030,0.088 left noenhanced \
			font ',18' point pointtype 13 pointsize MARK \
			linecolor rgb PINK offset 1.2,0
	}
}
if (exists('ACTIONS') && ACTIONS > 0) {
	set y2range [0:1]
	# of several runs in the colours of their lines
	action_colour(i) = ACTION_RUNS > 1 ? colour(i) : BLACK
	action(i) = sprintf('$actions using ($3 == %d ? $1/TIME : NaN)', i)
	do for [i=1:ACTION_RUNS] {
		MARKED = MARKED.(DUMB ? ', '.action(i).":(0.14) axes x1y2 with " \
			."points pointtype 'A' title ".(i > 1 ? "''" : 'ACTION_WORDS') : \
			', '.action(i).":(1) axes x1y2 with impulses linewidth 4 " \
			."linecolor rgb '#70ffffff' notitle, " \
			.action(i).":(1) axes x1y2 with impulses linewidth 2 " \
			."dashtype 3 linecolor rgb action_colour(".i.") notitle, " \
			.action(i).":(0.062) axes x1y2 with points pointtype 9 " \
			."pointsize 1.7 * MARK linecolor rgb '#ffffff' notitle, " \
			.action(i).":(0.062) axes x1y2 with points pointtype 9 " \
			."pointsize MARK linecolor rgb action_colour(".i.") notitle")
	}
	if (!DUMB) {
		set label 7 ACTION_WORDS at screen 0.030,0.050 left noenhanced \
			font ',18' point pointtype 9 pointsize MARK \
			linecolor rgb BLACK offset 1.2,0
	}
}

# A picture over time begins with these.
if (exists('MAX_time_ns')) {
	TIME = time_size(MAX_time_ns)
	set xlabel 'simulated time ['.time_unit(MAX_time_ns).']' noenhanced offset 0,0.4
	set xrange [0:(MAX_time_ns > 0 ? MAX_time_ns / TIME : 1)]
}
