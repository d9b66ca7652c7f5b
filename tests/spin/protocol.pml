/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol of CPUs at once, small: CPU 0 on node 0, CPUs 1 and 2 on node 1,
 * three objects of node 0. CPU 0 allocates, CPUs 1 and 2 free, remotely; the
 * reaper drains; CPU 0 shrinks; CPU 1 tunes, whose arrays CPU 0 must swap
 * itself; CPU 0 takes the others down and up again. Checked for every order in
 * which the steps can happen:
 *
 *   - nobody is handed an object that somebody has (the asserts in take);
 *   - no object is lost or doubled (at the end);
 *   - nobody waits for ever (invalid end states).
 *
 * What is a step: each line outside an atomic block. Reads and writes of what
 * a lock guards are apart, so that a missing lock shows: -DNO_LIST, -DNO_ALIEN
 * and -DNO_CHAIN take one out, -DDEAF lets who waits for the chain's lock not
 * answer calls; each of these must fail (tests/test_spin.sh).
 */
#define NR 3
#define ROUNDS 3
#define ROOM 2 /* of an array */

#define NONE 0
#define REAP 1
#define SWAP 2

bool list_lock, alien_lock, chain_lock;

byte nr_slab, slab[NR];   /* free in slabs: guarded by list_lock */
byte nr_array, array[NR]; /* of CPU 0: its own */
byte nr_alien, alien[NR]; /* of node 1 for node 0: alien_lock */
bool used[NR];
bool there = true;        /* node 1 has its alien array */

byte mail[3];
bool leave;
byte nr_gone;
byte nr_done;
byte chain_users;         /* who is between chain's lock and unlock */
chan handed = [NR] of { byte };

#ifdef NO_LIST
#define lock_list skip
#define unlock_list skip
#else
#define lock_list atomic { !list_lock -> list_lock = true }
#define unlock_list list_lock = false
#endif
#ifdef NO_ALIEN
#define lock_alien skip
#define unlock_alien skip
#else
#define lock_alien atomic { !alien_lock -> alien_lock = true }
#define unlock_alien alien_lock = false
#endif

/* free_block, of one object; list_lock is held. */
inline to_slab(o)
{
	assert(!used[o]);
	k = nr_slab;
	slab[k] = o;
	nr_slab = k + 1
}

/* Interrupts are off: mail is not looked at while list_lock is waited for. */
inline refill()
{
	lock_list;
	do
	:: nr_slab > 0 && nr_array < ROOM ->
		k = nr_slab - 1;
		array[nr_array] = slab[k];
		nr_array++;
		nr_slab = k
	:: else -> break
	od;
	unlock_list
}

inline take(o)
{
	nr_array--;
	o = array[nr_array];
	atomic { assert(!used[o]); used[o] = true }
}

/* The array of CPU 0 to the slabs, by CPU 0. */
inline flush_array()
{
	lock_list;
	do
	:: nr_array > 0 -> nr_array--; to_slab(array[nr_array])
	:: else -> break
	od;
	unlock_list
}

/* drain_alien_cache; alien_lock is held. */
inline drain_alien()
{
	lock_list;
	do
	:: nr_alien > 0 ->
		n = nr_alien - 1;
		to_slab(alien[n]);
		nr_alien = n
	:: else -> break
	od;
	unlock_list
}

inline chain_enter()
{
	chain_users++;
	assert(chain_users == 1)
}

inline chain_leave()
{
	chain_users--;
#ifndef NO_CHAIN
	chain_lock = false
#else
	skip
#endif
}

/* cache_reap: tries the chain's lock, and the alien one. */
inline reap(me)
{
	if
#ifdef NO_CHAIN
	:: true ->
#else
	:: atomic { !chain_lock -> chain_lock = true } ->
#endif
		chain_enter();
		if
		:: me == 0 -> flush_array()
		:: me > 0 && there ->
			if
#ifdef NO_ALIEN
			:: true -> drain_alien()
#else
			:: atomic { !alien_lock -> alien_lock = true } ->
				drain_alien();
				unlock_alien
			:: alien_lock
#endif
			fi
		:: else
		fi;
		chain_leave()
#ifndef NO_CHAIN
	:: chain_lock
#endif
	fi
}

/* The mailbox: between two operations, or while the chain is waited for. */
inline poll(me)
{
	if
	:: mail[me] == REAP -> reap(me); mail[me] = NONE
	:: mail[me] == SWAP -> flush_array(); mail[me] = NONE
	:: else
	fi
}

inline lock_chain(me)
{
#ifndef NO_CHAIN
	do
	:: atomic { !chain_lock -> chain_lock = true }; break
#ifndef DEAF
	:: mail[me] == REAP && chain_lock -> mail[me] = NONE /* gives up */
	:: mail[me] == SWAP -> flush_array(); mail[me] = NONE
#endif
	od;
#endif
	chain_enter()
}

/* A CPU calls another and waits for the answer. */
inline call(other, what)
{
	atomic { mail[other] == NONE -> mail[other] = what };
	mail[other] == NONE
}

proctype cpu0()
{
	byte n, k, o, round;

	do
	:: round < ROUNDS ->
		round++;
		poll(0);
		if
		:: nr_array == 0 -> refill()
		:: else
		fi;
		if
		:: nr_array > 0 -> take(o); handed!o
		:: else
		fi
	:: else -> break
	od;
	/* kmem_cache_shrink */
	lock_chain(0);
	flush_array();
	chain_leave();
	/* the others go down: they end their operations first */
	leave = true;
	do
	:: nr_gone == 2 -> break
	:: mail[0] != NONE -> poll(0)
	od;
	lock_chain(0);
	lock_alien;
	drain_alien();
	unlock_alien;
	there = false;
	chain_leave();
	/* and up again, with a new alien array */
	lock_chain(0);
	there = true;
	chain_leave();
	nr_done++;
end:	do
	:: mail[0] != NONE -> poll(0)
	od
}

proctype remote(byte me)
{
	byte n, k, o;
	bool tuned = me == 2;

	do
	:: handed?o ->
		used[o] = false;
		lock_alien;
		if
		:: nr_alien == ROOM -> drain_alien()
		:: else
		fi;
		n = nr_alien;
		alien[n] = o;
		nr_alien = n + 1;
		unlock_alien
	:: mail[me] != NONE -> poll(me)
	:: !tuned ->
		tuned = true;
		lock_chain(me);
		call(0, SWAP);
		chain_leave()
	:: leave && tuned && empty(handed) -> break
	od;
	nr_done++;
	nr_gone++;
end:	do
	:: mail[me] != NONE -> poll(me)
	od
}

/* The reaper: mails, of its own accord. */
proctype reaper()
{
	byte passes;

	do
	:: passes < 1 ->
		passes++;
		call(0, REAP);
		call(1, REAP)
	:: else -> break
	od;
	nr_done++
}

init
{
	byte i, k, places;

	nr_slab = 3;
	slab[1] = 1;
	slab[2] = 2;
	run cpu0();
	run remote(1);
	run remote(2);
	run reaper();
	nr_done == 4;
	/* every object is in one place */
	for (i : 0 .. NR - 1) {
		places = 0;
		k = 0;
		do
		:: k < nr_slab -> places = places + (slab[k] == i); k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < nr_array -> places = places + (array[k] == i); k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < nr_alien -> places = places + (alien[k] == i); k++
		:: else -> break
		od;
		assert(places == 1)
	}
}
