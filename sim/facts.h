/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts: what can be said of a cache, a CPU's array, a node's lists, a slab or
 * an object, as words and values. Made for claims (sim/expect.h) and for
 * pictures of a machine.
 */
#ifndef SIM_FACTS_H
#define SIM_FACTS_H

#include "model/inspect.h"

#define MAX_FACTS 40
#define FACT_WORD_BYTES 24

struct fact {
	char word[FACT_WORD_BYTES];
	char *value; /* owned */
};

struct facts {
	struct fact facts[MAX_FACTS];
	size_t nr;
};

void facts_release(struct facts *facts);
/* NULL when there is no such word. */
const char *facts_find(const struct facts *facts, const char *word);

void cache_facts(struct facts *facts, const struct machine *m, cachep_t cachep);
/* @cpu must be online. */
void cpu_facts(struct facts *facts, const struct machine *m, cachep_t cachep,
	       uint32_t cpu);
void node_facts(struct facts *facts, const struct machine *m, cachep_t cachep,
		uint32_t node);
/* Return: false when the cache has no slab of that grow number. */
bool slab_facts(struct facts *facts, const struct machine *m, cachep_t cachep,
		uint64_t grow_number);
void object_facts(struct facts *facts, const struct machine *m, obj_t obj);

#endif
