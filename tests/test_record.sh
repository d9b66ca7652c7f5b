#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim record, as far as it can be tried without a kernel to trace: against
# a directory that looks like tracefs, and stubs of trace-cmd and perf. The
# command that is recorded plays the kernel: it fills in trace and stats. No
# test may record the machine it runs on: always give --tracefs, or a stub.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP
fake=$t/tracing
fixture=tests/fixtures/fork-head.txt

make_fake()
{
	rm -rf "$fake"
	mkdir -p "$fake/per_cpu/cpu0" "$fake/per_cpu/cpu1"
	for e in kmem_cache_alloc kmem_cache_free kmalloc kfree; do
		mkdir -p "$fake/events/kmem/$e"
		echo 0 >"$fake/events/kmem/$e/enable"
	done
	echo 1 >"$fake/tracing_on"
	echo nop >"$fake/current_tracer"
	echo '7 (expanded: 1408)' >"$fake/buffer_size_kb"
	echo 'left over' >"$fake/trace"
	: >"$fake/set_event"
	stats 0 0
}

# of the two CPUs: overruns of one, dropped events of the other
stats()
{
	printf 'entries: 5\noverrun: %d\ncommit overrun: 0\nbytes: 99\ndropped events: 0\n' \
		"$1" >"$fake/per_cpu/cpu0/stats"
	printf 'entries: 5\noverrun: 0\ncommit overrun: 0\nbytes: 99\ndropped events: %d\n' \
		"$2" >"$fake/per_cpu/cpu1/stats"
}

# What is recorded: notes the settings it sees, and makes a trace.
cat >"$t/workload" <<WORKLOAD
#!/bin/sh
cat "$fake/tracing_on" "$fake/buffer_size_kb" "$fake"/events/kmem/*/enable \
	"$fake/trace" >"$t/seen"
cat "$fixture" >"$fake/trace"
exit \${1:-0}
WORKLOAD
chmod +x "$t/workload"

rec()
{
	"$SLABSIM" record --tracefs "$fake" --buffer 2000 -o "$t/trace.txt" \
		-- "$t/workload" "$@"
}

records()
{
	make_fake
	rec && cmp "$t/trace.txt" $fixture &&
		grep -q 'no event was lost' "$t/tap.err"
}
check 'records through tracefs' records

# tracing, 2000 KB, four events, and a buffer that was emptied
saw_settings()
{
	[ "$(tr '\n' ' ' <"$t/seen")" = '12000111' ] ||
		[ "$(tr -d '\n ' <"$t/seen")" = '120001111' ]
}
check 'the command ran while all was on' saw_settings

restores()
{
	[ "$(cat "$fake/tracing_on")" = 1 ] &&
		[ "$(cat "$fake/buffer_size_kb")" = 7 ] &&
		[ "$(cat "$fake"/events/kmem/*/enable | tr -d '\n')" = 0000 ]
}
check 'the settings are as before' restores

old_kernel()
{
	make_fake
	mkdir "$fake/events/kmem/kmalloc_node"
	echo 0 >"$fake/events/kmem/kmalloc_node/enable"
	rec && [ "$(tr -d '\n ' <"$t/seen")" = '1200011111' ] && restores_5
}

restores_5()
{
	[ "$(cat "$fake"/events/kmem/*/enable | tr -d '\n')" = 00000 ]
}
check 'events that only old kernels have' old_kernel

imports()
{
	"$SLABSIM" import -q "$t/trace.txt" -o "$t/t.slt"
}
check 'what it wrote can be imported' imports

lossy()
{
	make_fake
	stats 3 4
	rec
	[ $? = 3 ] && grep -q '7 events or more were lost' "$t/tap.err" &&
		! grep -q 'no event was lost' "$t/tap.err" &&
		[ -s "$t/trace.txt" ] && restores
}
check 'losses: added up, told, exit 3, the file is kept' lossy

unknown_loss()
{
	make_fake
	echo 'entries: 5' >"$fake/per_cpu/cpu1/stats"
	rec && grep -q 'whether events were lost is not known' "$t/tap.err" &&
		! grep -q 'no event was lost' "$t/tap.err"
}
check 'losses that are not known are not denied' unknown_loss

no_stats()
{
	make_fake
	rm -r "$fake/per_cpu"
	rec && grep -q 'whether events were lost is not known' "$t/tap.err"
}
check 'nor without any statistics' no_stats

command_fails()
{
	make_fake
	rec 5 && grep -q 'workload exited with 5' "$t/tap.err" && restores
}
check 'the exit code of the command is told' command_fails

no_command()
{
	make_fake
	rm -f "$t/none.txt"
	"$SLABSIM" record --tracefs "$fake" -o "$t/none.txt" -- "$t/nothing"
	[ $? = 4 ] && grep -q 'No such file' "$t/tap.err" &&
		[ ! -e "$t/none.txt" ] && restores
}
check 'a command that cannot run: all is undone' no_command

busy()
{
	make_fake
	echo "$2" >"$fake/$1"
	cp -R "$fake" "$t/before"
	rec
	code=$?
	diff -r "$fake" "$t/before" || return 1
	rm -rf "$t/before"
	[ $code = 4 ] && grep -qF "$3" "$t/tap.err"
}
check 'someone else is tracing: hands off' busy set_event \
	'sched:sched_switch' 'sched:sched_switch among them'
check 'a tracer is running: hands off' busy current_tracer function \
	'the tracer "function" is in use'

missing_event()
{
	make_fake
	rm -r "$fake/events/kmem/kfree"
	rec
	[ $? = 4 ] && grep -q 'events/kmem/kfree/enable' "$t/tap.err" &&
		[ "$(cat "$fake"/events/kmem/*/enable | tr -d '\n')" = 000 ] &&
		[ "$(cat "$fake/buffer_size_kb")" = 7 ]
}
check 'an event that is missing: all is undone' missing_event

unwritable()
{
	make_fake
	cp -R "$fake" "$t/before"
	"$SLABSIM" record --tracefs "$fake" -o "$t/no/trace.txt" \
		-- "$t/workload"
	code=$?
	diff -r "$fake" "$t/before" || return 1
	rm -rf "$t/before"
	[ $code = 4 ]
}
check 'output that cannot be written: hands off' unwritable

# --- other tools, as stubs ----------------------------------------------------

mkdir "$t/bin"
cat >"$t/bin/trace-cmd" <<STUB
#!/bin/sh
echo "\$@" >"$t/tool.args"
while [ "\$1" != -o ]; do shift; done
cp $fixture "\$2"
shift 2
"\$@"
[ -z "\$STUB_SAYS" ] || printf '%s\n' "\$STUB_SAYS" >&2
STUB
sed 's/^shift 2$/shift 3/' "$t/bin/trace-cmd" >"$t/bin/perf"
chmod +x "$t/bin/trace-cmd" "$t/bin/perf"

tool()
{
	rm -f "$t/out"
	PATH=$t/bin:$PATH "$SLABSIM" record --tool "$1" --buffer 64 \
		-o "$t/out" -- echo 'two words' >"$t/tool.out"
}

trace_cmd()
{
	tool trace-cmd && [ "$(cat "$t/tool.out")" = 'two words' ] &&
		[ "$(cat "$t/tool.args")" = "record -b 64 -e\
 kmem:kmem_cache_alloc -e kmem:kmem_cache_free -e kmem:kmalloc -e kmem:kfree\
 -o $t/out echo two words" ] &&
		grep -q 'whether events were lost is not known' "$t/tap.err"
}
check 'trace-cmd: its command line; silence is no proof' trace_cmd

trace_cmd_loses()
{
	STUB_SAYS='CPU 1: 1704 events lost
CPU 3: 6 events lost' tool trace-cmd
	[ $? = 3 ] && grep -q '1710 events or more were lost' "$t/tap.err"
}
check 'trace-cmd: losses are added up' trace_cmd_loses

perf_loses()
{
	STUB_SAYS='Processed 100 events and lost 3 chunks!' tool perf
	[ $? = 3 ] && grep -q '3 events or more were lost' "$t/tap.err" &&
		grep -q '^record -a -c 1 -m 64K -e ' "$t/tool.args"
}
check 'perf: its command line, and losses' perf_loses

no_tool()
{
	mkdir -p "$t/empty" && rm -f "$t/gone"
	case $SLABSIM in
	/*) program=$SLABSIM ;;
	*) program=$PWD/$SLABSIM ;;
	esac
	PATH=$t/empty "$program" record --tool trace-cmd -o "$t/gone" -- true
	code=$?
	[ ! -e "$t/gone" ] && [ $code = 4 ]
}
check 'trace-cmd is not there' no_tool

# --- recipes ------------------------------------------------------------------

recipe_runs()
{
	make_fake
	: >"$fake/events/kmem/enable"
	"$SLABSIM" record --print --tool tracefs --tracefs "$fake" \
		--buffer 2000 -o "$t/recipe.txt" -- "$t/workload" >"$t/recipe" &&
		sh "$t/recipe" && cmp "$t/recipe.txt" $fixture &&
		[ "$(tr -d '\n ' <"$t/seen")" = '120001111' ]
}
check 'the recipe for tracefs, run by sh' recipe_runs

quotes()
{
	"$SLABSIM" record --print --tool perf -- sh -c "echo it's" |
		grep -qF "sh -c 'echo it'\\''s'"
}
check 'words are quoted for a shell' quotes

all_recipes()
{
	"$SLABSIM" record --print >"$t/all" &&
		[ "$(grep -c '^#.* as root' "$t/all")" = 3 ] &&
		grep -q '^trace-cmd record .* YOUR-WORKLOAD$' "$t/all"
}
check 'the recipes of all tools' all_recipes

usage_error()
{
	text=$1
	shift
	"$SLABSIM" record "$@"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/tap.err"
}
check 'no command' usage_error 'expected -- and a command'
check 'no such tool' usage_error 'expected tracefs, trace-cmd or perf' \
	--tool strace -- true
refuses 4 'record: ' "$SLABSIM" record --tracefs "$t/nowhere" -- true

finish
