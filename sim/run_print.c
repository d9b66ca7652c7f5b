/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary of a run: numbers from the database, facts of the trace. Text
 * out of the trace is made visible first.
 */
#include "sim/run_print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "reports/heading.h"
#include "reports/text.h"
#include "sim/cli.h"
#include "sim/json.h"
#include "sim/report_cli.h"

struct summary_input {
	const struct run_facts *facts;
	const struct host_facts *host;
	const struct trace_header *header;
	const struct run_outcome *outcome;
	const struct run_summary *sums;
	const char *db;
	size_t nr_actions;
	bool complete;
};

/* "12.3 %", or "-" where there is nothing to divide by. */
static const char *percent(double ratio, char *text, size_t text_bytes)
{
	if (isnan(ratio))
		snprintf(text, text_bytes, "-");
	else
		snprintf(text, text_bytes, "%.1f %%", ratio);
	return text;
}

static void print_names(const struct summary_input *in)
{
	const struct trace_header *header = in->header;
	char text[512];

	text_visible(in->db, text, sizeof(text));
	printf("run           %" PRId64 " of %s%s\n", in->outcome->run_id, text,
	       in->complete ? "" : ", partial");
	if (in->host->label) {
		text_visible(in->host->label, text, sizeof(text));
		printf("label         %s\n", text);
	}
	printf("simulated     SLAB of Linux %s, %u node%s, %u CPU%s, %" PRIu64
	       " pages a node\n",
	       in->facts->profile, in->facts->nodes,
	       text_plural(in->facts->nodes), in->facts->cpus,
	       text_plural(in->facts->cpus), in->facts->node_pages);
	heading_kernel(header->kernel, text, sizeof(text));
	printf("traced        %s; %s, %u CPU%s", text, header->format,
	       header->cpus, text_plural(header->cpus));
	text_visible(header->source, text, sizeof(text));
	printf("%s%s\n", *text ? ", " : "", text);
}

static void print_events(const struct summary_input *in)
{
	const struct replay_counts *counts = &in->outcome->counts;
	char time[40];

	text_duration(in->outcome->end_ns, time, sizeof(time));
	printf("time          %s simulated, %" PRIu64 " samples\n", time,
	       in->sums->samples);
	printf("events        %" PRIu64 " replayed: %" PRIu64
	       " allocations, %" PRIu64 " frees\n",
	       counts->events, counts->allocs, counts->frees);
	printf("not replayed  %" PRIu64 " frees of objects unknown to the "
	       "machine, %" PRIu64 " too large kmallocs\n",
	       counts->skipped_frees, counts->too_large);
	if (counts->page_events)
		printf("not simulated %" PRIu64 " events of the page "
		       "allocator\n",
		       counts->page_events);
	printf("failed        %" PRIu64 " allocations, for want of memory\n",
	       counts->failed_allocs);
	if (counts->folded_cpus)
		printf("folded        %" PRIu64
		       " traced CPUs share a simulated "
		       "one\n",
		       counts->folded_cpus);
	if (counts->folded_nodes)
		printf("folded        %" PRIu64 " allocations asked for a node "
		       "the machine lacks\n",
		       counts->folded_nodes);
	if (in->nr_actions)
		printf("actions       %" PRIu64 " of %zu done; %" PRIu64
		       " event%s of CPUs that were offline, done by others\n",
		       in->outcome->actions_done, in->nr_actions,
		       counts->moved_events, text_plural(counts->moved_events));
	printf("trace losses  %" PRIu64 " events lost, %" PRIu64 " lines "
	       "unread, %" PRIu64 " implicit frees\n",
	       in->header->counts.lost, in->header->counts.unparsed,
	       in->header->counts.implicit_frees);
}

static void print_state(const struct summary_input *in)
{
	const struct run_summary *sums = in->sums;
	char a[24], b[24], c[24];

	printf("array hits    %s of local allocations, %s of local frees; %s "
	       "of frees are remote\n",
	       percent(sums->alloc_hit_pct, a, sizeof(a)),
	       percent(sums->free_hit_pct, b, sizeof(b)),
	       percent(sums->remote_free_pct, c, sizeof(c)));
	printf("slabs         %" PRIu64 " grown, %" PRIu64 " reaped; %" PRIu64
	       " alien overflows\n",
	       sums->grown, sums->reaped, sums->alienoverflow);
	printf("caches        %" PRIu64 ", of them %" PRIu64 " ever had a "
	       "slab\n",
	       sums->nr_caches, sums->used_caches);
	printf("at the end    %" PRIu64 " pages (peaks of nodes: %" PRIu64
	       "), objects: %" PRIu64 " live, %" PRIu64 " cached, %" PRIu64
	       " free\n",
	       sums->pages, sums->peak_pages, sums->live_objs,
	       sums->cached_objs, sums->free_objs);
	printf("bytes         %" PRIu64 " requested in %" PRIu64 " of live "
	       "objects\n",
	       sums->requested_bytes, sums->live_bytes);
	printf("fragmentation internal %s, slab %s; cached %s\n",
	       percent(sums->internal_frag_pct, a, sizeof(a)),
	       percent(sums->slab_frag_pct, b, sizeof(b)),
	       percent(sums->cached_pct, c, sizeof(c)));
}

/* --- JSON ---------------------------------------------------------------- */

static void json_ratio(const char *name, double ratio)
{
	if (isnan(ratio))
		printf(",\"%s\":null", name);
	else
		printf(",\"%s\":%.6g", name, ratio);
}

static void print_json_facts(const struct summary_input *in)
{
	const struct replay_counts *counts = &in->outcome->counts;

	printf("{\"schema\":1,\"run\":%" PRId64 ",\"status\":\"%s\"",
	       in->outcome->run_id, in->complete ? "complete" : "partial");
	json_text("db", in->db);
	if (in->host->label)
		json_text("label", in->host->label);
	json_text("profile", in->facts->profile);
	json_text("machine", in->facts->machine);
	json_text("traced_kernel", in->header->kernel);
	json_text("trace_source", in->header->source);
	json_text("trace_digest", in->header->digest);
	json_number("end_ns", in->outcome->end_ns);
	json_number("events", counts->events);
	json_number("allocs", counts->allocs);
	json_number("failed_allocs", counts->failed_allocs);
	json_number("frees", counts->frees);
	json_number("skipped_frees", counts->skipped_frees);
	json_number("too_large", counts->too_large);
	json_number("folded_cpus", counts->folded_cpus);
	json_number("folded_nodes", counts->folded_nodes);
	if (in->nr_actions) {
		json_number("actions", in->nr_actions);
		json_number("actions_done", in->outcome->actions_done);
		json_number("moved_events", counts->moved_events);
	}
	json_number("lost_events", in->header->counts.lost);
	json_number("unparsed_lines", in->header->counts.unparsed);
	json_number("implicit_frees", in->header->counts.implicit_frees);
}

static void print_json(const struct summary_input *in)
{
	const struct run_summary *sums = in->sums;

	print_json_facts(in);
	json_number("samples", sums->samples);
	json_number("caches", sums->nr_caches);
	json_number("used_caches", sums->used_caches);
	json_number("grown", sums->grown);
	json_number("reaped", sums->reaped);
	json_number("alienoverflow", sums->alienoverflow);
	json_number("pages", sums->pages);
	json_number("peak_pages", sums->peak_pages);
	json_number("live_objs", sums->live_objs);
	json_number("cached_objs", sums->cached_objs);
	json_number("free_objs", sums->free_objs);
	json_number("live_bytes", sums->live_bytes);
	json_number("requested_bytes", sums->requested_bytes);
	json_ratio("alloc_hit_pct", sums->alloc_hit_pct);
	json_ratio("free_hit_pct", sums->free_hit_pct);
	json_ratio("remote_free_pct", sums->remote_free_pct);
	json_ratio("internal_frag_pct", sums->internal_frag_pct);
	json_ratio("slab_frag_pct", sums->slab_frag_pct);
	json_ratio("cached_pct", sums->cached_pct);
	if (in->outcome->compared)
		step_end_print_json(&in->outcome->end);
	printf("}\n");
}

void run_print(const struct run_options *run, const struct trace_header *header,
	       const struct run_outcome *outcome, const char *db, bool json)
{
	struct summary_input in = {
		.facts = &run->facts,
		.host = &run->host,
		.header = header,
		.outcome = outcome,
		.sums = &outcome->sums,
		.db = db,
		.nr_actions = run->replay.actions ? run->replay.actions->nr : 0,
		.complete = outcome->complete,
	};

	if (json) {
		print_json(&in);
		return;
	}
	print_names(&in);
	print_events(&in);
	print_state(&in);
	/* the machine at the end beside the dump that the real one left */
	if (outcome->compared) {
		printf("\n");
		step_end_print(&outcome->end);
	}
}

void run_tell_speed(const struct run_outcome *outcome)
{
	uint64_t replay_ns = outcome->wall_ns - outcome->sample_ns;
	uint64_t events = outcome->counts.events ? outcome->counts.events : 1;

	talk("%.3f s: %.1f ns an event, %.1f %% of the time for %" PRIu64
	     " rows of samples",
	     (double)outcome->wall_ns / 1e9, (double)replay_ns / (double)events,
	     100.0 * (double)outcome->sample_ns /
		     (double)(outcome->wall_ns ? outcome->wall_ns : 1),
	     outcome->nr_rows);
}
