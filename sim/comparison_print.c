/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Printing a comparison. A cell of the table of caches is the real number and
 * how many more or fewer the simulator has: "296 +30".
 */
#include "sim/comparison_print.h"
#include "sim/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"

#define CELL_BYTES 48

bool tolerance_over(const struct tolerance *tolerance, enum compared which,
		    const struct comparison_total *total)
{
	double base = (double)total->base;

	if (!total->known || tolerance->percent[which] < 0)
		return false;
	if (base < TOLERANCE_LEAST)
		base = TOLERANCE_LEAST;
	return (double)total->difference * 100 >
	       tolerance->percent[which] * base;
}

/* --- text ----------------------------------------------------------------- */

static void print_head(const struct validation *v,
		       const struct validate_options *options)
{
	char from[32], to[32], shape[160], source[300];

	text_duration(v->from_ns, from, sizeof(from));
	text_duration(v->to_ns, to, sizeof(to));
	machine_spec_describe(&v->spec, shape, sizeof(shape));
	text_visible(v->header->source, source, sizeof(source));
	if (options->label)
		printf("%s: ", options->label);
	printf("%s, %s to %s: %" PRIu64 " events\n", source, from, to,
	       v->events);
	printf("real: %s\n",
	       *v->header->kernel ? v->header->kernel : "kernel unknown");
	printf("simulated: %s, %s, started from %s\n", v->profile->name, shape,
	       options->before);
	if (v->reaps_traced)
		printf("reaper: %" PRIu64 " runs, when the trace says\n",
		       v->reaps);
	else
		printf("reaper: simulated; when it ran on the real machine is "
		       "not known\n");
}

static void percent_text(const struct comparison_total *total, char *out,
			 size_t bytes)
{
	double percent = comparison_percent(total);

	if (percent < 0)
		snprintf(out, bytes, "-");
	else
		snprintf(out, bytes, "%.2f", percent);
}

static void print_total(enum compared which,
			const struct comparison_total *total,
			const struct tolerance *tolerance)
{
	char percent[24], allowed[24] = "";

	if (!total->known) {
		printf("%-14s %12s %12s %12s %9s\n", compared_names[which], "-",
		       "-", "-", "-");
		return;
	}
	percent_text(total, percent, sizeof(percent));
	if (tolerance->percent[which] >= 0)
		snprintf(allowed, sizeof(allowed), "  %s %g %%",
			 tolerance_over(tolerance, which, total) ? "over" :
								   "within",
			 tolerance->percent[which]);
	printf("%-14s %12" PRId64 " %12" PRId64 " %12" PRIu64 " %9s%s\n",
	       compared_names[which], total->real, total->predicted,
	       total->difference, percent, allowed);
}

static void print_totals(const struct comparison *comparison,
			 const struct tolerance *tolerance)
{
	printf("\n%-14s %12s %12s %12s %9s\n", "total", "real", "simulated",
	       "difference", "%");
	for (int i = 0; i < NR_COMPARED; i++)
		print_total((enum compared)i, &comparison->totals[i],
			    tolerance);
	printf("%-14s %12s   not attainable: needs the slabs' contents and "
	       "the reaper's times\n",
	       "reaped", "-");
	printf("difference: sum over the caches, without sign. num_slabs and "
	       "active_objs: growth\nbetween the readings, in %% of what is "
	       "there at the end; the others in %% of real\n");
}

static void print_notes(const struct validation *v)
{
	const struct comparison *comparison = &v->comparison;
	char name[80];

	if (v->slub)
		printf("the real kernel had SLUB: its slabinfo has no counters "
		       "and its slabs are others\n");
	if (comparison->other_layout)
		printf("%u of %u caches have other slabs on the simulated "
		       "machine (marked ~)\n",
		       comparison->other_layout, comparison->nr);
	if (comparison->without_cache)
		printf("%u rows in use have no cache on the simulated machine\n",
		       comparison->without_cache);
	for (uint32_t i = 0; i < comparison->nr; i++) {
		const struct comparison_row *row = &comparison->rows[i];

		if (row->traced)
			continue;
		text_visible(row->name, name, sizeof(name));
		printf("not in the totals: %s; the trace has %" PRId64
		       " of its %" PRId64 " allocations (bulk calls are not "
		       "traced)\n",
		       name, row->predicted_allocs, row->real_allocs);
	}
}

static bool is_active(const struct comparison_row *row)
{
	for (int i = 0; i < NR_COMPARED; i++) {
		if (row->real[i] || row->predicted[i])
			return true;
	}
	return false;
}

static void cell_text(const struct comparison_row *row, int which, char *out,
		      size_t bytes)
{
	int64_t real = row->real[which];
	int64_t difference = row->predicted[which] - real;

	if (which < COMPARED_num_slabs && !row->has_stats)
		snprintf(out, bytes, "-");
	else if (!difference)
		snprintf(out, bytes, "%" PRId64, real);
	else
		snprintf(out, bytes, "%" PRId64 " %+" PRId64, real, difference);
}

/* As wide as the widest cell: there is no other way to keep lines short. */
static void measure(const struct comparison *comparison, int width[NR_COMPARED])
{
	char cell[CELL_BYTES];

	for (int i = 0; i < NR_COMPARED; i++) {
		width[i] = (int)strlen(compared_names[i]);
		for (uint32_t r = 0; r < comparison->nr; r++) {
			int length;

			cell_text(&comparison->rows[r], i, cell, sizeof(cell));
			length = (int)strlen(cell);
			if (length > width[i])
				width[i] = length;
		}
	}
}

static void print_caches(const struct comparison *comparison)
{
	int width[NR_COMPARED];
	char name[80], cell[CELL_BYTES];

	measure(comparison, width);
	printf("\n%-24s", "cache");
	for (int i = 0; i < NR_COMPARED; i++)
		printf("  %*s", width[i], compared_names[i]);
	putchar('\n');
	for (uint32_t r = 0; r < comparison->nr; r++) {
		const struct comparison_row *row = &comparison->rows[r];

		if (!is_active(row))
			continue;
		text_visible(row->name, name, sizeof(name));
		printf("%s%-*s", row->same_layout ? "" : "~",
		       row->same_layout ? 24 : 23, name);
		for (int i = 0; i < NR_COMPARED; i++) {
			cell_text(row, i, cell, sizeof(cell));
			printf("  %*s", width[i], cell);
		}
		putchar('\n');
	}
}

void comparison_print(const struct validation *validation,
		      const struct validate_options *options,
		      const struct tolerance *tolerance, bool totals_only)
{
	print_head(validation, options);
	if (!totals_only)
		print_caches(&validation->comparison);
	print_totals(&validation->comparison, tolerance);
	print_notes(validation);
}

/* --- JSON ----------------------------------------------------------------- */

static void json_bool(const char *name, bool yes)
{
	printf(",\"%s\":%s", name, yes ? "true" : "false");
}

static void json_total(enum compared which, const struct comparison *comparison,
		       const struct tolerance *tolerance)
{
	const struct comparison_total *total = &comparison->totals[which];
	const struct comparison_total *all = &comparison->all[which];
	double percent = comparison_percent(total);

	printf("%s\"%s\":", which ? "," : "", compared_names[which]);
	if (!total->known) {
		printf("null");
		return;
	}
	printf("{\"real\":%" PRId64 ",\"simulated\":%" PRId64
	       ",\"difference\":%" PRIu64,
	       total->real, total->predicted, total->difference);
	if (percent < 0)
		printf(",\"percent\":null");
	else
		printf(",\"percent\":%.6g", percent);
	printf(",\"all_real\":%" PRId64 ",\"all_simulated\":%" PRId64
	       ",\"all_difference\":%" PRIu64,
	       all->real, all->predicted, all->difference);
	if (tolerance->percent[which] < 0)
		printf(",\"tolerance_percent\":null,\"over\":false}");
	else
		printf(",\"tolerance_percent\":%.6g,\"over\":%s}",
		       tolerance->percent[which],
		       tolerance_over(tolerance, which, total) ? "true" :
								 "false");
}

static void json_numbers(const char *name, const struct comparison_row *row,
			 const int64_t numbers[NR_COMPARED])
{
	printf(",\"%s\":{", name);
	for (int i = 0; i < NR_COMPARED; i++) {
		printf("%s\"%s\":", i ? "," : "", compared_names[i]);
		if (i < COMPARED_num_slabs && !row->has_stats)
			printf("null");
		else
			printf("%" PRId64, numbers[i]);
	}
	putchar('}');
}

static void json_rows(const struct comparison *comparison)
{
	bool first = true;

	printf(",\"caches\":[");
	for (uint32_t r = 0; r < comparison->nr; r++) {
		const struct comparison_row *row = &comparison->rows[r];

		if (!is_active(row))
			continue;
		printf("%s{\"name\":", first ? "" : ",");
		first = false;
		text_print_json(stdout, row->name);
		json_bool("traced", row->traced);
		json_bool("same_layout", row->same_layout);
		printf(",\"real_allocs\":%" PRId64
		       ",\"simulated_allocs\":%" PRId64,
		       row->real_allocs, row->predicted_allocs);
		json_numbers("real", row, row->real);
		json_numbers("simulated", row, row->predicted);
		putchar('}');
	}
	putchar(']');
}

static void json_facts(const struct validation *v,
		       const struct validate_options *options)
{
	char shape[160];

	machine_spec_describe(&v->spec, shape, sizeof(shape));
	printf("{\"schema\":1");
	if (options->label)
		json_text("label", options->label);
	json_text("trace_source", v->header->source);
	json_text("trace_digest", v->header->digest);
	json_text("traced_kernel", v->header->kernel);
	json_text("profile", v->profile->name);
	json_text("machine", shape);
	json_number("from_ns", v->from_ns);
	json_number("to_ns", v->to_ns);
	json_number("warm_up_ns", options->warm_up_ns);
	json_number("events", v->events);
	json_text("reaper", v->reaps_traced ? "traced" : "simulated");
	json_number("lost_events", v->header->counts.lost);
	json_number("unparsed_lines", v->header->counts.unparsed);
	json_number("skipped_frees", v->counts.skipped_frees);
	json_number("failed_allocs", v->counts.failed_allocs);
	json_number("too_large", v->counts.too_large);
	json_number("folded_cpus", v->counts.folded_cpus);
	json_number("caches_compared", v->comparison.nr);
	json_number("caches_not_traced", v->comparison.untraced);
	json_number("caches_of_other_layout", v->comparison.other_layout);
	json_number("rows_without_cache", v->comparison.without_cache);
}

void comparison_print_json(const struct validation *validation,
			   const struct validate_options *options,
			   const struct tolerance *tolerance)
{
	json_facts(validation, options);
	printf(",\"not_attainable\":[\"reaped\"],\"totals\":{");
	for (int i = 0; i < NR_COMPARED; i++)
		json_total((enum compared)i, &validation->comparison,
			   tolerance);
	putchar('}');
	json_rows(&validation->comparison);
	printf("}\n");
}
