/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of transitions. A line:
 *
 *	LINE TICK KIND cpu=C node=N cache=NAME [obj=NODE:S.INDEX] [slab=S]
 *		nr=N left=N
 *
 * Every kind has the same fields in the same order, so that two logs can be
 * compared with diff; objects and slabs bear grow numbers, as in dumps.
 */
#include "sim/script_log.h"

#include <inttypes.h>

#include "model/inspect.h"

void script_log_begin(const struct script_log *log)
{
	fputs("# LINE TICK KIND cpu= node= cache= [obj=NODE:S.INDEX] [slab=S] "
	      "nr= left=\n",
	      log->out);
	for (enum slab_event_kind kind = 0; kind < NR_SLAB_EVENTS; kind++)
		fprintf(log->out, "# %s: %s\n", slab_event_word(kind),
			slab_event_legend(kind));
}

static void print_cache(FILE *out, const struct machine *m, cachep_t cachep)
{
	struct cache_info info = { .name = "-" };

	if (cachep != CACHE_NULL)
		kmem_cache_info(m, cachep, &info);
	fprintf(out, " cache=%s", info.name);
}

void script_log_event(void *arg, const struct machine *m,
		      const struct slab_event *event)
{
	const struct script_log *log = arg;
	struct obj_place place;

	fprintf(log->out, "%" PRIu64 " %" PRIu64 " %s cpu=%u node=%u",
		*log->line, machine_now(m), slab_event_word(event->kind),
		event->cpu, event->node);
	print_cache(log->out, m, event->cachep);
	if (event->obj) {
		obj_locate(m, event->obj, &place);
		fprintf(log->out, " obj=%u:%" PRIu64 ".%u", place.nodeid,
			place.grow_number, place.index);
	}
	if (event->slab) {
		obj_locate(m, (obj_t)event->slab << 32, &place);
		fprintf(log->out, " slab=%" PRIu64, place.grow_number);
	}
	fprintf(log->out, " nr=%" PRIu64 " left=%" PRIu64 "\n", event->nr,
		event->left);
}
