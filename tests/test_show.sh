#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim show: the text of /proc/slabinfo, byte for byte that of the real
# mm/slab.c at the end of recorded scenarios; choosing what to show; files
# that cannot be shown; very many caches.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
golden=tests/golden
db=$TEST_TMP/run.db

plain()
{
	if [ -e "$1" ]; then cat "$1"; else gzip -dc "$1.gz"; fi
}

# The recording's last slabinfo text, without its label.
last_slabinfo()
{
	plain "$golden/$1.slabinfo.txt" |
		awk '/^== / { text = ""; next } { text = text $0 "\n" }
			END { printf "%s", text }'
}

same_slabinfo()
{
	plain "$golden/$1.ops" >"$TEST_TMP/in.ops"
	machine=$(sed -n '1s/^machine //; 1s/ /,/gp' "$TEST_TMP/in.ops")
	rm -f "$db"
	"$SLABSIM" run -q "$TEST_TMP/in.ops" --db "$db" \
		--machine "$machine" >/dev/null &&
		"$SLABSIM" show -q "$db" --format slabinfo >"$TEST_TMP/got" &&
		last_slabinfo "$1" >"$TEST_TMP/want" &&
		[ -s "$TEST_TMP/want" ] && cmp "$TEST_TMP/want" "$TEST_TMP/got"
}

# --- choosing ----------------------------------------------------------------

shows()
{
	text=$1
	shift
	"$SLABSIM" show "$@" >"$TEST_TMP/shown" &&
		grep -qe "$text" "$TEST_TMP/shown"
}

slabinfo_says_it_is_simulated()
{
	"$SLABSIM" show "$db" --format slabinfo 2>&1 >/dev/null |
		grep '^slabsim: simulated: SLAB 2\.6\.36.*; traced: Linux'
}

runs_are_chosen()
{
	shows '^run  *1$' "$db" --run 1 && shows '^run  *1$' "$db" --run @-2 &&
		shows '^run  *2 second$' "$db" --run @-1 &&
		shows '^run  *2 second$' "$db"
}

in_any_order()
{
	shows '^cpu  *node ' --run 1 cpus "$db" &&
		shows '^cpu  *node ' "$db" cpus --run 1
}

# --- very many caches --------------------------------------------------------

many_caches()
{
	awk 'BEGIN {
		print "machine nodes=2 cpus=4"
		for (i = 0; i < 4000; i++)
			print "create 0 cache-" i, 32 + 8 * (i % 60), "0 -"
		print "smp"
		for (i = 0; i < 8000; i++)
			print "a", i % 4, "cache-" i % 4000, i
		print "T 10000"
	}' >"$TEST_TMP/many.ops"
	rm -f "$TEST_TMP/many.db"
	"$SLABSIM" run -q "$TEST_TMP/many.ops" --db "$TEST_TMP/many.db" \
		--machine 2x2 --samples 20 >"$TEST_TMP/many.out" &&
		grep '^caches  *40[0-9][0-9], of them 40[0-9][0-9] ever' \
			"$TEST_TMP/many.out"
}

many_caches_are_shown()
{
	[ "$("$SLABSIM" show "$TEST_TMP/many.db" |
		grep -c '^cache-')" = 4000 ] &&
		[ "$("$SLABSIM" show -q "$TEST_TMP/many.db" --format slabinfo |
			grep -c '^cache-')" = 4000 ] &&
		shows '^total' "$TEST_TMP/many.db" nodes
}

# --- -------------------------------------------------------------------------

for name in boot_1x1 boot_2x4 boot_4x4 fork_1x2 fork_2x4 fork_2x4_late; do
	check "slabinfo of $name" same_slabinfo $name
done

"$SLABSIM" import -q traces/samples/fork-100k/trace.txt.xz \
	-o "$TEST_TMP/fork.slt" || exit 1
rm -f "$db"
"$SLABSIM" run -q "$TEST_TMP/fork.slt" --db "$db" >/dev/null &&
	"$SLABSIM" run -q "$TEST_TMP/fork.slt" --db "$db" --label second \
		--machine 2x2 >/dev/null || exit 1

check 'slabinfo says what it is, beside' slabinfo_says_it_is_simulated
check 'runs are chosen' runs_are_chosen
check 'operands in any order' in_any_order
check 'a time is chosen' shows '^at  *986\.47 ms, .*sample 50 of 100' \
	"$db" --at 1s
check 'one cache' shows '^dentry  *192 ' "$db" --cache dentry
check 'caches without slabs on request' shows '^size-4194304(DMA) ' \
	"$db" --all
check 'caches without slabs are counted' shows \
	'^[0-9][0-9]* caches that never had a slab: --all$' "$db"
check 'the runs' shows '  second  *nodes=2,cpus=4,' "$db" runs
check 'nodes of one cache' shows '^   1  ' "$db" nodes -c dentry

check '4000 caches: run' many_caches
check '4000 caches: show' many_caches_are_shown

refuses 2 'did you mean "dentry"' "$SLABSIM" show "$db" --cache dentri
refuses 2 'no run "3"' "$SLABSIM" show "$db" --run 3
refuses 2 '--at' "$SLABSIM" show "$db" --at noon
refuses 4 'none.db: No such file' "$SLABSIM" show "$TEST_TMP/none.db"
echo 'not a database at all, but long enough to be looked at' \
	>"$TEST_TMP/text.db"
refuses 3 'text.db' "$SLABSIM" show "$TEST_TMP/text.db"
: >"$TEST_TMP/empty.db"
refuses 3 'not a database of slabsim' "$SLABSIM" show "$TEST_TMP/empty.db"
head -c 20000 "$db" >"$TEST_TMP/cut.db"
refuses 3 'malformed' "$SLABSIM" show "$TEST_TMP/cut.db"
if command -v sqlite3 >/dev/null; then
	cp "$db" "$TEST_TMP/newer.db"
	sqlite3 "$TEST_TMP/newer.db" 'PRAGMA user_version = 99'
	refuses 6 'schema 99' "$SLABSIM" show "$TEST_TMP/newer.db"
	sqlite3 "$TEST_TMP/foreign.db" 'CREATE TABLE diary (text)'
	refuses 3 'not a database of slabsim' "$SLABSIM" show \
		"$TEST_TMP/foreign.db"
fi

finish
