#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim run --slabinfo-before: sample 0 holds what the slabinfo says, older
# objects are freed, the same input gives the same rows; and import's --infer,
# --map and --slabinfo as commands.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
sample=traces/samples/fork-100k
before=$sample/slabinfo.before
slt=$TEST_TMP/fork.slt
db=$TEST_TMP/warm.db

warm_run()
{
	"$SLABSIM" run "$slt" --machine 2x2 --db "$1" --slabinfo-before \
		"$before" >"$TEST_TMP/summary" 2>"$TEST_TMP/talk"
}

query()
{
	[ "$(sqlite3 "$db" "$1")" = "$2" ]
}

# active_objs of a cache in sample 0, and in the slabinfo
same_as_slabinfo()
{
	want=$(awk -v name="$1" '$1 == name { print $2 }' "$before")
	query "SELECT active_objs FROM v_slabinfo WHERE name = '$1' AND
		sample_id = (SELECT id FROM sample WHERE k = 0)" "$want"
}

"$SLABSIM" import -q $sample/trace.txt.xz -o "$slt" || exit 1

check 'a warm run' warm_run "$db"
check 'it says what was put in' grep -q 'warm start: [0-9]* caches' \
	"$TEST_TMP/talk"
check 'and what became of older objects' \
	grep -q '[1-9][0-9]* frees were of objects of the warm start' \
	"$TEST_TMP/talk"
if command -v sqlite3 >/dev/null; then
	for cache in dentry filp vm_area_struct task_struct maple_node; do
		check "sample 0: $cache" same_as_slabinfo $cache
	done
	check 'its digest is part of the configuration' query \
		"SELECT json_extract(config, '\$.slabinfo_before')
		FROM run" "$(sha256sum <"$before" | cut -d ' ' -f 1)"
	warm_run "$TEST_TMP/again.db"
	for file in "$db" "$TEST_TMP/again.db"; do
		sqlite3 "$file" 'SELECT k, name, active_objs, num_slabs,
			allochit, freehit, grown FROM v_slabinfo
			ORDER BY 1, 2' >"$file.txt"
	done
	check 'the same again' cmp "$db.txt" "$TEST_TMP/again.db.txt"
else
	skip 'what is in the database' 'no sqlite3'
fi

printf 'slabinfo - version: 2.1\ndentry 1 2 x\n' >"$TEST_TMP/bad"
refuses 3 'bad:2: expected a row' "$SLABSIM" run -q "$slt" --machine 2x2 \
	--db "$TEST_TMP/no.db" --slabinfo-before "$TEST_TMP/bad"
check 'no database was made' [ ! -e "$TEST_TMP/no.db" ]
refuses 4 'No such file' "$SLABSIM" run -q "$slt" --machine 2x2 \
	--db "$TEST_TMP/no.db" --slabinfo-before "$TEST_TMP/none"

# --- import -------------------------------------------------------------------

inferred()
{
	"$SLABSIM" import $2 $sample/trace.txt.xz -o "$TEST_TMP/i.slt" \
		2>"$TEST_TMP/talk" && grep -qF -e "$1" "$TEST_TMP/talk"
}
check 'everything' inferred '--infer all): 2338 allocations, 0 frees' \
	'--infer all'
check 'frees only by default' inferred '--infer frees): 0 allocations'
check 'nothing' inferred '--infer none): 0 allocations' '--infer none'
# ext4_inode_cache and shmem_inode_cache by their sizes; of several of a size,
# by call sites of nothing else: vmap_area, buffer_head, inode_cache
check 'names from slabinfo' inferred ', 5 given' "--slabinfo $sample/slabinfo.t0"
echo '* * * everything' >"$TEST_TMP/map"
check 'names from a map' inferred '1 caches: 0 named by allocations, 0 by frees, 0 by key, 0 by size only, 1 given' \
	"--map $TEST_TMP/map"
echo '* * everything' >"$TEST_TMP/map"
# As traces are: .xz, .gz or .zst, known by content.
packed()
{
	xz -c "$sample/slabinfo.t0" >"$TEST_TMP/slabinfo" &&
		echo "* * * everything" >"$TEST_TMP/good" &&
		gzip -c "$TEST_TMP/good" >"$TEST_TMP/packed-map" &&
		"$SLABSIM" import -q --slabinfo "$sample/slabinfo.t0" --map \
			"$TEST_TMP/good" $sample/trace.txt.xz -o "$TEST_TMP/1.slt" &&
		"$SLABSIM" import -q --slabinfo "$TEST_TMP/slabinfo" --map \
			"$TEST_TMP/packed-map" $sample/trace.txt.xz -o "$TEST_TMP/2.slt" &&
		cmp "$TEST_TMP/1.slt" "$TEST_TMP/2.slt"
}
check 'slabinfo and map files may be compressed' packed
head -c 100 "$TEST_TMP/slabinfo" >"$TEST_TMP/cut"
refuses 3 'truncated .xz' "$SLABSIM" import -q --slabinfo "$TEST_TMP/cut" \
	$sample/trace.txt.xz -o "$TEST_TMP/no.slt"
{
	printf '* * a b\n* * '
	printf '%5000s' x
} >"$TEST_TMP/long"
refuses 3 'long:2: expected a line of text of less than 4096 bytes' \
	"$SLABSIM" import -q --map "$TEST_TMP/long" $sample/trace.txt.xz \
	-o "$TEST_TMP/no.slt"
printf '* * a b\0c\n' >"$TEST_TMP/nul"
refuses 3 'nul:1: expected a line of text' \
	"$SLABSIM" import -q --map "$TEST_TMP/nul" $sample/trace.txt.xz \
	-o "$TEST_TMP/no.slt"
refuses 3 'map:1: expected four words' "$SLABSIM" import --map \
	"$TEST_TMP/map" $sample/trace.txt.xz -o "$TEST_TMP/i.slt"
check 'a word for --infer' sh -c "! '$SLABSIM' import --infer some \
	$sample/trace.txt.xz -o '$TEST_TMP/i.slt'"

finish
