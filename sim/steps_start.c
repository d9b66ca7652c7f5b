/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine of a step trace: as many CPUs and nodes as the lines name, the
 * caches of the dump in its order, their tunables; and its clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/slab_flags.h"
#include "sim/steps.h"
#include "traces/cache_flags.h"

/* Memory is not what step traces are about: enough of it. */
#define NODE_PAGES (UINT64_C(1) << 22)
/* No array is longer, in any kernel. */
#define MAX_LIMIT 4096

/* --- time --- */

/*
 * A tick is counted when its interrupt has been served: so long after it began
 * at the most, on a busy virtual CPU.
 */
#define TICK_LATENCY_NS 200000
#define TICK_LATENCY_STEP_NS 5000
#define MAX_TICKS (INT64_C(1) << 40)

uint64_t step_tick_of_jiffies(const struct step_clock *clock, int64_t jiffies)
{
	return (uint64_t)(clock->base + jiffies - clock->first_jiffies);
}

uint64_t step_tick(const struct step_clock *clock, uint64_t time_ns)
{
	int64_t since = (int64_t)time_ns - clock->phase_ns;
	int64_t tick = since / (int64_t)clock->tick_ns;

	if (since < 0)
		tick--;
	return (uint64_t)(clock->base + tick);
}

static bool line_jiffies(const struct step_line *line, int64_t *jiffies)
{
	*jiffies = step_value(line, STEP_KEY_JIFFIES, INT64_MIN);
	return *jiffies != INT64_MIN;
}

/* The next reap of a line of the dump, in ticks since the dump began. */
static int64_t absolute_reap(const struct step_clock *clock,
			     const struct step_line *line, int64_t latency_ns)
{
	return (int64_t)step_tick(clock, line->time_ns - (uint64_t)latency_ns) +
	       step_value(line, STEP_KEY_NEXT_REAP, 0);
}

/* How many different times the caches of the dump are due at. */
static uint32_t nr_reap_times(const struct step_clock *clock,
			      const struct step_trace *trace, uint32_t dump,
			      int64_t latency_ns)
{
	enum { MAX_TIMES = 64 };
	int64_t times[MAX_TIMES];
	uint32_t nr = 0;

	for (size_t i = dump; i < trace->nr; i++) {
		int64_t time;
		uint32_t k = 0;

		if (trace->lines[i].kind == STEP_DUMP_END)
			break;
		if (trace->lines[i].kind != STEP_DUMP_NODE)
			continue;
		time = absolute_reap(clock, &trace->lines[i], latency_ns);
		while (k < nr && times[k] != time)
			k++;
		if (k == nr && nr < MAX_TIMES)
			times[nr++] = time;
	}
	return nr;
}

/*
 * All caches that one pass of the reaper saw are due at one time. Where a tick
 * passes during the dump, that shows how late it is counted.
 */
static int64_t tick_latency_ns(const struct step_clock *clock,
			       const struct step_trace *trace, uint32_t dump)
{
	int64_t best = TICK_LATENCY_NS;
	uint32_t least = nr_reap_times(clock, trace, dump, best);

	for (int64_t ns = best; ns > 0; ns -= TICK_LATENCY_STEP_NS) {
		uint32_t nr = nr_reap_times(clock, trace, dump, ns);

		if (nr < least) {
			least = nr;
			best = ns;
		}
	}
	return best;
}

/*
 * Every line with a tick narrows down when ticks begin. A tick read late (an
 * idle machine) would contradict the others: it is left out.
 */
void step_clock_set(struct step_clock *clock, const struct step_trace *trace,
		    uint32_t hz, uint32_t dump)
{
	int64_t above = INT64_MIN, upto = INT64_MAX;

	clock->tick_ns = 1000000000 / hz;
	clock->base = STEP_TICK_BASE;
	line_jiffies(&trace->lines[dump], &clock->first_jiffies);
	for (size_t i = dump; i < trace->nr; i++) {
		int64_t j, least, most;

		if (!line_jiffies(&trace->lines[i], &j))
			continue;
		j -= clock->first_jiffies;
		if (j > MAX_TICKS || j < -MAX_TICKS)
			continue; /* decades */
		most = (int64_t)trace->lines[i].time_ns -
		       j * (int64_t)clock->tick_ns;
		least = most - (int64_t)clock->tick_ns;
		if (least >= upto || most <= above)
			continue;
		above = least > above ? least : above;
		upto = most < upto ? most : upto;
	}
	clock->phase_ns = above + (upto - above) / 2;
	clock->phase_ns += tick_latency_ns(clock, trace, dump);
}

/* --- shape --- */

/* The node of the CPU that wrote the line, where it says so; else -1. */
static int64_t node_of_writer(const struct step_line *line)
{
	switch (line->kind) {
	case STEP_REFILL:
	case STEP_FLUSH:
	case STEP_ALIEN:
	case STEP_REAP_BEGIN:
	case STEP_DRAIN:
		return step_value(line, STEP_KEY_NODE, -1);
	default:
		return -1;
	}
}

static bool read_shape(struct steps *s)
{
	const struct step_trace *trace = s->trace;
	bool *known = calloc(trace->nr_cpus, sizeof(*known));

	s->nr_cpus = trace->nr_cpus;
	s->nr_nodes = 1;
	s->cpu_node = calloc(trace->nr_cpus, sizeof(*s->cpu_node));
	if (!known || !s->cpu_node) {
		free(known);
		return false;
	}
	for (size_t i = 0; i < trace->nr; i++) {
		const struct step_line *line = &trace->lines[i];
		int64_t node = node_of_writer(line);
		int64_t seen = step_value(line, STEP_KEY_NODE, -1);

		if (line->kind < STEP_KMEM_ALLOC && seen >= s->nr_nodes &&
		    seen < UINT16_MAX)
			s->nr_nodes = (uint32_t)seen + 1;
		if (node >= 0 && node < UINT16_MAX) {
			s->cpu_node[line->cpu] = (uint16_t)node;
			known[line->cpu] = true;
		}
	}
	/* a CPU that did nothing: nodes in blocks, as usual */
	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++) {
		if (!known[cpu])
			s->cpu_node[cpu] = (uint16_t)((uint64_t)cpu *
						      s->nr_nodes / s->nr_cpus);
	}
	free(known);
	return true;
}

/* --- caches --- */

static bool laid_out(const struct machine *m, cachep_t cachep,
		     const struct step_line *line)
{
	struct cache_info info;

	kmem_cache_info(m, cachep, &info);
	return info.num == step_value(line, STEP_KEY_NUM, -1) &&
	       info.gfporder == step_value(line, STEP_KEY_ORDER, -1) &&
	       info.colour == step_value(line, STEP_KEY_COLOUR, -1) &&
	       info.colour_off_bytes ==
		       step_value(line, STEP_KEY_COLOUR_OFF, -1);
}

/*
 * A cache that lies as the dump says. The size there is the aligned one, and
 * flags are not in it: those of the table first, then what else would do.
 */
static cachep_t create_like(struct machine *m, const char *name,
			    const struct step_line *line)
{
	static const uint32_t guesses[] = {
		0, SLAB_KEEPS_CONTENTS, SLAB_DESTROY_BY_RCU,
		SLAB_RECLAIM_ACCOUNT, SLAB_RECLAIM_ACCOUNT | SLAB_KEEPS_CONTENTS
	};
	int64_t colour_off = step_value(line, STEP_KEY_COLOUR_OFF, 0);
	uint64_t size = (uint64_t)step_value(line, STEP_KEY_SIZE, 0);
	uint64_t align = colour_off > machine_profile(m)->cache_line_bytes ?
				 (uint64_t)colour_off :
				 0;
	uint32_t table = 0;

	if (size < machine_profile(m)->word_bytes ||
	    size > machine_profile(m)->max_object_bytes ||
	    (align & (align - 1)))
		return CACHE_NULL;
	cache_flags_find(name, &table);
	table = slab_flags_of(table) & ~(uint32_t)SLAB_HWCACHE_ALIGN;
	for (size_t i = 0; i <= sizeof(guesses) / sizeof(guesses[0]); i++) {
		cachep_t cachep = kmem_cache_create(m, 0, name, size, align,
						    i ? guesses[i - 1] : table);

		if (cachep == CACHE_NULL || laid_out(m, cachep, line))
			return cachep;
		kmem_cache_destroy(m, 0, cachep);
	}
	return CACHE_NULL;
}

static bool tune(struct machine *m, cachep_t cachep,
		 const struct step_line *line)
{
	int64_t limit = step_value(line, STEP_KEY_LIMIT, 0);
	int64_t batch = step_value(line, STEP_KEY_BATCH, 0);
	int64_t shared = step_value(line, STEP_KEY_SHARED, 0);
	struct cache_info info;

	kmem_cache_info(m, cachep, &info);
	if (info.limit == limit && info.batchcount == batch &&
	    info.shared == shared)
		return true;
	if (limit < 1 || limit > MAX_LIMIT || batch < 1 || batch > limit ||
	    shared < 0 || shared > MAX_LIMIT)
		return false;
	return slabinfo_write(m, 0, cachep, limit, batch, shared);
}

static bool start_cache(struct steps *s, const struct step_line *line,
			struct trace_error *error)
{
	const char *name = s->trace->names.strings[line->cache];
	cachep_t cachep = kmem_cache_find(s->m, name);

	/* which of the two a later line means, its name would not tell */
	if (s->cachep_of[line->cache] != CACHE_NULL) {
		snprintf(error->text, sizeof(error->text),
			 "line %llu: the dump has a cache '%.100s' twice",
			 (unsigned long long)line->number, name);
		return false;
	}
	if (cachep == CACHE_NULL)
		cachep = create_like(s->m, name, line);
	if (cachep == CACHE_NULL || !laid_out(s->m, cachep, line) ||
	    !tune(s->m, cachep, line)) {
		snprintf(error->text, sizeof(error->text),
			 "line %llu: no cache of profile %s lies as the dump "
			 "says of '%.100s'",
			 (unsigned long long)line->number, s->profile->name,
			 name);
		return false;
	}
	s->cachep_of[line->cache] = cachep;
	return true;
}

/* The oldest cache stands last in the dump. */
bool steps_caches(struct steps *s, struct trace_error *error)
{
	const struct step_line *lines = s->trace->lines;
	uint32_t end = s->dump;

	while (end < s->trace->nr && lines[end].kind != STEP_DUMP_END)
		end++;
	for (uint32_t i = end; i-- > s->dump;) {
		if (lines[i].kind == STEP_DUMP_CACHE &&
		    !start_cache(s, &lines[i], error))
			return false;
	}
	for (uint32_t i = s->dump; i < end; i++) {
		if (lines[i].kind >= STEP_DUMP_CACHE &&
		    lines[i].kind <= STEP_DUMP_ALIEN)
			s->ready[lines[i].cache] = i;
		if (lines[i].kind != STEP_DUMP_CACHE)
			continue;
		s->position_of[lines[i].cache] = s->nr_chain;
		s->chain[s->nr_chain++] = s->cachep_of[lines[i].cache];
		s->name_of[s->cachep_of[lines[i].cache]] = lines[i].cache;
	}
	return true;
}

static bool start_tables(struct steps *s)
{
	uint32_t names = s->trace->names.nr;
	/* and those of boot, or of a trace */
	size_t caches = (size_t)names + 4096;

	s->cachep_of = malloc(names * sizeof(*s->cachep_of));
	s->position_of = malloc(names * sizeof(*s->position_of));
	s->chain = malloc(names * sizeof(*s->chain));
	s->name_of = calloc(caches, sizeof(*s->name_of));
	s->ready = calloc(names, sizeof(*s->ready));
	s->reap_op = malloc(s->nr_cpus * sizeof(*s->reap_op));
	s->reap_position = calloc(s->nr_cpus, sizeof(*s->reap_position));
	s->reap_line = calloc(s->nr_cpus, sizeof(*s->reap_line));
	s->reap_tick = calloc(s->nr_cpus, sizeof(*s->reap_tick));
	s->reap_time_ns = calloc(s->nr_cpus, sizeof(*s->reap_time_ns));
	if (!s->ready || !s->cachep_of || !s->position_of || !s->chain ||
	    !s->name_of || !s->reap_op || !s->reap_position || !s->reap_line ||
	    !s->reap_tick || !s->reap_time_ns)
		return false;
	for (uint32_t i = 0; i < names; i++) {
		s->cachep_of[i] = CACHE_NULL;
		s->position_of[i] = STEP_NONE;
	}
	for (uint32_t i = 0; i < s->nr_cpus; i++)
		s->reap_op[i] = STEP_NONE;
	return true;
}

bool steps_shape(struct steps *s, struct trace_error *error)
{
	snprintf(error->text, sizeof(error->text), "out of memory");
	return read_shape(s) && start_tables(s);
}

bool steps_start(struct steps *s, struct trace_error *error)
{
	struct machine_config config = {
		.profile = s->profile,
		.node_pages = NODE_PAGES,
		.panic = steps_panic,
	};

	if (!steps_shape(s, error))
		return false;
	config.nr_cpus = s->nr_cpus;
	config.nr_nodes = s->nr_nodes;
	config.cpu_node = s->cpu_node;
	s->m = machine_create(&config);
	if (!s->m || !machine_smp_init(s->m)) {
		snprintf(error->text, sizeof(error->text),
			 "no machine of %u nodes and %u CPUs with profile %s",
			 s->nr_nodes, s->nr_cpus, s->profile->name);
		return false;
	}
	if (!steps_caches(s, error))
		return false;
	machine_forget(s->m);
	machine_keep_lists_out(s->m);
	machine_set_now(s->m, STEP_TICK_BASE);
	return true;
}
