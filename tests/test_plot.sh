#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim plot: pictures where gnuplot is there, one clear line where not, and
# the database as it was. time limit: 400 s: some 80 runs of gnuplot.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
absolute=$(cd "$(dirname "$SLABSIM")" && pwd)/$(basename "$SLABSIM")
db=$TEST_TMP/run.db
out=$TEST_TMP/out

is_png()
{
	[ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
}

# Nothing but the picture, and the database untouched.
draws()
{
	rm -rf "$out"
	mkdir "$out"
	before=$(cksum <"$db")
	"$SLABSIM" plot "$db" memory -o "$out/$@" &&
		[ "$(cksum <"$db")" = "$before" ] &&
		[ ! -e "$db-journal" ]
}

png()
{
	draws a.png && is_png "$out/a.png" && [ "$(ls "$out")" = a.png ]
}

svg()
{
	draws a.svg && grep -q '<svg' "$out/a.svg" &&
		grep -qF 'simulated: SLAB 2.6.36' "$out/a.svg" &&
		grep -qF 'traced: Linux' "$out/a.svg" &&
		grep -qF 'simulated time [s]' "$out/a.svg" &&
		grep -qF 'memory of slabs [MiB]' "$out/a.svg"
}

to_stdout()
{
	"$SLABSIM" plot memory "$db" -o - >"$TEST_TMP/stdout.png" &&
		is_png "$TEST_TMP/stdout.png"
}

# A kept script is whole: gnuplot alone draws the same picture of it.
keeps_a_script()
{
	draws a.svg --keep && [ -s "$out/a.svg.gp" ] &&
		[ -s "$out/a.svg.tsv" ] &&
		gnuplot -d "$out/a.svg.gp" >"$out/b.svg" &&
		cmp "$out/a.svg" "$out/b.svg"
}

# Paths are no part of a script.
evil_path()
{
	draws "it's \`touch x\` \$(touch x).png" &&
		is_png "$out/it's \`touch x\` \$(touch x).png" && [ ! -e x ]
}

ignores_settings()
{
	mkdir -p "$TEST_TMP/home"
	echo 'set terminal dumb; set output "/dev/null"; exit' \
		>"$TEST_TMP/home/.gnuplot"
	HOME=$TEST_TMP/home png
}

same_picture_twice()
{
	draws a.png && mv "$out/a.png" "$TEST_TMP/first.png" &&
		draws a.png && cmp "$TEST_TMP/first.png" "$out/a.png"
}

full_disk()
{
	"$SLABSIM" plot memory "$db" -o - >/dev/full 2>"$TEST_TMP/full.err"
	[ $? = 4 ]
}

leaves_nothing()
{
	[ -z "$(ls -A "$out")" ] && [ "$(cksum <"$db")" = "$before" ]
}

without_gnuplot()
{
	PATH=$TEST_TMP/nowhere "$absolute" plot "$db" memory \
		-o "$out/a.png" --keep
}

failing_gnuplot()
{
	PATH=$TEST_TMP/fails "$absolute" plot "$db" memory -o "$out/a.png"
}

"$SLABSIM" run -q traces/samples/grow-shrink/trace.txt.xz --machine 2x2 \
	--db "$db" >/dev/null || exit 1

if command -v gnuplot >/dev/null; then
	check 'a PNG' png
	check 'an SVG with units and both kernels' svg
	check 'to standard output' to_stdout
	check 'a script is kept' keeps_a_script
	check 'any path' evil_path
	check 'settings of the user do not matter' ignores_settings
	check 'the same picture twice' same_picture_twice
	check 'a full disk' full_disk
	refuses 4 'No such file' "$SLABSIM" plot "$db" memory \
		-o "$TEST_TMP/no/such/dir/a.png"
else
	skip 'pictures' 'no gnuplot'
fi

# --- kinds -------------------------------------------------------------------

kinds='memory fragmentation heatmap slabmap hits misses arrays alien lifetimes
	growth occupancy top runs'

# The databases of some tests are their own.
in_subshell()
{
	("$@")
}

ask()
{
	sqlite3 "$full" "$1"
}

# tsv KIND OPTIONS...: the rows it drew, without their names
tsv()
{
	"$SLABSIM" plot "$full" "$@" --keep -o "$TEST_TMP/k.svg" &&
		sed 1d "$TEST_TMP/k.svg.tsv" >"$TEST_TMP/rows"
}

# column N: its sum
column()
{
	awk -F '\t' -v n="$1" '{ sum += $n } END { print sum + 0 }' \
		"$TEST_TMP/rows"
}

lists_all()
{
	"$SLABSIM" plot list >"$TEST_TMP/list" &&
		"$SLABSIM" plot --help >"$TEST_TMP/help" || return 1
	for kind in $kinds; do
		grep -q "^  $kind " "$TEST_TMP/list" &&
			grep -q "^  $kind " "$TEST_TMP/help" || return 1
	done
	grep -q '^  locks ' "$TEST_TMP/list" &&
		[ "$(wc -l <"$TEST_TMP/list")" = 14 ]
}

# The locks of a run with threads that takes turns: nobody waits.
locks()
{
	"$SLABSIM" gen -q prodcons --events 4000 -o "$TEST_TMP/l.slt" &&
		"$SLABSIM" run -q "$TEST_TMP/l.slt" -m 2x2 --engine threads \
			--db "$TEST_TMP/l.db" >/dev/null &&
		"$SLABSIM" plot "$TEST_TMP/l.db" locks --top 30 --keep \
			-o "$TEST_TMP/l.svg" &&
		grep -qF 'taken [number]' "$TEST_TMP/l.svg" &&
		sed 1d "$TEST_TMP/l.svg.tsv" >"$TEST_TMP/rows" &&
		[ "$(column 1)" = "$(sqlite3 "$TEST_TMP/l.db" "SELECT sum(a) FROM
			(SELECT acquisitions AS a FROM host_lock
			ORDER BY wait_ns DESC, a DESC LIMIT 30)")" ] &&
		[ "$(column 1)" -gt 0 ] && [ "$(column 2)" = 0 ]
}

# Title, both kernels, and a name on each axis that has numbers.
says()
{
	kind=$1
	shift
	tsv "$kind" --run full "$@" || return 1
	for words in 'full (run 1)' 'SLAB 2.6.36' "$axis"; do
		grep -qF "$words" "$TEST_TMP/k.svg" ||
			{ echo "$kind: no $words"; return 1; }
	done
}

axes()
{
	axis='slabs [MiB]' says memory &&
		axis='slabs [%]' says fragmentation &&
		axis='[% of slots]' says heatmap -c dentry &&
		axis='by index [number]' says slabmap -c dentry &&
		axis='allocations [number]' says hits &&
		axis='misses [number]' says misses &&
		axis='arrays [number]' says arrays &&
		axis='objects [number]' says alien &&
		axis='freed [number]' says lifetimes &&
		axis='step of time [number]' says growth &&
		axis='slots that are live [%]' says occupancy &&
		axis='memory of slabs [' says top &&
		axis='memory [MiB]' says runs
}

last="(SELECT max(id) FROM sample WHERE run_id = 1)"
dentry="(SELECT id FROM cache WHERE run_id = 1 AND name = 'dentry')"

# What each draws, counted again from the tables.
counts()
{
	tsv heatmap -c dentry --run 1 &&
		[ "$(wc -l <"$TEST_TMP/rows")" = "$(ask "SELECT
			count(DISTINCT grow_number) * 101 FROM slab_sample
			WHERE cache_id = $dentry")" ] &&
		tsv occupancy --run 1 &&
		[ "$(column 2)" = "$(ask "SELECT sum(slabs) FROM
			slab_occupancy WHERE sample_id = $last")" ] &&
		tsv lifetimes --run 1 &&
		[ "$(column 3)" = "$(ask "SELECT sum(objs) FROM lifetime
			WHERE cache = ''")" ]
}

# What v_cache says. Once it was asked, and added up the CPUs of all other runs,
# too ("SCAN s" in its plan): of twelve runs, four seconds.
fragmentation()
{
	tsv fragmentation --run 1 --top 3 && ask "SELECT v.time_ns || char(9) ||
		iif(v.slab_frag_pct IS NULL, '', printf('%.9g',
			v.slab_frag_pct)) || char(9) || v.name
		FROM v_cache v JOIN (SELECT cache_id, pages FROM v_cache
			WHERE run_id = 1 AND sample_id = $last
			ORDER BY pages DESC, chain_position DESC LIMIT 3) l
		ON l.cache_id = v.cache_id WHERE v.run_id = 1
		ORDER BY l.pages DESC, v.chain_position DESC, v.k" |
		cmp - "$TEST_TMP/rows" &&
		[ "$(wc -l <"$TEST_TMP/rows")" = 303 ] &&
		! { echo 'EXPLAIN QUERY PLAN'
			cat reports/plot_fragmentation.sql; } |
		sqlite3 "$full" | grep 'SCAN s$'
}

# A row an object: of each slab drawn as many are live and cached as the
# database says. Of more than 20 slabs those with cached objects come first.
slabmap_counts()
{
	tsv slabmap -c dentry --run 1 --at 22500ms &&
		awk -F '\t' '{ slabs[$10]; live[$10] += $3 == 0
				cached[$10] += $3 > 0 && $3 < 5; n[$10]++ }
			END { for (s in slabs)
				print s "|" live[s] "|" cached[s] "|" n[s] }' \
			"$TEST_TMP/rows" | sort >"$TEST_TMP/drawn" &&
		ask "SELECT 'node ' || node || ', ' || list || ' #' ||
			grow_number, live_objs, cached_objs,
			live_objs + cached_objs + free_objs FROM v_slab
			WHERE cache_id = $dentry AND time_ns = (SELECT
			max(time_ns) FROM sample WHERE run_id = 1
			AND time_ns <= 225e8)" | sort >"$TEST_TMP/stored" &&
		[ "$(wc -l <"$TEST_TMP/drawn")" = 20 ] &&
		[ "$(comm -23 "$TEST_TMP/drawn" "$TEST_TMP/stored")" = '' ] &&
		! cut -d '|' -f 3 "$TEST_TMP/drawn" | grep -qx 0
}

# By hand, of three objects a slab (1352 bytes): CPU 0 allocates four, so 4 is
# index 2 of slab 2, whose other two are in its array; CPU 1 frees 3, index 0
# of slab 1, into its own; CPU 2, of node 1, frees 2 into the alien array.
# An older slabsim stored of it how many there are: live 2, in some array 4.
known_map()
(
	full=$TEST_TMP/map.db
	printf '%s\n' 'machine nodes=2 cpus=4' 'create 0 thing 1352 0 -' smp \
		'a 0 thing 1' 'a 0 thing 2' 'a 0 thing 3' 'a 0 thing 4' \
		'f 1 3' 'f 2 2' >"$TEST_TMP/map.ops"
	rm -f "$full"
	"$SLABSIM" run -q "$TEST_TMP/map.ops" --db "$full" -m 2x2 \
		--label full --samples 1 --slabs thing >/dev/null || return
	tsv slabmap -c thing &&
		[ "$(cut -f 2-4,7-10 "$TEST_TMP/rows" | sort -k 7 |
			tr '\t\n' ',;')" = "$known" ] &&
		axis='s0: shared, node 0' \
			says slabmap -c thing &&
		sqlite3 "$full" \
			'UPDATE slab_sample SET obj_map = NULL' &&
		tsv slabmap -c thing &&
		[ "$(cut -f 3 "$TEST_TMP/rows" | sort | tr '\n' ' ')" = \
			'0 0 4 4 4 4 ' ] &&
		axis='in some array' \
			says slabmap -c thing &&
		axis='sorted by state [number]' \
			says slabmap -c thing
)
known='0,1,1,3,2,1,node 0, full #1;1,3,1,3,2,1,node 0, full #1;2,0,-1,3,2,1,node 0, full #1;0,1,0,3,2,1,node 0, full #2;1,1,0,3,2,1,node 0, full #2;2,0,-1,3,2,1,node 0, full #2;'

# Counters at the last sample: a keyframe has a row of everything.
counters()
{
	tsv hits --run 1 --top 30 -c dentry &&
		[ "$(column 1) $(column 2)" = "$(ask "SELECT sum(allochit),
			sum(allocmiss) FROM cpu_stat WHERE sample_id = $last
			AND cache_id = $dentry" | tr '|' ' ')" ] &&
		tsv misses --run 1 -c dentry &&
		[ $(($(column 1) + $(column 2) + $(column 3) + $(column 4) +
			$(column 5))) = "$(ask "SELECT sum(allocmiss) FROM
			cpu_stat WHERE sample_id = $last
			AND cache_id = $dentry")" ] &&
		tsv alien --run 1 &&
		[ "$(column 3)" = "$(ask "SELECT sum(remotefrees) FROM
			cpu_stat WHERE sample_id = $last")" ] &&
		[ "$(awk -F '\t' '$1 == $2 { n += $3 } END { print n }' \
			"$TEST_TMP/rows")" = 0 ] &&
		tsv growth --run 1 &&
		[ "$(column 3)" = "$(ask "SELECT sum(reaped) FROM node_stat
			WHERE sample_id = $last")" ] &&
		tsv top --run 1 --top 3 && [ "$(wc -l <"$TEST_TMP/rows")" = 3 ]
}

# Two runs: a line each, under the names of both.
overlays()
{
	tsv runs --run 1 --run 2 && [ "$(wc -l <"$TEST_TMP/rows")" = 202 ] &&
		grep -qF 'run 1 full' "$TEST_TMP/k.svg" &&
		grep -qF 'run 2 other' "$TEST_TMP/k.svg"
}

# Browsers smooth an image: of two nodes' four cells an empty one looked full.
sharp_cells()
{
	"$SLABSIM" plot "$full" alien --run 1 -o "$TEST_TMP/cells.svg" &&
		! grep -q '<image' "$TEST_TMP/cells.svg"
}

# Of four nodes: the CPU of node b frees 10 x b + o + 1 objects of node o, for
# each b and o (the diagonal: its own), so every number is another one. Some of
# them overflow the alien arrays. The rows are also what the CPUs counted, of this
# cache: of others they count what came before the first event, too.
aliens_of_four_nodes()
{
	awk 'BEGIN {
		print "machine nodes=4 cpus=8\ncreate 0 thing 256 0 -\nsmp"
		for (pass = 0; pass < 2; pass++) {
			id = 0
			for (b = 0; b < 4; b++)
				for (o = 0; o < 4; o++)
					for (i = 0; i < 10 * b + o + 1; i++)
						if (pass)
							print "f", 2 * b + i % 2, id++
						else
							print "a", 2 * o, "thing", id++
		}
	}' >"$TEST_TMP/four.ops"
	rm -f "$TEST_TMP/four.db"
	"$SLABSIM" run -q "$TEST_TMP/four.ops" -m 4x2 --steps 1-10000 \
		--db "$TEST_TMP/four.db" >/dev/null &&
		"$SLABSIM" plot "$TEST_TMP/four.db" alien --keep \
			-o "$TEST_TMP/four.svg" || return 1
	for b in 0 1 2 3; do
		for o in 0 1 2 3; do
			echo "$b $o $((b == o ? 0 : 10 * b + o + 1))"
		done
	done >"$TEST_TMP/by-hand"
	cut -f 1-3 "$TEST_TMP/four.svg.tsv" | sed 1d | tr '\t' ' ' |
		cmp - "$TEST_TMP/by-hand" &&
		[ "$(awk '{ n[$1] += $3 } END { print n[0], n[1], n[2], n[3] }' \
			"$TEST_TMP/by-hand")" = "$(sqlite3 "$TEST_TMP/four.db" \
			"SELECT group_concat(n, ' ') FROM (SELECT
			sum(remotefrees) AS n FROM v_cpu_stat v JOIN node d
			ON d.id = v.node_id JOIN cache c ON c.id = v.cache_id
			WHERE c.name = 'thing' AND k = (SELECT max(k)
			FROM sample) GROUP BY d.node ORDER BY d.node)")" ] &&
		[ "$(sqlite3 "$TEST_TMP/four.db" "SELECT sum(alienoverflow) > 0
			FROM v_cache WHERE k = (SELECT max(k) FROM sample)")" = 1 ] &&
		grep -qF '>33<' "$TEST_TMP/four.svg" &&
		! grep -q 'events.*only' "$TEST_TMP/four.svg" || return 1
	# of a part of the events it says so
	"$SLABSIM" run -q "$TEST_TMP/four.ops" -m 4x2 --steps 5-400 \
		--db "$TEST_TMP/four.db" >/dev/null &&
		"$SLABSIM" plot "$TEST_TMP/four.db" alien \
			-o "$TEST_TMP/four.svg" &&
		grep -qF '(events 5 to 400 only)' "$TEST_TMP/four.svg"
}

# --- marks on the axis of time -------------------------------------------------

# block NAME: the lines of $NAME in the script that was kept
block()
{
	sed -n "/^\$$1 << END/,/^END/p" "$TEST_TMP/k.svg.gp" | sed '1d;$d'
}

# The sums are counted here again, and so are the times: those of the lines
# behind the ones that tell of a loss.
losses_are_marked()
{
	full=$TEST_TMP/lossy.db
	"$SLABSIM" run -q tests/fixtures/text/ftrace-pipe-lost.txt -m 2x2 \
		--max-loss 9999 --label lossy --slabs vm_area_struct \
		--samples 10 --db "$full" >/dev/null || return 1
	sum=$(sed -n 's/^CPU:. \[LOST \([0-9]*\) EVENTS\]/\1/p' \
		tests/fixtures/text/ftrace-pipe-lost.txt |
		awk '{ n += $1 } END { print n }')
	for kind in memory fragmentation arrays growth 'heatmap -c vm_area_struct'
	do
		# shellcheck disable=SC2086
		tsv $kind --run 1 && grep -qF "$sum events lost" \
			"$TEST_TMP/k.svg" &&
			[ "$(block losses | awk '{ n += $2; p += $3 }
				END { print n, p }')" = "$sum $(grep -c LOST \
				tests/fixtures/text/ftrace-pipe-lost.txt)" ] ||
			{ echo "$kind"; return 1; }
	done
	awk '/LOST/ { lost = 1; next }
		match($0, / [0-9]+[.][0-9]+: /) {
			us = substr($0, RSTART, RLENGTH - 2) * 1e6
			if (!first) first = us
			if (lost) printf "%d\n", int(us - first + 0.5) * 1000
			lost = 0 }' tests/fixtures/text/ftrace-pipe-lost.txt \
		>"$TEST_TMP/times" && [ -s "$TEST_TMP/times" ] &&
		tsv memory --run 1 && block losses | cut -d ' ' -f 1 |
		cmp - "$TEST_TMP/times"
}

# Two runs of one recording: its losses once.
losses_once()
{
	full=$TEST_TMP/lossy.db
	"$SLABSIM" run -q tests/fixtures/text/ftrace-pipe-lost.txt -m 4x1 \
		--max-loss 9999 --db "$full" >/dev/null &&
		tsv memory --run 1 && block losses >"$TEST_TMP/one" &&
		tsv runs --run 1 --run 2 && block losses | cmp - "$TEST_TMP/one"
}

# Of a header's total nobody knows when: no mark, and it says so.
totals_are_told()
{
	full=$TEST_TMP/total.db
	sed -e '1i # entries-in-buffer/entries-written: 35/135   #P:4' \
		-e /LOST/d tests/fixtures/text/ftrace-pipe-lost.txt >"$TEST_TMP/total.txt"
	"$SLABSIM" run -q "$TEST_TMP/total.txt" -m 2x2 --max-loss 100 \
		--db "$full" >/dev/null && tsv memory --run 1 &&
		[ -z "$(block losses)" ] &&
		grep -qF '100 lost events (times unknown)' "$TEST_TMP/k.svg" &&
		! grep -qF '100 events lost' "$TEST_TMP/k.svg"
}

# Each action once; of one cache, not those of others. Times are those of the list,
# but for the last: the run has ended by then. (The trace takes 59.6 ms.)
actions_are_marked()
{
	full=$TEST_TMP/acts.db
	printf '%s\n' '1ms tune 0 vm_area_struct 8 4 0' '2ms offline 0 3' \
		'2ms shrink 0 size-128' '30ms online 0 3' '90s limit 1 5000' \
		>"$TEST_TMP/acts"
	"$SLABSIM" run -q tests/fixtures/text/ftrace-pipe-lost.txt -m 2x2 \
		--max-loss 9999 --slabs vm_area_struct --samples 10 \
		--actions "$TEST_TMP/acts" --db "$full" >/dev/null || return 1
	end=$(ask 'SELECT max(time_ns) FROM sample')
	for kind in memory fragmentation arrays growth
	do
		tsv $kind --run 1 && grep -qF \
			'>5 actions: tune, offline, shrink, online, limit<' \
			"$TEST_TMP/k.svg" && block actions >"$TEST_TMP/acted" &&
			cmp "$TEST_TMP/acted" - <<END ||
1000000 1 1 0
2000000 2 1 0
30000000 1 1 0
$end 1 1 0
END
			{ echo "$kind"; return 1; }
	done
	tsv heatmap -c vm_area_struct --run 1 && grep -qF \
		'>4 actions: tune, offline, online, limit<' "$TEST_TMP/k.svg" &&
		"$SLABSIM" plot "$full" memory --term dumb >"$TEST_TMP/dumb" &&
		grep -qF '5 actions: ' "$TEST_TMP/dumb" || return 1
	# two runs: each in the colour of its line, the second has none
	"$SLABSIM" run -q tests/fixtures/text/ftrace-pipe-lost.txt -m 2x2 \
		--max-loss 9999 --db "$full" >/dev/null &&
		tsv runs --run 2 --run 1 && grep -qF '>5 actions<' \
		"$TEST_TMP/k.svg" &&
		[ "$(block actions | cut -d ' ' -f 3 | uniq)" = 2 ] &&
		tsv memory --run 2 && [ -z "$(block actions)" ] &&
		! grep -q ' actions' "$TEST_TMP/k.svg"
}

# Once a legend told of "0 reaper ticks gave slabs back", and of a colour that was
# nowhere. This run ends before the reaper comes.
nothing_in_legends_that_is_not_drawn()
{
	full=$TEST_TMP/lossy.db
	tsv growth --run 1 && grep -qF '>grown<' "$TEST_TMP/k.svg" &&
		! grep -qE '>(reaped|0 .*)<' "$TEST_TMP/k.svg" &&
		tsv memory --run 1 && grep -qF '>full slabs<' "$TEST_TMP/k.svg" &&
		! grep -qF 'reaped' "$TEST_TMP/k.svg" &&
		tsv misses --run 1 && grep -qF '>cold<' "$TEST_TMP/k.svg" &&
		! grep -qE '>(reaped|other)<' "$TEST_TMP/k.svg"
}

# CPU 8 once looked as CPU 0 does. Of 16 no two are alike in colour, dashes and
# mark; of more the fullest 16 are named, the rest is told.
lines_differ()
{
	full=$TEST_TMP/cpus.db
	sed -n '/^BLUE =/,/^line_mark/p' reports/theme.gp >"$TEST_TMP/lines.gp"
	echo 'do for [i=1:16] { print colour(i), line_dash(i), line_mark(i) }' \
		>>"$TEST_TMP/lines.gp"
	[ "$(gnuplot "$TEST_TMP/lines.gp" 2>&1 | sort -u | grep -c '^#')" = 16 ] &&
		printf 'machine nodes=1 cpus=20\nsmp\ncreate 0 x 64 0 -\n%s\n' \
			'a 19 x 1' >"$TEST_TMP/cpus.ops" || return 1
	"$SLABSIM" run -q "$TEST_TMP/cpus.ops" -m 1x20 --samples 1 \
		--db "$full" >/dev/null && tsv arrays -c x &&
		[ "$(cut -f 3 "$TEST_TMP/rows" | uniq | sed -n '15,17p' |
			tr '\n' ' ')" = 'CPU 14 CPU 19 CPU 15 ' ] &&
		grep -qF '>CPU 19<' "$TEST_TMP/k.svg" &&
		! grep -qF '>CPU 15<' "$TEST_TMP/k.svg" &&
		grep -qF '>grey: 4 other CPUs<' "$TEST_TMP/k.svg"
}

# What stands behind the bars is as small as their names, or it overlaps: at most
# 12 points, which fontscale 1.25 makes 15.
behind_many_bars()
{
	full=$db
	tsv hits --top 30 && grep -B 1 ' %</text>' "$TEST_TMP/k.svg" |
		grep -oE 'font-size="[0-9.]+"' >"$TEST_TMP/percents"
	[ "$(wc -l <"$TEST_TMP/percents")" -ge 20 ] &&
		! sed 's/.*font-size="\([0-9]*\).*/\1/' "$TEST_TMP/percents" |
		awk '$1 > 15 { found = 1 } END { exit !found }'
}

nothing_lost()
{
	full=$db
	tsv memory --run 1 && [ -z "$(block losses)" ] &&
		! grep -q ' lost' "$TEST_TMP/k.svg"
}

# Every tick is in a column, and where one gave slabs back, its time is told.
ticks_are_marked()
{
	full=$db
	tsv growth --run 1 &&
		[ "$(block passes | awk '{ n += $2; g += $3 }
			END { print n, g }')" = "$(sqlite3 "$db" "SELECT
			count(*) || ' ' || sum(slabs > 0) FROM reap_pass")" ] &&
		[ "$(block passes | awk '$3 > 0 { print $1 }' | sort)" = \
		"$(sqlite3 "$db" "SELECT min(time_ns) FROM reap_pass
			WHERE slabs > 0 GROUP BY time_ns * 240 / (SELECT
			max(time_ns) FROM sample)" | sort)" ] &&
		grep -qF ' reaper ticks gave slabs back' "$TEST_TMP/k.svg" &&
		tsv growth --run 1 -c dentry &&
		grep -qF ' reaper ticks<' "$TEST_TMP/k.svg"
}

# An hour of ticks does not fill the picture: columns do.
ticks_have_a_limit()
{
	full=$TEST_TMP/long.db
	printf 'machine nodes=1 cpus=1\nsmp\ncreate 0 x 64 0 -\na 0 x 1\nT 3600000\n' \
		>"$TEST_TMP/long.ops"
	"$SLABSIM" run -q "$TEST_TMP/long.ops" --db "$full" >/dev/null &&
		tsv growth --run 1 && [ "$(block passes | wc -l)" -le 241 ] &&
		[ "$(block passes | awk '{ n += $2 } END { print n }')" = 1800 ] &&
		"$SLABSIM" plot "$full" growth --term dumb >"$TEST_TMP/dumb"
}

letters()
{
	for kind in $kinds; do
		set -- "$kind" --run full
		case $kind in heatmap | slabmap) set -- "$@" -c dentry ;; esac
		"$SLABSIM" plot "$full" "$@" --term dumb >"$TEST_TMP/dumb" &&
			[ "$(wc -l <"$TEST_TMP/dumb")" -le 25 ] &&
			! grep -q '.\{80\}' "$TEST_TMP/dumb" &&
			grep -qF 'full' "$TEST_TMP/dumb" ||
			{ echo "$kind"; return 1; }
	done
}

# The same after --term, whatever the name.
formats()
{
	draws a.pdf && head -c 5 "$out/a.pdf" | grep -q '%PDF' &&
		draws a.txt && grep -qF '[MiB]' "$out/a.txt" &&
		draws a.png --term svg && grep -q '<svg' "$out/a.png"
}

# nothing_for KIND REMEDY: no data, so no picture, script or rows
lacks()
{
	kind=$1
	text=$2
	shift 2
	rm -rf "$out"
	mkdir "$out"
	refuses 3 "$text" "$SLABSIM" plot "$db" "$kind" "$@" --keep \
		-o "$out/a.svg"
	check "$kind without data leaves nothing" [ -z "$(ls -A "$out")" ]
}

# misuse TEXT COMMAND...: exit 2; where argp speaks there is a second line
misuse()
{
	text=$1
	shift
	check "exit 2: $text" says_usage "$@"
}

says_usage()
{
	"$@" 2>"$TEST_TMP/usage"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/usage"
}

full=$TEST_TMP/full.db
trace=traces/samples/grow-shrink/trace.txt.xz
"$SLABSIM" run -q $trace --machine 2x2 --label full --db "$full" \
	--keyframe 1 --slabs dentry --call-sites >/dev/null &&
	"$SLABSIM" run -q $trace --machine 4x1 --label other --db "$full" \
		>/dev/null || exit 1

check 'list and help name all kinds' lists_all
if command -v gnuplot >/dev/null; then
	check 'titles and units' axes
	check 'slabs, occupancy and lifetimes, counted again' counts
	check 'fragmentation of one run, from that run alone' fragmentation
	check 'the slab map, counted again' slabmap_counts
	check 'the slab map of known objects' known_map
	check 'hits, misses, remote frees, reaped, counted again' counters
	check 'locks of threads' locks
	check 'two runs in one picture' overlays
	check 'cells that no viewer blurs' sharp_cells
	check 'letters, in 80 columns' letters
	check 'remote frees among four nodes, by hand' aliens_of_four_nodes
	check 'losses are marked where they were' in_subshell losses_are_marked
	check 'of one recording once' in_subshell losses_once
	check 'what has no time has no mark' in_subshell totals_are_told
	check 'actions are marked where they were' in_subshell actions_are_marked
	check 'a legend has what the picture has' \
		in_subshell nothing_in_legends_that_is_not_drawn
	check 'no two of 16 CPUs look alike' in_subshell lines_differ
	check 'words behind many bars' in_subshell behind_many_bars
	check 'nothing lost, nothing marked' in_subshell nothing_lost
	check 'ticks of the reaper' in_subshell ticks_are_marked
	check 'ticks of an hour' in_subshell ticks_have_a_limit
	check 'formats by name and by --term' formats
fi
lacks heatmap 'run --slabs' -c dentry
lacks slabmap 'run --slabs' -c dentry
lacks lifetimes 'run --call-sites'
refuses 3 'of more than two nodes' "$SLABSIM" plot "$full" alien --run other \
	-o "$out/a.svg"
misuse 'did you mean "heatmap"' "$SLABSIM" plot "$db" heatmpa
misuse 'did you mean "memory"' "$SLABSIM" plot memroy
refuses 2 '--cache NAME' "$SLABSIM" plot "$db" slabmap -o "$out/a.svg"
misuse '--at means nothing to "memory"' "$SLABSIM" plot "$db" memory --at 1s
misuse 'a second --run' "$SLABSIM" plot "$db" memory --run 1 --run 1
misuse '--top' "$SLABSIM" plot "$db" top --top 31
refuses 2 '--term' "$SLABSIM" plot "$db" memory --term gif
refuses 2 'did you mean "dumb"?' "$SLABSIM" plot "$db" memory --term dum

rm -rf "$out"
mkdir "$out" "$TEST_TMP/fails"
before=$(cksum <"$db")
refuses 4 'gnuplot' without_gnuplot
check 'without gnuplot nothing is left behind' leaves_nothing
printf '#!/bin/sh\necho half a picture\nexit 1\n' >"$TEST_TMP/fails/gnuplot"
chmod +x "$TEST_TMP/fails/gnuplot"
refuses 4 'gnuplot failed' failing_gnuplot
check 'when gnuplot fails nothing is left behind' leaves_nothing

cd "$TEST_TMP" || exit 1
refuses 2 '.png' "$absolute" plot "$db" memory -o a.gif
refuses 2 'did you mean "dentry"' "$absolute" plot "$db" memory -c dentri
refuses 4 'none.db' "$absolute" plot memory none.db

finish
