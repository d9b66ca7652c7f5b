#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/dump_run.sh SLABSIM SCRATCH [WRAPPER...]
#
# Runs a few traces with everything stored that can be, and prints the dump of
# the database without the host_* tables: the same text wherever, however and
# by whatever compiled program it is made. WRAPPER runs the program (valgrind).

slabsim=$1
scratch=$2
shift 2
db=$scratch/dump.db
rm -f "$db" "$db-journal"

"$@" "$slabsim" gen -q prodcons --events 4000 -o "$scratch/dump.slt" &&
	"$@" "$slabsim" run -q "$scratch/dump.slt" -m 2x2 --samples 20 \
		--slabs skbuff_head_cache --pins 3 --steps 500-700 \
		--call-sites --db "$db" >"$scratch/dump.out" &&
	printf '%s\n' '0.1ms offline 0 3' '0.2ms online 0 3' \
		'0.3ms tune 0 skbuff_head_cache 30 15 2' \
		'0.4ms shrink 1 skbuff_head_cache' \
		>"$scratch/dump.actions" &&
	"$@" "$slabsim" run -q "$scratch/dump.slt" -m 2x2 --samples 20 \
		--actions "$scratch/dump.actions" --timing --db "$db" \
		>"$scratch/dump.out" &&
	"$@" "$slabsim" run -q tests/fixtures/fork-head.txt --db "$db" \
		--slabs all --pins 2 --call-sites --samples 5 \
		>"$scratch/dump.out" || exit 1
if [ $# = 0 ]; then
	"$slabsim" run -q traces/samples/grow-shrink/trace.txt.xz -m 2x4 \
		--db "$db" >"$scratch/dump.out" || exit 1
fi
sqlite3 "$db" .dump | grep -v 'INSERT INTO host_'
