/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache_reap: each CPU's timer, about every two seconds, takes a fifth of
 * what lies idle. One pass of CPU c on node h walks all caches and
 *   drains h's alien array for one other node (the next pass, the next node),
 *   drains the CPU's own array, unless it was used since the last pass,
 *   and, every four seconds a cache and node, drains the shared array and
 *   gives back free slabs, unless an allocation had to look at them.
 *
 * machine_advance is the only clock: it runs due timers by (tick, CPU).
 */
#include "model/internal.h"
#include "model/preload.h"

/* The clock, or while CPUs run at once the CPU's own. */
static uint64_t now_of(const struct machine *m, uint32_t cpu)
{
	return m->concurrent ? m->cpus[cpu].jiffies : m->jiffies;
}

/*
 * Whole seconds, skewed by CPU so that not all CPUs reap at once. Stands for
 * round_jiffies_relative: lowered when just past a second, else raised.
 */
static uint64_t round_jiffies(const struct machine *m, uint64_t tick,
			      uint32_t cpu)
{
	uint64_t hz = m->profile.hz;
	uint64_t skewed = tick + 3 * (uint64_t)cpu;
	uint64_t rest = skewed % hz;

	skewed -= rest;
	if (rest >= hz / 4)
		skewed += hz;
	skewed -= 3 * (uint64_t)cpu;
	return skewed > now_of(m, cpu) ? skewed : tick;
}

/*
 * The timer wheel of 4.8 and later keeps far timers in coarser steps, eight
 * times as coarse each level, and never fires early: so up to two steps late.
 */
static uint64_t round_to_wheel(const struct machine *m, uint64_t tick,
			       uint32_t cpu)
{
	uint64_t delta = tick - now_of(m, cpu);
	uint64_t step = 1;

	while (delta >= 63 * step)
		step *= 8;
	return (tick + step) / step * step;
}

void find_next_timer(struct machine *m)
{
	/* nobody's alone then: each CPU looks at its own timer */
	if (m->concurrent)
		return;
	m->next_timer = NO_TIMER;
	for_each_online_cpu(m, cpu)
	{
		if (m->cpus[cpu].timer_tick < m->next_timer)
			m->next_timer = m->cpus[cpu].timer_tick;
	}
}

static void arm_timer(struct machine *m, uint32_t cpu, uint64_t delay)
{
	uint64_t tick = round_jiffies(m, now_of(m, cpu) + delay, cpu);

	if (m->profile.timer_wheel)
		tick = round_to_wheel(m, tick, cpu);
	m->cpus[cpu].timer_tick = tick;
	find_next_timer(m);
}

void cancel_cpu_timer(struct machine *m, uint32_t cpu)
{
	m->cpus[cpu].timer_tick = NO_TIMER;
	find_next_timer(m);
}

void machine_start_reaping(struct machine *m)
{
	for_each_online_cpu(m, cpu) start_cpu_timer(m, cpu);
}

void machine_stop_reaping(struct machine *m)
{
	for_each_online_cpu(m, cpu) cancel_cpu_timer(m, cpu);
}

void start_cpu_timer(struct machine *m, uint32_t cpu)
{
	m->cpus[cpu].reap_node = (m->cpus[cpu].node + 1) % m->nr_nodes;
	arm_timer(m, cpu, m->profile.hz);
}

/* Has it lain idle since the last time? If not, it may have by the next. */
static bool array_is_idle(struct array_cache *ac)
{
	bool idle = ac->avail && !ac->touched;

	if (ac->avail)
		ac->touched = 0;
	return idle;
}

/*
 * The bottom entries leave: they lay idle for longest. With the list_lock
 * held. Return: slabs to destroy, as from free_block.
 */
static uint32_t drain_idle(struct machine *m, uint32_t cpu, cachep_t cachep,
			   struct array_cache *ac, uint32_t node)
{
	uint32_t tofree = (ac->limit + 4) / 5;
	uint32_t doomed;

	if (tofree > ac->avail)
		tofree = (ac->avail + 1) / 2;
	doomed = free_block(m, cpu, cachep, ac_entry(m, ac), tofree, node);
	array_drop_bottom(m, ac, tofree);
	notify(m, .kind = SLAB_EVENT_DRAIN, .cpu = cpu, .node = node,
	       .cachep = cachep, .nr = tofree, .left = ac->avail,
	       .of = ac->limit);
	return doomed;
}

/* Stands for drain_array on the CPU's own: looked at without a lock. */
static void drain_own(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	struct array_cache *ac = &cpu_cache_get(m, cachep, cpu)->ac;
	uint32_t node = m->cpus[cpu].node;
	uint32_t doomed;

	if (!array_is_idle(ac))
		return;
	list_lock(m, cpu, cachep, node);
	doomed = drain_idle(m, cpu, cachep, ac, node);
	list_unlock(m, cpu, cachep, node);
	slabs_destroy(m, cpu, cachep, doomed);
	miss_record_get(m, cachep, cpu)->drained = true;
}

/*
 * Stands for drain_array on the node's shared array. Differs: the kernel looks
 * whether it is idle before it takes the lock.
 */
static void drain_shared(struct machine *m, uint32_t cpu, cachep_t cachep,
			 const struct kmem_list3 *l3, uint32_t node)
{
	uint32_t doomed = 0;

	if (!l3->shared)
		return;
	list_lock(m, cpu, cachep, node);
	if (array_is_idle(array_at(m, l3->shared)))
		doomed = drain_idle(m, cpu, cachep, array_at(m, l3->shared),
				    node);
	list_unlock(m, cpu, cachep, node);
	slabs_destroy(m, cpu, cachep, doomed);
}

static void reap_alien(struct machine *m, uint32_t cpu, cachep_t cachep,
		       const struct kmem_list3 *l3)
{
	uint32_t node = m->cpus[cpu].node, other = m->cpus[cpu].reap_node;
	struct array_cache *ac;
	uint32_t doomed;

	if (!l3->alien)
		return;
	ac = alien_array(m, l3, other);
	if (!ac->entry || !alien_trylock(m, cpu, cachep, node, other))
		return;
	doomed = drain_alien_cache(m, cpu, cachep, ac, other);
	alien_unlock(m, cpu, cachep, node, other);
	slabs_destroy(m, cpu, cachep, doomed);
}

/*
 * An allocation had to look at the free slabs: they are spared this time.
 * Differs: the kernel reads and clears it without the lock.
 */
static bool free_was_touched(const struct machine *m, uint32_t cpu,
			     cachep_t cachep, struct kmem_list3 *l3)
{
	uint32_t node = m->cpus[cpu].node;
	bool touched;

	list_lock(m, cpu, cachep, node);
	touched = l3->free_touched != 0;
	l3->free_touched = 0;
	list_unlock(m, cpu, cachep, node);
	return touched;
}

/* Free slabs to release in one pass: a fifth of the limit's. */
static uint32_t slabs_tofree(const struct kmem_list3 *l3, uint32_t num)
{
	return (l3->free_limit + 5 * num - 1) / (5 * num);
}

void machine_reap_cache(struct machine *m, uint32_t cpu, cachep_t cachep)
{
	uint32_t node = m->cpus[cpu].node;
	struct kmem_list3 *l3 = node_list3(m, cachep, node);
	uint64_t nr;

	reap_alien(m, cpu, cachep, l3);
	drain_own(m, cpu, cachep);
	if (l3->next_reap > now_of(m, cpu))
		return;
	l3->next_reap = now_of(m, cpu) + (uint64_t)4 * m->profile.hz;
	drain_shared(m, cpu, cachep, l3, node);
	if (free_was_touched(m, cpu, cachep, l3))
		return;
	nr = drain_freelist(m, cpu, cachep, node,
			    slabs_tofree(l3, m->caches[cachep].num));
	l3->stats.reaped += nr;
	m->cpus[cpu].reap_slabs += nr;
	if (nr)
		notify(m, .kind = SLAB_EVENT_REAPED, .cpu = cpu, .node = node,
		       .cachep = cachep, .nr = nr);
}

void machine_reap_begin(struct machine *m, uint32_t cpu)
{
	notify(m, .kind = SLAB_EVENT_REAP_BEGIN, .cpu = cpu,
	       .node = m->cpus[cpu].node, .cachep = CACHE_NULL,
	       .nr = m->cpus[cpu].reap_node);
}

void machine_reap_end(struct machine *m, uint32_t cpu)
{
	m->cpus[cpu].reap_node = (m->cpus[cpu].reap_node + 1) % m->nr_nodes;
	notify(m, .kind = SLAB_EVENT_REAP_END, .cpu = cpu,
	       .node = m->cpus[cpu].node, .cachep = CACHE_NULL,
	       .nr = m->cpus[cpu].reap_node);
}

static void reap_all(struct machine *m, uint32_t cpu)
{
	/* somebody changes the chain: next time */
	if (!chain_trylock(m, cpu))
		return;
	machine_reap_begin(m, cpu);
	for_each_cache(m, cachep) machine_reap_cache(m, cpu, cachep);
	chain_unlock(m, cpu);
	machine_reap_end(m, cpu);
}

void machine_reap(struct machine *m, uint32_t cpu)
{
	m->cpus[cpu].reap_slabs = 0;
	reap_all(m, cpu);
	if (m->passed)
		m->passed(m->passed_arg, cpu, now_of(m, cpu),
			  m->cpus[cpu].reap_slabs);
}

/* A slab_call_fn: done by the CPU itself. */
static void cache_reap(struct machine *m, uint32_t cpu, void *unused)
{
	(void)unused;
	machine_reap(m, cpu);
	arm_timer(m, cpu, (uint64_t)2 * m->profile.hz);
}

uint64_t machine_cpu_timer(const struct machine *m, uint32_t cpu)
{
	return m->cpus[cpu].timer_tick;
}

void machine_reap_due(struct machine *m, uint32_t cpu)
{
	m->cpus[cpu].jiffies = m->cpus[cpu].timer_tick;
	cache_reap(m, cpu, NULL);
}

void machine_set_reap_node(struct machine *m, uint32_t cpu, uint32_t node)
{
	m->cpus[cpu].reap_node = node;
}

static uint32_t cpu_of_next_timer(const struct machine *m)
{
	uint32_t cpu = 0;

	while (m->cpus[cpu].timer_tick != m->next_timer)
		cpu++;
	return cpu;
}

void machine_advance(struct machine *m, uint64_t tick)
{
	while (m->next_timer <= tick && m->next_timer != NO_TIMER) {
		uint32_t cpu = cpu_of_next_timer(m);

		m->jiffies = m->next_timer;
		call_on_cpu(m, SLAB_NO_CPU, cpu, cache_reap, NULL);
		machine_rcu_process(m);
	}
	m->jiffies = tick;
}

void machine_set_now(struct machine *m, uint64_t tick)
{
	m->jiffies = tick;
}

uint64_t machine_now(const struct machine *m)
{
	return m->jiffies;
}

uint64_t machine_next_timer(const struct machine *m)
{
	return m->next_timer;
}
