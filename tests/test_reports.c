/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables and plots of a small handmade run: what they say, and that names
 * chosen by an enemy are only ever text.
 */
#define _POSIX_C_SOURCE 200809L

#include "tests/results_fixture.h"

#include <errno.h>

#include "reports/plot.h"
#include "reports/show.h"

/* For shells, SQL, terminals, printf, gnuplot, JSON and readers of lines. */
#define EVIL                                                       \
	"{/=99 x}%n%s'; system('touch pwned'); \"`touch pwned`\" " \
	"$(touch pwned)\n@x \\ \033[31m"

static char db_path[4096];

static void store(struct results *results)
{
	struct trace_header header = { .cpus = 1,
				       .nr_events = 4,
				       .end_ns = 2000000 };
	const struct run_facts facts = {
		.config_json = "{}",
		.machine = "m",
		.profile = "2.6.36-test",
		.nodes = 1,
		.cpus = 1,
		.hz = 1000,
		.page_bytes = 4096,
	};
	const struct host_facts host = { .label = EVIL, .trace_path = EVIL };
	const struct cache_info info = {
		.name = EVIL,
		.buffer_bytes = 100,
		.num = 40,
		.limit = 120,
		.batchcount = 60,
		.shared = 8,
	};
	const struct cache_row cache = { .chain_position = 0,
					 .info = &info,
					 .page_bytes = 4096 };
	struct replay_counts counts = { .events = 4 };
	struct run_end end = { .complete = true,
				     .end_ns = 2000000,
				     .counts = &counts };
	int64_t node[NR_NODE_COLUMNS] = { 0 }, cpu[NR_CPU_COLUMNS] = { 0 };
	int64_t maxima[NR_CACHE_COLUMNS] = { 0 };
	struct node_pages pages = { 100, 2, 2, 2 };
	int64_t node_id, cpu_id, cache_id, id;

	strcpy(header.format, "ftrace");
	strcpy(header.kernel, "Linux 6.1");
	strcpy(header.source, "evil.txt");
	header.counts.lost = 3;
	results_begin_run(results, &header, &facts, &host);
	node_id = results_add_node(results, 0, 100);
	cpu_id = results_add_cpu(results, 0, node_id);
	cache_id = results_add_cache(results, &cache);
	for (uint64_t k = 0; k < 3; k++) {
		struct sample_row sample = { .k = k,
					     .time_ns = k * 1000000,
					     .events = 2 * k,
					     .keyframe = true };

		node[NODE_COLUMN_slabs_full] = 1;
		node[NODE_COLUMN_slabs_partial] = 1;
		node[NODE_COLUMN_free_objs] = 10;
		node[NODE_COLUMN_live_objs] = 60 + (int64_t)k;
		node[NODE_COLUMN_cached_objs] = 10 - (int64_t)k;
		node[NODE_COLUMN_grown] = 2 + (int64_t)k;
		node[NODE_COLUMN_reaped] = (int64_t)k;
		cpu[CPU_COLUMN_allochit] = 3 * (int64_t)k;
		cpu[CPU_COLUMN_allocmiss] = 1;
		id = results_add_sample(results, &sample);
		results_add_stat(results, STAT_OF_CACHE, id, cache_id, 0,
				 maxima);
		results_add_stat(results, STAT_OF_CPU, id, cache_id, cpu_id,
				 cpu);
		results_add_stat(results, STAT_OF_NODE, id, cache_id, node_id,
				 node);
		results_add_node_pages(results, id, node_id, &pages);
	}
	results_finish(results, &end);
	assert_int_equal(results_settle(results), 0);
}

static int make_db(void **state)
{
	struct results *results;

	(void)state;
	snprintf(db_path, sizeof(db_path), "%s", scratch("evil.db"));
	results = open_results(db_path);
	store(results);
	results_close(results);
	return 0;
}

static struct report *open_report(uint64_t at_ns)
{
	struct report_error error;
	struct report *report = report_open(db_path, &error);

	if (!report)
		fail_msg("%s", error.text);
	assert_int_equal(report_select_run(report, NULL), 0);
	assert_int_equal(report_select_sample(report, at_ns), 0);
	return report;
}

/* What show prints; owned. */
static char *show(struct report *report, enum show_view view,
		  enum show_format format)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (show_print(out, report, view, format))
		fail_msg("%s", report->error.text);
	fclose(out);
	report_close(report);
	return text;
}

static void assert_holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

/* --- tables -------------------------------------------------------------- */

static void tables_say_what_was_simulated(void **state)
{
	char *text = show(open_report(UINT64_MAX), SHOW_CACHES, SHOW_TABLE);

	(void)state;
	assert_holds(text, "simulated  SLAB 2.6.36-test, 1 node, 1 CPU\n");
	assert_holds(text, "traced     Linux 6.1; ftrace, 1 CPU, evil.txt\n");
	assert_holds(text, "at         2 ms, after 4 events (sample 2 of 2)\n");
	assert_holds(text, "losses     3 lost events (times unknown)\n");
	free(text);
}

/* 6 hits, 1 miss: 85.7 %; 8 of 70 active objects cached: 11.4 %. */
static void tables_have_units_and_totals(void **state)
{
	char *text = show(open_report(UINT64_MAX), SHOW_CACHES, SHOW_TABLE);
	char *total = strstr(text, "\ntotal ");

	(void)state;
	assert_holds(text, "objsize");
	assert_holds(text, "bytes");
	assert_holds(text, "objs");
	assert_holds(text, "%");
	assert_non_null(total);
	assert_holds(total, " 62 ");
	assert_holds(total, " 85.7 ");
	assert_holds(total, " 11.4");
	free(text);
}

static void the_sample_is_the_last_before_the_time(void **state)
{
	char *text = show(open_report(1999999), SHOW_CACHES, SHOW_TABLE);

	(void)state;
	assert_holds(text, "at         1 ms, after 2 events (sample 1 of 2)\n");
	assert_holds(text, " 61 ");
	free(text);
}

/* No raw control byte but the newlines that end lines. */
static void assert_tame(const char *text, int lines)
{
	for (; *text; text++) {
		if (*text == '\n')
			lines--;
		else if ((unsigned char)*text < 0x20)
			fail_msg("control byte %d", *text);
	}
	assert_int_equal(lines, 0);
}

static void evil_names_stay_on_their_line(void **state)
{
	char *text = show(open_report(UINT64_MAX), SHOW_CACHES, SHOW_SLABINFO);

	(void)state;
	assert_tame(text, 3);
	assert_holds(text, "$(touch pwned)\\x0a@x \\ \\x1b[31m     70     80 ");
	free(text);
	/* 5 of heading, blank, 3 of headings, 1 row, blank, total */
	text = show(open_report(UINT64_MAX), SHOW_CACHES, SHOW_TABLE);
	assert_tame(text, 12);
	free(text);
}

static void json_is_one_line(void **state)
{
	char *text = show(open_report(UINT64_MAX), SHOW_CACHES, SHOW_JSON);

	(void)state;
	assert_tame(text, 1);
	assert_holds(text, "{\"schema\":1,\"run\":1,\"status\":\"complete\"");
	assert_holds(
		text,
		"\"cache\":\"{/=99 x}%n%s'; system('touch pwned'); \\\"`touch");
	assert_holds(text, "\"live_objs\":62");
	assert_holds(text, "\"free_hit_pct\":null");
	assert_holds(text, "],\"total\":{");
	free(text);
}

static void every_view_in_every_format(void **state)
{
	(void)state;
	for (int view = SHOW_CACHES; view <= SHOW_RUNS; view++) {
		free(show(open_report(0), (enum show_view)view, SHOW_TABLE));
		free(show(open_report(0), (enum show_view)view, SHOW_JSON));
	}
}

static void one_cache_by_its_name(void **state)
{
	struct report *report = open_report(UINT64_MAX);
	char *text;

	(void)state;
	assert_true(report_select_cache(report, EVIL));
	text = show(report, SHOW_NODES, SHOW_TABLE);
	assert_holds(text, "cache      {/=99 x}%n%s'; system(");
	free(text);
}

static void unknown_runs_are_refused(void **state)
{
	static const char *const runs[] = {
		"0", "2",  "@-2", "@-0", "-1",
		"x", "1x", "",    "@",   "99999999999999999999"
	};
	struct report_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct report *report = report_open(db_path, &error);

		assert_int_equal(report_select_run(report, runs[i]), -EINVAL);
		report_close(report);
	}
}

/* --- plots --------------------------------------------------------------- */

static char *read_text(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static int draw(struct report *report, enum plot_format format, const char *out,
		const char *keep)
{
	const struct plot plot = { .kind = &plot_kinds[0],
				   .format = format,
				   .keep = keep };

	assert_string_equal(plot.kind->name, "memory");
	return plot_draw(report, &plot, out);
}

/*
 * Every kind that has data here draws, whatever the names; none is obeyed. The
 * %n once stopped gnuplot: it takes labels of an axis for formats.
 */
static void no_kind_obeys_a_name(void **state)
{
	struct report *report;
	struct plot plot = { .format = PLOT_SVG };
	char out[4200], *text;

	(void)state;
	if (system("command -v gnuplot >/dev/null 2>&1"))
		skip();
	for (size_t i = 0; i < nr_plot_kinds; i++) {
		report = open_report(UINT64_MAX);
		assert_true(report_select_cache(report, EVIL));
		plot.kind = &plot_kinds[i];
		snprintf(out, sizeof(out), "%s", scratch("kind.svg"));
		remove(out);
		if (plot_draw(report, &plot, out)) {
			assert_int_equal(report->error.code, -ENODATA);
			assert_holds(report->error.text,
				     plot_remedy(report, plot.kind));
			assert_int_not_equal(access(out, F_OK), 0);
		} else {
			text = read_text(out);
			assert_holds(text, "{/=99 x}");
			free(text);
		}
		report_close(report);
		assert_int_not_equal(access("pwned", F_OK), 0);
	}
}

static bool has_gnuplot(void)
{
	return system("command -v gnuplot >/dev/null 2>&1") == 0;
}

/*
 * Pages of 4096 bytes: 1 full and 1 partial slab of a page each; 60 live and
 * 10 cached objects of 100 bytes, then a live one more and a cached one less.
 */
static void scripts_hold_data_and_quoted_words(void **state)
{
	char out[4200], keep[4200], *text;
	struct report *report = open_report(UINT64_MAX);

	(void)state;
	if (!has_gnuplot())
		skip();
	snprintf(out, sizeof(out), "%s", scratch("evil.png"));
	snprintf(keep, sizeof(keep), "%s", scratch("evil.png.gp"));
	assert_true(report_select_cache(report, EVIL));
	assert_int_equal(draw(report, PLOT_PNG, out, out), 0);
	report_close(report);
	text = read_text(keep);
	assert_holds(text, "FORMAT = 'png'\nTITLE = 'Slab memory of {/=99 x}"
			   "%n%s''; system(''touch");
	assert_holds(text, "SIMULATED = 'SLAB 2.6.36-test, 1 node, 1 CPU'\n");
	assert_holds(text, "NOTE = 'losses: 3 lost events (times unknown)'\n");
	assert_holds(text, "\nMAX_time_ns = 2000000\n");
	assert_holds(text, "$data << end_of_data\n"
			   "0 4096 4096 0 6000 1000 0\n"
			   "1000000 4096 4096 0 6100 900 1\n"
			   "2000000 4096 4096 0 6200 800 1\nend_of_data\n");
	free(text);
	text = read_text(out);
	assert_memory_equal(text, "\x89PNG\r\n\x1a\n", 8);
	free(text);
	assert_int_not_equal(access("pwned", F_OK), 0);
}

static void svg_is_svg(void **state)
{
	char out[4200], *text;
	struct report *report = open_report(UINT64_MAX);

	(void)state;
	if (!has_gnuplot())
		skip();
	snprintf(out, sizeof(out), "%s", scratch("evil.svg"));
	assert_int_equal(draw(report, PLOT_SVG, out, NULL), 0);
	report_close(report);
	text = read_text(out);
	assert_holds(text, "<svg");
	/* the enemy's font size reached nothing */
	assert_holds(text, "{/=99 x}");
	free(text);
	assert_int_not_equal(access("pwned", F_OK), 0);
}

static void without_gnuplot_there_is_no_picture(void **state)
{
	char out[4200], *path = strdup(getenv("PATH"));
	struct report *report = open_report(UINT64_MAX);

	(void)state;
	snprintf(out, sizeof(out), "%s", scratch("none.png"));
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(draw(report, PLOT_PNG, out, NULL), -ECHILD);
	setenv("PATH", path, 1);
	free(path);
	assert_holds(report->error.text, "gnuplot");
	report_close(report);
	assert_int_not_equal(access(out, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_say_what_was_simulated),
		cmocka_unit_test(tables_have_units_and_totals),
		cmocka_unit_test(the_sample_is_the_last_before_the_time),
		cmocka_unit_test(evil_names_stay_on_their_line),
		cmocka_unit_test(json_is_one_line),
		cmocka_unit_test(every_view_in_every_format),
		cmocka_unit_test(one_cache_by_its_name),
		cmocka_unit_test(unknown_runs_are_refused),
		cmocka_unit_test(scripts_hold_data_and_quoted_words),
		cmocka_unit_test(svg_is_svg),
		cmocka_unit_test(no_kind_obeys_a_name),
		cmocka_unit_test(without_gnuplot_there_is_no_picture),
	};

	return cmocka_run_group_tests(tests, make_db, NULL);
}
