#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim info: the keys of its JSON are an interface, names from a trace
# reach neither the terminal nor the JSON as they are.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
fixture=tests/fixtures/fork-head.txt
slt=$TEST_TMP/t.slt
json=$TEST_TMP/t.json

keys='schema format cpus events allocs failed_allocs frees null_frees
unknown_frees implicit_frees own_dropped other lost unparsed live_at_end
first_ns span_ns end_ns caches'
cache_keys='name size_bytes align_bytes flags traced_bytes allocs frees
unknown_frees identity created reason'

"$SLABSIM" import -q $fixture -o "$slt"
"$SLABSIM" info --json "$slt" >"$json"

has_all_keys()
{
	for key in $keys; do
		grep -qF "\"$key\":" "$json" || return 1
	done
}
check 'the keys of the JSON' has_all_keys

caches_have_all_keys()
{
	tr '{' '\n' <"$json" | sed 1,2d >"$TEST_TMP/caches"
	[ -s "$TEST_TMP/caches" ] || return 1
	for key in $cache_keys; do
		grep -vqF "\"$key\":" "$TEST_TMP/caches" && return 1
	done
	return 0
}
check 'the keys of each cache' caches_have_all_keys

# 8.068102 to 8.092361 s, read off the first and last line of the fixture
span()
{
	first=$(sed -n '13s/.* \([0-9]*\)\.\([0-9]*\): .*/\1\2000/p' $fixture)
	last=$(sed -n '$s/.* \([0-9]*\)\.\([0-9]*\): .*/\1\2000/p' $fixture)
	grep -qF "\"schema\":1,\"format\":\"ftrace\"" "$json" &&
		grep -qF "\"first_ns\":$first,\"span_ns\":$((last - first))," \
			"$json"
}
check 'the times of the first and last line' span

same_as_the_recording()
{
	mkdir "$TEST_TMP/tmpdir"
	TMPDIR=$TEST_TMP/tmpdir "$SLABSIM" info --json $fixture \
		>"$TEST_TMP/direct" || return 1
	cmp "$json" "$TEST_TMP/direct" &&
		[ -z "$(ls -A "$TEST_TMP/tmpdir")" ]
}
check 'a recording is imported on the way' same_as_the_recording

text_has()
{
	"$SLABSIM" info "$slt" && grep -q "$1" "$TEST_TMP/tap.out"
}
check 'text: counts' text_has '^ *320  events$'
check 'text: caches' text_has '^vm_area_struct  *144  -  '

lossy_is_shown()
{
	head -n 100 $fixture >"$TEST_TMP/lossy"
	"$SLABSIM" info "$TEST_TMP/lossy" 2>/dev/null |
		grep -q '^ *232  lost events$'
}
check 'loss is shown, not refused' lossy_is_shown

# --- names from a trace -------------------------------------------------------

line='              sh-72      [000] .....     5.00000'
{
	printf '%s1: kmem_cache_alloc: call_site=m ptr=1 bytes_req=8 ' "$line"
	printf 'bytes_alloc=8 gfp_flags=none node=-1\n'
	printf '%s2: kmem_cache_free: call_site=m ptr=1 ' "$line"
	printf 'name=a"b\\c\033[31m\377\n'
} >"$TEST_TMP/hostile"
"$SLABSIM" import -q "$TEST_TMP/hostile" -o "$TEST_TMP/hostile.slt"
"$SLABSIM" info "$TEST_TMP/hostile.slt" >"$TEST_TMP/hostile.out"
"$SLABSIM" info --json "$TEST_TMP/hostile.slt" >"$TEST_TMP/hostile.json"

no_control_bytes()
{
	[ -s "$1" ] && ! LC_ALL=C grep -q "$(printf '[\001-\011\013-\037]')" \
		"$1"
}
check 'text: no control bytes' no_control_bytes "$TEST_TMP/hostile.out"
check 'JSON: no control bytes' no_control_bytes "$TEST_TMP/hostile.json"
check 'JSON: escapes' grep -qF '"name":"a\"b\\c\u001b[31m' \
	"$TEST_TMP/hostile.json"
if command -v python3 >/dev/null; then
	check 'JSON: valid' python3 -m json.tool "$TEST_TMP/hostile.json"
	check 'JSON: valid, of the fixture' python3 -m json.tool "$json"
else
	skip 'JSON: valid' 'no python3 to read it'
fi

# --- bad input ----------------------------------------------------------------

head -c 1000 "$slt" >"$TEST_TMP/cut.slt"
refuses 3 'cut.slt: truncated .slt file' "$SLABSIM" info "$TEST_TMP/cut.slt"
echo hello >"$TEST_TMP/hello"
refuses 3 'what can be imported' "$SLABSIM" info "$TEST_TMP/hello"
refuses 4 'No such file' "$SLABSIM" info "$TEST_TMP/none"
refuses 2 'unknown option "--jsn", did you mean "--json"?' \
	"$SLABSIM" info --jsn "$slt"

full_device()
{
	"$SLABSIM" info --json "$slt" >/dev/full
	[ $? = 4 ]
}
check 'output that cannot be written' full_device

finish
