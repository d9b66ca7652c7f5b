/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a step trace, grouped to the operations that wrote them. On one
 * CPU, in this order:
 *
 *   allocation   refill* grow*, then hit, miss or nodealloc; its kmem event
 *   free         its kmem event; freehit
 *                freemiss flush destroy*
 *                alien [alien_overflow alien_to_shared* destroy*]
 *   reaper       reap_begin (drain destroy* | alien_to_shared destroy* |
 *                destroy* reaped)* reap_end; allocations and frees of
 *                interrupts in between
 */
#include <stdlib.h>
#include <string.h>

#include "sim/steps.h"

/* What is going on on a CPU. */
struct busy {
	uint32_t alloc, free, reap; /* operations, or STEP_NONE */
	uint32_t last_alloc;        /* the last complete one */
	uint32_t kmem_free;         /* the line of a free that has begun */
};

struct finder {
	const struct step_trace *trace;
	struct step_ops *ops;
	uint32_t room;
	struct busy *busy; /* [cpu] */
	bool out_of_memory;
};

static uint32_t new_op(struct finder *f, enum step_op_kind kind, uint32_t line)
{
	const struct step_line *l = &f->trace->lines[line];
	struct step_ops *ops = f->ops;

	if (ops->nr == f->room) {
		uint32_t room = f->room ? 2 * f->room : 4096;
		void *new = realloc(ops->ops, room * sizeof(*ops->ops));

		if (!new) {
			f->out_of_memory = true;
			return STEP_NONE;
		}
		ops->ops = new;
		f->room = room;
	}
	ops->ops[ops->nr] = (struct step_op){
		.kind = kind,
		.cache = l->cache,
		.cpu = l->cpu,
		.node = -1,
		.ptr = l->ptr,
		.first = STEP_NONE,
		.last = STEP_NONE,
		.at = line,
		.kmem = STEP_NONE,
		.grow = STEP_NONE,
	};
	return ops->nr++;
}

static void add_line(struct finder *f, uint32_t op, uint32_t line)
{
	struct step_ops *ops = f->ops;

	if (op == STEP_NONE || !ops->ops) {
		ops->stray++;
		return;
	}
	if (ops->ops[op].first == STEP_NONE)
		ops->ops[op].first = line;
	else
		ops->next[ops->ops[op].last] = line;
	ops->ops[op].last = line;
	ops->of_line[line] = op;
}

static struct step_op *op_at(const struct finder *f, uint32_t op)
{
	return &f->ops->ops[op];
}

/* refill, grow, hit, miss, nodealloc: the allocation of that cache. */
static void alloc_line(struct finder *f, struct busy *busy, uint32_t line)
{
	const struct step_line *l = &f->trace->lines[line];
	bool ends = l->kind == STEP_HIT || l->kind == STEP_MISS ||
		    l->kind == STEP_NODEALLOC;

	busy->free = STEP_NONE;
	if (busy->alloc == STEP_NONE ||
	    op_at(f, busy->alloc)->cache != l->cache)
		busy->alloc = new_op(f, STEP_OP_ALLOC, line);
	add_line(f, busy->alloc, line);
	if (busy->alloc == STEP_NONE)
		return;
	if (l->kind == STEP_GROW)
		op_at(f, busy->alloc)->grow = line;
	if (!ends)
		return;
	op_at(f, busy->alloc)->ptr = l->ptr;
	if (l->kind == STEP_NODEALLOC)
		op_at(f, busy->alloc)->node =
			(int32_t)step_value(l, STEP_KEY_NODE, -1);
	busy->last_alloc = busy->alloc;
	busy->alloc = STEP_NONE;
}

/* freehit, freemiss, alien: a free begins. */
static void free_line(struct finder *f, struct busy *busy, uint32_t line)
{
	const struct step_line *l = &f->trace->lines[line];

	busy->free = new_op(f, STEP_OP_FREE, line);
	add_line(f, busy->free, line);
	if (busy->free == STEP_NONE)
		return;
	if (busy->kmem_free != STEP_NONE &&
	    f->trace->lines[busy->kmem_free].ptr == l->ptr) {
		op_at(f, busy->free)->kmem = busy->kmem_free;
		f->ops->of_line[busy->kmem_free] = busy->free;
	}
	busy->kmem_free = STEP_NONE;
	if (l->kind == STEP_FREEHIT)
		busy->free = STEP_NONE;
}

/* flush, alien_overflow, alien_to_shared: when a free takes effect. */
static void effect_line(struct finder *f, struct busy *busy, uint32_t line)
{
	const struct step_line *l = &f->trace->lines[line];
	struct step_op *op = busy->free == STEP_NONE ? NULL :
						       op_at(f, busy->free);

	if (op && op->cache == l->cache) {
		add_line(f, busy->free, line);
		op->at = line;
		return;
	}
	busy->free = STEP_NONE;
	add_line(f, busy->reap, line);
}

static void destroy_line(struct finder *f, struct busy *busy, uint32_t line)
{
	const struct step_line *l = &f->trace->lines[line];

	if (busy->free != STEP_NONE && op_at(f, busy->free)->cache == l->cache)
		add_line(f, busy->free, line);
	else
		add_line(f, busy->reap, line);
}

static void reap_line(struct finder *f, struct busy *busy, uint32_t line)
{
	const struct step_line *l = &f->trace->lines[line];

	busy->free = STEP_NONE;
	if (l->kind == STEP_REAP_BEGIN)
		busy->reap = new_op(f, STEP_OP_REAP, line);
	add_line(f, busy->reap, line);
	if (l->kind == STEP_REAP_END)
		busy->reap = STEP_NONE;
}

/* The event of the allocation that was just made. */
static void kmem_alloc_line(struct finder *f, const struct busy *busy,
			    uint32_t line)
{
	if (busy->last_alloc != STEP_NONE &&
	    op_at(f, busy->last_alloc)->ptr == f->trace->lines[line].ptr) {
		op_at(f, busy->last_alloc)->kmem = line;
		f->ops->of_line[line] = busy->last_alloc;
	}
}

static void take_line(struct finder *f, uint32_t line)
{
	struct busy *busy = &f->busy[f->trace->lines[line].cpu];

	switch (f->trace->lines[line].kind) {
	case STEP_REFILL:
	case STEP_GROW:
	case STEP_HIT:
	case STEP_MISS:
	case STEP_NODEALLOC:
		alloc_line(f, busy, line);
		break;
	case STEP_FREEHIT:
	case STEP_FREEMISS:
	case STEP_ALIEN:
		free_line(f, busy, line);
		break;
	case STEP_FLUSH:
	case STEP_OVERFLOW:
	case STEP_TO_SHARED:
		effect_line(f, busy, line);
		break;
	case STEP_DESTROY:
		destroy_line(f, busy, line);
		break;
	case STEP_REAP_BEGIN:
	case STEP_REAP_END:
	case STEP_DRAIN:
	case STEP_REAPED:
		reap_line(f, busy, line);
		break;
	case STEP_KMEM_ALLOC:
		kmem_alloc_line(f, busy, line);
		break;
	case STEP_KMEM_FREE:
		busy->kmem_free = line;
		break;
	default:
		break;
	}
}

bool step_ops_find(const struct step_trace *trace, uint32_t first, uint32_t end,
		   struct step_ops *ops)
{
	struct finder f = { .trace = trace, .ops = ops };

	f.busy = malloc(trace->nr_cpus * sizeof(*f.busy));
	ops->of_line = malloc(end * sizeof(*ops->of_line) + 1);
	ops->next = malloc(end * sizeof(*ops->next) + 1);
	ops->first = first;
	ops->end = end;
	if (!f.busy || !ops->of_line || !ops->next) {
		free(f.busy);
		return false;
	}
	/* all bytes 0xff: STEP_NONE throughout */
	memset(f.busy, 0xff, trace->nr_cpus * sizeof(*f.busy));
	memset(ops->of_line, 0xff, end * sizeof(*ops->of_line));
	memset(ops->next, 0xff, end * sizeof(*ops->next));
	for (uint32_t line = first; line < end; line++)
		take_line(&f, line);
	free(f.busy);
	return !f.out_of_memory;
}

void step_ops_release(struct step_ops *ops)
{
	free(ops->ops);
	free(ops->of_line);
	free(ops->next);
	memset(ops, 0, sizeof(*ops));
}
