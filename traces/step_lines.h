/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step traces: recordings of a kernel that logs each step of its allocator as
 * a line "SL word ..." beside the kmem events, with a dump of the allocator's
 * whole state at the start and at the end (docs/VALIDATION.md has the words).
 * Read into memory whole: they are short.
 */
#ifndef TRACES_STEP_LINES_H
#define TRACES_STEP_LINES_H

#include "traces/dict.h"
#include "traces/slt.h"

/* X(NAME, word, does a cache's name follow?) */
#define STEP_KINDS(X)                      \
	X(HIT, "hit", 1)                   \
	X(MISS, "miss", 1)                 \
	X(REFILL, "refill", 1)             \
	X(GROW, "grow", 1)                 \
	X(FREEHIT, "freehit", 1)           \
	X(FREEMISS, "freemiss", 1)         \
	X(FLUSH, "flush", 1)               \
	X(ALIEN, "alien", 1)               \
	X(OVERFLOW, "alien_overflow", 1)   \
	X(TO_SHARED, "alien_to_shared", 1) \
	X(DRAIN, "drain", 1)               \
	X(DESTROY, "destroy", 1)           \
	X(REAPED, "reaped", 1)             \
	X(NODEALLOC, "nodealloc", 1)       \
	X(REAP_BEGIN, "reap_begin", 0)     \
	X(REAP_END, "reap_end", 0)         \
	X(DUMP_BEGIN, "dump_begin", 0)     \
	X(DUMP_CACHE, "dump_cache", 1)     \
	X(DUMP_CPU, "dump_cpu", 1)         \
	X(DUMP_NODE, "dump_node", 1)       \
	X(DUMP_ALIEN, "dump_alien", 1)     \
	X(DUMP_END, "dump_end", 0)

enum step_kind {
#define STEP_KIND(NAME, word, named) STEP_##NAME,
	STEP_KINDS(STEP_KIND)
#undef STEP_KIND
	/* a kmem event: an allocation behind its steps, a free before them */
	STEP_KMEM_ALLOC,
	STEP_KMEM_FREE,
	NR_STEP_KINDS
};
/* Those that come as numbered predictions: STEP_HIT to STEP_NODEALLOC. */
#define NR_PREDICTED_KINDS (STEP_NODEALLOC + 1)

/* Keys of "key=value". X(NAME, key) */
#define STEP_KEYS(X)                    \
	X(ACTIVE, "active")             \
	X(ALIEN_NODE, "alien_node")     \
	X(ALL, "all")                   \
	X(AVAIL, "avail")               \
	X(BATCH, "batch")               \
	X(COLOUR, "colour")             \
	X(COLOUR_OFF, "colour_off")     \
	X(CPU, "cpu")                   \
	X(FOR, "for")                   \
	X(FREE, "free")                 \
	X(FREED, "freed")               \
	X(FREE_LIMIT, "free_limit")     \
	X(FREE_OBJECTS, "free_objects") \
	X(FREE_TOUCHED, "free_touched") \
	X(FULL, "full")                 \
	X(GOT, "got")                   \
	X(JIFFIES, "jiffies")           \
	X(LEFT, "left")                 \
	X(LIMIT, "limit")               \
	X(MOVED, "moved")               \
	X(N, "n")                       \
	X(NEXT_REAP, "next_reap")       \
	X(NODE, "node")                 \
	X(NUM, "num")                   \
	X(ORDER, "order")               \
	X(PARTIAL, "partial")           \
	X(SHARED, "shared")             \
	X(SHAREDAVAIL, "sharedavail")   \
	X(SHORT, "short")               \
	X(SIZE, "size")                 \
	X(SLABNODE, "slabnode")         \
	X(TOFREE, "tofree")             \
	X(TOUCHED, "touched")

enum step_key {
#define STEP_KEY(NAME, key) STEP_KEY_##NAME,
	STEP_KEYS(STEP_KEY)
#undef STEP_KEY
		NR_STEP_KEYS
};

#define STEP_MAX_VALUES 10

struct step_line {
	uint64_t time_ns;
	uint64_t ptr;    /* "p=", "slab=" or "ptr=" */
	uint64_t number; /* of the line in the file, from 1 */
	uint32_t cache;  /* number of its name; kmem events: of the call site */
	uint16_t cpu;
	uint8_t kind;
	bool shared; /* "src=shared", "to=shared" */
	uint8_t nr_values;
	uint8_t keys[STEP_MAX_VALUES];
	int64_t values[STEP_MAX_VALUES];
};

struct step_trace {
	struct step_line *lines;
	size_t nr, room;
	struct dict names;
	uint32_t nr_cpus;  /* the header's, or one more than the highest seen */
	uint64_t unparsed; /* "SL" lines that could not be read */
	char *first_unparsed; /* the first of them, for the message; or NULL */
};

/*
 * step_trace_read - a step trace, plain or compressed
 * Return: 0, -ENODATA when there is no step line in it, another -errno; with
 * @error filled in. On 0 the caller releases it.
 */
int step_trace_read(const char *path, struct step_trace *trace,
		    struct trace_error *error);
void step_trace_release(struct step_trace *trace);

/* The value of @key in a line, or @missing. */
int64_t step_value(const struct step_line *line, enum step_key key,
		   int64_t missing);
/* Changes a value of lines of @kind; others stay as they are. */
void step_set_value(struct step_line *line, enum step_kind kind,
		    enum step_key key, int64_t value);
const char *step_word(enum step_kind kind);
const char *step_key_word(enum step_key key);

#endif
