/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event: what every trace, scenario and generator becomes before a
 * machine sees it. Pointers of the traced kernel are gone: an object is a
 * slot, a small number that is reused after the object was freed (last in,
 * first out, so that the table of slots stays as small as the peak of live
 * objects).
 */
#ifndef TRACES_EVENT_H
#define TRACES_EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum event_op {
	EVENT_ALLOC = 1,    /* kmem_cache_alloc from cache_def .cache */
	EVENT_FREE,         /* free of the object in .slot */
	EVENT_KMALLOC,      /* kmalloc of .bytes_req; the run picks size-N */
	EVENT_FREE_UNKNOWN, /* free of an object older than the trace */
	EVENT_CREATE,       /* create cache_def .cache now, on .cpu */
	/* of the page allocator; kept, not simulated: see event_pfn */
	EVENT_PAGE_ALLOC,
	EVENT_PAGE_FREE,
	EVENT_PAGE_FREE_BATCHED, /* newer kernels say PAGE_FREE as well */
};

/* The bits of a request that an allocator can act on, kernel independent. */
enum event_gfp {
	EVENT_GFP_DMA = 1 << 0,
	EVENT_GFP_THISNODE = 1 << 1,
	EVENT_GFP_RECLAIMABLE = 1 << 2,
	EVENT_GFP_ACCOUNT = 1 << 3,
	EVENT_GFP_ATOMIC = 1 << 4,
	EVENT_GFP_ZERO = 1 << 5,
};

enum event_flags {
	EVENT_IMPLICIT = 1 << 0, /* a free that the import had to assume */
	EVENT_BY_KFREE = 1 << 1, /* kfree, of whatever kind of object */
	EVENT_INFERRED = 1 << 2, /* an allocation that two frees prove */
};

#define EVENT_NO_SLOT UINT32_MAX
#define EVENT_NO_CACHE UINT32_MAX

struct event {
	uint64_t time_ns; /* since the first event */
	uint32_t slot;
	/* allocations: asked for; frees of older objects: as far as known */
	uint32_t bytes_req;
	uint32_t cache;     /* index of a cache_def; EVENT_NO_CACHE: kmalloc */
	uint32_t gfp;       /* enum event_gfp */
	uint32_t call_site; /* index in the dictionary; 0: unknown */
	uint32_t task;      /* index in the dictionary; 0: unknown */
	uint16_t cpu;       /* of the traced machine */
	/* asked for; -1: the CPU's own. Frees of older objects: a CPU of the
	   traced machine that is on the object's node; -1: unknown */
	int16_t node;
	uint8_t op;         /* enum event_op */
	uint8_t flags;      /* enum event_flags */
};

/*
 * Events of pages have no object: .slot and .node hold the page frame's number
 * (.node -1: the trace has none), .bytes_req order and migratetype.
 */
#define EVENT_NO_PFN UINT64_MAX
#define EVENT_MAX_PFN ((UINT64_C(1) << 47) - 1)
#define EVENT_MAX_ORDER 31
#define EVENT_MAX_MIGRATETYPE 254 /* -1: none known */

static inline bool event_is_page(const struct event *event)
{
	return event->op >= EVENT_PAGE_ALLOC;
}

static inline uint64_t event_pfn(const struct event *event)
{
	return event->node < 0 ? EVENT_NO_PFN :
				 (uint64_t)event->node << 32 | event->slot;
}

static inline unsigned int event_page_order(const struct event *event)
{
	return event->bytes_req & 0xff;
}

static inline int event_page_migratetype(const struct event *event)
{
	return (int)(event->bytes_req >> 8) - 1;
}

static inline void event_set_page(struct event *event, uint64_t pfn,
				  uint32_t order, int migratetype)
{
	bool known = pfn != EVENT_NO_PFN;

	event->slot = known ? (uint32_t)pfn : EVENT_NO_SLOT;
	event->node = known ? (int16_t)(pfn >> 32) : (int16_t)-1;
	event->bytes_req = order | (uint32_t)(migratetype + 1) << 8;
}

/* When a cache of the trace comes into being. */
enum cache_when {
	CACHE_AT_START,   /* after boot, on CPU 0, at tick 0 (traces) */
	CACHE_BEFORE_SMP, /* while only CPU 0 is online (scenarios) */
	CACHE_AT_EVENT,   /* by its EVENT_CREATE (scenarios) */
};

/* How the import learnt which cache an object belongs to. */
enum cache_identity {
	IDENTITY_NAME,     /* the events name it */
	IDENTITY_OWN_FREE, /* its objects' later frees name it */
	IDENTITY_KEY,      /* sizes, gfp class and call site point to one */
	IDENTITY_SIZE,     /* nothing did: "unnamed-<bytes>" */
	IDENTITY_GIVEN,    /* a scenario or a map file says so */
};

/* Creation flags, as words of the trace file (the model has its own bits). */
enum cache_def_flags {
	CACHE_DEF_HWALIGN = 1 << 0,
	CACHE_DEF_DMA = 1 << 1,
	CACHE_DEF_RECLAIM = 1 << 2,
	CACHE_DEF_PANIC = 1 << 3,
	CACHE_DEF_RCU = 1 << 4,
	CACHE_DEF_SPREAD = 1 << 5,
	CACHE_DEF_NOLEAK = 1 << 6,
	CACHE_DEF_CTOR = 1 << 7, /* has a constructor */
};

struct cache_def {
	char *name;            /* owned by the trace's header */
	uint32_t size_bytes;   /* to create it with */
	uint32_t align_bytes;  /* 0: none beyond the word */
	uint32_t flags;        /* enum cache_def_flags */
	uint32_t traced_bytes; /* bytes_alloc as traced, 0: unknown */
	enum cache_when when;
	enum cache_identity identity;
	char *reason;           /* why these flags and sizes; owned, not NULL */
	uint64_t allocs, frees; /* of its objects in the trace */
	uint64_t unknown_frees; /* those of @frees without allocation */
	uint64_t inferred_allocs; /* put in for that many of those */
	uint64_t inferred_frees;  /* implicit frees put in */
};

#endif
