#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: docs/validation/make.sh DIR [PAGE]     ("make validation" calls it)
#
# Compares the simulator with every recording below DIR and writes PAGE
# (docs/VALIDATION.md) and the pictures beside this script. A recording is a
# directory with report.txt.* or trace.txt.xz, slabinfo.t0 and slabinfo.t1; the
# machine's nodes stand in facts/nodes of it or of the directory above, a line
# a node with "cpulist A-B". $SLABSIM is the program, or ./slabsim.
#
# Each section of the page is a function that prints it; $sections is their
# order. To add one, write a function and name it there.

sections='method steps statistics debug_build warm_up plain slub limits'

slabsim=${SLABSIM:-./slabsim}
data=$1
page=${2:-docs/VALIDATION.md}
here=$(dirname "$0")
pictures=$(dirname "$page")/validation
work=$(mktemp -d) || exit 4
trap 'rm -rf "$work"' EXIT

if [ ! -d "$data" ]; then
	echo 'validation: give the directory of recordings: make validation' \
		'VALIDATION_DATA=DIR' >&2
	exit 2
fi

# --- recordings ---------------------------------------------------------------

# The text of a recording: with the kernel's pointers, if there is one.
text_of()
{
	for file in "$1"/report.txt.* "$1"/trace.txt.xz; do
		[ -f "$file" ] && echo "$file" && return
	done
	return 1
}

# "2x2" by facts/nodes: nodes x CPUs of the first.
machine_of()
{
	for facts in "$1/facts" "$1/../facts"; do
		[ -f "$facts/nodes" ] || continue
		awk '{ split($3, cpus, "-"); n++
			if (n == 1) c = cpus[2] == "" ? 1 : cpus[2] - cpus[1] + 1 }
			END { print n "x" c }' "$facts/nodes"
		return
	done
	echo "validation: $1: no facts/nodes" >&2
	exit 3
}

# statistics, debug, plain, slub or steps: by the slabinfo and the text's lines
kind_of()
{
	awk -v steps="$2" '
		NR == 1 { statistics = /statistics/ }
		$1 == "kmalloc-32" { limit = $9 }
		END {
			kind = statistics ? "statistics" : "plain"
			if (steps) kind = "steps"
			if (limit == 32) kind = "debug"
			if (limit == 0) kind = "slub"
			print kind
		}' "$1/slabinfo.t0"
}

has_steps()
{
	case $1 in
	*.zst) zstd -dc --long=27 "$1" ;;
	*.xz) xz -dc "$1" ;;
	*) cat "$1" ;;
	esac 2>/dev/null | head -n 3000 | grep -q ' SL dump_'
}

# All of them, a line each: kind, name, machine, directory, text.
find_recordings()
{
	find -L "$data" -name slabinfo.t1 | LC_ALL=C sort | while read -r after; do
		dir=$(dirname "$after")
		text=$(text_of "$dir") && [ -f "$dir/slabinfo.t0" ] || continue
		case $dir in
		# samples of formats, and of lost events
		*/formats-*|*/ptrval-*) continue ;;
		esac
		steps=
		has_steps "$text" && steps=yes
		echo "$(kind_of "$dir" $steps) $(basename "$dir")" \
			"$(machine_of "$dir") $dir $text"
	done >"$work/recordings"
}

# each KIND COMMAND...: the command with name, machine, directory, text
each()
{
	kind=$1
	shift
	grep "^$kind " "$work/recordings" |
	while read -r _ name machine dir text; do
		"$@" "$name" "$machine" "$dir" "$text" || exit
	done
}

validate()
{
	echo "validation: $1" >&2
	"$slabsim" validate -q "$4" -m "$2" --label "$1" --json \
		--slabinfo-before "$3/slabinfo.t0" \
		--slabinfo-after "$3/slabinfo.t1" $profile $extra \
		>"$work/$1$suffix.json" || {
		echo "validation: $1: exit code $?" >&2
		exit 3
	}
}

# --- tables -------------------------------------------------------------------

# sql FILE EXPRESSION: of one JSON file as j
sql()
{
	sqlite3 :memory: "WITH d(j) AS (SELECT CAST(readfile('$1') AS TEXT))
		SELECT $2 FROM d"
}

# "296 (30)": real and difference of a number
cell()
{
	echo "coalesce(json_extract(j, '\$.totals.$1.real') || ' (' ||
		json_extract(j, '\$.totals.$1.difference') || ')', '-')"
}

percent()
{
	echo "CASE WHEN json_extract(j, '\$.totals.$1.percent') IS NULL
		THEN '-' ELSE
		printf('%.2f', json_extract(j, '\$.totals.$1.percent')) END"
}

counters='allochit allocmiss freehit freemiss remotefrees alienoverflow grown'

table_head()
{
	echo '| recording | events | allochit | allocmiss | freehit | freemiss |' \
		'remotefrees | alienoverflow | grown | num_slabs | active_objs |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
}

table_row()
{
	row="'| $1 | ' || json_extract(j, '\$.events') || ' |'"
	for counter in $counters num_slabs active_objs; do
		row="$row || ' ' || $(cell "$counter") || ' |'"
	done
	sql "$work/$1$suffix.json" "$row"
}

percent_head()
{
	echo '| recording | allochit % | allocmiss % | freehit % | freemiss % |' \
		'remotefrees % | alienoverflow % | grown % | num_slabs % |' \
		'active_objs % | reaper | left out |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|---|'
}

percent_row()
{
	row="'| $1 | '"
	for counter in $counters num_slabs active_objs; do
		row="$row || $(percent "$counter") || ' | '"
	done
	sql "$work/$1$suffix.json" "$row || json_extract(j, '\$.reaper') || ' | ' ||
		coalesce((SELECT group_concat(json_extract(value, '\$.name'), ', ')
		FROM json_each(j, '\$.caches')
		WHERE NOT json_extract(value, '\$.traced')), '-') || ' |'"
}

# Smallest, median, largest per cent of a counter over all files of a kind.
spread()
{
	for name in $(sed -n "s/^$2 \([^ ]*\) .*/\1/p" "$work/recordings"); do
		sql "$work/$name$suffix.json" \
			"json_extract(j, '\$.totals.$1.percent')"
	done | LC_ALL=C sort -n | awk -v name="$1" '
		NF { v[++n] = $1 }
		END { if (n) printf "| %s | %.2f | %.2f | %.2f |\n", name, v[1],
			(v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2, v[n] }'
}

both_tables()
{
	each "$1" validate || exit
	table_head
	each "$1" table_row || exit
	echo
	percent_head
	each "$1" percent_row || exit
}

draw()
{
	"$slabsim" validate -q "$4" -m "$2" --label "$1" \
		--slabinfo-before "$3/slabinfo.t0" \
		--slabinfo-after "$3/slabinfo.t1" $profile \
		--plot "$pictures/$1.svg" >/dev/null
}

# Pictures of those recordings only: one of each sort is enough to look at.
draw_some()
{
	case $1 in
	fork-100k|forkexec-2m|grow-shrink|mixed-1m) draw "$@" ;;
	esac
}

# --- sections -----------------------------------------------------------------

section_method()
{
	cat "$here/method.md"
}

section_statistics()
{
	profile='--profile 6.1' extra='' suffix=''
	cat "$here/statistics.md"
	both_tables statistics
	printf '\nOver all recordings, per cent:\n\n'
	echo '| | least | median | most |'
	echo '|---|--:|--:|--:|'
	for counter in $counters num_slabs active_objs; do
		spread "$counter" statistics
	done
	each statistics draw_some || exit
	echo
	for name in fork-100k forkexec-2m grow-shrink mixed-1m; do
		[ -f "$pictures/$name.svg" ] &&
			echo "![$name](validation/$name.svg)"
	done
	hashed_texts
}

# The same recordings as texts whose pointers are hashed.
hashed_row()
{
	[ -f "$3/trace.txt.xz" ] && [ "$4" != "$3/trace.txt.xz" ] || return 0
	suffix=.hashed
	validate "$1" "$2" "$3" "$3/trace.txt.xz"
	table_row "$1"
}

hashed_texts()
{
	printf '\n'
	cat "$here/hashed.md"
	table_head
	each statistics hashed_row || exit
	suffix=
}

# steps_json NAME TEXT SUFFIX OPTION...
steps_json()
{
	out="$work/$1.$3.json"
	text=$2
	shift 3
	"$slabsim" validate --steps "$text" --json "$@" >"$out" || {
		echo "validation: $text: exit code $?" >&2
		exit 3
	}
}

steps_run()
{
	echo "validation: $1" >&2
	steps_json "$1" "$4" steps
	steps_json "$1" "$4" learn --learn
	steps_json "$1" "$4" events --events
}

kinds='hit miss refill grow freehit freemiss flush alien alien_overflow
	alien_to_shared drain destroy reaped'

# "702" where all lines are right, else "700/702"
kind_cell()
{
	echo "CASE WHEN json_extract(j, '\$.lines_by_kind.$1') =
		json_extract(j, '\$.right_by_kind.$1')
		THEN json_extract(j, '\$.lines_by_kind.$1')
		ELSE json_extract(j, '\$.right_by_kind.$1') || '/' ||
		json_extract(j, '\$.lines_by_kind.$1') END"
}

steps_row()
{
	row="'| $1 | ' || json_extract(j, '\$.lines') || ' | ' ||
		json_extract(j, '\$.right') || ' | ' ||
		(SELECT json_extract(CAST(readfile('$work/$1.learn.json') AS TEXT),
			'\$.right')) || ' |'"
	for kind in $kinds; do
		row="$row || ' ' || $(kind_cell "$kind") || ' |'"
	done
	sql "$work/$1.steps.json" "$row || ' ' ||
		json_extract(j, '\$.not_seen') || ' | ' ||
		json_extract(j, '\$.right_addresses') || '/' ||
		json_extract(j, '\$.addresses') || ' | ' ||
		json_extract(j, '\$.right_slab_addresses') || '/' ||
		json_extract(j, '\$.slab_addresses') || ' |'"
}

# "lines right" of all files with that suffix
steps_total()
{
	for file in "$work"/*."$1".json; do
		sql "$file" "json_extract(j, '\$.lines') || ' ' ||
			json_extract(j, '\$.right')"
	done | awk '{ lines += $1; right += $2 }
		END { printf "%d of %d (%.2f %%)", right, lines,
			100 * right / lines }'
}

# The tables of the last dump, all recordings together.
final_tables()
{
	for suffix in steps learn; do
		for file in "$work"/*."$suffix".json; do
			sqlite3 -separator '|' :memory: "SELECT '$suffix', key,
				json_extract(value, '\$.entries'),
				json_extract(value, '\$.right')
				FROM json_each(CAST(readfile('$file') AS TEXT),
				'\$.final')"
		done
	done | awk -F '|' '
		!($2 in entries) { order[++n] = $2; entries[$2] = 0 }
		$1 == "steps" { entries[$2] += $3; right[$2] += $4 }
		$1 == "learn" { learnt[$2] += $4 }
		END { for (i = 1; i <= n; i++)
			printf "| %s | %d | %d | %d |\n", order[i],
				entries[order[i]], right[order[i]],
				learnt[order[i]] }'
}

events_row()
{
	row="'| $1 |'"
	for counter in $counters reaped destroyed; do
		row="$row || ' ' ||
			json_extract(j, '\$.traced_caches.$counter.model') || '/' ||
			json_extract(j, '\$.traced_caches.$counter.real') || ' (' ||
			json_extract(j, '\$.traced_caches.$counter.differences')
			|| ') |'"
	done
	sql "$work/$1.events.json" "$row"
}

section_steps()
{
	cat "$here/steps.md"
	each steps steps_run || exit
	ls "$work"/*.steps.json >/dev/null 2>&1 ||
		{ echo 'No such recording was given.' && return; }
	echo "All lines: $(steps_total steps) right; with --learn" \
		"$(steps_total learn). A cell is the number of lines, all right, or" \
		"right/all."
	echo
	echo '| recording | lines | right | right, learnt |' $(echo $kinds |
		sed 's/ / | /g') '| predicted, not seen | addresses right |' \
		'of slabs destroyed |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
	each steps steps_row || exit
	printf '\n### The dump at the end\n\nAll caches, CPUs and nodes of all '
	printf 'recordings:\n\n| table | entries | right | right, learnt |\n'
	echo '|---|--:|--:|--:|'
	final_tables
	cat "$here/steps-events.md"
	echo "| recording | $(echo $counters | sed 's/ / | /g') | reaped | destroyed |"
	echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
	each steps events_row || exit
}

section_debug_build()
{
	profile='--profile 6.1-x86_64-debug' extra='' suffix=''
	cat "$here/debug.md"
	both_tables debug
}

# Later readings of one recording: start-up is over.
warm_up_row()
{
	dir=$3 text=$4
	[ -f "$dir/slabinfo.mid.tar.xz" ] || return 0
	mkdir -p "$work/$1" && xz -dc "$dir/slabinfo.mid.tar.xz" |
		tar -xf - -C "$work/$1"
	[ -f "$work/$1/slabinfo.mid.8" ] || return 0
	for time in 0 3s 6s; do
		"$slabsim" validate -q "$text" -m "$2" --json \
			--slabinfo-before "$work/$1/slabinfo.mid.8" \
			--from mid.8 --warm-up $time $profile \
			--slabinfo-after "$dir/slabinfo.t1" \
			>"$work/$1 from mid.8, warm-up $time.json" || return 3
		# too near the end to say anything
		[ "$(sql "$work/$1 from mid.8, warm-up $time.json" \
			"json_extract(j, '\$.events') > 10000")" = 1 ] ||
			return 0
		table_row "$1 from mid.8, warm-up $time"
	done
}

section_warm_up()
{
	profile='--profile 6.1' extra='' suffix=''
	cat "$here/warm-up.md"
	table_head
	each statistics warm_up_row || exit
}

section_plain()
{
	profile='--profile 6.1-x86_64-nostats' extra='' suffix=''
	cat "$here/plain.md"
	both_tables plain
}

slub_row()
{
	echo "validation: $1" >&2
	"$slabsim" run -q "$4" -m "$2" --profile 6.1-x86_64-nostats \
		--slabinfo-before "$3/slabinfo.t0" --db "$work/slub.db" \
		--json >"$work/$1.json" || return 3
	real=$(awk '$1 !~ /^(#|slabinfo)/ { pages += $15 * $6 }
		END { print pages }' "$3/slabinfo.t1")
	sql "$work/$1.json" "printf('| %s | %d | %.2f | %.2f | %.2f | %d | %d | %d |',
		'$1', json_extract(j, '\$.events'),
		json_extract(j, '\$.alloc_hit_pct'),
		json_extract(j, '\$.free_hit_pct'),
		json_extract(j, '\$.remote_free_pct'),
		json_extract(j, '\$.alienoverflow'),
		json_extract(j, '\$.pages'), $real)"
}

section_slub()
{
	cat "$here/slub.md"
	echo '| recording | events | array hits of local allocations % |' \
		'of local frees % | frees of another node % | alien overflows |' \
		'pages at the end, simulated SLAB | real SLUB |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|'
	each slub slub_row || exit
}

section_limits()
{
	cat "$here/limits.md"
}

# --- the page -----------------------------------------------------------------

mkdir -p "$pictures" || exit 4
find_recordings
if [ ! -s "$work/recordings" ]; then
	echo "validation: $data: no recordings in it" >&2
	exit 3
fi
for section in $sections; do
	"section_$section" >>"$work/page" || exit
	echo >>"$work/page"
done
mv "$work/page" "$page"
