/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of a run with threads: host_engine, host_lock, host_spread. */
#include "sim/results_private.h"

void results_add_engine(struct results *results, const struct engine_row *row)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		text_value(row->order),
		row->window ? int_value(row->window) : text_value(NULL),
		int_value(row->threads),
		int_value(row->host.host_cpus),
		int_value(row->host.host_nodes),
		int_value(row->host.pinned),
	};

	QUEUE(results, ADD_ENGINE, ROW_NO_TABLE, values);
}

void results_add_lock(struct results *results, const struct machine *m,
		      const struct slab_lock *lock,
		      const struct lock_counts *counts)
{
	bool of_cache = lock->cachep != CACHE_NULL;
	bool of_node = of_cache || lock->class == SLAB_LOCK_PAGES;
	struct cache_info info = { 0 };

	if (of_cache)
		kmem_cache_info(m, lock->cachep, &info);
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		text_value(lock_class_name(lock->class)),
		text_value(info.name),
		of_node ? int_value(lock->node) : text_value(NULL),
		lock->class == SLAB_LOCK_ALIEN ? int_value(lock->other_node) :
						 text_value(NULL),
		int_value(counts->acquisitions),
		int_value(counts->contended),
		int_value(counts->wait_ns),
	};

	QUEUE(results, ADD_LOCK, ROW_NO_TABLE, values);
}

void results_add_spread(struct results *results, const struct spread *spread)
{
	for (int i = 0; i < NR_SPREAD_COUNTERS; i++) {
		const struct value values[] = {
			row_value(ROW_RUN, 1),      text_value(spread_names[i]),
			int_value(spread->nr_runs), int_value(spread->least[i]),
			int_value(spread->most[i]),
		};

		QUEUE(results, ADD_SPREAD, ROW_NO_TABLE, values);
	}
}
