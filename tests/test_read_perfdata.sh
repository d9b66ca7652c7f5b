#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Import of perf.data through perf script. Counts are those of "perf kmem
# stat" (allocations) and of perf report --stats, recorded with the files.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
fixtures=tests/fixtures/binary
out=$TEST_TMP/out.slt

import()
{
	rm -f "$out"
	"$SLABSIM" import --infer none -q "$@" -o "$out"
}

# has "word:number"...: of info --json
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

basic()
{
	import $fixtures/perf-basic.data.xz &&
		has '"events":1753' '"allocs":662' '"frees":1075' \
			'"null_frees":16' '"lost":0' '"unparsed":0' '"cpus":4'
}

lost()
{
	import --max-loss 28465 $fixtures/perf-lost.data.xz &&
		has '"events":6431' '"lost":28465'
}

plain_and_packed()
{
	xz -dc $fixtures/perf-basic.data.xz >"$TEST_TMP/a name.data" &&
		import "$TEST_TMP/a name.data" && basic
}

# perf is told nothing by a shell, whatever the file is called.
odd_name()
{
	xz -dc $fixtures/perf-basic.data.xz >"$TEST_TMP/-i;\$(touch x) '.data"
	import "$TEST_TMP/-i;\$(touch x) '.data" && [ ! -e x ] &&
		has '"events":1753'
}

says()
{
	"$SLABSIM" info "$out" | grep -qF "$1"
}

without_perf()
{
	PATH=$TEST_TMP "$SLABSIM" import -q $fixtures/perf-basic.data.xz \
		-o "$out"
}

# A perf that is not one, to see what is asked and what failures do.
stub()
{
	mkdir -p "$TEST_TMP/bin"
	printf '#!/bin/sh\n%s\n' "$1" >"$TEST_TMP/bin/perf"
	chmod +x "$TEST_TMP/bin/perf"
}

with_stub()
{
	PATH=$TEST_TMP/bin:$PATH import $fixtures/perf-basic.data.xz
}

cut_data()
{
	xz -dc $fixtures/perf-basic.data.xz | head -c "$1" >"$TEST_TMP/cut.data"
	import "$TEST_TMP/cut.data"
}

stub "echo \"\$*\" >>$TEST_TMP/asked
cat >/dev/null <&3
case \$* in *--header-only*) echo '# os release : 5.10.0'; exit ;; esac
echo ' app 7/8 [001] 1.000000001: kmem:kmalloc: call_site=f+0x1 ptr=0xffff888000000010 bytes_req=8 bytes_alloc=8 gfp_flags=GFP_KERNEL'"
from_stub()
{
	with_stub && has '"events":1' '"allocs":1' &&
		says 'traced kernel: Linux 5.10.0' &&
		grep -qF -e '--ns' "$TEST_TMP/asked" &&
		grep -qF -e '-F comm,pid,tid,cpu,time,event,trace' \
			"$TEST_TMP/asked"
}
check 'what perf prints is imported' from_stub

stub 'echo "first" >&2; echo "the data is of no use" >&2; exit 7'
refuses 3 'perf script fails (exit status 7): the data is of no use' with_stub
stub 'kill -9 $$'
refuses 3 'perf script fails (signal 9)' with_stub
stub 'exit 0'
refuses 3 'no kmem events of objects in it' with_stub
refuses 3 'install linux-perf' without_perf

if ! perf version >/dev/null 2>&1; then
	skip 'perf.data' 'perf is not installed'
	finish
fi

check 'counts of a recording' basic
check 'the kernel is that of the file' \
	says 'traced kernel: Linux 6.1.192-slabtrace x86_64 SLAB'
check 'not packed' plain_and_packed
check 'a name that a shell would misread' odd_name
check 'lost events' lost
refuses 3 'events lost' import $fixtures/perf-lost.data.xz
refuses 3 'damaged or truncated perf.data' cut_data 60
refuses 3 'damaged or truncated perf.data' cut_data 100000
finish
