#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One model: a recorded scenario, converted to a trace and run, ends with the
# counters of the recording's last snapshot. (The scenarios that tune, shrink,
# destroy or take CPUs down say what a trace cannot, and are refused.)
#
# time limit: 300 s
. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
golden=tests/golden
db=$TEST_TMP/run.db

plain()
{
	if [ -e "$1" ]; then cat "$1"; else zcat "$1.gz"; fi
}

# The recording's last snapshot without its label and the internal num_active
# at the end of each line.
last_snapshot()
{
	plain "$golden/$1.snap.csv" | awk -F , '
		$1 == "cache" && $2 != label { label = $2; text = "" }
		$1 == "cache" {
			sub(/^cache,[^,]*,/, "")
			sub(/,[^,]*$/, "")
			text = text $0 "\n"
		}
		END { printf "%s", text }'
}

counters_of_run()
{
	sqlite3 -csv "$db" "SELECT name, active_objs, num_objs, objsize,
		objperslab, pagesperslab, tunable_limit, batchcount,
		sharedfactor, active_slabs, num_slabs, sharedavail, listallocs,
		maxobjs, grown, reaped, error, maxfreeable, nodeallocs,
		remotefrees, alienoverflow, allochit, allocmiss, freehit,
		freemiss FROM v_slabinfo
		WHERE k = (SELECT max(k) FROM sample)
		ORDER BY chain_position DESC" | tr -d '"\r'
}

same_counters()
{
	plain "$golden/$1.ops" >"$TEST_TMP/in.ops"
	machine=$(sed -n '1s/^machine //; 1s/ /,/gp' "$TEST_TMP/in.ops")
	rm -f "$db"
	"$SLABSIM" import -q "$TEST_TMP/in.ops" -o "$TEST_TMP/in.slt" &&
		"$SLABSIM" run -q "$TEST_TMP/in.slt" --db "$db" \
			--machine "$machine" &&
		last_snapshot "$1" >"$TEST_TMP/want" &&
		counters_of_run >"$TEST_TMP/got" &&
		[ -s "$TEST_TMP/want" ] &&
		diff "$TEST_TMP/want" "$TEST_TMP/got"
}

refused()
{
	plain "$golden/$1.ops" >"$TEST_TMP/in.ops"
	"$SLABSIM" import -q "$TEST_TMP/in.ops" -o "$TEST_TMP/no.slt"
	[ $? = 3 ] && [ ! -e "$TEST_TMP/no.slt" ]
}

for ops in "$golden"/*.ops "$golden"/*.ops.gz; do
	name=$(basename "${ops%.gz}" .ops)
	if plain "$golden/$name.ops" |
		grep -qE '^(tune|shrink|destroy|limit|offline|online|poke)'; then
		check "$name is no trace: refused" refused "$name"
	else
		check "$name" same_counters "$name"
	fi
done
finish
