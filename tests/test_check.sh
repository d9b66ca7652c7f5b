#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim compare and slabsim check. The run is small enough to know some of
# its numbers by hand; baselines are edited to what must then be found. The
# pipelines of docs/CI.md run as they stand there.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
absolute=$(cd "$(dirname "$SLABSIM")" && pwd)/$(basename "$SLABSIM")
db=$TEST_TMP/run.db
base=$TEST_TMP/base.txt

# Fourteen objects of 504 bytes, seven a slab, on one CPU: two slabs, that is
# two pages; misses at the 1st and the 8th.
awk 'BEGIN {
	print "machine nodes=1 cpus=1\ncreate 0 thing 504 0 -\nsmp"
	for (i = 0; i < 14; i++)
		print "a 0 thing", i
}' >"$TEST_TMP/in.ops"
(cat "$TEST_TMP/in.ops"; echo 'a 0 thing 14') >"$TEST_TMP/more.ops"

run()
{
	"$SLABSIM" run -q "$TEST_TMP/in.ops" -m 1x1 --samples 2 --db "$db" "$@" \
		>"$TEST_TMP/run.out"
}

# gate CODE ARGUMENT...: the exit code; stdout in $TEST_TMP/gate
gate()
{
	want=$1
	shift
	"$SLABSIM" check "$db" -b "$base" "$@" >"$TEST_TMP/gate" \
		2>"$TEST_TMP/gate.err"
	[ $? = "$want" ] || {
		cat "$TEST_TMP/gate" "$TEST_TMP/gate.err"
		return 1
	}
}

has()
{
	grep -qF -e "$1" "$TEST_TMP/gate" || {
		cat "$TEST_TMP/gate"
		return 1
	}
}

# set_line NAME FIELD VALUE: edit the baseline
set_line()
{
	awk -v name="$1" -v field="$2" -v value="$3" 'BEGIN { FS = OFS = "\t" }
		$1 == name { $field = value; found = 1 }
		{ print }
		END { exit !found }' "$base" >"$base.new" &&
		mv "$base.new" "$base"
}

fresh()
{
	rm -f "$base"
	gate 0 --update "$@"
}

# --- baselines ---------------------------------------------------------------

no_baseline_is_no_pass()
{
	rm -f "$base"
	gate 6 && grep -q 'no baseline there' "$TEST_TMP/gate.err"
}

a_new_baseline_holds_what_is_known()
{
	fresh && grep -qx 'thing/pages	2	pages	lower	0	0%' "$base" &&
		grep -qx 'thing/allocmiss	2	allocations	lower	0	0%' \
			"$base" &&
		grep -qx 'thing/live_objs	14	objects	-	0	0%' "$base" &&
		grep -qx "# model	$(sqlite3 "$db" 'SELECT model_version
			FROM run')" "$base" &&
		sed '1,/^# metric/d' "$base" | LC_ALL=C sort -c
}

as_it_is_it_passes()
{
	fresh && gate 0 && has 'pass: ' && gate 0 --exact
}

updating_twice_changes_nothing()
{
	fresh && cp "$base" "$base.1" && gate 0 --update &&
		[ ! -s "$TEST_TMP/gate" ] && cmp "$base" "$base.1"
}

# --- verdicts ----------------------------------------------------------------

worse_fails()
{
	fresh && set_line thing/pages 2 1 && gate 1 &&
		has 'FAIL  thing/pages is worse: 2 pages, was 1' &&
		has ' 1 failed, 0 improved'
}

all_failures_are_listed()
{
	fresh && set_line thing/pages 2 1 && set_line thing/allocmiss 2 1 &&
		set_line alloc_hit_pct 2 99 && gate 1 &&
		[ "$(grep -c '^FAIL' "$TEST_TMP/gate")" = 3 ]
}

better_passes_unless_exact()
{
	fresh && set_line thing/pages 2 3 && gate 0 && has 'is improved' &&
		gate 1 --exact
}

neither_way_is_good()
{
	fresh && set_line thing/live_objs 2 13 && gate 1 && has 'is changed' &&
		set_line thing/live_objs 2 15 && gate 1
}

# Was 1, is 2: by 1 and by 100 %. Both tolerances must be exceeded.
both_tolerances()
{
	fresh && set_line thing/pages 2 1 &&
		set_line thing/pages 5 1 && gate 0 &&
		set_line thing/pages 5 0.9 && gate 1 &&
		set_line thing/pages 6 100% && gate 0 &&
		set_line thing/pages 6 99% && gate 1 &&
		has 'tolerance 0.9 and 99 %'
}

gone_fails()
{
	fresh && printf 'nothing/pages\t1\tpages\tlower\t0\t0%%\n' >>"$base" &&
		gate 1 && has 'nothing/pages is gone'
}

a_number_that_came_fails()
{
	fresh && set_line thing/pages 2 - && gate 1 && has 'is changed'
}

# --- not comparable ----------------------------------------------------------

heading()
{
	fresh && sed "s/^# $1	.*/# $1	$2/" "$base" >"$base.new" &&
		mv "$base.new" "$base" && gate 6 && has "another $3"
}

not_comparable_before_worse()
{
	fresh && set_line thing/pages 2 1 &&
		sed 's/^# model	.*/# model	999/' "$base" >"$base.new" &&
		mv "$base.new" "$base" && gate 6
}

# How often was sampled does not matter; on which machine does.
samples_do_not_matter()
{
	fresh && run --samples 7 --keyframe 2 --slabs all --pins 2 && gate 0 &&
		"$SLABSIM" run -q "$TEST_TMP/in.ops" -m 1x2 --db "$db" \
			>"$TEST_TMP/run.out" && gate 6 &&
		has 'another configuration' && gate 0 --run 2
}

# What steps were taken to cost changes no metric of a baseline.
timing_does_not_matter()
{
	fresh && run --timing && gate 0
}

# Where the configurations differ, not that they do: both are long, and begin
# alike.
told_where_configurations_differ()
{
	fresh && "$SLABSIM" run -q "$TEST_TMP/in.ops" -m 1x2 --db "$db" \
		--set thing.limit=9 --set thing.batchcount=3 >"$TEST_TMP/run.out" &&
		gate 6 && has 'incomparable: not comparable: another configuration: machine.cpu_node: baseline [0], run [0,0], machine.cpus: baseline 1, run 2, set.thing.batchcount: baseline -, run 3, set.thing.limit: baseline -, run 9' &&
		gate 0 --run 1 && sed "s/^# config	.*/# config	{no JSON/" \
			"$base" >"$base.new" && mv "$base.new" "$base" &&
		gate 6 --run 1 && has 'machine.cpus: baseline -, run 1' &&
		has ' more'
}

another_trace()
{
	fresh && "$SLABSIM" run -q "$TEST_TMP/more.ops" -m 1x1 --db "$db" \
		>"$TEST_TMP/run.out" && gate 6 && has 'another trace'
}

partial_is_no_pass()
{
	run && fresh && sqlite3 "$db" "UPDATE run SET status = 'partial'
		WHERE id = (SELECT max(id) FROM run)" && gate 6 &&
		has 'did not come to its end' && gate 6 --update || return
	# killed, or only just begun: nothing of it is there
	sqlite3 "$db" 'DELETE FROM sample WHERE run_id = (SELECT max(id)
		FROM run)' && gate 6 && has 'did not come to its end' &&
		gate 6 --update --metric pages || return
	run
}

# Which one it is, nobody can say: so with none of them does it compare.
heading_is_missing()
{
	fresh && sed "/^# $1	/d" "$base" >"$base.new" &&
		mv "$base.new" "$base" && gate 3 &&
		grep -q 'not all of the lines' "$TEST_TMP/gate.err"
}

# --- updating ----------------------------------------------------------------

update_keeps_what_people_wrote()
{
	fresh && set_line thing/pages 2 1 && set_line thing/pages 5 7 &&
		awk '/^thing\/grown/ { next }
			/^thing\/pages/ { print "# two slabs" } { print }
			END { print "# the end" }' "$base" >"$base.new" &&
		mv "$base.new" "$base" && gate 0 --update &&
		[ "$(cat "$TEST_TMP/gate")" = '- thing/pages	1
+ thing/pages	2' ] &&
		grep -qx 'thing/pages	2	pages	lower	7	0%' "$base" &&
		grep -B1 '^thing/pages' "$base" | grep -qx '# two slabs' &&
		[ "$(tail -n 1 "$base")" = '# the end' ] &&
		! grep -q thing/grown "$base" && gate 0
}

update_adds_on_request()
{
	fresh && ! grep -q thing/miss_cold "$base" &&
		gate 0 --update --metric 'miss_*' --abs 3 --rel 1.5 &&
		has '+ thing/miss_cold	2' &&
		grep -qx 'thing/miss_cold	2	allocations	-	3	1.5%' \
			"$base"
}

tolerances_are_of_updates()
{
	gate 2 --abs 3 && grep -q 'go with --update' "$TEST_TMP/gate.err"
}

bad_baseline()
{
	fresh
	printf '%b' "$1" >>"$base"
	gate 3 && grep -q "base.txt:[0-9][0-9]*: $2" "$TEST_TMP/gate.err"
}

# Whoever reads the list of changes may stop: "| head" left no baseline once.
update_writes_before_it_tells()
{
	rm -f "$base"
	"$SLABSIM" check "$db" -b "$base" --update | true
	gate 0 && rm -f "$base" && gate 4 --update -b "$TEST_TMP/no/base" &&
		[ ! -s "$TEST_TMP/gate" ] && fresh -q && [ ! -s "$TEST_TMP/gate" ]
}

# --- formats -----------------------------------------------------------------

# One worse, one improved; the name of a cache that needs care everywhere.
prepare_formats()
{
	fresh && set_line thing/pages 2 1 && set_line thing/grown 2 3
}

# A cache of a kernel module that wants to be more than a name; a quote, a
# backslash and more, as every format must take them.
odd='<b>x|`y`#&"\[z](u)_*~$'
prepare_odd_name()
{
	fresh || return
	printf '%s/pages\t1\tpages\tlower\t0\t0%%\n' "$odd # SKIP" >>"$base"
	printf '%s/grown\t1\tslabs\tlower\t0\t0%%\n' "$odd" >>"$base"
}

# Unescaped, "# SKIP" would make a test that failed one that was left out.
odd_names_in_tap()
{
	prepare_odd_name && gate 1 --format tap &&
		[ "$(grep -c '^not ok' "$TEST_TMP/gate")" = 2 ] &&
		grep '^not ok' "$TEST_TMP/gate" | grep -qF '\# SKIP/pages' &&
		! grep '^not ok' "$TEST_TMP/gate" | grep -q '[^\\]#'
}

# Perl's reader of TAP sees two failures, and nothing that it cannot read.
tap_is_read_by_prove()
{
	prepare_odd_name && gate 1 --format tap || return
	prove -e cat "$TEST_TMP/gate" >"$TEST_TMP/prove"
	grep -q 'Failed 2/' "$TEST_TMP/prove" &&
		! grep -q 'skipped\|Parse errors' "$TEST_TMP/prove"
}

odd_names_in_junit()
{
	prepare_odd_name && gate 1 --format junit && [ "$(xmllint --xpath 'string((//failure/../@classname)[2])' \
		"$TEST_TMP/gate")" = "$odd" ]
}

odd_names_in_markdown()
{
	prepare_odd_name && gate 1 --format markdown &&
		has '| \<b\>x\|\`y\`\#\&"\\\[z\](u)\_\*\~\$/grown | gone |'
}

odd_names_in_json()
{
	prepare_odd_name && gate 1 --format json && [ "$(sqlite3 :memory: "
		SELECT value ->> 'metric' FROM json_each(readfile(
		'$TEST_TMP/gate'), '\$.results') WHERE value ->> 'verdict' =
		'gone'" | tail -n 1)" = "$odd/grown" ]
}

# GitLab shows the text of the element, others its attribute.
junit_says_it_twice()
{
	prepare_formats && gate 1 --format junit &&
		has '">thing/pages is worse: 2 pages, was 1</failure>'
}

tap_counts()
{
	prepare_formats && gate 1 --format tap &&
		[ "$(grep -c '^not ok' "$TEST_TMP/gate")" = 1 ] &&
		[ "1..$(grep -c '^\(not \)*ok' "$TEST_TMP/gate")" = \
			"$(sed -n 2p "$TEST_TMP/gate")" ]
}

junit_counts()
{
	prepare_formats && gate 1 --format junit &&
		has 'failures="1" errors="0"' &&
		has '<failure type="worse" message="thing/pages is worse'
}

# Of a regression, of odd names, and of what does not compare.
junit_is_by_schema()
{
	prepare_formats && prepare_odd_name && gate 1 --format junit &&
		xmllint --noout --schema tests/fixtures/junit.xsd \
			"$TEST_TMP/gate" && rm "$base" &&
		gate 6 --format junit &&
		xmllint --noout --schema tests/fixtures/junit.xsd \
			"$TEST_TMP/gate"
}

github_points_at_the_line()
{
	prepare_formats && gate 1 --format github &&
		has "::error file=$base,line=$(grep -n ^thing/pages "$base" |
			cut -d : -f 1),title=slabsim::thing/pages is worse" &&
		has '::notice '
}

json_is_json()
{
	prepare_formats && gate 1 --format json &&
		[ "$(sqlite3 :memory: "SELECT json_extract(x, '\$.status'),
			json_extract(x, '\$.failed'), json_extract(x,
			'\$.improved') FROM (SELECT readfile('$TEST_TMP/gate')
			AS x)")" = 'regression|1|1' ] &&
		gate 1 --format benchmark &&
		[ "$(sqlite3 :memory: "SELECT value ->> 'value' FROM json_each(
			readfile('$TEST_TMP/gate')) WHERE value ->> 'name' =
			'thing/pages'")" = 2 ]
}

markdown_is_a_table()
{
	prepare_formats && gate 1 --format markdown &&
		has '| thing/pages | worse | 1 | 2 | pages |'
}

reports_are_written_before_the_exit()
{
	prepare_formats && gate 1 -q -o junit="$TEST_TMP/o.xml" \
		-o tap="$TEST_TMP/o.tap" && [ ! -s "$TEST_TMP/gate" ] &&
		grep -q '</testsuite>' "$TEST_TMP/o.xml" &&
		grep -q '^not ok' "$TEST_TMP/o.tap" &&
		rm "$base" && gate 6 -o junit="$TEST_TMP/o.xml" \
			-o tap="$TEST_TMP/o.tap" -o json="$TEST_TMP/o.json" &&
		grep -q 'errors="1"' "$TEST_TMP/o.xml" &&
		grep -q '^Bail out!' "$TEST_TMP/o.tap" &&
		grep -q '"status":"incomparable"' "$TEST_TMP/o.json"
}

# --- compare -----------------------------------------------------------------

compares()
{
	rm -f "$TEST_TMP/c.db"
	"$SLABSIM" run -q "$TEST_TMP/in.ops" -m 1x1 --db "$TEST_TMP/c.db" \
		--label few >"$TEST_TMP/run.out" &&
	"$SLABSIM" run -q "$TEST_TMP/more.ops" -m 1x1 --db "$TEST_TMP/c.db" \
		>"$TEST_TMP/run.out" &&
	"$SLABSIM" compare -d "$TEST_TMP/c.db" >"$TEST_TMP/gate" &&
	grep -Eq '^thing +pages +2 +3 +\+1 +\+50\.0 +pages +worse$' \
		"$TEST_TMP/gate" &&
	grep -Eq '^thing +live_objs +14 +15 ' "$TEST_TMP/gate" &&
	has 'differs: trace: ' && ! grep -q '^kmem_cache ' "$TEST_TMP/gate"
}

same_by_every_name()
{
	for a in few 1 @-2 "$TEST_TMP/c.db:1" "$TEST_TMP/c.db:few"; do
		"$SLABSIM" compare -d "$TEST_TMP/c.db" "$a" 1 >"$TEST_TMP/gate" &&
			has '0 differ, ' || return
	done
	"$SLABSIM" compare few "$TEST_TMP/c.db" -d "$TEST_TMP/c.db" -c thing \
		--metric 'num_*' --markdown >"$TEST_TMP/gate" &&
		has '| thing | num_slabs | 2 | 3 | +1 | +50.0 | slabs | worse |' &&
		[ "$(grep -c '^| thing' "$TEST_TMP/gate")" = 2 ]
}

compare_json()
{
	"$SLABSIM" compare -d "$TEST_TMP/c.db" --json >"$TEST_TMP/gate" &&
		[ "$(sqlite3 :memory: "SELECT value ->> 'a', value ->> 'b',
			value ->> 'b_is' FROM json_each(readfile(
			'$TEST_TMP/gate'), '\$.rows') WHERE value ->> 'cache' =
			'thing' AND value ->> 'metric' = 'pages'")" = \
			'2|3|worse' ] &&
		"$SLABSIM" compare -d "$TEST_TMP/c.db" --format csv --all \
			>"$TEST_TMP/gate" && has 'thing,pages,pages,2,3,worse'
}

# What differs is all that was set, also what no table of the run shows.
compare_tells_settings()
{
	rm -f "$TEST_TMP/s.db"
	"$SLABSIM" run -q "$TEST_TMP/in.ops" -m 1x1 --db "$TEST_TMP/s.db" \
		>"$TEST_TMP/run.out" &&
	"$SLABSIM" run -q "$TEST_TMP/in.ops" -m 1x2 --db "$TEST_TMP/s.db" \
		--set thing.limit=9 >"$TEST_TMP/run.out" &&
	"$SLABSIM" compare -d "$TEST_TMP/s.db" >"$TEST_TMP/gate" &&
	has 'differs: machine.cpu_node: [0], [0,0]' &&
	has 'differs: machine.cpus: 1, 2' &&
	has 'differs: set.thing.limit: -, 9' &&
	[ "$(grep -c '^differs' "$TEST_TMP/gate")" = 3 ] &&
	"$SLABSIM" compare -d "$TEST_TMP/s.db" --markdown >"$TEST_TMP/gate" &&
	has '- differs: machine.cpu_node: \[0\], \[0,0\]'
}

# --- the pipelines of docs/CI.md ---------------------------------------------

# The shell lines of the Nth block of YAML.
pipeline()
{
	awk -v want="$1" '
		/^```yaml/ { nr++; inside = nr == want; next }
		/^```/ { inside = 0 }
		!inside { next }
		/run: \|/ { match($0, /^ */); indent = RLENGTH; take = 1; next }
		take { match($0, /^ */); if (RLENGTH <= indent) take = 0 }
		take { print }
		/^  script:/ { script = 1; next }
		script && /^    - / { sub(/^    - /, ""); print; next }
		{ script = 0 }' docs/CI.md
}

runs_the_pipeline()
{
	rm -rf "$TEST_TMP/ci" && mkdir -p "$TEST_TMP/ci/traces" "$TEST_TMP/bin" &&
		ln -sf "$absolute" "$TEST_TMP/bin/slabsim" &&
		pipeline "$1" >"$TEST_TMP/steps" &&
		[ "$(wc -l <"$TEST_TMP/steps")" -ge 2 ] || return
	(
		PATH=$TEST_TMP/bin:$PATH
		GITHUB_STEP_SUMMARY=summary
		export PATH GITHUB_STEP_SUMMARY
		cd "$TEST_TMP/ci" || exit 1
		slabsim gen -q zipf --events 20000 -o traces/workload.slt &&
			slabsim run -q traces/workload.slt -m 2x4 --db first.db \
				>/dev/null &&
			slabsim check first.db --update >/dev/null \
				--baseline traces/slab.baseline || exit 1
		echo '- good' && sh -e ../steps || exit 1
		# and it finds what got worse, and what cannot be compared
		sed -i 's/^grown	[0-9]*/grown	1/' traces/slab.baseline
		echo '- worse'
		sh -e ../steps
		[ $? = 1 ] && grep -q 'grown is worse' slab.xml || exit 1
		sed -i 's/^# model	.*/# model	0/' traces/slab.baseline
		echo '- not comparable'
		sh -e ../steps
		[ $? = 6 ] && grep -q 'not comparable' slab.md
	) >"$TEST_TMP/ci.out" 2>&1 || {
		cat "$TEST_TMP/ci.out"
		return 1
	}
}

# -----------------------------------------------------------------------------

if ! command -v sqlite3 >/dev/null; then
	skip 'compare and check' 'no sqlite3 command'
	finish
fi
run || exit 1
check 'no baseline is no pass' no_baseline_is_no_pass
check 'a new baseline holds what is known' a_new_baseline_holds_what_is_known
check 'it passes' as_it_is_it_passes
check 'updating twice changes nothing' updating_twice_changes_nothing
check 'worse fails' worse_fails
check 'all failures are listed' all_failures_are_listed
check 'better passes, unless --exact' better_passes_unless_exact
check 'without a direction any change fails' neither_way_is_good
check 'both tolerances must be exceeded' both_tolerances
check 'a metric that is gone fails' gone_fails
check 'a number that came fails' a_number_that_came_fails
check 'another model version' heading model 0 'model version'
check 'another digest' heading trace xxh64:0 trace
check 'another config' heading config '{}' configuration
for line in model trace config; do
	check "no line \"# $line\"" heading_is_missing $line
done
check 'not comparable comes before worse' not_comparable_before_worse
check 'samples do not matter' samples_do_not_matter
check 'another trace does' another_trace
rm "$db"
run
check 'timing does not matter' timing_does_not_matter
check 'where configurations differ' told_where_configurations_differ
rm "$db"
run
check 'a partial run is no pass' partial_is_no_pass
check 'update keeps what people wrote' update_keeps_what_people_wrote
check 'update adds on request' update_adds_on_request
check 'too few fields' bad_baseline 'pages\t1\n' 'expected six fields'
check 'no tolerance' bad_baseline 'x/pages\t1\tpages\tlower\t0\t5\n' \
	'expected tolerances'
check 'no direction' bad_baseline 'x/pages\t1\tpages\tup\t0\t0%\n' \
	'expected lower, higher'
check 'no number' bad_baseline 'x/pages\t0x1\tpages\tlower\t0\t0%\n' \
	'expected a number'
check 'a number that JSON does not have' bad_baseline \
	'x/pages\t.5\tpages\tlower\t0\t0%\n' 'expected a number'
check 'control characters' bad_baseline \
	'x\033[2J/pages\t1\tpages\tlower\t0\t0%\n' 'expected text'
check 'no UTF-8' bad_baseline 'x\0374/pages\t1\tpages\tlower\t0\t0%\n' \
	'expected text'
check 'updates are written before they are told' update_writes_before_it_tells
check 'tolerances are of updates' tolerances_are_of_updates
check 'twice' bad_baseline 'pages\t1\tpages\tlower\t0\t0%\n' 'this metric is'
check 'TAP' tap_counts
check 'JUnit' junit_counts
check 'JUnit says it twice' junit_says_it_twice
check 'odd names in TAP' odd_names_in_tap
if command -v prove >/dev/null; then
	check 'TAP is read by prove' tap_is_read_by_prove
else
	skip 'TAP is read by prove' 'no prove (package perl)'
fi
if command -v xmllint >/dev/null; then
	check 'JUnit by its schema' junit_is_by_schema
	check 'odd names in JUnit' odd_names_in_junit
else
	skip 'JUnit by its schema' 'no xmllint (package libxml2-utils)'
fi
check 'odd names in Markdown' odd_names_in_markdown
check 'odd names in JSON' odd_names_in_json
check 'GitHub' github_points_at_the_line
check 'JSON' json_is_json
check 'Markdown' markdown_is_a_table
check 'reports come before the exit' reports_are_written_before_the_exit
check 'compare' compares
check 'runs by every name' same_by_every_name
check 'compare for machines' compare_json
check 'compare tells all settings' compare_tells_settings
refuses 2 'did you mean "thing"' "$SLABSIM" compare -d "$TEST_TMP/c.db" -c thign
refuses 2 'no metric "miss_warm"' "$SLABSIM" compare -d "$TEST_TMP/c.db" \
	--metric miss_warm
refuses 2 'did you mean "allochit"' "$SLABSIM" compare -d "$TEST_TMP/c.db" \
	--metric allochits
refuses 2 'did you mean "few"' "$SLABSIM" compare -d "$TEST_TMP/c.db" fw 1
refuses 2 'did you mean "grown"' "$SLABSIM" check "$db" -b "$base" --update \
	--metric grwon
check 'the pipeline for GitHub' runs_the_pipeline 1
check 'the pipeline for GitLab' runs_the_pipeline 2

finish
