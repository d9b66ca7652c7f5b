/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rows of a run are made of. The tables are told in sim/tables.sql;
 * the order of the values here is that of the statements below.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/results.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/run_lock.h"
#include "sim/host.h"
#include "sim/results_private.h"
#include "sim/schema.h"
#include "sim/version.h"

static const struct value null_value = { VALUE_NULL, 0, 0, NULL };

/* Text where "" stands for unknown. */
static struct value known_value(const char *text)
{
	return text_value(text && *text ? text : NULL);
}

/* --- statements ---------------------------------------------------------- */

/* Columns of trace and their values: the statements need both in step. */
#define TRACE_FIELDS(X)                                               \
	X(digest, text_value(header->digest))                         \
	X(format, text_value(header->format))                         \
	X(kernel, known_value(header->kernel))                        \
	X(clock, known_value(header->clock))                          \
	X(cpus, int_value(header->cpus))                              \
	X(caches, int_value(header->nr_caches))                       \
	X(events, int_value(header->nr_events))                       \
	X(first_ns, int_value(header->first_ns))                      \
	X(span_ns, int_value(header->span_ns))                        \
	X(end_ns, int_value(header->end_ns))                          \
	X(peak_live_objs, int_value(header->nr_slots))                \
	X(event_lines, int_value(header->counts.events))              \
	X(allocs, int_value(header->counts.allocs))                   \
	X(failed_allocs, int_value(header->counts.failed_allocs))     \
	X(frees, int_value(header->counts.frees))                     \
	X(null_frees, int_value(header->counts.null_frees))           \
	X(unknown_frees, int_value(header->counts.unknown_frees))     \
	X(implicit_frees, int_value(header->counts.implicit_frees))   \
	X(own_dropped, int_value(header->counts.own_dropped))         \
	X(other_events, int_value(header->counts.other))              \
	X(lost_events, int_value(header->counts.lost))                \
	X(unparsed_lines, int_value(header->counts.unparsed))         \
	X(live_at_end, int_value(header->counts.live_at_end))         \
	X(inferred_allocs, int_value(header->counts.inferred_allocs)) \
	X(page_allocs, int_value(header->counts.page_allocs))         \
	X(page_frees, int_value(header->counts.page_frees))
#define FIELD_NAME(name, value) ", " #name
#define FIELD_MARK(name, value) ",?"
#define FIELD_IS(name, value) " AND " #name " IS ?"
#define FIELD_VALUE(name, value) value,

static const char *const statement_sql[NR_STATEMENTS] = {
	[ADD_TRACE] = "INSERT INTO trace (id" TRACE_FIELDS(
		FIELD_NAME) ") VALUES (NULL" TRACE_FIELDS(FIELD_MARK) ")",
	[FIND_TRACE] = "SELECT id FROM trace WHERE 1" TRACE_FIELDS(FIELD_IS),
	[ADD_EVENT_LOSS] = "INSERT OR IGNORE INTO event_loss"
			   " VALUES (?,?,?,?,?,?)",
	[ADD_RUN] = "INSERT INTO run (trace_id, status, version, model_version,"
		    " config, profile, machine, nodes, cpus, node_pages, hz,"
		    " page_bytes) VALUES (?,'partial',?,?,?,?,?,?,?,?,?,?)",
	[ADD_HOST_RUN] =
		"INSERT INTO host_run (run_id, label, command_line,"
		" trace_path, trace_source, engine, started_at, host, compiler,"
		" sqlite) VALUES (?,?,?,?,?,?,?,?,?,?)",
	[ADD_NODE] = "INSERT INTO node (run_id, node, limit_pages)"
		     " VALUES (?,?,?)",
	[ADD_CPU] = "INSERT INTO cpu (run_id, cpu, node_id) VALUES (?,?,?)",
	[ADD_CACHE] =
		"INSERT INTO cache (run_id, name, chain_position,"
		" identity, reason, traced_bytes, trace_allocs, trace_frees,"
		" trace_unknown_frees,"
		" def_size_bytes, def_align_bytes, flags, general, dma,"
		" user_bytes, buffer_bytes, objs_per_slab, pages_per_slab,"
		" slab_bytes, off_slab, mgmt_bytes, slabp_cache, colours,"
		" colour_off_bytes, limit_objs, batchcount_objs, shared_factor,"
		" trace_inferred_allocs, trace_inferred_frees)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
		"?,?)",
	[ADD_SAMPLE] = "INSERT INTO sample (run_id, k, time_ns, tick, events,"
		       " failed_allocs, keyframe) VALUES (?,?,?,?,?,?,?)",
	[ADD_SLAB] = "INSERT INTO slab_sample VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[ADD_ALIEN] = "INSERT INTO alien_stat VALUES (?,?,?,?,?,?)",
	[ADD_PIN] = "INSERT INTO slab_pin VALUES (?,?,?,?,?,?,?)",
	[ADD_STEP] = "INSERT INTO step VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[FIND_CALL_SITE] = "SELECT 1 FROM call_site WHERE trace_id = ?",
	[ADD_CALL_SITE] =
		"INSERT INTO call_site VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[ADD_LIFETIME] = "INSERT INTO lifetime VALUES (?,?,?,?,?)"
			 " ON CONFLICT (trace_id, cache, from_ns)"
			 " DO UPDATE SET objs = objs + excluded.objs",
	[ADD_ENGINE] = "INSERT INTO host_engine VALUES (?,?,?,?,?,?,?)",
	[ADD_LOCK] = "INSERT INTO host_lock VALUES (?,?,?,?,?,?,?,?)",
	[ADD_SPREAD] = "INSERT INTO host_spread VALUES (?,?,?,?,?)",
	[ADD_COST] = "INSERT INTO timing_cost VALUES (?,?,?,?)",
	[ADD_LATENCY] = "INSERT INTO latency VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[ADD_LOCK_WAIT] = "INSERT INTO lock_wait VALUES (?,?,?,?,?,?,?,?,?,?)",
	[ADD_ACTION] =
		"INSERT INTO run_action VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[END_RUN] =
		"UPDATE run SET status = ?, stop_reason = ?, events = ?,"
		" allocs = ?, failed_allocs = ?, frees = ?, skipped_frees = ?,"
		" too_large = ?, folded_cpus = ?, folded_nodes = ?, end_ns = ?,"
		" end_tick = ?, warm_frees = ?, moved_events = ?"
		" WHERE id = ?",
	[END_HOST_RUN] = "UPDATE host_run SET wall_ns = ?, sample_ns = ?"
			 " WHERE run_id = ?",
};

/* --- the file ------------------------------------------------------------ */

/* On the queue's thread, as all that SQLite has to do. */
static void connect(void *arg)
{
	struct results *results = arg;

	database_connect(results->database);
}

/* Not before there is a run to add: one that is refused leaves no trace. */
static void upgrade(void *arg)
{
	struct results *results = arg;

	database_upgrade(results->database);
}

static void commit(void *arg)
{
	struct results *results = arg;

	database_commit(results->database);
}

/* Before others can see the run; where there are no such locks, without. */
static void lock_run(struct results *results)
{
	if (database_error(results->database, NULL))
		return;
	if (results->lock_fd < 0)
		results->lock_fd = open(database_path(results->database),
					O_RDWR | O_CLOEXEC);
	run_lock_hold(results->lock_fd,
		      row_queue_id(results->queue, ROW_RUN, 1));
}

static void commit_begun(void *arg)
{
	struct results *results = arg;

	lock_run(results);
	results->begun = !database_commit(results->database);
}

static struct database *create_database(const char *path,
					const char **statements)
{
	memcpy(statements, statement_sql, sizeof(statement_sql));
	for (int i = 0; i < NR_NUMBER_TABLES; i++) {
		statements[ADD_NUMBERS + i] = schema_number_tables[i].insert;
		statements[ADD_MANY_NUMBERS + i] =
			schema_number_tables[i].insert_many;
	}
	return database_create(path, statements, NR_STATEMENTS);
}

struct results *results_open(const char *path)
{
	struct results *results = calloc(1, sizeof(*results));

	if (!results)
		return NULL;
	results->lock_fd = -1;
	results->database = create_database(path, results->statements);
	if (results->database)
		results->queue = row_queue_create(
			results->database, ADD_NUMBERS, ADD_MANY_NUMBERS);
	if (!results->queue) {
		results_close(results);
		return NULL;
	}
	return results;
}

void results_close(struct results *results)
{
	if (!results)
		return;
	row_queue_destroy(results->queue);
	database_close(results->database);
	/* not before: SQLite's locks would go with it */
	if (results->lock_fd >= 0)
		close(results->lock_fd);
	free(results);
}

int results_error(const struct results *results, struct database_error *error)
{
	return row_queue_error(results->queue, error);
}

void results_commit(struct results *results)
{
	row_queue_do(results->queue, commit, results);
}

int results_settle(struct results *results)
{
	return row_queue_wait(results->queue);
}

void results_pass_on(struct results *results)
{
	row_queue_pass_on(results->queue);
}

/* --- rows ---------------------------------------------------------------- */

/* Runs of one trace share its row. */
static void add_trace(struct results *results,
		      const struct trace_header *header)
{
	const struct value fields[] = { TRACE_FIELDS(FIELD_VALUE) };

	row_queue_find(results->queue, FIND_TRACE, ADD_TRACE, ROW_TRACE, fields,
		       sizeof(fields) / sizeof(fields[0]));
}

/* A trace that is there may come from a file that did not know the places. */
static void add_losses(struct results *results,
		       const struct trace_header *header)
{
	for (uint32_t i = 0; i < header->nr_losses; i++) {
		const struct trace_loss *loss = &header->losses[i];
		const struct value values[] = {
			row_value(ROW_TRACE, 1),
			int_value(i),
			int_value(loss->cpu),
			int_value(loss->from_ns),
			int_value(loss->until_ns),
			loss->events ? int_value(loss->events) : null_value,
		};

		QUEUE(results, ADD_EVENT_LOSS, ROW_NO_TABLE, values);
	}
}

static void add_host_run(struct results *results,
			 const struct trace_header *header,
			 const struct host_facts *host)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		text_value(host->label),
		text_value(host->command_line),
		text_value(host->trace_path),
		known_value(header->source),
		text_value(host->engine),
		text_value(host->started_at),
		text_value(host->host),
		text_value(host->compiler),
		text_value(database_sqlite_version()),
	};

	QUEUE(results, ADD_HOST_RUN, ROW_NO_TABLE, values);
}

void results_begin_run(struct results *results,
		       const struct trace_header *header,
		       const struct run_facts *run,
		       const struct host_facts *host)
{
	const struct value values[] = {
		row_value(ROW_TRACE, 1),
		text_value(SLABSIM_VERSION),
		int_value(SLABSIM_MODEL_VERSION),
		text_value(run->config_json),
		text_value(run->profile),
		text_value(run->machine),
		int_value(run->nodes),
		int_value(run->cpus),
		int_value(run->node_pages),
		int_value(run->hz),
		int_value(run->page_bytes),
	};

	if (!results->connected)
		row_queue_do(results->queue, connect, results);
	results->connected = true;
	row_queue_restart(results->queue);
	row_queue_do(results->queue, upgrade, results);
	add_trace(results, header);
	add_losses(results, header);
	QUEUE(results, ADD_RUN, ROW_RUN, values);
	add_host_run(results, header, host);
	row_queue_do(results->queue, commit_begun, results);
}

int64_t results_run_id(struct results *results)
{
	row_queue_wait(results->queue);
	return results->begun ? row_queue_id(results->queue, ROW_RUN, 1) : 0;
}

int64_t results_add_node(struct results *results, uint32_t node,
			 uint64_t limit_pages)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		int_value(node),
		int_value(limit_pages),
	};

	return QUEUE(results, ADD_NODE, ROW_NODE, values);
}

int64_t results_add_cpu(struct results *results, uint32_t cpu, int64_t node)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),
		int_value(cpu),
		row_value(ROW_NODE, node),
	};

	return QUEUE(results, ADD_CPU, ROW_CPU, values);
}

#define NR_CACHE_FIELDS 29

/* The trace's part of a cache row, from value 3 on. */
static void fill_definition(const struct cache_row *row, struct value *values)
{
	const struct cache_def *def = row->def;

	if (!def)
		return;
	values[3] = text_value(row->identity);
	values[4] = text_value(def->reason);
	if (def->traced_bytes)
		values[5] = int_value(def->traced_bytes);
	values[6] = int_value(def->allocs);
	values[7] = int_value(def->frees);
	values[8] = int_value(def->unknown_frees);
	values[9] = int_value(def->size_bytes);
	values[10] = int_value(def->align_bytes);
	values[27] = int_value(def->inferred_allocs);
	values[28] = int_value(def->inferred_frees);
}

/* The machine's part, from value 11 on. */
static void fill_geometry(const struct cache_row *row, const char *flags,
			  struct value *values)
{
	const struct cache_info *info = row->info;
	uint64_t pages = (uint64_t)1 << info->gfporder;

	values[11] = text_value(flags);
	values[12] = int_value(info->general);
	values[13] = int_value(info->dma);
	values[14] = int_value(info->user_bytes);
	values[15] = int_value(info->buffer_bytes);
	values[16] = int_value(info->num);
	values[17] = int_value(pages);
	values[18] = int_value(pages * row->page_bytes);
	values[19] = int_value(info->off_slab);
	values[20] = int_value(info->mgmt_bytes);
	values[21] = text_value(row->slabp_cache);
	values[22] = int_value(info->colour);
	values[23] = int_value(info->colour_off_bytes);
	values[24] = int_value(info->limit);
	values[25] = int_value(info->batchcount);
	values[26] = int_value(info->shared);
}

/* "HWCACHE_ALIGN|PANIC", "" for none. */
static void describe_flags(uint32_t flags, char *text, size_t text_bytes)
{
	static const struct {
		uint32_t flag;
		const char *word;
	} words[] = {
		{ SLAB_HWCACHE_ALIGN, "HWCACHE_ALIGN" },
		{ SLAB_CACHE_DMA, "CACHE_DMA" },
		{ SLAB_RECLAIM_ACCOUNT, "RECLAIM_ACCOUNT" },
		{ SLAB_PANIC, "PANIC" },
		{ SLAB_DESTROY_BY_RCU, "DESTROY_BY_RCU" },
		{ SLAB_MEM_SPREAD, "MEM_SPREAD" },
		{ SLAB_NOLEAKTRACE, "NOLEAKTRACE" },
	};
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (flags & words[i].flag && used < text_bytes)
			used += (size_t)snprintf(text + used, text_bytes - used,
						 "%s%s", used ? "|" : "",
						 words[i].word);
	}
}

int64_t results_add_cache(struct results *results, const struct cache_row *row)
{
	struct value values[NR_CACHE_FIELDS] = { { VALUE_NULL, 0, 0, NULL } };
	char flags[128];

	values[0] = row_value(ROW_RUN, 1);
	values[1] = text_value(row->info ? row->info->name : row->def->name);
	if (row->chain_position >= 0)
		values[2] = int_value((uint64_t)row->chain_position);
	fill_definition(row, values);
	if (row->info) {
		describe_flags(row->info->flags, flags, sizeof(flags));
		fill_geometry(row, flags, values);
	}
	return QUEUE(results, ADD_CACHE, ROW_CACHE, values);
}

int64_t results_add_sample(struct results *results,
			   const struct sample_row *row)
{
	const struct value values[] = {
		row_value(ROW_RUN, 1),    int_value(row->k),
		int_value(row->time_ns),  int_value(row->tick),
		int_value(row->events),   int_value(row->failed_allocs),
		int_value(row->keyframe),
	};

	return QUEUE(results, ADD_SAMPLE, ROW_SAMPLE, values);
}

void results_add_numbers(struct results *results, enum number_table numbers,
			 const enum row_table *tables, const int64_t *keys,
			 int nr_keys, const int64_t *values)
{
	row_queue_add_numbers(results->queue, numbers, tables, keys, nr_keys,
			      values, schema_number_tables[numbers].nr_columns);
	results->nr_rows++;
}

void results_add_stat(struct results *results, enum stat_home home,
		      int64_t sample, int64_t cache, int64_t place,
		      const int64_t *values)
{
	const enum row_table tables[] = { ROW_SAMPLE, ROW_CACHE,
					  home == STAT_OF_CPU ? ROW_CPU :
								ROW_NODE };
	const int64_t keys[] = { sample, cache, place };

	results_add_numbers(results, (enum number_table)home, tables, keys,
			    home == STAT_OF_CACHE ? 2 : 3, values);
}

void results_add_reap_pass(struct results *results,
			   const struct reap_pass_row *row)
{
	const enum row_table tables[] = { ROW_RUN, ROW_CPU };
	const int64_t keys[] = { 1, row->cpu };
	const int64_t values[] = { (int64_t)row->tick, (int64_t)row->time_ns,
				   (int64_t)row->slabs };

	results_add_numbers(results, REAP_PASSES, tables, keys, 2, values);
}

void results_add_node_pages(struct results *results, int64_t sample,
			    int64_t node, const struct node_pages *pages)
{
	const enum row_table tables[] = { ROW_SAMPLE, ROW_NODE };
	const int64_t keys[] = { sample, node };
	const int64_t values[] = { (int64_t)pages->limit_pages,
				   (int64_t)pages->in_use_pages,
				   (int64_t)pages->peak_pages,
				   (int64_t)pages->touched_frames };

	results_add_numbers(results, NODE_PAGES, tables, keys, 2, values);
}

void results_add_page_order(struct results *results, int64_t sample,
			    int64_t node, uint32_t order, uint32_t free_blocks)
{
	const enum row_table tables[] = { ROW_SAMPLE, ROW_NODE };
	const int64_t keys[] = { sample, node };
	const int64_t values[] = { order, free_blocks };

	results_add_numbers(results, PAGE_ORDERS, tables, keys, 2, values);
}

/* What the clock says when all rows are there. */
static void end_host_run(void *arg)
{
	struct results *results = arg;
	struct run_end *end = results->end;
	uint64_t now_ns = host_ns();
	const struct value values[] = {
		int_value(end->wall_ns = now_ns - end->started_ns),
		int_value(end->sample_ns += now_ns - end->ending_ns),
		int_value((uint64_t)row_queue_id(results->queue, ROW_RUN, 1)),
	};

	database_execute(results->database, END_HOST_RUN, values,
			 sizeof(values) / sizeof(values[0]));
}

static void disconnect(void *arg)
{
	struct results *results = arg;

	database_disconnect(results->database);
}

void results_end(struct results *results)
{
	row_queue_do(results->queue, disconnect, results);
	row_queue_end(results->queue);
}

void results_finish(struct results *results, struct run_end *end)
{
	const struct value run[] = {
		text_value(end->complete ? "complete" : "partial"),
		end->complete ? null_value : text_value(end->reason),
		int_value(end->counts->events),
		int_value(end->counts->allocs),
		int_value(end->counts->failed_allocs),
		int_value(end->counts->frees),
		int_value(end->counts->skipped_frees),
		int_value(end->counts->too_large),
		int_value(end->counts->folded_cpus),
		int_value(end->counts->folded_nodes),
		int_value(end->end_ns),
		int_value(end->end_tick),
		int_value(end->counts->warm_frees),
		int_value(end->counts->moved_events),
		row_value(ROW_RUN, 1),
	};

	QUEUE(results, END_RUN, ROW_NO_TABLE, run);
	results->end = end;
	row_queue_do(results->queue, end_host_run, results);
	row_queue_do(results->queue, commit, results);
}

uint64_t results_nr_rows(const struct results *results)
{
	return results->nr_rows;
}
