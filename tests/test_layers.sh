#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The layers: which directory may include what. The checker below is run on
# the tree, and on small trees with one violation each, which it must find.

. tests/tap.sh

# Prints a line for each include of the tree $1 that breaks a rule.
violations()
{
	(
		cd "$1" &&
		grep -H '^[[:space:]]*#[[:space:]]*include' /dev/null \
			model/*.[ch] traces/*.[ch] workloads/*.[ch] \
			sim/*.[ch] reports/*.[ch] tests/*.[ch] 2>/dev/null
	) | awk '
	function starts(dir) {
		return index(header, dir "/") == 1
	}
	function breaks(rule) {
		print file ": " what ": " rule
	}
	BEGIN {
		n = split("assert errno inttypes limits stdalign stdatomic " \
			  "stdbool stddef stdint stdlib string", names)
		for (i = 1; i <= n; i++)
			libc_of_model[names[i] ".h"]
	}
	{
		file = $0
		sub(/:.*/, "", file)
		layer = file
		sub(/\/.*/, "", layer)
		what = $0
		sub(/[^:]*:[ \t]*#[ \t]*include[ \t]*/, "", what)
		ours = what ~ /^"/
		header = what
		sub(/^["<]/, "", header)
		sub(/[">].*/, "", header)
	}
	ours && header !~ /\// {
		breaks("includes start at the root of the tree")
		next
	}
	header == "sqlite3.h" && layer == "sim" { sqlite[file] }
	header == "numa.h" && layer == "sim" { numa[file] }
	layer == "model" || file ~ /^tests\/(test_)?model_/ {
		test = layer == "tests"
		if (ours && !starts("model") && !(test && starts("tests")))
			breaks("the model knows only itself")
		if (!ours && !test && !(header in libc_of_model))
			breaks("the model does no I/O and reads no clock")
		next
	}
	layer == "traces" || layer == "workloads" || layer == "reports" {
		if (ours && !starts(layer) &&
		    !(layer == "traces" && header == "workloads/scenario.h") &&
		    !(layer == "workloads" && header == "traces/event.h"))
			breaks(layer " knows only itself")
		if (!ours && header == "numa.h")
			breaks("only sim/host.c asks for the host")
		if (!ours && header == "sqlite3.h" && layer != "reports")
			breaks("no database here")
		next
	}
	layer == "tests" && (header == "numa.h") {
		breaks("only sim/host.c asks for the host")
	}
	END {
		for (file in sqlite)
			nr_sqlite++
		for (file in numa)
			nr_numa++
		if (nr_sqlite > 1)
			for (file in sqlite)
				print file ": <sqlite3.h>: one file of sim only"
		if (nr_numa > 1)
			for (file in numa)
				print file ": <numa.h>: one file of sim only"
	}'
}

tree_is_clean()
{
	violations .
	[ ! -s "$TEST_TMP/tap.out" ]
}

exactly_one_file_includes()
{
	[ "$(grep -l "^#include <$1>" sim/*.[ch] | wc -l)" = 1 ]
}

fixture()
{
	rm -rf "$TEST_TMP/tree"
	for dir in model traces workloads sim reports tests; do
		mkdir -p "$TEST_TMP/tree/$dir"
	done
}

# found FILE INCLUDE: a tree with nothing but this line breaks a rule
found()
{
	fixture
	echo "#include $2" >"$TEST_TMP/tree/$1"
	violations "$TEST_TMP/tree"
	[ "$(wc -l <"$TEST_TMP/tap.out")" = 1 ] &&
		grep -q "^$1: $2: " "$TEST_TMP/tap.out"
}

allowed()
{
	fixture
	echo "#include $2" >"$TEST_TMP/tree/$1"
	violations "$TEST_TMP/tree"
	[ ! -s "$TEST_TMP/tap.out" ]
}

two_found()
{
	fixture
	echo "#include <$1>" >"$TEST_TMP/tree/sim/a.c"
	violations "$TEST_TMP/tree"
	[ ! -s "$TEST_TMP/tap.out" ] || return 1
	echo "#include <$1>" >"$TEST_TMP/tree/sim/b.c"
	violations "$TEST_TMP/tree"
	[ "$(wc -l <"$TEST_TMP/tap.out")" = 2 ]
}

check 'the tree keeps its layers' tree_is_clean
check 'one file of sim includes sqlite3.h' exactly_one_file_includes sqlite3.h
check 'one file of sim includes numa.h' exactly_one_file_includes numa.h

check 'found: I/O in the model' found model/a.c '<stdio.h>'
check 'found: a clock in the model' found model/a.h '<time.h>'
check 'found: model to sim' found model/a.c '"sim/cli.h"'
check 'found: model to traces' found model/a.h '"traces/event.h"'
check 'found: not from the root' found model/a.c '"slab.h"'
check 'found: traces to model' found traces/a.c '"model/slab.h"'
check 'found: traces to sim' found traces/a.c '"sim/cli.h"'
check 'found: traces to sqlite' found traces/a.c '<sqlite3.h>'
check 'found: workloads to model' found workloads/a.c '"model/slab.h"'
check 'found: workloads to the trace file' found workloads/a.c '"traces/slt.h"'
check 'found: reports to model' found reports/a.c '"model/stats.h"'
check 'found: reports to sim' found reports/a.c '"sim/results.h"'
check 'found: reports to numa' found reports/a.c '<numa.h>'
check 'found: a model test to sim' found tests/model_a.c '"sim/cli.h"'
check 'found: a second user of sqlite' two_found sqlite3.h
check 'found: a second user of numa' two_found numa.h

check 'allowed: model to itself' allowed model/a.c '"model/slab.h"'
check 'allowed: libc in the model' allowed model/a.c '<string.h>'
check 'allowed: traces to scenarios' allowed traces/a.c '"workloads/scenario.h"'
check 'allowed: workloads to events' allowed workloads/a.c '"traces/event.h"'
check 'allowed: traces to its library' allowed traces/a.c '<lzma.h>'
check 'allowed: reports to sqlite' allowed reports/a.c '<sqlite3.h>'
check 'allowed: sim to all' allowed sim/a.c '"model/slab.h"'
check 'allowed: tests to sim' allowed tests/test_a.c '"sim/cli.h"'

finish
