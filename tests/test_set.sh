#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run --set and machine files, from the command line to the database. What one
# setting does to one cache is in tests/test_tunables.c, what a file may say in
# tests/test_machine_file.c.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
T=$TEST_TMP

if ! command -v sqlite3 >/dev/null; then
	skip 'tunables' 'no sqlite3 command'
	finish
fi

# "early" is there at the start, as caches of recordings are; "later" is
# created by CPU 1 on the way.
cat >"$T/s.ops" <<'END'
machine nodes=1 cpus=2
create 0 early 504 0 -
smp
a 0 early 1
T 10
create 1 later 504 0 -
a 0 later 2
a 1 later 3
f 1 1
END
"$SLABSIM" import -q "$T/s.ops" -o "$T/s.slt"

# run NAME OPTION...: a database of its own
run()
{
	name=$1
	shift
	rm -f "$T/$name.db"
	"$SLABSIM" run -q "$T/s.slt" --samples 5 --db "$T/$name.db" "$@" \
		>/dev/null 2>"$T/$name.err"
}

one()
{
	[ "$(sqlite3 "$T/$1.db" "$2")" = "$3" ]
}

# tuned NAME CACHE LIMIT/BATCHCOUNT/SHARED
tuned()
{
	one "$1" "SELECT limit_objs || '/' || batchcount_objs || '/' ||
		shared_factor FROM cache WHERE name = '$2'" "$3"
}

# The kernel's default for 504 bytes is 54/27/8.
is_set()
{
	run plain -m 1x2 && tuned plain early 54/27/8 &&
		tuned plain later 54/27/8 &&
		run set -m 1x2 --set early.limit=9 --set later.limit=6 \
			--set later.shared=0 --set size-64.shared=1 &&
		tuned set early 9/5/8 && tuned set later 6/3/0 &&
		tuned set size-64 120/60/1 && tuned set size-128 120/60/8
}

star_is_all()
{
	run star -m 1x2 --set '*.shared=2' --set early.shared=3 &&
		tuned star early 54/27/3 && tuned star later 54/27/2 &&
		one star "SELECT count(*) FROM cache WHERE shared_factor <> 2" 1
}

dump()
{
	sqlite3 "$T/$1.db" .dump | grep -v 'INSERT INTO host_'
}

same()
{
	dump "$1" >"$T/$1.sql" && dump "$2" | cmp - "$T/$1.sql"
}

engines_agree()
{
	run threads -m 1x2 --set early.limit=9 --set later.limit=6 \
		--set later.shared=0 --set size-64.shared=1 --engine threads &&
		same set threads
}

free_order_too()
{
	run free -m 1x2 --set early.limit=9 --set later.limit=6 \
		--engine threads --order free &&
		tuned free early 9/5/8 && tuned free later 6/3/8
}

order_is_no_matter()
{
	run other -m 1x2 --set size-64.shared=1 --set later.shared=0 \
		--set later.limit=6 --set early.limit=9 && same set other
}

configuration_has_it()
{
	one set "SELECT json_extract(config, '\$.set') FROM run" \
'{"early":{"limit":9},"later":{"limit":6,"shared":0},"size-64":{"shared":1}}' &&
		one plain "SELECT json_extract(config, '\$.set') IS NULL
			FROM run" 1
}

not_comparable()
{
	"$SLABSIM" check "$T/plain.db" --baseline "$T/base" --update >/dev/null &&
		"$SLABSIM" check "$T/plain.db" --baseline "$T/base" >/dev/null ||
		return 1
	"$SLABSIM" check "$T/set.db" --baseline "$T/base" >/dev/null 2>&1
	[ $? = 6 ]
}

# Every report says what it simulated; a long list is only said to be there.
reports_say_so()
{
	"$SLABSIM" show "$T/star.db" caches | grep -q \
	'^simulated  SLAB 2.6.36-x86_64, 1 node, 2 CPUs, \*.shared=2 early.shared=3$' &&
		"$SLABSIM" show "$T/set.db" caches | grep -q ', caches tuned$' &&
		"$SLABSIM" show "$T/plain.db" caches |
		grep -q '^simulated  SLAB 2.6.36-x86_64, 1 node, 2 CPUs$' &&
		"$SLABSIM" show "$T/far.db" caches |
		grep -q '2 nodes at given distances, 2 CPUs$'
}

# refused TEXT OPTION...: exit 2, the text, and no database
refused()
{
	text=$1
	shift
	run refused "$@"
	[ $? = 2 ] && grep -q -e "$text" "$T/refused.err" &&
		[ ! -e "$T/refused.db" ]
}

printf '[machine]\nnodes = 1\ncpus = 2\n[set]\nearly.limit = 9\nlater.limit = 6
later.shared = 0\nsize-64.shared = 1\n' >"$T/m.ini"
printf '[machine]\nnodes = 2\ncpus_per_node = 1\nprofile = 6.1-x86_64
[distance]\n0: 10 31\n1: 31 10\n[cost]\nhit_ns = 7\nlock_ns = 8\n' \
	>"$T/far.ini"
printf '[machine]\nnodes = 1\ncpus = 2\n[set]\nerly.limit = 9\n' >"$T/bad.ini"

file_sets_too()
{
	run file -m "$T/m.ini" && same set file &&
		run over -m "$T/m.ini" --set early.limit=4 &&
		tuned over early 4/2/8 && tuned over later 6/3/0
}

file_is_in_the_configuration()
{
	run far -m "$T/far.ini,pages=4096" --timing --cost lock_ns=3 &&
		one far "SELECT json_extract(config, '\$.machine.distance') ||
			json_extract(config, '\$.machine.node_pages') || profile
			FROM run" '[10,31,31,10]40966.1-x86_64' &&
		one far "SELECT group_concat(name || value) FROM timing_cost
			WHERE source = 'given'" hit_ns7,lock_ns3 &&
		run near -m "$T/far.ini" --profile 2.6.36-x86_64 &&
		one near 'SELECT profile FROM run' 2.6.36-x86_64
}

# Only what a file gives: the configuration of old runs is as it was.
default_distances_change_nothing()
{
	printf '[machine]\nnodes=2\ncpus=2\n[distance]\n0: 10 20\n1: 20 10\n' \
		>"$T/plain.ini"
	run a -m 2x1 --timing && run b -m "$T/plain.ini" --timing && same a b
}

step_and_explain_have_it()
{
	"$SLABSIM" explain "$T/s.slt" -m 1x2 --event 2 --set later.limit=6 |
		grep -q 'limit 6, batchcount 3' &&
		"$SLABSIM" step --plain "$T/s.slt" -m "$T/m.ini" |
		grep -q 'limit 6, batchcount 3'
}

scenario_has_its_machine()
{
	"$SLABSIM" step --plain "$T/s.ops" --set early.limit=5 2>"$T/err"
	[ $? = 2 ] && grep -q 'set is for traces' "$T/err"
}

validate_refuses_set()
{
	"$SLABSIM" validate "$T/s.slt" -m "$T/m.ini" --slabinfo-before \
		traces/samples/fork-100k/slabinfo.before --slabinfo-after \
		traces/samples/fork-100k/slabinfo.after 2>"$T/err"
	[ $? = 2 ] && grep -q 'no \[set\]' "$T/err"
}

# Bundled files are machines, and their comments true of their names.
bundled_files_are_read()
{
	for file in docs/machines/*.ini; do
		run bundled -m "$file" --timing || return 1
	done
}

# As the manual page has it, and all keys that a file can have.
example_of_the_page_is_read()
{
	sed -n '/^\.SH EXAMPLE/,/^\.fi/p' docs/slabsim-machine.5 |
		sed '/^\./d; s/^dentry/size-64/' >"$T/page.ini" &&
		run page -m "$T/page.ini" --timing
}

page_has_all_keys()
{
	printf '[machine]\ncolour = 1\n' >"$T/keys.ini"
	run keys -m "$T/keys.ini"
	keys=$(sed 's/.*expected //; s/,//g; s/ or / /' "$T/keys.err")
	[ "$(echo "$keys" | wc -w)" = 9 ] && for key in $keys; do
		grep -q "^\.BI* \"*$key = " docs/slabsim-machine.5 ||
			{ echo "not in the page: $key"; return 1; }
	done
}

check 'tunables are set, at the start and at creation' is_set
check 'a star is every cache, but for those named' star_is_all
check 'CPUs that take turns give the same' engines_agree
check 'CPUs that run free are tuned too' free_order_too
check 'the order of --set is no matter' order_is_no_matter
check 'the configuration has it' configuration_has_it
check 'another setting is not comparable' not_comparable
check 'an unknown cache: the nearest name' refused 'mean "early"' \
	-m 1x2 --set erly.limit=5
check 'an unknown tunable: the nearest name' refused 'mean "limit"' \
	--set early.limt=5
check 'a batchcount above the limit' refused 'batchcount 55 above limit 54' \
	-m 1x2 --set early.batchcount=55
check 'a batchcount of a cache yet to come' refused 'expected its limit' \
	-m 1x2 --set later.batchcount=5
check 'twice the same' refused 'given twice' \
	--set early.limit=5 --set early.limit=6
check 'a machine file sets, an option wins' file_sets_too
check 'an unknown cache of a file' refused \
	'\[set\] of --machine: no cache "erly".*mean "early"' -m "$T/bad.ini"
check 'what a file says is in the configuration' file_is_in_the_configuration
check 'reports say what was set' reports_say_so
check 'default distances change nothing' default_distances_change_nothing
check 'step and explain have it' step_and_explain_have_it
check 'a scenario has its own' scenario_has_its_machine
check 'validate takes slabinfo for it' validate_refuses_set
check 'bundled machine files are read' bundled_files_are_read
check 'the example of the manual page is read' example_of_the_page_is_read
check 'the manual page has all keys' page_has_all_keys
finish
