#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Import of CTF: by perf (from the recording of test_read_perfdata.sh), and as
# LTTng lays it out (synthetic: ten events written by hand).

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
fixtures=tests/fixtures/binary
lttng=$fixtures/synthetic-lttng
out=$TEST_TMP/out.slt

import()
{
	rm -f "$out"
	"$SLABSIM" import --infer none -q "$@" -o "$out"
}

has()
{
	"$SLABSIM" info --json "$out" | tr ',{' '\n\n' >"$TEST_TMP/info"
	for fact; do
		grep -qxF "$fact" "$TEST_TMP/info" || {
			echo "not there: $fact"
			cat "$TEST_TMP/info"
			return 1
		}
	done
}

# Four allocations; frees of three of them and of an older object; kfree(NULL);
# an event of another kind; three events discarded.
synthetic()
{
	import --max-loss 3 "$@" &&
		has '"events":10' '"allocs":4' '"frees":4' '"null_frees":1' \
			'"unknown_frees":1' '"other":1' '"lost":3' \
			'"unparsed":0' '"cpus":2' '"live_at_end":1' \
			'"span_ns":8000' '"first_ns":1600000000000001000'
}

says()
{
	"$SLABSIM" info "$out" | grep -qF "$1"
}

of_perf()
{
	import "$TEST_TMP/perf-ctf" &&
		has '"events":1753' '"allocs":662' '"frees":1075' \
			'"null_frees":16' '"lost":0' '"unparsed":0' '"cpus":4'
}

# Another byte in any file of it is another trace.
digest_of()
{
	import "$1" && "$SLABSIM" info --json "$out" | grep -o '"xxh64:[^"]*"'
}

digest_covers_all()
{
	digest_of "$TEST_TMP/perf-ctf" >"$TEST_TMP/before" &&
		cp -r "$TEST_TMP/perf-ctf" "$TEST_TMP/other" &&
		: >"$TEST_TMP/other/one-more" &&
		digest_of "$TEST_TMP/other" >"$TEST_TMP/after"
	! cmp -s "$TEST_TMP/before" "$TEST_TMP/after"
}

cut_stream()
{
	rm -rf "$TEST_TMP/cut"
	cp -r $lttng/kernel "$TEST_TMP/cut"
	head -c "$1" $lttng/kernel/channel0_0 >"$TEST_TMP/cut/channel0_0"
	import --max-loss 100 "$TEST_TMP/cut"
}

broken_metadata()
{
	rm -rf "$TEST_TMP/cut"
	cp -r $lttng/kernel "$TEST_TMP/cut"
	head -c 700 $lttng/kernel/metadata >"$TEST_TMP/cut/metadata"
	import "$TEST_TMP/cut"
}

if ! "$SLABSIM" version --build-options | grep -q '^libbabeltrace2 [0-9]'; then
	refuses 3 'install libbabeltrace2-dev' import $lttng
	skip 'CTF' 'built without libbabeltrace2'
	finish
fi

tar -C "$TEST_TMP" -xJf $fixtures/perf-ctf.tar.xz

check 'LTTng: the session' synthetic $lttng
check 'the kernel is that of the trace' says 'traced kernel: Linux 4.19.0'
check 'LTTng: the directory of the kernel' synthetic $lttng/kernel
check 'LTTng: the metadata' synthetic $lttng/kernel/metadata
check 'LTTng: one of the streams' synthetic $lttng/kernel/channel0_1
refuses 3 '3 events lost' import $lttng
check 'perf data convert --to-ctf' of_perf
# The ten events of synthetic-lttng and three of pages, by the program that
# wrote them. The free in a batch has a pointer only, as old LTTng wrote it.
pages()
{
	import --max-loss 3 $fixtures/synthetic-lttng-pages &&
		has '"events":13' '"page_allocs":1' '"page_frees":2' \
			'"unparsed":0' &&
		"$SLABSIM" convert -q "$out" | sed -n 's/.*: mm_/mm_/p' |
		sed 's/page=[0-9a-f]* //' >"$TEST_TMP/pages"
	cat >"$TEST_TMP/wanted" <<'END'
mm_page_alloc: pfn=0x36de80 order=3 migratetype=-1 gfp_flags=GFP_KERNEL|__GFP_RECLAIMABLE
mm_page_free: pfn=0x36de80 order=3
mm_page_free_batched: order=0
END
	cat "$TEST_TMP/pages"
	cmp "$TEST_TMP/pages" "$TEST_TMP/wanted"
}
check 'events of pages' pages
check 'the digest is over all files' digest_covers_all
refuses 3 'libbabeltrace2 says' cut_stream 100
refuses 3 'libbabeltrace2 says' broken_metadata
mkdir "$TEST_TMP/empty"
refuses 4 'a directory, not a trace' import "$TEST_TMP/empty"
finish
