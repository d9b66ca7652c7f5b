/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Step traces against the model: started from the recorded dump, driven by
 * the recorded operations, the model predicts each recorded step and the dump
 * at the end. Files, in the order of their work:
 *
 *   traces/step_lines.c   the text
 *   steps_ops.c           lines -> operations (an allocation, a free, a pass
 *                         of the reaper), each with the lines it wrote
 *   steps_start.c         a machine with the caches and tunables of the dump
 *   steps_place.c         objects and slabs of the dump put into it
 *   steps_objs.c          addresses of the recording <-> objects of the model
 *   steps_run.c           the operations, one by one
 *   steps_match.c         what the model did against what was written
 *   steps_end.c           the last dump against the machine
 *   steps_counters.c      or, driven by kmem events alone, the counters
 *   steps_print.c         the result
 *   steps_validate.c      all of it, for one recording
 */
#ifndef SIM_STEPS_H
#define SIM_STEPS_H

#include "model/inspect.h"
#include "model/observe.h"
#include "model/preload.h"
#include "traces/ptr_map.h"
#include "traces/step_lines.h"

/* --- operations --- */

enum step_op_kind { STEP_OP_ALLOC, STEP_OP_FREE, STEP_OP_REAP };

#define STEP_NONE UINT32_MAX

struct step_op {
	enum step_op_kind kind;
	uint32_t cache; /* its name's number; a pass of the reaper: none */
	uint32_t cpu;
	int32_t node; /* asked for; -1: the CPU's own */
	uint64_t ptr;
	uint32_t first, last; /* its lines, linked by step_ops.next */
	uint32_t at;          /* the line at which it takes effect */
	uint32_t kmem;        /* the kmem event's line; STEP_NONE: not traced */
	uint32_t grow;        /* its line "grow"; STEP_NONE: none */
	bool done;
	uint32_t late; /* 1 + index of what it did, to be matched at its line */
};

struct step_ops {
	struct step_op *ops;
	uint32_t nr;
	uint32_t *of_line; /* [line] its operation, STEP_NONE */
	uint32_t *next;    /* [line] the next of the same operation */
	uint32_t first,
		end;    /* lines from the first dump to the end of the last */
	uint64_t stray; /* lines that belong to no operation */
};

/* Return: false when out of memory. @ops is zeroed before. */
bool step_ops_find(const struct step_trace *trace, uint32_t first, uint32_t end,
		   struct step_ops *ops);
void step_ops_release(struct step_ops *ops);

/* --- time --- */

/* The machine's tick at the dump: room for what was due before it. */
#define STEP_TICK_BASE 1000000

struct step_clock {
	uint64_t tick_ns;
	int64_t phase_ns;      /* tick T begins at phase + T * tick_ns */
	int64_t first_jiffies; /* of the first dump */
	int64_t base;          /* the machine's tick then */
};
void step_clock_set(struct step_clock *clock, const struct step_trace *trace,
		    uint32_t hz, uint32_t dump);
uint64_t step_tick(const struct step_clock *clock, uint64_t time_ns);
uint64_t step_tick_of_jiffies(const struct step_clock *clock, int64_t jiffies);

/* --- what lies where at the start --- */

/* An array of the dump and the objects of one node in it. */
struct step_array {
	enum { STEP_ARRAY_CPU, STEP_ARRAY_SHARED, STEP_ARRAY_ALIEN } kind;
	uint32_t owner; /* the CPU, or the node that holds the alien array */
	uint32_t avail;
	bool touched;
};

/*
 * The objects of a cache on a node, as far as the dump tells: how many slabs
 * are full, partial and free, and how many objects lie in which array; not
 * which object lies in which slab. What a first run over the recording shows
 * of that (addresses) is kept here for a second one.
 *
 * Unknown objects are numbered: first those free in slabs, in the order in
 * which they would be taken, then those in arrays, array by array, bottom
 * first.
 */
struct step_place {
	cachep_t cachep;
	uint32_t node;
	uint32_t num, slab_bytes;
	uint32_t full, partial, free;
	uint32_t free_objects;
	struct step_array *arrays;
	uint32_t nr_arrays;
	uint32_t nr_array_objs;
	uint64_t *ptrs; /* [free_objects + nr_array_objs]: 0: not known */
	uint64_t *live; /* addresses in use at the start */
	uint32_t nr_live, live_room;
	bool colour_known;         /* looked up, or not to be looked up */
	bool touched_known;        /* the same for the shared array's flag */
	uint32_t first_free_limit; /* UINT32_MAX: the dump has no line */
	bool free_touched;
	uint64_t next_reap_tick;
};

/* --- the whole --- */

struct step_counts {
	uint64_t lines[NR_PREDICTED_KINDS];
	uint64_t right[NR_PREDICTED_KINDS];
	uint64_t unseen[NR_PREDICTED_KINDS]; /* predicted, but did not happen */
	uint64_t addresses, right_addresses; /* of objects handed out */
	uint64_t slab_addresses, right_slab_addresses; /* of those destroyed */
	uint64_t looked_up_touched, looked_up_colour;
	uint64_t reordered; /* decided before others' steps: see steps_run.c */
	uint64_t unplaced_frees, failed_allocs;
};

#define STEP_TABLES(X)                           \
	X(CPU_AVAIL, "cpu avail")                \
	X(CPU_TOUCHED, "cpu touched")            \
	X(ALIEN_AVAIL, "alien avail")            \
	X(SHARED_AVAIL, "shared avail")          \
	X(FREE_TOUCHED, "free_touched")          \
	X(NEXT_REAP, "next_reap within 2 ticks") \
	X(FREE_LIMIT, "free_limit")              \
	X(FREE_OBJECTS, "free_objects")          \
	X(SLABS, "slabs")                        \
	X(FULL, "full")                          \
	X(PARTIAL, "partial")                    \
	X(FREE, "free")

enum step_table {
#define STEP_TABLE(NAME, words) STEP_TABLE_##NAME,
	STEP_TABLES(STEP_TABLE)
#undef STEP_TABLE
		NR_STEP_TABLES
};

struct step_end {
	uint64_t entries[NR_STEP_TABLES], right[NR_STEP_TABLES];
};

struct step_objs;

/* A miss that was taken before its line: what it did, until that is reached. */
struct step_late {
	struct step_line predicted[8];
	uint32_t nr;
};

/*
 * Misses that grew because they had found the node empty, and did so before
 * another CPU's step that stands before their line. Found in one run, known in
 * the next one.
 */
struct step_early {
	uint32_t *ops;
	uint32_t nr;
	struct step_late *late; /* [nr] */
};

enum step_drive { STEP_BY_STEPS, STEP_BY_EVENTS };

struct steps {
	const struct step_trace *trace;
	const struct slab_profile *profile;
	enum step_drive drive;
	bool verbose;  /* print each line that is wrong */
	bool learning; /* addresses in use at the start are being learnt */
	uint32_t dump, end_dump; /* lines of the two "dump_begin" */
	struct step_ops ops;
	struct step_clock clock;
	uint32_t nr_cpus, nr_nodes;
	uint16_t *cpu_node;
	struct machine *m;
	cachep_t *cachep_of;   /* [name] */
	uint32_t *name_of;     /* [cachep] */
	uint32_t *position_of; /* [name] in the chain; STEP_NONE: not there */
	cachep_t *chain;       /* in the order of the dump */
	uint32_t nr_chain;
	struct step_place *places; /* [position * nr_nodes + node] */
	struct step_objs *objs;
	struct step_early early;
	uint32_t nr_conflicts; /* found in this run, added to early */
	/* a pass of the reaper on each CPU: its operation, and how far it is */
	uint32_t *reap_op, *reap_position, *reap_line;
	uint64_t *reap_tick, *reap_time_ns;
	/* what the model has done since the operation began */
	struct step_line *predicted;
	uint32_t nr_predicted, predicted_room;
	uint32_t avail_before; /* in the array that a free goes to */
	uint32_t grown;        /* the slab it grew meanwhile, 0: none */
	struct step_counts counts;
	struct step_end end;
	uint32_t *ready;      /* [name] its last line in the first dump */
	uint64_t before_dump; /* operations before that: part of it */
};

/* The address of the slab that the object at @ptr lies in. */
static inline uint64_t step_slab_base(const struct step_place *place,
				      uint64_t ptr)
{
	return ptr & ~((uint64_t)place->slab_bytes - 1);
}

static inline struct step_place *step_place_of(const struct steps *s,
					       uint32_t name, uint32_t node)
{
	return &s->places[(size_t)s->position_of[name] * s->nr_nodes + node];
}

/* steps_start.c */
bool steps_start(struct steps *s, struct trace_error *error);
/* Its parts: CPUs and nodes; the caches, in a machine that is there. */
bool steps_shape(struct steps *s, struct trace_error *error);
bool steps_caches(struct steps *s, struct trace_error *error);
/* steps_place.c */
bool steps_place_read(struct steps *s, struct trace_error *error);
bool steps_place_all(struct steps *s, struct trace_error *error);
void steps_place_release(struct steps *s);

/* steps_objs.c */
bool step_objs_init(struct steps *s);
void step_objs_release(struct steps *s);
/* A new slab, all its objects in use or none. */
void step_objs_slab(struct steps *s, uint32_t slab, uint32_t num, bool in_use,
		    const struct step_place *place);
void step_objs_base(struct steps *s, uint32_t slab, uint64_t base);
/* An object of the start that is free or in an array, with its number. */
void step_objs_not_in_use(struct steps *s, obj_t obj, uint32_t number);
/* The model handed out @obj where the recording handed out @ptr. */
void step_objs_allocated(struct steps *s, struct step_place *place, obj_t obj,
			 uint64_t ptr);
/*
 * The object to free for the one at @ptr; OBJ_NULL: there is none.
 */
obj_t step_objs_freed(struct steps *s, struct step_place *place, uint64_t ptr);
/* Every object in use of a place. */
void step_objs_visit_in_use(const struct steps *s,
			    const struct step_place *place, obj_visit_fn *visit,
			    void *arg);
/* False: it was seen, and is not in use as far as is known. */
bool step_objs_in_use(const struct steps *s, uint64_t ptr);
/* The new slab lies at @base, so its objects have addresses. */
void step_objs_grown(struct steps *s, uint32_t slab, uint64_t base);
/* Return: the slab's address, 0: not known. @grown_here: since the start. */
uint64_t step_objs_destroyed(struct steps *s, uint32_t slab, bool *grown_here);

/* steps_match.c */
void steps_observe(void *arg, const struct machine *m,
		   const struct slab_event *event);
void steps_match(struct steps *s, const uint32_t *lines, uint32_t nr);

/* steps_run.c */
void steps_run(struct steps *s);
/* steps_end.c */
/* The cache whose lines in the last dump begin at @line. */
void steps_compare_end(struct steps *s, uint32_t line);

/* steps_print.c */
void steps_print_table(const struct steps *s);
void steps_print_json(const struct steps *s, const char *path);
/* How much of the last dump was right: a table; a member of an object. */
void step_end_print(const struct step_end *end);
void step_end_print_json(const struct step_end *end);
/* steps_validate.c */
/* Where the first and the last dump begin. Return: false with @error. */
bool steps_find_dump(struct steps *s, struct trace_error *error);
bool steps_find_end(struct steps *s, struct trace_error *error);
void steps_end_run(struct steps *s);
_Noreturn void steps_panic(void *arg, const char *sentence);
/* steps_counters.c */
bool steps_print_counters(const struct steps *s, bool json);

/*
 * validate_steps - the whole, for one recording
 * @learn: two runs, the second one with the addresses that the first one saw.
 * Return: an exit code.
 */
struct validate_steps_options {
	const char *path;
	const struct slab_profile *profile;
	bool json, learn, events, verbose;
};
int validate_steps(const struct validate_steps_options *options);

#endif
