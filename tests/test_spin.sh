#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The protocol of CPUs at once as a model for spin: it holds in every order of
# its steps, and with a lock or an answer missing it does not.
. tests/tap.sh

if ! command -v spin >/dev/null; then
	skip 'the protocol in every order' 'no spin here (Debian: spin)'
	finish
fi

model=$PWD/tests/spin/protocol.pml
cd "$TEST_TMP" || exit 1

# errors NUMBER NAME FLAG...: that many are found among all states
errors()
{
	number=$1
	mkdir -p "$2" && cd "$2" || return
	shift 2
	spin "$@" -a "$model" >spin.out &&
		cc -O2 -w -DSAFETY -DCOLLAPSE -o pan pan.c &&
		./pan -m1000000 >pan.out
	cd ..
	cat "$OLDPWD/pan.out"
	grep -q "errors: $number\$" "$OLDPWD/pan.out" &&
		! grep -q 'search depth too small' "$OLDPWD/pan.out"
}

check 'nobody waits for ever, no object has two owners or none' errors 0 all
check 'without list locks it fails' errors 1 list -DNO_LIST
check 'without alien locks it fails' errors 1 alien -DNO_ALIEN
check 'without the lock of the chain it fails' errors 1 chain -DNO_CHAIN
check 'who waits for the chain and answers no call hangs the others' \
	errors 1 deaf -DDEAF
finish
