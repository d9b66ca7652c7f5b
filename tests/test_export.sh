#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim export and show as CSV: what comes out is read by the programs it is
# for (slabtop, sqlite3's CSV and JSON readers), or by their grammar.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
db=$TEST_TMP/run.db
out=$TEST_TMP/out

export_to()
{
	"$SLABSIM" export "$db" --to "$@" >"$out"
}

ask()
{
	[ "$(sqlite3 "$db" "$1")" = "$2" ] || {
		sqlite3 "$db" "$1"
		echo "expected: $2"
		return 1
	}
}

# An unmodified slabtop, in a mount namespace of its own, where the export is
# /proc/slabinfo. Its first figures: active and total objects, slabs, caches.
slabtop_shows_it()
{
	export_to slabinfo && unshare -m sh -c 'mount --make-rprivate / &&
		mount --bind "$1" /proc/slabinfo && slabtop -o -s c' sh "$out" \
		>"$TEST_TMP/top" || return
	ask "SELECT sum(active_objs) || ' / ' || sum(num_objs) FROM v_slabinfo
		WHERE k = 100" "$(sed -n 's/.*Active \/ Total Objects (% used) *: \([0-9]*\) \/ \([0-9]*\) .*/\1 \/ \2/p' \
		"$TEST_TMP/top")" &&
	ask "SELECT sum(active_slabs) || ' / ' || sum(num_slabs) FROM v_slabinfo
		WHERE k = 100" "$(sed -n 's/.*Active \/ Total Slabs (% used) *: \([0-9]*\) \/ \([0-9]*\) .*/\1 \/ \2/p' \
		"$TEST_TMP/top")" &&
		grep -Eq ' dentry *$' "$TEST_TMP/top"
}

slabinfo_is_shows()
{
	export_to slabinfo --at 1s && "$SLABSIM" show -q "$db" --at 1s \
		--format slabinfo | cmp - "$out"
}

# All samples of all caches, read back and compared with the view.
csv_reads_back()
{
	export_to csv && sqlite3 "$db" ".mode csv" ".import $out again" &&
		ask 'SELECT count(*) = (SELECT count(*) FROM v_cache) AND
			count(*) > 4000 FROM again' 1 &&
		ask 'SELECT count(*) FROM again a JOIN v_cache v ON
			a.sample_id = v.sample_id AND a.cache_id = v.cache_id
			WHERE a.name <> v.name OR a.grown + 0 <> v.grown OR
			a.live_objs + 0 <> v.live_objs OR abs(a.alloc_hit_pct -
			ifnull(v.alloc_hit_pct, 0)) > 0.001' 0
	code=$?
	sqlite3 "$db" 'DROP TABLE IF EXISTS again'
	return $code
}

json_reads_back()
{
	export_to json --view v_hit --at end &&
		ask "SELECT count(*) FROM json_each(readfile('$out'), '\$.rows')
			j JOIN v_hit v ON v.k = 100 AND v.name = j.value ->>
			'name' AND v.allochit = j.value ->> 'allochit'" \
			"$(sqlite3 "$db" 'SELECT count(*) FROM cache WHERE
			chain_position >= 0')"
}

any_table()
{
	export_to csv --view run && [ "$(wc -l <"$out")" = 2 ] &&
		export_to csv --view metric_def && [ "$(wc -l <"$out")" -gt 50 ] &&
		export_to csv --view trace && grep -q xxh64: "$out" &&
		export_to csv --view cache && grep -q '^[0-9]*,1,dentry,' "$out"
}

# The grammar of OpenMetrics 1.0 as far as it is used: lines, and that TYPE and
# HELP of a family come first, once, and its samples stand together.
openmetrics_parses()
{
	export_to openmetrics && awk '
		function bad(why) { print FILENAME ":" NR ": " why ": " $0; failed = 1 }
		ended { bad("after EOF") }
		/^# EOF$/ { ended = 1; next }
		/^# TYPE / {
			if ($3 in seen) bad("family twice")
			seen[$3] = 1; family = $3; type = $4
			if (type != "counter" && type != "gauge") bad("type")
			next
		}
		/^# HELP / { if ($3 != family) bad("help of another"); next }
		/^[a-z_:][a-zA-Z0-9_:]*\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\} -?[0-9.e+-]+$/ {
			name = $0; sub(/\{.*/, "", name)
			if (name != family (type == "counter" ? "_total" : ""))
				bad("sample of another family")
			key = $0; sub(/ [^ ]*$/, "", key)
			if (key in samples) bad("sample twice")
			samples[key] = 1
			next
		}
		{ bad("no line of OpenMetrics") }
		END { if (!ended) bad("no EOF"); exit failed }' "$out" &&
		grep -q "^slabsim_grown_total{run=\"1\",cache=\"dentry\"} $(sqlite3 \
			"$db" "SELECT grown FROM v_cache WHERE k = 100 AND
			name = 'dentry'")$" "$out" &&
		grep -q '^slabsim_peak_pages{run="1"} ' "$out"
}

# And by the parser of Prometheus' own Python client.
openmetrics_is_parsed()
{
	for file in "$db" "$TEST_TMP/odd.db"; do
		"$SLABSIM" export "$file" --to openmetrics >"$out" &&
			$python -c 'import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
assert sum(len(family.samples) for family in families) > 100' <"$out" || return
	done
}

# "# EOF" says that nothing is missing: never after an error.
errors_have_no_eof()
{
	cp "$db" "$TEST_TMP/broken.db" &&
		sqlite3 "$TEST_TMP/broken.db" 'DROP TABLE metric_def' || return
	"$SLABSIM" export "$TEST_TMP/broken.db" --to openmetrics \
		>"$TEST_TMP/broken.txt" 2>"$TEST_TMP/broken.err"
	[ $? = 4 ] && ! grep -q EOF "$TEST_TMP/broken.txt" &&
		[ "$(wc -l <"$TEST_TMP/broken.err")" = 1 ]
}

to_a_file()
{
	"$SLABSIM" export "$db" --to openmetrics -o "$TEST_TMP/m.txt" &&
		cmp "$TEST_TMP/m.txt" "$out"
}

# Names are whatever a module chose.
awkward_names()
{
	printf 'machine nodes=1 cpus=1\ncreate 0 a,"b\\c 504 0 -\nsmp\na 0 a,"b\\c 1\n' \
		>"$TEST_TMP/odd.ops"
	rm -f "$TEST_TMP/odd.db"
	"$SLABSIM" run -q "$TEST_TMP/odd.ops" -m 1x1 --samples 1 \
		--db "$TEST_TMP/odd.db" >/dev/null &&
		"$SLABSIM" export "$TEST_TMP/odd.db" --to openmetrics |
			grep -qF 'slabsim_grown_total{run="1",cache="a,\"b\\c"} 1' &&
		"$SLABSIM" show "$TEST_TMP/odd.db" --format csv |
			grep -q '^"a,""b\\c",504,' &&
		"$SLABSIM" export "$TEST_TMP/odd.db" --to json --at end \
			>"$out" &&
		ask "SELECT count(*) FROM json_each(readfile('$out'), '\$.rows')
			WHERE value ->> 'name' = 'a,\"b\\c'" 1
}

show_csv()
{
	for view in caches cpus nodes runs misses occupancy pinned; do
		"$SLABSIM" show "$db" $view --format csv >"$out" &&
			[ "$(wc -l <"$out")" -gt 1 ] &&
			! grep -q '^total,' "$out" || return
	done
}

if ! command -v sqlite3 >/dev/null; then
	skip 'export' 'no sqlite3 command'
	finish
fi
"$SLABSIM" run -q traces/samples/fork-100k/trace.txt.xz -m 2x2 --db "$db" \
	>"$TEST_TMP/run.out" || exit 1

if ! command -v slabtop >/dev/null; then
	skip 'slabtop shows it' 'no slabtop (package procps)'
elif ! unshare -m sh -c 'mount --make-rprivate / &&
	mount --bind /dev/null /proc/slabinfo' 2>/dev/null; then
	skip 'slabtop shows it' 'no private mounts here'
else
	check 'slabtop shows it' slabtop_shows_it
fi
check 'slabinfo is that of show' slabinfo_is_shows
check 'CSV reads back' csv_reads_back
check 'JSON reads back' json_reads_back
check 'any table' any_table
check 'OpenMetrics by its grammar' openmetrics_parses
check 'no EOF after an error' errors_have_no_eof
check 'to a file' to_a_file
check 'awkward names' awkward_names
check 'show as CSV' show_csv
python=/usr/bin/python3
if $python -c 'import prometheus_client.openmetrics.parser' 2>/dev/null; then
	check 'OpenMetrics by the parser of Prometheus' openmetrics_is_parsed
else
	skip 'OpenMetrics by the parser of Prometheus' \
		'no python3-prometheus-client'
fi
refuses 2 'did you mean "v_cache"' "$SLABSIM" export "$db" --to csv \
	--view v_cach

finish
