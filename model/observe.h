/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching a machine: one callback, called after each state change of a kind
 * in its mask, in order. The machine is consistent then and must not be
 * changed from within. Without an observer an operation pays one test.
 */
#ifndef MODEL_OBSERVE_H
#define MODEL_OBSERVE_H

#include "model/slab.h"

/*
 * X(NAME, word, legend). The legend says what .nr and .left hold; .cachep,
 * .node and .cpu (who ran) are always set where they make sense; .obj and
 * .slab where the legend names an object or a slab.
 */
#define SLAB_EVENTS(X)                                                            \
	X(HIT, "hit", "object from the CPU's array; left: in the array")          \
	X(MISS, "miss", "object after a refill; left: in the array")              \
	X(NODEALLOC, "nodealloc", "object straight from a slab of the node")      \
	X(FAIL, "fail", "an allocation got nothing")                              \
	X(REFILL_SHARED, "refill_shared",                                         \
	  "nr objects from the shared array; left: in it")                        \
	X(REFILL, "refill", "nr objects from slabs; left: free in the node's")    \
	X(GROW, "grow",                                                           \
	  "slab added; nr: its objects; left: free in the node's")                \
	X(DESTROY, "destroy", "slab released; nr: its objects")                   \
	X(FREEHIT, "freehit", "object into the CPU's array; left: in it")         \
	X(FREEMISS, "freemiss",                                                   \
	  "object into the CPU's array after a flush; left: in it")               \
	X(FLUSH_SHARED, "flush_shared",                                           \
	  "nr objects to the shared array; left: in it")                          \
	X(FLUSH, "flush", "nr objects to slabs; left: free in the node's")        \
	X(ALIEN, "alien",                                                         \
	  "object of the node into an alien array; left: in it")                  \
	X(ALIEN_DIRECT, "alien_direct",                                           \
	  "object of the node straight to its slab: no alien array")              \
	X(ALIEN_OVERFLOW, "alien_overflow",                                       \
	  "an alien array is full; left: in it")                                  \
	X(ALIEN_TO_SHARED, "alien_to_shared",                                     \
	  "nr objects home to the shared array, 0: full; left: in the alien one") \
	X(DRAIN, "drain", "nr objects of an idle array to slabs; left: in it")    \
	X(REAP_BEGIN, "reap_begin",                                               \
	  "cache_reap on the CPU; nr: its alien node")                            \
	X(REAPED, "reaped", "nr free slabs released by cache_reap")               \
	X(REAP_END, "reap_end", "cache_reap is done; nr: the next alien node")    \
	X(TUNE, "tune", "new arrays; nr: limit; left: batchcount")                \
	X(CREATE, "create", "a cache came into being")                            \
	X(SHRINK, "shrink",                                                       \
	  "a cache gave back its free slabs; nr: slabs left")                     \
	X(REMOVE, "remove", "a cache is about to go")                             \
	X(CPU_UP, "cpu_up", "the CPU is online; node: its own")                   \
	X(CPU_DOWN, "cpu_down", "the CPU is offline; node: its own")

enum slab_event_kind {
#define SLAB_EVENT_KIND(NAME, word, legend) SLAB_EVENT_##NAME,
	SLAB_EVENTS(SLAB_EVENT_KIND)
#undef SLAB_EVENT_KIND
		NR_SLAB_EVENTS
};
#define SLAB_EVENT_BIT(kind) (1u << (kind))
#define SLAB_EVENT_ALL (SLAB_EVENT_BIT(NR_SLAB_EVENTS) - 1)

struct slab_event {
	enum slab_event_kind kind;
	uint32_t cpu;
	uint32_t node;
	cachep_t cachep;
	obj_t obj;
	uint32_t slab;
	uint64_t nr;
	uint64_t left;
	/*
	 * refill_shared: objects asked for; refill: of them, not got; grow:
	 * objects taken already; flush: the node's free limit; drain: the
	 * array's limit. Else 0.
	 */
	uint64_t of;
};

typedef void slab_observe_fn(void *arg, const struct machine *m,
			     const struct slab_event *event);

/*
 * machine_observe - watch a machine, instead of whoever did
 * @mask: SLAB_EVENT_BIT of each kind wanted; 0: nobody watches any more.
 */
void machine_observe(struct machine *m, uint32_t mask, slab_observe_fn *observe,
		     void *arg);

/* A pass of cache_reap is over. @slabs: free ones that it released. */
typedef void slab_pass_fn(void *arg, uint32_t cpu, uint64_t tick,
			  uint64_t slabs);
/*
 * machine_observe_passes - be told of each pass of cache_reap, besides whoever
 * watches the machine; NULL: nobody is. While CPUs run at once, by the CPU.
 */
void machine_observe_passes(struct machine *m, slab_pass_fn *passed, void *arg);

/* The word of a kind, and what its numbers mean. */
const char *slab_event_word(enum slab_event_kind kind);
const char *slab_event_legend(enum slab_event_kind kind);

#endif
