#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim step: what a step says, and that going back gives the earlier state.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP
lesson=workloads/lessons/05-remote-free.ops
sample=traces/samples/fork-100k
"$SLABSIM" import -q $sample/trace.txt.xz -o "$t/fork.slt"

# step FILE [OPTION...]: commands from stdin
step()
{
	"$SLABSIM" step "$@"
}

# The state after a command; a fresh run straight to the same place.
state_after() # COMMANDS FILE [OPTION...]
{
	commands=$1
	shift
	printf "$commands\nshow\n" | step "$@" | awk -v RS= 'END { print }'
}

fresh_state() # POSITION FILE [OPTION...]
{
	at=$1
	shift
	echo show | step "$@" --from "$at" | awk -v RS= 'END { print }'
}

# back_is_earlier FORWARD BACK FILE [OPTION...]
back_is_earlier()
{
	forward=$1 back=$2
	shift 2
	state_after "goto $forward\nback $back" "$@" >"$t/back"
	fresh_state $((forward - back)) "$@" >"$t/fresh"
	[ -s "$t/back" ] && grep -q '^cache ' "$t/back" &&
		cmp "$t/back" "$t/fresh"
}

# --- a lesson ------------------------------------------------------------------

says()
{
	text=$1
	shift
	"$@" >"$t/said" || return
	tr '\n' ' ' <"$t/said" | tr -s ' ' | grep -qF -e "$text"
}

check 'steps are printed, each with its path' \
	says "cpu0's array is empty -> no free object in node 0's slabs" \
	step $lesson --plain
check 'and with what the lesson says' \
	says 'Twelve is all that an alien array holds' step $lesson --plain
check '--from and --to choose' \
	says 'operation 5 of 33' step $lesson --from 4 --to 5
one_step()
{
	step $lesson --from 4 --to 5 >"$t/one" &&
		[ "$(grep -c '^ .*operation' "$t/one")" = 1 ]
}
check '--from N --to N+1 is one step' one_step
all_steps()
{
	step $lesson </dev/null >"$t/all" &&
		[ "$(grep -c '^ .*operation' "$t/all")" = 33 ]
}
check 'without commands, all steps are printed' all_steps

# after operation 4 CPU 0 has 15 of 16 objects, 15 being live
fourth()
{
	cat <<-'END'
	> cpu0              15/120 1.14 1.13 1.12 1.11 1.10 1.9 1.8 1.7 1.6 1.5 1.4 ...
	> partial slab 1      1/20  000000000000000#....
	END
}
picture_of_fourth()
{
	fourth >"$t/expected"
	echo show | step $lesson --from 4 | grep '^>' | diff "$t/expected" -
}
check 'the picture: an array from its top, a slab with its marks' \
	picture_of_fourth
check 'an object in an alien array is marked so' \
	says 'partial slab 1 0/20 000000000000000A....' \
	step $lesson --to 5 --picture
check 'a shared array, too' \
	says 'partial slab 1 0/20 000ASSSSSSSSSSSS....' \
	step $lesson --from 28 --to 29 --picture

# A slab with one free object was a slab of "1 objects".
singular()
{
	for ops in workloads/lessons/*.ops; do
		step "$ops" --plain
	done >"$t/lessons" &&
		tr '\n' ' ' <"$t/lessons" | tr -s ' ' >"$t/said" &&
		grep -q '[^0-9.]1 object from' "$t/said" &&
		! grep -E '[^0-9.:]1 (object|slab|transition)s' "$t/said"
}
check 'one object is one object' singular

# --- forward and back ----------------------------------------------------------

lessons_go_back()
{
	for ops in workloads/lessons/*.ops; do
		nr=$(step "$ops" --plain | sed -n 's/^ .* of \([0-9]*\),.*/\1/p' |
			head -n 1)
		for back in 1 3 $((nr / 2)); do
			back_is_earlier "$nr" $back "$ops" || {
				echo "$ops: $back back of $nr"
				return 1
			}
		done
	done
}
check 'back from the end of each lesson' lessons_go_back
for far in '100 1' '20000 1' '60000 30000' '97627 1' '97627 97000' \
	'16385 1' '16385 2' '32768 1'; do
	# shellcheck disable=SC2086
	check "of a trace: forward and back, $far" \
		back_is_earlier $far "$t/fork.slt" -m 2x2
done
check 'of a warm start' back_is_earlier 50000 20000 "$t/fork.slt" \
	--slabinfo-before $sample/slabinfo.before
check 'of another kernel' back_is_earlier 40000 15000 "$t/fork.slt" \
	--profile 6.1-x86_64

# --- looking for something -----------------------------------------------------

at() # COMMANDS FILE [OPTION...]: where that ends
{
	commands=$1
	shift
	printf "$commands\n" | step "$@" |
		sed -n 's/^ .* \([0-9]*\) of [0-9]*, tick.*/\1/p' | tail -n 1
}

ends_at()
{
	expected=$1
	shift
	where=$(at "$@")
	echo "at $where"
	[ "$where" = "$expected" ]
}

check 'the next miss' ends_at 4 'next miss' $lesson
check 'the one after it' ends_at 33 'm\nm' $lesson
check 'and back to it' ends_at 4 'm\nm\nM' $lesson
check 'the next of any kind of event' ends_at 29 'next alien_overflow' $lesson
check 'growth' ends_at 4 'w' $lesson
check 'none is left: one stays' ends_at 33 'm\nm\nm\nshow' $lesson
check 'a breakpoint on a kind' ends_at 5 'break alien\nc' $lesson
check 'on a cache and a kind' ends_at 33 \
	'break skbuff refill_shared\ncontinue' $lesson
check 'on a cache' ends_at 3 'B skbuff\nc' $lesson
check 'back to a breakpoint' ends_at 29 \
	'break alien_overflow\ngoto 33\nreverse' $lesson
check 'a deleted one stops nobody' ends_at 29 \
	'break alien\nbreak alien_overflow\ndelete 1\nc' $lesson
check 'goto +N and -N' ends_at 7 'goto 10\ng +2\ng -5' $lesson
check 'what the reaper takes' says 'of an idle array' sh -c \
	"echo r | '$SLABSIM' step workloads/lessons/08-reaper.ops"

# The events of a trace found one by one are those that a run counts.
all_misses()
{
	yes 'next miss' | head -n 40 | step "$t/fork.slt" >"$t/misses" &&
		[ "$(grep -c '^ .*event' "$t/misses")" = 40 ] &&
		[ "$(tr '\n' ' ' <"$t/misses" | tr -s ' ' |
			grep -o ' - miss:' | wc -l)" -ge 40 ]
}
check 'each "next miss" is a miss' all_misses

# --- what is wrong -------------------------------------------------------------

printf 'nxt\n' >"$t/typo"
printf 'next mis\n' >"$t/kind"
printf 'cache skbuf\n' >"$t/cache"
printf 'continue\n' >"$t/none"
wrong()
{
	step $lesson --from 5 <"$1"
}
refuses 2 'did you mean "next"' wrong "$t/typo"
refuses 2 'did you mean "miss"' wrong "$t/kind"
refuses 2 'did you mean "skbuff"' wrong "$t/cache"
refuses 2 'there is no breakpoint' wrong "$t/none"
# A scenario ignored the machine's options when their values were the defaults,
# and those of imports always.
refuses 2 '--machine is for traces: a scenario says which machine it wants' \
	step $lesson -m 2x2
refuses 2 '--profile is for traces' step $lesson --profile 2.6.36-x86_64
refuses 2 '--start-tick is for traces' step $lesson --start-tick 0
refuses 2 '--max-loss is for traces' step $lesson --max-loss 3
refuses 2 'did you mean "--picture"' step $lesson --pixture
refuses 2 'is a trace' step "$t/fork.slt" --debug
refuses 4 'No such file' step "$t/missing"
printf 'machine nodes=1 cpus=1\nsmp\na 0 nothing 1\n' >"$t/bad.ops"
refuses 3 'bad.ops:3' step "$t/bad.ops"

# --- names are anybody's text --------------------------------------------------

esc=$(printf '\033')
printf '%16s-1       [000] .....     1.000000: %s\n' "e${esc}[31m" \
	"kmem_cache_alloc: call_site=s${esc}c ptr=a name=n${esc}[2J bytes_req=192 bytes_alloc=192 gfp_flags=GFP_KERNEL node=-1" \
	>"$t/hostile.txt"
no_escape()
{
	step "$t/hostile.txt" --plain --picture >"$t/hostile" &&
		grep -q 'n\\x1b\[2J' "$t/hostile" && ! grep -q "$esc" "$t/hostile"
}
check 'hostile names stay text' no_escape

# --- on a terminal -------------------------------------------------------------

tmux_is_here()
{
	command -v tmux >/dev/null
}

keys()
{
	for key; do
		tmux -L "slabsim$$" send-keys -t s "$key"
		sleep 0.6
	done
}

screen()
{
	tmux -L "slabsim$$" capture-pane -p -t s
}

on_screen()
{
	tmux -L "slabsim$$" -f /dev/null new-session -d -x 80 -y 24 -s s \
		"cat; exit" || return
	tmux -L "slabsim$$" respawn-pane -k -t s \
		"stty -a >$t/before; $SLABSIM step $lesson; stty -a >$t/after; sleep 60"
	sleep 1
	keys m Space
	screen >"$t/screen"
	keys b
	screen >"$t/screen-back"
	keys h
	screen >"$t/screen-help"
	keys Space :
	keys 'goto 29' Enter
	screen >"$t/screen-goto"
	keys q
	screen >"$t/screen-end"
	tmux -L "slabsim$$" kill-server
	grep -q 'operation 5 of 33' "$t/screen" &&
		grep -q '^next: cpu0 allocates object 2' "$t/screen" &&
		grep -q 'h: help' "$t/screen" &&
		grep -q 'operation 4 of 33' "$t/screen-back" &&
		grep -q 'break \[NAME\]' "$t/screen-help" &&
		grep -q 'operation 29 of 33' "$t/screen-goto" &&
		! grep -q 'operation' "$t/screen-end" &&
		cmp "$t/before" "$t/after"
}

if tmux_is_here; then
	check 'keys on a terminal of 80x24; it is given back' on_screen
else
	skip 'keys on a terminal of 80x24' 'no tmux here'
fi

finish
